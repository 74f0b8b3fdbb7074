"""Every command that somebody could send to the ledger, sensible or not, as functions of a world and of chance.

`Pick` is where chance comes in: hypothesis draws (and shrinks to the first option), or a seeded generator does for
long chains. Options stand with the plainest first.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Final, Protocol, TypeVar

from harness.chain import ENT, address, secret
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import BANK_SECTION
from ledger.bank.payloads import (
    NO_REFERENCE,
    AttestReserves,
    BurnCurrency,
    LockWithdrawal,
    MarkWithdrawal,
    MintCurrency,
    SetBanker,
    SettleWithdrawal,
    TakeBackWithdrawal,
    Transfer,
    UnlockCurrency,
)
from ledger.bank.schema import WITHDRAWAL_MARKS, WITHDRAWALS
from ledger.chain.invariants import entries
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS, PARTS
from ledger.chain.validator_set import validator_address
from ledger.chain.votes import VoteKind, vote_message
from ledger.encoding.codec import Value
from ledger.energy.payloads import (
    ActualItem,
    Annul,
    ChangeUnit,
    CloseSession,
    ConsumedItem,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyProduced,
    OpenSession,
    ProducedItem,
    RegisterUnit,
    ReinstateUnit,
    ReleaseSession,
    RemoveUnit,
    ReportItem,
)
from ledger.energy.schema import SESSIONS, UNITS, WAITING_SESSIONS, Session
from ledger.energy.storage_terms import WHOLE, StorageTerms, Technology
from ledger.governance.payloads import AddVoter, AdmitMember, CastVote, ExpelMember, RemoveVoter, SetParameter
from ledger.limits import MAX_INTEGER
from ledger.metering.payloads import (
    BindMeter,
    Closing,
    MeterTerms,
    ReadingStep,
    ReleaseMeter,
    ReplaceMeter,
    SettleJump,
    SubmitReadings,
    UnbindMeter,
)
from ledger.metering.registers import jump_of
from ledger.metering.schema import MeterKind
from ledger.validators.payloads import AddValidator, Evidence, RemoveValidator, ValidatorAlive, possession_message
from market.schema import ORDERS, product_key
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import OrderKind, Side
from tests.support.world import (
    ACCOUNTS,
    MEMBERS,
    METER_KEYS,
    UNITS_NAMED,
    VOTERS,
    Draft,
    World,
    address_named,
    secret_of,
    sign_all,
    signers_of,
)

T = TypeVar("T")

AMOUNTS: Final = (ENT, 3 * 10**8, 2 * ENT, 1, 10**6, 5 * ENT, 999_999, 40 * ENT, 10**15, 2**62, MAX_INTEGER)
ENERGIES: Final = (1_000, 2_000, 1, 7, 10_000, 500, 900, 15_000, 10**6, 10**9, 9 * 10**12, 10**13, MAX_INTEGER)
DELAYS_MS: Final = (1_000, 1, MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, DAY_MS, 40 * DAY_MS)
PROFILE: Final = hashlib.sha256(b"profile").digest()
OBIS: Final = bytes((1, 0, 2, 8, 0, 255))
PARAMETERS: Final = {
    "C": (50_000_000, 1, 999_999_999, 10**9),
    "M": (500_000_000, 0, 999_999_999, MAX_INTEGER),
    "B": (500_000_000, 0, 999_999_999),
    "F": (200_000_000, 0, 10**9),
    "H": (2 * HOUR_MS, MINUTE_MS, 30 * DAY_MS, 1),
    "close_notice": (0, 10 * MINUTE_MS, 30 * DAY_MS),
    "silent_lock": (HOUR_MS, 30 * DAY_MS),
    "reservation_rate": (0, 10_000_000, PARTS),
    "max_session_share": (1, PARTS // 2, PARTS),
    "vote_lifetime": (30 * DAY_MS, MINUTE_MS),
    "reading_interval": (MINUTE_MS, 1_000, HOUR_MS, 0),
    "lot": (10**6, 10**3, 10**9, 1),
    "tick": (10**6, 10**3, 10**9, 1),
    "execution_price": (0, 1, 2, 3, 4),
    "self_trade": (0, 1, 2),
    "loss_limit": (200_000_000, 10**9, 0),
    "loss_window": (30 * DAY_MS, DAY_MS, 1),
    "loss_rule": (1, 0, 2),
    "level_band": (20_000_000, 0, 500_000_000),
    "slot_grace": (5 * MINUTE_MS, 0, DAY_MS),
    "late": (HOUR_MS, 0, 3_650 * DAY_MS),
    "max_report": (10**13, 10**9, 1, 0),
    "no such parameter": (1,),
}


class Pick(Protocol):
    """The source of chance."""

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        ...


class Seeded:
    """Chance from a seed, the same in every process; leans a little towards the first options."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def one(self, options: Sequence[T]) -> T:
        """See `Pick`."""
        index = self._random.randrange(len(options))
        return options[min(index, self._random.randrange(2 * len(options)))]


