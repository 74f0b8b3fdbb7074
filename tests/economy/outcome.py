"""Settlement, and what must hold of it: nobody honest is below its honest outcome.

**What is compared.** One plan of honest commands is played twice, without and with the adversary, then settled: last
readings, sessions closed, orders cancelled, all locks waited out. An honest account's worth is its ENT, its eEuro at
its own limit price (all honest limits are one price), the energy that it drew at par (never more than really flowed
since the reading before), the fees of its commands, and what it paid for reservations, the price of a service that it
ordered; of its income the unit's owner counts the reservations of strangers only.

**What must hold (bounds).**

1. *Worth.* Beside imbalance costs no honest account is more than a lot below its honest outcome. The imbalance costs
   of all together rise by no more than the gaps that the adversary made, in Wh x 10^6: a) W's losses, at most
   `(1 + loss_limit) x capacity` in `loss_window` (what it may lose until it is suspended, then all that it holds) and
   what its own sessions burned for afterwards; b) losses and gains of U's honest level that are explained later: who
   draws from a session, or delivers, and withholds the reading beyond `slot_grace` makes the others pay for a gap
   until it reads (at most what its sessions hold); W's own gains, at most 2 % of its capacity a day, whose reliefs
   its sessions draw before the energy is lost again.
2. *The honest unit.* Net of explained losses, and of what is quarantined (E9), U lost nothing, but c) what was drawn in
   an interval that began before the session's opening: M8 counts its share by time; d) what was drawn from sessions
   whose meter never spoke again: after `silent_lock` they return whole.
3. *Late readings.* For its late intervals together the adversary paid at least what the prompt neighbour with equal
   production paid per kWh: what one of them has paid of a deficit beyond that, the next one need not (I8).
4. *The rate* never falls while the gap keeps its sign.
5. *Hedges.* With a reservation above 0, each session of the adversary at U paid U's owner for the time it was held.
   With 0 holding is free: a session opened in balance pays nothing for a gap that comes within its lifetime; the
   bound is B x the energy of its sessions at once.

The adversary's meters at U are sealed: what they count flowed. They may jump beyond their power; a register that lies
within maximum power x time is believed, here as on every chain, and that is its bound.

6. *Silent draws.* Where nothing is missing but what the adversary has drawn from its sessions at U and keeps from being
   read (seeds that play nothing else), the prompt producer pays nothing: tokens are locked for that (I9).

Not counted as harm: competition for a unit's free energy or room (what is not drawn is bought from the grid at par),
and trades at the honest limit or better.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TypeVar

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance, locked
from ledger.bank.events import FeePaid
from ledger.chain.header import Event
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS, PARTS
from ledger.energy.events import (
    ActualReported,
    BooksExceeded,
    EnergyDrawn,
    EnergyStored,
    ExcessDrawn,
    GainExplained,
    LossExplained,
    RateChanged,
    ReservationPaid,
    SessionClosed,
    SessionEnded,
    SessionOpened,
)
from ledger.energy.schema import UNITS, UnitStatus
from nodechain.modules import REGISTRY
from tests.economy.adversary import ALONE, PROGRAMS, Adversary
from tests.economy.chain import LightChain
from tests.economy.community import (
    ADVERSARY,
    HONEST,
    LOSS_SHARE,
    PRICE,
    ROGUE_WH,
    TICK_MS,
    Choices,
    Community,
    Tick,
    founded,
    genesis_of,
    plan_of,
    read,
)

E = TypeVar("E", bound=Event)
BASE_PER_WH = 10**6
LOT = 10**6
_HONEST = frozenset(address(name) for name in HONEST)
ALONE_EVERY, ALONE_AT = 20, 13
"""The seeds 13, 33, ... play a program without anything beside it."""
ROUNDING_WH = 20
"""Of shares by time, rounded down once a reading."""


@dataclass
class Result:
    """What a seed came to; `violations` empty: all bounds hold. `worst` in base units, beyond the honest outcome."""

    seed: int
    sent: int = 0
    accepted: int = 0
    worst: int = 0
    violations: list[str] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)


@dataclass
class Played:
    """A run of a plan, settled."""

    community: Community
    adversary: Adversary | None
    produced: list[tuple[int, int, int]]
    """P's intervals: end, Wh, cost."""


