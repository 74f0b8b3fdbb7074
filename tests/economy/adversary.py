"""What the adversary does: single commands by chance, and programs that string them together.

Its sealed meters at U (Y) count what flows; it may withhold what they show, send it late, or sign a register that
jumps beyond its power. Its own unit W and the meters there say whatever they like.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from harness.chain import ENT, START_MS, address, secret
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance
from ledger.bank.payloads import LockWithdrawal, Transfer
from ledger.chain.parameters import HOUR_MS, PARTS
from ledger.chain.schema import PARAMETERS
from ledger.encoding.codec import Value
from ledger.energy.events import EnergyDrawn, EnergyStored
from ledger.energy.parameters import LATE
from ledger.energy.payloads import (
    ActualItem,
    CloseSession,
    ConsumedItem,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyProduced,
    OpenSession,
    ProducedItem,
    ReleaseSession,
    RemoveUnit,
)
from ledger.energy.schema import SESSIONS, UNITS
from ledger.energy.units import books
from ledger.governance.payloads import AddVoter, CastVote, SetParameter
from ledger.metering.payloads import Closing, ReplaceMeter, UnbindMeter
from ledger.metering.schema import BINDINGS, METERS, MeterKind
from market.schema import ORDERS_BY_OWNER
from market.transactions import CancelOrder, PlaceOrder
from market.types import OrderKind, Side
from tests.economy.community import PRICE, ROGUE_WH, Community, binding_of, read, terms_of

Program = Callable[["Adversary"], Iterator[None]]


@dataclass
class Adversary:
    """The adversary beside the honest community; `programs` run in turn, chance fills the rest."""

    community: Community
    chance: random.Random
    programs: list[Program]
    alone: bool = False
    """Whether nothing happens beside its programs."""
    sent: int = 0
    accepted: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    untaken: Counter[int] = field(default_factory=Counter)
    """Wh that really left U through a session of Y, by number, and that no reading has told yet."""
    straddling_wh: int = 0
    """Of those, what was taken in sessions that were opened after the meter's last reading (M8 counts a share)."""
    late: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Its late readings: begin and end of the interval, Wh of Y's production (0: of others, and draws), cost."""
    jumped: int = 0

    def __post_init__(self) -> None:
        self.chain = self.community.chain
        self._running: list[Iterator[None]] = [program(self) for program in self.programs]

    def act(self, times: int) -> None:
        """So many steps of the programs, or commands by chance."""
        for _ in range(times):
            if self._running and (self.alone or self.chance.random() < 0.7):
                program = self.chance.choice(self._running)
                if next(program, "over") == "over":
                    self._running.remove(program)
            else:
                self.chance.choice(COMMANDS)(self)

    def send(self, name: str, payload: Value, fee: int | None = None) -> bool:
        """One command; whether it was accepted."""
        code, _events = self.chain.send(name, payload, fee=self.community.fee if fee is None else fee)
        return self._count(code)

    def read(self, key: str, register: int, fee: int = 0) -> bool:
        """One reading of a meter of its own."""
        known = self.chain.state.get(METERS, secret(key).public_key)
        code, events = read(self.chain, key, register, self.chain.time_ms, fee)
        now_ms, late_ms = self.chain.time_ms, self.chain.state.get(PARAMETERS, LATE.encode())
        for event in events:
            if isinstance(event, EnergyDrawn) and event.unit == address("U"):
                self.untaken[event.number] -= min(event.energy_wh, self.untaken[event.number])
            if isinstance(event, EnergyStored | EnergyDrawn) and known is not None and late_ms is not None:
                jumped = known.quarantined_register and register >= known.quarantined_register
                begun_ms = known.quarantined_ms if jumped else known.time_ms
                if begun_ms < now_ms - late_ms.value:
                    produced_wh = event.energy_wh if isinstance(event, EnergyStored) and key == "mY" else 0
                    self.late.append((begun_ms, now_ms, produced_wh, max(event.cost, 0)))
        return self._count(code)

    def _count(self, code: str) -> bool:
        self.sent += 1
        self.accepted += not code
        self.codes[code] += 1
        return not code

    def tell(self, key: str) -> bool:
        """A sealed meter says what it shows."""
        return self.read(key, self.community.registers[key] + (self.jumped if key == "mY" else 0))

    def take(self, energy_wh: int) -> None:
        """Y draws energy: what its open session at U still grants leaves U, the rest comes from the grid."""
        community, now = self.community, self.chain.time_ms
        meter = self.chain.state.get(METERS, secret("cY").public_key)
        if meter is None or meter.time_ms >= now:
            return  # no time has passed since the reading
        community.registers["cY"] += energy_wh
        session = self.chain.state.get(SESSIONS, address("Y") + address("U"))
        if session is None or not session.opened_ms < now < session.deadline_ms:
            return
        delivered = min(energy_wh, session.energy_wh - self.untaken[session.number])
        community.held_wh -= delivered
        self.untaken[session.number] += delivered
        if meter.time_ms < session.opened_ms:
            self.straddling_wh += delivered

    def sequence(self) -> int:
        """The number of W's next report."""
        unit = self.chain.state.get(UNITS, address("W"))
        return 1 if unit is None else unit.sequence + 1

    def books(self) -> int:
        """What the ledger says is in W."""
        unit = self.chain.state.get(UNITS, address("W"))
        return 0 if unit is None else books(unit)

    def has(self, name: str, asset: int = ENERGY_ASSET) -> int:
        """What an account has available."""
        return balance(self.chain.state, address(name), asset).available

    def some(self, name: str, asset: int = ENERGY_ASSET) -> int:
        """A part of that, at least 1."""
        return max(1, self.has(name, asset) * self.chance.choice((1, 10, 50, 100, 101)) // 100)

    def who(self) -> str:
        """One of its accounts."""
        return self.chance.choice(("X", "Y", "Z"))


def _transfer(a: Adversary) -> None:
    name, asset = a.who(), a.chance.choice((ENERGY_ASSET, ENERGY_ASSET, CURRENCY_ASSET))
    a.send(name, Transfer(int(asset), address(a.chance.choice(("X", "Y", "Z"))), a.some(name, asset)))


def _withdraw(a: Adversary) -> None:
    a.send(a.who(), LockWithdrawal(CURRENCY_ASSET, a.chance.choice((1, ENT, 10 * ENT))))


def _open(a: Adversary) -> None:
    name, unit = a.who(), a.chance.choice(("U", "U", "W"))
    a.send(name, OpenSession(address(unit), a.chance.choice((a.some(name), ENT, 10**7)), a.chance.choice((0, ENT))))


def _close(a: Adversary) -> None:
    a.send(a.who(), CloseSession(address(a.chance.choice(("U", "W")))))


def _take(a: Adversary) -> None:
    a.take(a.chance.randrange(1, 3_000))
    _ = a.chance.random() < 0.5 and a.tell("cY")


def _tell(a: Adversary) -> None:
    a.tell(a.chance.choice(("cY", "cY", "mY")))


def _lie(a: Adversary) -> None:
    """Meters at the own unit say anything."""
    key = a.chance.choice(("cZ", "mZ"))
    meter = a.chain.state.get(METERS, secret(key).public_key)
    a.read(key, max(0, (0 if meter is None else meter.register) + a.chance.choice((-1, 0, 1, 500, 4_000, 10**9))))


def _produce(a: Adversary) -> None:
    room = max(1, ROGUE_WH - a.books())
    a.send("W", EnergyProduced(a.sequence(), address(a.chance.choice(("X", "Y", "P"))), a.chance.randint(1, room)))


def _consume(a: Adversary) -> None:
    a.send("W", EnergyConsumed(a.sequence(), address(a.chance.choice("XYSPQ")), a.chance.choice((1, 100, 800))))


def _actual(a: Adversary) -> None:
    a.send("W", EnergyActual(a.sequence(), max(0, a.books() + a.chance.choice((-900, -1, 0, 1, 80, 500)))))


def _batch(a: Adversary) -> None:
    produced = ProducedItem(address(a.who()), a.chance.randint(1, max(1, ROGUE_WH - a.books())))
    items = (produced, ConsumedItem(address("X"), 1), ActualItem(max(0, a.books() - 100)))
    a.send("W", EnergyBatch(a.sequence(), items[: a.chance.randint(1, 3)]))


def _release(a: Adversary) -> None:
    session = a.chain.state.get(SESSIONS, address("S") + address("W"))
    a.send("W", ReleaseSession(address("S"), 1 if session is None else session.number))


def _order(a: Adversary) -> None:
    side, price = a.chance.choice((Side.BUY, Side.SELL)), PRICE + a.chance.choice((-(10**6), 0, 0, 10**6, 10**8))
    a.send(a.who(), PlaceOrder(1, side, OrderKind.LIMIT, price, a.chance.choice((10**8, ENT, 10**6, 3 * ENT)), 0))


def _cancel(a: Adversary) -> None:
    name = a.who()
    keys = list(a.chain.state.scan(ORDERS_BY_OWNER, address(name)))
    a.send(name, CancelOrder(1, int.from_bytes(a.chance.choice(keys)[24:], "big") if keys else 1))


def _vote(a: Adversary) -> None:
    actions = (
        SetParameter("B", 0), SetParameter("loss_limit", 10**9), RemoveUnit(address("U")), AddVoter(address("Y"))
    )  # fmt: skip
    a.send("X", CastVote(a.chance.choice(actions), a.chance.random() < 0.8))


COMMANDS = (
    _transfer, _transfer, _withdraw, _open, _open, _open, _close, _take, _take, _tell, _tell, _lie, _lie, _produce,
    _produce, _consume, _actual, _actual, _batch, _release, _order, _order, _cancel, _vote,
)  # fmt: skip


def close_before_reading(a: Adversary) -> Iterator[None]:
    """Open at U, draw, close just before the reading (L2)."""
    while True:
        a.tell("cY")
        a.send("Y", OpenSession(address("U"), max(1, min(a.has("Y"), 3 * ENT)), 0))
        yield
        a.take(a.chance.randrange(500, 3_000))
        a.send("Y", CloseSession(address("U")))
        yield


def false_losses(a: Adversary) -> Iterator[None]:
    """Fill W, lose a little, gain it back, again and again; draw where a relief is paid (L6)."""
    while a.books() < ROGUE_WH * 9 // 10:
        a.send("W", EnergyProduced(a.sequence(), address("X"), ROGUE_WH - a.books()))
        yield
    full = a.books()
    while True:
        a.send("W", EnergyActual(a.sequence(), max(0, full - ROGUE_WH * LOSS_STEP // PARTS)))
        yield
        a.send("W", EnergyActual(a.sequence(), full))
        a.send("Y", OpenSession(address("U"), max(1, min(a.has("Y"), ENT)), 0))
        a.take(1_000)
        a.tell("cY")
        yield


LOSS_STEP = 120_000_000
FIRST_POWER_W = 10_000
"""The declared power of Y's production meter."""


def withhold(a: Adversary) -> Iterator[None]:
    """Make a deficit with W, keep the production's reading back through it, and send it once the gap is paid (L14)."""
    a.tell("mY")
    a.send("W", EnergyProduced(a.sequence(), address("X"), max(1, ROGUE_WH - a.books())))
    yield
    while True:
        full = a.books()
        a.tell("mY")
        a.send("W", EnergyActual(a.sequence(), max(0, full - ROGUE_WH // 6)))
        begun = a.chain.time_ms
        yield
        a.send("W", EnergyActual(a.sequence(), max(0, a.books() - 1)))
        while a.chain.time_ms < begun + HOUR_MS + HOUR_MS // 2:
            a.send("Y", Transfer(1, address("Z"), 1))
            yield
        a.send("W", EnergyActual(a.sequence(), full))
        a.tell("mY")
        yield


def withhold_draws(a: Adversary) -> Iterator[None]:
    """Draw, and say nothing while levels are read and others produce: it looks like a loss (break 8)."""
    while True:
        a.tell("cY")
        a.send("Y", OpenSession(address("U"), max(1, min(a.has("Y"), 10 * ENT)), 0))
        yield
        a.take(10_000)
        for _ in range(a.chance.randrange(4, 16)):
            a.send("Y", Transfer(1, address("Z"), 1))
            yield
        a.tell("cY")
        yield


def silent_draws(a: Adversary) -> Iterator[None]:
    """Draw all that a large session grants and say nothing of it for hours, while levels are read and others produce:
    where nothing else is missing, it is seen who pays for what looks like a loss (I9)."""
    while True:
        a.tell("cY")
        a.send("Y", OpenSession(address("U"), max(1, min(a.has("Y"), 30 * ENT)), 0))
        opened_ms, drawn = a.chain.time_ms, False
        for _ in range(a.chance.randrange(6, 20)):
            if a.chain.time_ms > opened_ms and not drawn:
                a.take(30_000)
                drawn = True
            a.tell("mY")
            a.send("Y", Transfer(1, address("Z"), 1))
            yield


def jump(a: Adversary) -> Iterator[None]:
    """The production register jumps beyond its power, and stands there (L1)."""
    while True:
        a.tell("mY")
        yield
        meter = a.chain.state.get(METERS, secret("mY").public_key)
        assert meter is not None
        since_ms = a.chain.time_ms - min(meter.time_ms, meter.quarantined_ms or meter.time_ms)
        size = FIRST_POWER_W * since_ms // HOUR_MS + a.chance.randrange(1_000, 4_000)
        a.jumped += size
        if not a.tell("mY"):
            a.jumped -= size  # not in a block: by the next time it might lie within power x time
        for _ in range(6):
            a.tell("mY")
            yield


def empty_account(a: Adversary) -> Iterator[None]:
    """Draw, and have nothing left that could pay for the reading (L7)."""
    a.tell("cY")
    a.send("Y", OpenSession(address("U"), max(1, min(a.has("Y"), 5 * ENT)), 0))
    yield
    left = a.has("Y", CURRENCY_ASSET) - a.community.fee
    a.send("Y", Transfer(CURRENCY_ASSET, address("Z"), max(1, left)))
    for _ in range(4):
        a.take(1_500)
        yield


def stolen_key(a: Adversary) -> Iterator[None]:
    """Readings with fees from the meter of a household that never opened a session (L3)."""
    while True:
        a.read("cT", a.chance.randrange(100), fee=a.chance.choice((0, ENT, 500 * ENT)))
        yield
        a.send("Z", Transfer(2, address("X"), 1))
        yield


def rebind(a: Adversary) -> Iterator[None]:
    """What S once signed is used to bill it again: replayed, altered, closed with more (L1, L11)."""
    genesis = a.chain.genesis
    a.send("W", EnergyProduced(a.sequence(), address("X"), max(1, ROGUE_WH - a.books())))
    first = binding_of(
        genesis, "cS", "S", terms_of("cS", "W", "S", MeterKind.CONSUMPTION, opening_ms=START_MS + 500, opening=0)
    )
    while True:
        while a.chain.state.get(SESSIONS, address("S") + address("W")) is None:
            a.send("W", EnergyProduced(a.sequence(), address("X"), max(1, ROGUE_WH - a.books())))
            yield
        handed = a.community.handed
        link = a.chain.state.get(BINDINGS, address("W") + address("S") + bytes((MeterKind.CONSUMPTION,)))
        bound = secret("cS").public_key if link is None else link.target
        meter = a.chain.state.get(METERS, bound)
        trick = a.chance.choice(("again", "lower", "closing", "unbind"))
        if handed is None or meter is None or trick == "unbind":
            if a.send("W", UnbindMeter(bound)):
                a.send("W", first)
        elif trick == "again":
            a.send("W", ReplaceMeter(bound, (), handed))
        elif trick == "closing":
            shown = meter.register + a.chance.randrange(500, 2_000)
            a.send("W", ReplaceMeter(bound, (Closing(bound, a.chain.time_ms, shown),), handed))
        else:
            lower = msgspec.structs.replace(
                handed.terms, opening_register=max(0, handed.terms.opening_register - 700),
                opening_ms=a.chain.time_ms,
            )  # fmt: skip
            a.send("W", ReplaceMeter(bound, (), msgspec.structs.replace(handed, terms=lower)))
        yield
        if a.chance.random() < 0.3:
            a.send("W", EnergyConsumed(a.sequence(), address("S"), a.chance.choice((500, 2_000))))
            yield


def old_opening(a: Adversary) -> Iterator[None]:
    """A meter of Z at U whose opening lies far back, so that its first reading may be of any size (L11)."""
    while True:
        opened = a.chance.choice((0, a.chain.time_ms - HOUR_MS - 1, a.chain.time_ms - 100 * HOUR_MS))
        terms = terms_of("oZ", "U", "Z", MeterKind.PRODUCTION, opening_ms=opened, opening=0, power_w=10_000)
        if a.send("U", binding_of(a.chain.genesis, "oZ", "Z", terms)):
            a.read("oZ", 20_000)
        yield
        _order(a)
        yield


def hedge(a: Adversary) -> Iterator[None]:
    """Sessions opened in balance, held through a loss (L14)."""
    while True:
        a.tell("cY")
        a.send("Y", OpenSession(address("U"), max(1, min(a.has("Y"), 4 * ENT)), 0))
        yield
        a.send("W", EnergyProduced(a.sequence(), address("X"), max(1, ROGUE_WH - a.books())))
        yield
        a.send("W", EnergyActual(a.sequence(), max(0, a.books() - 100)))
        a.take(1_000)
        a.tell("cY")
        yield
        a.send("Y", CloseSession(address("U")))
        yield


def drain(a: Adversary) -> Iterator[None]:
    """Fill W, sell what it minted, and let all of it vanish."""
    while True:
        a.send("W", EnergyProduced(a.sequence(), address("X"), max(1, ROGUE_WH - a.books())))
        yield
        a.send("X", PlaceOrder(1, Side.SELL, OrderKind.LIMIT, PRICE, ENT, 0))
        yield
        a.send("W", EnergyConsumed(a.sequence(), address("X"), max(1, a.books())))
        yield


PROGRAMS: tuple[Program, ...] = (
    close_before_reading, false_losses, false_losses, withhold, jump, empty_account, stolen_key, rebind, rebind,
    old_opening, hedge, drain, withhold_draws,
)  # fmt: skip

ALONE: tuple[Program, ...] = (silent_draws,)
"""Programs that are played without anything beside them."""