Command = Callable[[World, Pick], list[Draft]]


def _who(pick: Pick, usual: Sequence[str]) -> str:
    """Mostly one who may, sometimes anybody."""
    return pick.one((*usual, pick.one(ACCOUNTS))) if len(usual) > 1 else pick.one((*usual, *usual, pick.one(ACCOUNTS)))


def _address(pick: Pick, names: Sequence[str] = ACCOUNTS) -> bytes:
    return address_named(pick.one(names))


def transfer(world: World, pick: Pick) -> list[Draft]:
    return [Draft(pick.one(ACCOUNTS), Transfer(pick.one((1, 2)), _address(pick), pick.one(AMOUNTS)))]


def lock_withdrawal(world: World, pick: Pick) -> list[Draft]:
    return [Draft(pick.one(ACCOUNTS), LockWithdrawal(CURRENCY_ASSET, pick.one(AMOUNTS)))]


def open_session(world: World, pick: Pick) -> list[Draft]:
    overdraft = pick.one((0, ENT, 1, MAX_INTEGER))
    holders = [name for name in ACCOUNTS if balance(world.state, address_named(name), ENERGY_ASSET).available]
    charged = [name for name in UNITS_NAMED if _free_wh(world, name)]
    who, unit = (
        pick.one((*holders, *holders, pick.one(ACCOUNTS))),
        pick.one((*charged, *charged, pick.one(UNITS_NAMED))),
    )
    return [Draft(who, OpenSession(address_named(unit), pick.one((ENT, 2 * 10**8, *AMOUNTS)), overdraft))]


def _free_wh(world: World, unit: str) -> int:
    found = world.state.get(UNITS, address_named(unit))
    return found.available_wh if found else 0


def _session(world: World, consumer: str, unit: str) -> Session | None:
    return world.state.get(SESSIONS, address_named(consumer) + address_named(unit))


def close_session(world: World, pick: Pick) -> list[Draft]:
    pairs = [pair for pair in product(ACCOUNTS, UNITS_NAMED) if _session(world, *pair)]
    consumer, unit = pick.one((*pairs, (pick.one(ACCOUNTS), pick.one(UNITS_NAMED))))
    return [Draft(consumer, CloseSession(address_named(unit)))]


def release_session(world: World, pick: Pick) -> list[Draft]:
    named = {address_named(name): name for name in ACCOUNTS}
    pairs = [pair for pair in product(ACCOUNTS, UNITS_NAMED) if _session(world, *pair)]
    found = [(unit, address_named(who), at.number) for who, unit in pairs if (at := _session(world, who, unit))]
    for key, session in entries(world.reader, WAITING_SESSIONS):
        found.append((named[key[20:40]], key[:20], session.number))
    unit, consumer, number = pick.one((*found, (pick.one(UNITS_NAMED), _address(pick), pick.one((1, 2, MAX_INTEGER)))))
    return [Draft(unit, ReleaseSession(consumer, number))]


def _sequence(world: World, unit: str, pick: Pick) -> int:
    right = world.next_report(unit)
    return pick.one((right, right, right, right + 1, max(right - 1, 1)))


def produced(world: World, pick: Pick) -> list[Draft]:
    unit = _who(pick, UNITS_NAMED)
    return [Draft(unit, EnergyProduced(_sequence(world, unit, pick), _address(pick), pick.one(ENERGIES)))]


def consumed(world: World, pick: Pick) -> list[Draft]:
    pairs = [pair for pair in product(ACCOUNTS, UNITS_NAMED) if _session(world, *pair)]
    consumer, unit = pick.one((*pairs, *pairs, (pick.one(ACCOUNTS), _who(pick, UNITS_NAMED))))
    return [Draft(unit, EnergyConsumed(_sequence(world, unit, pick), address_named(consumer), pick.one(ENERGIES)))]