def play(choices: Choices, ticks: list[Tick], adversary_seed: int | None) -> Played:
    """Play the honest plan on a chain of its own, with or without the adversary, and settle it."""
    entries, time_ms = founded(choices)
    chain = LightChain(genesis_of(choices), entries, time_ms)
    community = Community(chain, choices.fee, ("mP",) if adversary_seed is None else ("mP", "mY"))
    adversary = None
    if adversary_seed is not None:
        chance = random.Random(f"adversary {adversary_seed}")
        alone = adversary_seed % ALONE_EVERY == ALONE_AT
        programs = [chance.choice(ALONE)] if alone else chance.sample(PROGRAMS, chance.choice((1, 1, 2)))
        adversary = Adversary(community, chance, programs, alone)
    produced: list[tuple[int, int, int]] = []
    for number, tick in enumerate(ticks):
        time_ms += TICK_MS
        chain.begin(time_ms - 1_000)
        if adversary is not None:
            adversary.act(2)
        chain.end()
        community.flow(tick)
        before = len(chain.events)
        chain.begin(time_ms)
        community.act(tick, number)
        chain.end()
        produced += [
            (time_ms, event.energy_wh, event.cost)
            for event in chain.events[before:]
            if isinstance(event, EnergyStored) and event.producer == address("P") and event.unit == address("U")
        ]
        chain.begin(time_ms + TICK_MS // 2)
        if adversary is not None:
            adversary.act(1)
        chain.end()
    _settle(community, adversary)
    chain.check()
    return Played(community, adversary, produced)


def _settle(community: Community, adversary: Adversary | None) -> None:
    chain = community.chain
    for after_ms in (TICK_MS, 2 * MINUTE_MS):
        chain.begin(chain.time_ms + after_ms)
        community.measure()
        community.retire()
        if adversary is not None:
            for key in ("cY", "mY"):
                adversary.tell(key)
        chain.end()
    for after_ms in (2 * MINUTE_MS, 31 * DAY_MS):
        chain.begin(chain.time_ms + after_ms)
        community.measure()
        if adversary is not None:
            for key in ("cY", "mY"):
                adversary.tell(key)
        read(chain, "mU", community.held_wh, chain.time_ms)
        chain.end()
        chain.begin(chain.time_ms + HOUR_MS)
        chain.end()


def _of(played: Played, kind: type[E]) -> list[E]:
    return [event for event in played.community.chain.events if isinstance(event, kind)]


def worth(played: Played, name: str) -> int:
    """An honest account's worth in base units of ENT, as the module says."""
    state, holder = played.community.chain.state, address(name)
    totals = {}
    for asset in (ENERGY_ASSET, CURRENCY_ASSET):
        locks = sum(locked(state, holder, asset, purpose) for purpose in REGISTRY.purposes.values())
        totals[asset] = balance(state, holder, asset).available + locks
    drawn_wh = played.community.drawn_wh.get(name, 0)
    fees = sum(event.amount for event in _of(played, FeePaid) if event.payer == holder)
    reserved = 0
    for event in _of(played, ReservationPaid):
        reserved += event.paid if event.consumer == holder else 0
        reserved -= event.paid if event.owner == holder and event.consumer in _HONEST else 0
    return totals[ENERGY_ASSET] + (totals[CURRENCY_ASSET] + fees) * ENT // PRICE + drawn_wh * BASE_PER_WH + reserved


def paid_for_gaps(played: Played, name: str) -> int:
    """What imbalance cost an honest account: base units of ENT that it was minted less, or burned more."""
    holder, owner_parts, paid = address(name), PARTS // 5, 0
    for stored in _of(played, EnergyStored):
        if stored.producer == holder:
            paid += stored.cost * (PARTS - owner_parts) // PARTS
        if stored.owner == holder and stored.producer in _HONEST:
            paid += stored.cost * owner_parts // PARTS
    return paid + sum(event.cost for event in _of(played, EnergyDrawn) if event.consumer == holder)


def judge(seed: int) -> Result:
    """Play a seed both ways and hold it to the bounds."""
    choices, ticks = plan_of(seed)
    alone, together = play(choices, ticks, None), play(choices, ticks, seed)
    adversary = together.adversary
    assert adversary is not None
    result = Result(seed, adversary.sent, adversary.accepted, codes=dict(adversary.codes))
    _judge_worth(result, alone, together)
    _judge_unit(result, together, adversary)
    _judge_late(result, together, adversary)
    _judge_rate(result, together)
    _judge_reservations(result, together, choices)
    paid = paid_for_gaps(together, "P")
    if adversary.alone and paid > LOT:
        result.violations.append(f"silent: P paid {paid} while only what silent sessions had drawn was missing")
    return result


def _judge_worth(result: Result, alone: Played, together: Played) -> None:
    costs = {name: paid_for_gaps(together, name) - paid_for_gaps(alone, name) for name in HONEST}
    below = {name: worth(alone, name) - worth(together, name) for name in HONEST}
    result.worst = max(below.values())
    taken = {name: below[name] - costs[name] for name in HONEST if below[name] - costs[name] > LOT}
    if taken:
        result.violations.append(f"worth: {taken} below the honest outcome beside the cost of gaps")
    rogue = address("W")
    lost_wh = sum(event.lost_wh for event in _of(together, ActualReported) if event.unit == rogue)
    lost_wh += sum(event.unpaid_wh for event in _of(together, ExcessDrawn) if event.unit == rogue)
    lost_wh -= sum(event.energy_wh for event in _of(together, BooksExceeded) if event.unit == rogue)
    bound_wh = ROGUE_WH + ROGUE_WH * LOSS_SHARE // PARTS
    bound_wh += sum(event.energy_wh for event in _of(together, LossExplained) if event.unit == rogue)
    bound_wh += sum(event.lost_wh for event in _of(together, EnergyDrawn) if event.unit == rogue)
    if lost_wh > bound_wh:
        result.violations.append(f"rogue: W lost {lost_wh} Wh, {bound_wh} Wh at most")
    most_wh = max(min(lost_wh, bound_wh), 0)
    most_wh += sum(event.gained_wh for event in _of(together, ActualReported) if event.unit == rogue)
    unit = address("U")
    most_wh += sum(event.lost_wh for event in _of(together, ActualReported) if event.unit == unit)
    most_wh -= sum(event.energy_wh for event in _of(together, LossExplained) if event.unit == unit)
    most_wh -= sum(event.lost_wh for event in _of(together, EnergyDrawn) if event.unit == unit)
    if sum(max(0, cost) for cost in costs.values()) > most_wh * BASE_PER_WH + LOT * len(HONEST):
        result.violations.append(f"gaps: they cost {costs}, {most_wh} Wh explain")


def _judge_unit(result: Result, together: Played, adversary: Adversary) -> None:
    unit = address("U")
    net_wh = 0
    for actual in _of(together, ActualReported):
        net_wh += actual.lost_wh - actual.gained_wh if actual.unit == unit else 0
    net_wh -= sum(event.energy_wh for event in _of(together, LossExplained) if event.unit == unit)
    net_wh += sum(event.energy_wh for event in _of(together, GainExplained) if event.unit == unit)
    net_wh -= sum(event.lost_wh for event in _of(together, EnergyDrawn) if event.unit == unit)
    known = together.community.chain.state.get(UNITS, unit)
    net_wh -= 0 if known is None else known.quarantined_wh
    if net_wh > adversary.straddling_wh + ROUNDING_WH:
        result.violations.append(f"unit: U lost {net_wh} Wh, {adversary.straddling_wh} Wh explain")
    unpaid_wh = sum(adversary.untaken.values())
    if unpaid_wh > adversary.straddling_wh + ROUNDING_WH:
        result.violations.append(
            f"unit: {unpaid_wh} Wh were drawn and never paid, {adversary.straddling_wh} Wh explain"
        )
    if known is not None and known.status != UnitStatus.ACTIVE:
        result.violations.append("unit: U is not active")


def _judge_late(result: Result, together: Played, adversary: Adversary) -> None:
    paid = due = 0
    for start_ms, end_ms, energy_wh, cost in adversary.late:
        inside = [(wh, share) for at, wh, share in together.produced if start_ms + TICK_MS <= at <= end_ms]
        prompt_wh, prompt = sum(wh for wh, _ in inside), sum(share for _, share in inside)
        paid += cost
        due += prompt * min(energy_wh, prompt_wh) // max(prompt_wh, 1)
        if paid < due - LOT:
            result.violations.append(
                f"late: {paid} so far, {cost} of it for {energy_wh} Wh; the prompt neighbour {due}, {prompt} of it"
            )


def _judge_rate(result: Result, together: Played) -> None:
    rate = gap = 0
    for event in _of(together, RateChanged):
        if gap * event.difference > 0 and event.rate < rate:
            result.violations.append(f"rate: it fell from {rate} to {event.rate} at {event.difference}")
        rate, gap = event.rate, event.difference


def _judge_reservations(result: Result, together: Played, choices: Choices) -> None:
    paid = {event.number: event.paid for event in _of(together, ReservationPaid)}
    ended = {event.number: event.ended_ms for event in _of(together, SessionEnded)}
    closed = {event.number for event in _of(together, SessionClosed)}
    strangers = {address(name) for name in ADVERSARY}
    for event in _of(together, SessionOpened):
        if event.consumer not in strangers or event.unit != address("U") or event.number not in closed:
            continue
        if event.number in ended:
            held_ms = ended[event.number] - (event.deadline_ms - 2 * HOUR_MS)
            due = event.energy_wh * held_ms * choices.reservation // (1_000 * HOUR_MS)
            if paid.get(event.number, 0) + LOT < due:
                result.violations.append(f"reservation: {paid.get(event.number, 0)} paid of {due}")