def actual(world: World, pick: Pick) -> list[Draft]:
    unit = _who(pick, UNITS_NAMED)
    return [Draft(unit, EnergyActual(_sequence(world, unit, pick), pick.one((0, *ENERGIES))))]


def batch(world: World, pick: Pick) -> list[Draft]:
    unit = _who(pick, UNITS_NAMED)
    items: list[ReportItem] = []
    for _ in range(pick.one((2, 1, 5))):
        energy_wh = pick.one(ENERGIES[:9])
        produced_item, consumed_item = ProducedItem(_address(pick), energy_wh), ConsumedItem(_address(pick), energy_wh)
        possible: tuple[ReportItem, ...] = (produced_item, consumed_item, ActualItem(energy_wh))
        items.append(pick.one(possible))
    return [Draft(unit, EnergyBatch(_sequence(world, unit, pick), tuple(items)))]


REFERENCES: Final = (NO_REFERENCE, hashlib.sha256(b"one line").digest(), hashlib.sha256(b"another").digest())


def mint_currency(world: World, pick: Pick) -> list[Draft]:
    payload = MintCurrency(CURRENCY_ASSET, _address(pick), pick.one(AMOUNTS), pick.one(REFERENCES))
    return [Draft(_who(pick, ("bank",)), payload)]


def take_back(world: World, pick: Pick) -> list[Draft]:
    asking = [name for name in ACCOUNTS if world.state.first(WITHDRAWALS, address_named(name)) is not None]
    return [Draft(_who(pick, asking or ACCOUNTS), TakeBackWithdrawal(CURRENCY_ASSET, pick.one(AMOUNTS)))]


def mark_withdrawal(world: World, pick: Pick) -> list[Draft]:
    """All that an account asks for, if some does, or anything."""
    asked = [(key[:20], found.waiting) for key, found in entries(world.reader, WITHDRAWALS) if found.waiting]
    holder, waiting = pick.one((*asked, (_address(pick), pick.one(AMOUNTS))))
    amount = pick.one((waiting, (waiting + 1) // 2, pick.one(AMOUNTS)))
    return [Draft(_who(pick, ("bank",)), MarkWithdrawal(CURRENCY_ASSET, holder, amount))]


def _mark(world: World, pick: Pick) -> tuple[bytes, int, int]:
    """Holder, number and amount of an open mark, if there is any."""
    found = [
        (key[:20], int.from_bytes(key[21:], "big"), mark.amount)
        for key, mark in entries(world.reader, WITHDRAWAL_MARKS)
    ]
    return pick.one((*found, (_address(pick), 1, pick.one(AMOUNTS))))


def burn_currency(world: World, pick: Pick) -> list[Draft]:
    holder, number, amount = _mark(world, pick)
    burned = pick.one((amount, (amount + 1) // 2, amount + 1 if amount < MAX_INTEGER else amount))
    payload = BurnCurrency(CURRENCY_ASSET, holder, burned, number, pick.one(REFERENCES))
    return [Draft(_who(pick, ("bank",)), payload)]


def unlock_currency(world: World, pick: Pick) -> list[Draft]:
    holder, number, amount = _mark(world, pick)
    given = pick.one((amount, (amount + 1) // 2, pick.one(AMOUNTS)))
    return [Draft(_who(pick, ("bank",)), UnlockCurrency(CURRENCY_ASSET, holder, given, pick.one((number, 0))))]


def attest_reserves(world: World, pick: Pick) -> list[Draft]:
    time_ms = world.blocks[-1].header.time_ms + pick.one((0, -HOUR_MS, DAY_MS))
    payload = AttestReserves(CURRENCY_ASSET, pick.one((0, *AMOUNTS)), time_ms, PROFILE)
    return [Draft(_who(pick, ("bank",)), payload)]


def possession(world: World, name: str, account: str, height: int) -> bytes:
    key = secret(name)
    message = possession_message(world.genesis.hash, key.public_key[1:], address_named(account), height)
    return key.sign(message)


def validator_alive(world: World, pick: Pick) -> list[Draft]:
    name, account = pick.one(("W", "V")), pick.one(("A", "B"))
    height = pick.one((world.blocks[-1].header.height, 0, 10**6))
    payload = ValidatorAlive(secret(name).public_key[1:], height, possession(world, name, account, height))
    return [Draft(account, payload)]


def evidence(world: World, pick: Pick) -> list[Draft]:
    """Two votes of a validator in one place, or what looks like it."""
    key = secret(pick.one(("W", "V")))
    head = world.blocks[-1].header.height
    height, round_ = pick.one((head, head + 1, head, 0, head + 2)), pick.one((0, 1, 7))
    kind = pick.one(tuple(VoteKind))
    values = pick.one(((bytes(32), bytes([1]) * 32), (bytes(32), bytes(32))))
    signed = [key.sign(vote_message(kind, world.genesis.hash, height, round_, value)) for value in values]
    payload = Evidence(key.public_key[1:], int(kind), height, round_, values[0], signed[0], values[1], signed[1])
    return [Draft(pick.one(("A", "B")), payload)]


def action(world: World, pick: Pick) -> Value:
    """One of everything that can be voted on."""
    who = _address(pick)
    unit = _address(pick, UNITS_NAMED)
    parameter = pick.one(tuple(PARAMETERS))
    validator = pick.one(("W", "V"))
    possible: tuple[Callable[[], Value], ...] = (
        lambda: SetParameter(parameter, pick.one(PARAMETERS[parameter])),
        lambda: AddVoter(who),
        lambda: RemoveVoter(_address(pick, VOTERS)),
        lambda: RegisterUnit(unit, who, pick.one((0, 20_000, 10**6, MAX_INTEGER)), pick.one((0, 5_000, MAX_INTEGER))),
        lambda: RemoveUnit(unit),
        lambda: ReinstateUnit(unit, pick.one((0, 1_000, MAX_INTEGER))),
        lambda: ChangeUnit(unit, pick.one((20_000, 0, 10**6)), pick.one((0, 5_000)), _terms(pick)),
        lambda: Annul(who, unit, pick.one(AMOUNTS)),
        lambda: SetBanker(who),
        lambda: AdmitMember(who),
        lambda: AdmitMember(_address(pick, MEMBERS)),
        lambda: RegisterUnit(unit, address("C"), 0, 0),
        lambda: ExpelMember(who),
        lambda: AddValidator(
            secret(validator).public_key[1:], address("A"), validator, possession(world, validator, "A", 0)
        ),
        lambda: RemoveValidator(validator_address(secret(validator).public_key[1:])),
        lambda: _settle_jump(world, pick),
        lambda: _settle_withdrawal(world, pick),
        lambda: ReleaseMeter(secret_of(pick.one(METER_KEYS)).public_key),
    )
    return pick.one(possible)()


def _terms(pick: Pick) -> StorageTerms:
    return StorageTerms(
        int(pick.one(tuple(Technology))), pick.one((0, 10**6, MAX_INTEGER)), 0,
        pick.one((900_000_000, WHOLE, 857_142_857, 1)), pick.one((240, 0, 10_000, MAX_INTEGER)), pick.one((0, 3_000)),
    )  # fmt: skip


def _settle_withdrawal(world: World, pick: Pick) -> SettleWithdrawal:
    holder, number, _amount = _mark(world, pick)
    return SettleWithdrawal(CURRENCY_ASSET, holder, number, pick.one((True, False)))


def _settle_jump(world: World, pick: Pick) -> SettleJump:
    """Of a meter that has one, if there is any."""
    meters = {name: world.meter(name) for name in METER_KEYS}
    jumps = {name: jump_of(meter) for name, meter in meters.items() if meter is not None and jump_of(meter)}
    name = pick.one((*jumps, *jumps, pick.one(METER_KEYS)))
    return SettleJump(secret_of(name).public_key, jumps.get(name, 1), pick.one((True, False)))


def settle(world: World, pick: Pick) -> list[Draft]:
    """The voters decide on a jump, or release a key."""
    jump, release = _settle_jump(world, pick), ReleaseMeter(secret_of(pick.one(METER_KEYS)).public_key)
    possible: tuple[Value, ...] = (jump, release)
    chosen = pick.one(possible)
    return [Draft(voter, CastVote(chosen, True)) for voter in VOTERS]


def vote(world: World, pick: Pick) -> list[Draft]:
    return [Draft(_who(pick, VOTERS), CastVote(action(world, pick), pick.one((True, True, False))))]


def campaign(world: World, pick: Pick) -> list[Draft]:
    """All the first voters agree: what is possible is carried out."""
    chosen = action(world, pick)
    return [Draft(voter, CastVote(chosen, True)) for voter in VOTERS]


def _binding(
    world: World, pick: Pick, unit: str, meter: str, account: str, kind: int, closing: Closing | None = None
) -> BindMeter:
    """Of a bound meter of METER_KEYS with what it last showed; now and then something that cannot be bound."""
    known = world.meter(meter)
    register = known.register if known else pick.one((0, 50, MAX_INTEGER))
    terms = MeterTerms(
        address_named(unit),
        address_named(account),
        kind,
        pick.one((secret_of(meter).public_key,) * 7 + (secret_of("A").public_key,)),
        pick.one((PROFILE, bytes(32))),
        PROFILE,
        OBIS,
        pick.one((0, -3, 3, -9, 9)),
        pick.one((1, 1, 40, 10**6)),
        pick.one((0, 0, 10**6, 100)),
        pick.one((5_000, 1, MAX_INTEGER)),
        pick.one((world.time_ms, world.time_ms + 1, known.time_ms if known else 0, world.time_ms - HOUR_MS)),
        pick.one((register, register, 0, max(register - 1, 0))),
        pick.one((0, 5, 2**40)),
    )
    message = terms.message(world.genesis.hash)
    agreed = message if closing is None else closing.message(world.genesis.hash, terms)
    consenting = pick.one((account, account, account, "S"))
    return BindMeter(terms, secret_of(meter).sign(message), signers_of(consenting)[0], sign_all(consenting, agreed))


def bind(world: World, pick: Pick) -> list[Draft]:
    unit, kind = _who(pick, UNITS_NAMED), pick.one(tuple(MeterKind))
    account = pick.one(("A", "B", "X", unit, "S")) if kind != MeterKind.STORAGE else pick.one((unit, unit, "A"))
    return [Draft(unit, _binding(world, pick, unit, pick.one(METER_KEYS), account, int(kind)))]


def _account_of(world: World, meter: str) -> tuple[str, str, int]:
    """Unit, account and kind that a meter is bound to, or some."""
    known = world.meter(meter)
    named = {address_named(name): name for name in ACCOUNTS}
    if known is None or not known.unit:
        return "U1", "A", 1
    return named.get(known.unit, "U1"), named.get(known.account, "A"), known.kind


def replace_meter(world: World, pick: Pick) -> list[Draft]:
    old, new = pick.one(METER_KEYS), pick.one(METER_KEYS)
    unit, account, kind = _account_of(world, old)
    known = world.meter(old)
    key = secret_of(old).public_key
    register = (known.register if known else 0) + pick.one((0, 100, 10**6))
    closing_ms = pick.one((world.time_ms, (known.time_ms if known else 0) + 1, world.time_ms + HOUR_MS))
    closing = pick.one((None, Closing(key, closing_ms, min(register, MAX_INTEGER))))
    binding = _binding(world, pick, unit, new, account, kind, closing)
    sender = pick.one((unit, unit, "U2"))
    return [Draft(sender, ReplaceMeter(key, () if closing is None else (closing,), binding))]


def unbind(world: World, pick: Pick) -> list[Draft]:
    meter = pick.one(METER_KEYS)
    return [Draft(pick.one((_account_of(world, meter)[0], "U1", "A")), UnbindMeter(secret_of(meter).public_key))]


def readings(world: World, pick: Pick) -> list[Draft]:
    bound = [name for name in METER_KEYS if (found := world.meter(name)) and found.unit]
    name = pick.one((*bound, *bound, pick.one(METER_KEYS)))
    known = world.meter(name)
    sequence, register, time_ms, scale, boot = (
        (known.sequence, known.register, known.time_ms, known.scale, known.boot) if known else (0, 0, 0, 0, 0)
    )
    if known and known.quarantined_register:
        register = pick.one((known.quarantined_register, register))
    rise = (1, 0, 100, 4_000, 10**6, 10**10, MAX_INTEGER)
    first_ms = pick.one((world.time_ms, time_ms + MINUTE_MS, time_ms + 1, time_ms, world.time_ms + DAY_MS))
    first = min(max(register + pick.one((*rise, -1, -(10**6))), 0), MAX_INTEGER)
    steps = tuple(
        ReadingStep(
            pick.one((1, 2, 2**20)), pick.one((MINUTE_MS, 1, 0, -1, HOUR_MS)), pick.one((*rise, -5, -MAX_INTEGER))
        )
        for _ in range(pick.one((0, 1, 3)))
    )
    nonce = sequence + pick.one((1, 1, 2, 2**20, 0)) + sum(step.sequence for step in steps)
    payload = SubmitReadings(
        pick.one((PROFILE, PROFILE, PROFILE, bytes(32))), boot + pick.one((0, 0, 1)), pick.one((2, 0)), 0,
        pick.one((OBIS, OBIS, OBIS, OBIS, bytes(6))),
        pick.one((scale, scale, scale, 0)), first_ms, first, steps,
    )  # fmt: skip
    return [Draft(name, payload, nonce=min(nonce, MAX_INTEGER))]


PRICES: Final = (ENT, ENT // 2, 2 * ENT, 300_000_000, 700_000_000, 10**6, 0, 1, 2**62)
QUANTITIES: Final = (ENT, 10**6, 300_000_000, 200_000_000, 5 * ENT, 40 * ENT, 1, 2**62)


def _expiry(world: World, pick: Pick) -> int:
    return pick.one((0, 0, 0, world.time_ms + HOUR_MS, world.time_ms + DAY_MS, 1, MAX_INTEGER))


def place_order(world: World, pick: Pick) -> list[Draft]:
    side = pick.one(tuple(Side))
    asset = CURRENCY_ASSET if side is Side.BUY else ENERGY_ASSET
    holders = [name for name in ACCOUNTS if balance(world.state, address_named(name), asset).available]
    kind = pick.one((OrderKind.LIMIT, OrderKind.LIMIT, *OrderKind))
    order = PlaceOrder(1, side, kind, pick.one(PRICES), pick.one(QUANTITIES), _expiry(world, pick))
    return [Draft(pick.one((*holders, pick.one(ACCOUNTS))), order)]


def _some_order(world: World, pick: Pick) -> tuple[str, int]:
    """The owner's name and the number of an open order; now and then one that does not go together."""
    named = {address_named(name): name for name in ACCOUNTS}
    orders = [world.state.get(ORDERS, key) for key in world.state.scan(ORDERS, product_key(1))]
    found = [(named[order.owner], order.number) for order in orders if order is not None]
    return pick.one((*found, (pick.one(ACCOUNTS), pick.one((1, 2, MAX_INTEGER)))))


def cancel_order(world: World, pick: Pick) -> list[Draft]:
    owner, number = _some_order(world, pick)
    return [Draft(owner, CancelOrder(1, number))]


def replace_order(world: World, pick: Pick) -> list[Draft]:
    owner, number = _some_order(world, pick)
    return [Draft(owner, ReplaceOrder(1, number, pick.one(PRICES), pick.one(QUANTITIES), _expiry(world, pick)))]


def forbidden(world: World, pick: Pick) -> list[Draft]:
    """What may stand in no block: for each rule of inclusion a breach."""
    name = pick.one(ACCOUNTS)
    payload = Transfer(2, address_named("A"), 1)
    right = world.next_nonce(name)
    return [
        pick.one(
            (
                Draft(name, payload, nonce=right + 1),
                Draft(name, payload, nonce=right - 1),
                Draft(name, payload, fee=2**62),
                Draft(name, payload, valid_until=max(world.blocks[-1].header.height, 1)),
                Draft(name, payload, chain_id="other-00000000"),
                Draft(name, payload, version=2),
                Draft(name, payload, damaged=True),
                Draft("T", payload),
                Draft("M1", payload),
            )
        )
    ]


COMMANDS: Final[dict[str, tuple[Command, ...]]] = {
    "tokens": (
        transfer,
        lock_withdrawal,
        mint_currency,
        mark_withdrawal,
        burn_currency,
        unlock_currency,
        take_back,
        attest_reserves,
    ),
    "energy": (produced, consumed, actual, batch),
    "sessions": (open_session, open_session, open_session, consumed, close_session, release_session),
    "meters": (bind, readings, readings, readings, replace_meter, unbind, settle),
    "orders": (place_order, place_order, replace_order, cancel_order),
    "votes": (campaign, vote, validator_alive, evidence),
    "forbidden": (forbidden,),
}
"""Families of commands; the stateful test has a rule for each."""


def offer(world: World, pick: Pick, family: str) -> None:
    """Some command of a family, paid for, into the next block."""
    for draft in pick.one(COMMANDS[family])(world, pick):
        if isinstance(draft.payload, SubmitReadings):
            world.offer(replace(draft, fee=pick.one((0, 0, 0, 0, 0, 1))))
            continue
        least = BANK_SECTION.of(world.genesis).minimum_fee
        fee = draft.fee or least + pick.one((0, 0, 0, 0, 0, 7, -least))
        world.offer(replace(draft, fee=fee))
