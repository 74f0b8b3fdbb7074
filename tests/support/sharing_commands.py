"""What people send of metering points, slots, schemes and bills, sensible or not; see `tests.support.commands`.

E registers points, D imports operators' files, C manages sharing, B is the treasurer; whoever else tries is refused.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

import msgspec

from harness.chain import ENT
from harness.energy import OBIS, PROFILE
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.billing.genesis import BILLING_SECTION, BillingSection
from ledger.billing.payloads import CorrectBill, FinaliseBills, PayBill, RecordPayment
from ledger.billing.rules import BILL_NUMBERS
from ledger.billing.schema import BILL_RUNS
from ledger.chain.genesis import Genesis
from ledger.chain.invariants import entries
from ledger.chain.parameters import DAY_MS, HOUR_MS, PARTS
from ledger.chain.schema import COUNTERS
from ledger.chain.section import sections_of
from ledger.encoding.codec import Value
from ledger.governance.payloads import CastVote
from ledger.metering.payloads import BindMeter, MeterTerms, ReadingStep, SubmitReadings
from ledger.metering.schema import METERS, MeterKind
from ledger.sharing.allocation_rules import (
    AllocationMethod,
    AllocationRule,
    Dynamic,
    Static,
    StaticRedistributed,
    rows_each_slot,
)
from ledger.sharing.genesis import SHARING_SECTION, SharingSection
from ledger.sharing.payloads import ChangeScheme, SetScheme
from ledger.sharing.price_rules import FixedPrice, MidMarket, PriceRule
from ledger.sharing.schema import SCHEMES
from ledger.sharing.scheme_terms import Participant, SchemeTerms, Settlement, SourceOrder
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.payloads import (
    NO_ID,
    ChangePoint,
    ClosePoint,
    ImportRow,
    ImportSlots,
    PointTerms,
    RegisterPoint,
)
from ledger.slots.schema import POINTS, Direction, MeteringPoint, OffsetChange
from tests.support.commands import Command, Pick
from tests.support.rows_chain import brought, by_rows
from tests.support.world import (
    ACCOUNTS,
    MEMBERS,
    METER_KEYS,
    VOTERS,
    Draft,
    World,
    address_named,
    secret_of,
    sign_all,
    signers_of,
    wide_genesis,
)

SLOT_MS: Final = 900_000
REGISTRAR, CUSTODIAN, MANAGER, TREASURER, COMMUNITY = "E", "D", "C", "B", "A"
OWNERS: Final = ("A", "B", "C", "X")
DELAYS_MS: Final = (SLOT_MS, 1_000, HOUR_MS, 2 * SLOT_MS, 4 * HOUR_MS)
ENERGIES_MWH: Final = (1_000_000, 250_000, 0, 3_333_333, 1)
DIRECTIONS: Final = {MeterKind.CONSUMPTION: Direction.OFFTAKE, MeterKind.PRODUCTION: Direction.INJECTION}


def sharing_genesis(**changes: Any) -> Genesis:
    """The wide genesis with slots, sharing and billing switched on; nobody has much, so that shares are owed too."""
    balances = tuple(GenesisBalance(address_named(name), CURRENCY_ASSET, ENT // 20) for name in ACCOUNTS)
    genesis = wide_genesis(**{"balances": balances, **changes})
    added = (
        SLOTS_SECTION.holding(
            SlotsSection(
                SLOT_MS, "Europe/Vienna", (OffsetChange(0, 60), OffsetChange(1_711_846_800_000, 120)), (),
                (address_named(CUSTODIAN),), (address_named(REGISTRAR),),
            )
        ),
        SHARING_SECTION.holding(SharingSection(CURRENCY_ASSET, (address_named(MANAGER),))),
        BILLING_SECTION.holding(BillingSection((address_named(TREASURER),), address_named(COMMUNITY), "EG-")),
    )  # fmt: skip
    return msgspec.structs.replace(genesis, sections=sections_of(*genesis.sections, *added))


def _slot(world: World) -> int:
    return world.time_ms // SLOT_MS


def _points(world: World) -> list[MeteringPoint]:
    return [point for _key, point in entries(world.reader, POINTS)]


def _open(world: World) -> list[MeteringPoint]:
    return [point for point in _points(world) if not point.until_slot]


def register(world: World, pick: Pick) -> list[Draft]:
    owner, direction = pick.one(OWNERS), pick.one(tuple(Direction))
    own, with_id = pick.one(((True, False), (False, True), (True, True), (False, False)))
    id_hash = hashlib.sha256(f"{owner} {direction} {pick.one((0, 1))}".encode()).digest() if with_id else NO_ID
    terms = PointTerms(
        address_named(owner), int(direction), pick.one(("", "zone")), pick.one((0, 7)), id_hash, own,
        max(_slot(world) + pick.one((0, 1, -4, -40 * 96, 4, 400 * 96)), 0),
        max(world.time_ms - pick.one((0, 0, 0, 31 * DAY_MS)), 0),
    )  # fmt: skip
    signer = pick.one((owner, owner, owner, "A"))
    signatures = sign_all(signer, terms.message(world.genesis.hash))
    return [Draft(pick.one((REGISTRAR, REGISTRAR, owner)), RegisterPoint(terms, signers_of(signer)[0], signatures))]


def alter(world: World, pick: Pick) -> list[Draft]:
    number = pick.one((*[point.number for point in _points(world)], 1))
    changed = ChangePoint(number, pick.one(("zone", "", "other")), pick.one((0, 7)))
    closed = ClosePoint(number, max(_slot(world) + pick.one((1, 4, 0, 96, -1)), 0))
    possible: tuple[Value, ...] = (changed, closed, changed)
    return [Draft(pick.one((REGISTRAR, REGISTRAR, "A")), pick.one(possible))]


def bind_own(world: World, pick: Pick) -> list[Draft]:
    """A meter at its account's own address, for a point of that account."""
    waiting = [point for point in _open(world) if point.own_meter]
    named = {address_named(name): name for name in OWNERS}
    kinds = {direction: kind for kind, direction in DIRECTIONS.items()}
    places = [(named[point.owner], kinds[Direction(point.direction)]) for point in waiting]
    owner, kind = pick.one((*places, *places, (pick.one(OWNERS), pick.one(tuple(DIRECTIONS)))))
    free = [name for name in METER_KEYS if (known := world.meter(name)) is None or not known.unit]
    meter = pick.one((*free, *free, pick.one(METER_KEYS)))
    known = world.meter(meter)
    terms = MeterTerms(
        address_named(owner), address_named(owner), int(kind), secret_of(meter).public_key,
        hashlib.sha256(meter.encode()).digest(), PROFILE, OBIS, 0, 1, 0, 10**7, world.time_ms,
        known.register if known else 0, 0,
    )  # fmt: skip
    message = terms.message(world.genesis.hash)
    consent = sign_all(owner, message)
    return [Draft(owner, BindMeter(terms, secret_of(meter).sign(message), signers_of(owner)[0], consent))]


def own_readings(world: World, pick: Pick) -> list[Draft]:
    """A bound meter's register at boundaries of slots and beside them, up to now."""
    bound = [name for name in METER_KEYS if (known := world.meter(name)) is not None and known.unit]
    if not bound:
        return bind_own(world, pick)
    name = pick.one(bound)
    known = world.state.get(METERS, secret_of(name).public_key)
    assert known is not None
    first_ms = (known.time_ms // SLOT_MS + 1) * SLOT_MS + pick.one((0, 0, 5_000, -5_000, 400_000))
    step_ms = pick.one((SLOT_MS, SLOT_MS, 4 * SLOT_MS, 300_000))
    steps = tuple(ReadingStep(1, step_ms, pick.one((250, 0, 1_000))) for _ in range(pick.one((3, 0, 1, 12, 30))))
    fitting = max(min(len(steps), (world.time_ms - first_ms) // step_ms), 0)
    rise = pick.one((250, 0, 100, 10**9))
    payload = SubmitReadings(
        known.profile, known.boot, 2, 0, known.obis, known.scale, max(first_ms, 0), known.register + rise,
        steps[:fitting],
    )  # fmt: skip
    return [Draft(name, payload, nonce=known.sequence + 1 + fitting)]


def import_file(world: World, pick: Pick) -> list[Draft]:
    """An operator's file of some days or hours of a point; another one of later corrects it."""
    numbers = [point.number for point in _points(world)]
    name, part = pick.one((f"at {world.time_ms}", f"at {world.time_ms}", "first")), pick.one((0, 0, 0, 0, 1))
    rows = []
    for number in sorted({pick.one((*numbers, 1)) for _ in range(pick.one((2, 1, 4)))}):
        count = pick.one((4, 1, 12, 96))
        first = max(_slot(world) + 1 - count - pick.one((0, 4, 1, 12, 96, -4)), 0)
        energies = [pick.one(ENERGIES_MWH)] * count
        energies[count // 2] = pick.one(ENERGIES_MWH)
        steps = tuple(later - earlier for earlier, later in pairwise(energies))
        rows.append(ImportRow(number, first, pick.one((0, 3)), energies[0], steps))
    issued_ms = max(world.time_ms - pick.one((0, 0, HOUR_MS, DAY_MS, -DAY_MS)), 0)
    payload = ImportSlots(hashlib.sha256(name.encode()).digest(), issued_ms, part, tuple(rows))
    return [Draft(pick.one((CUSTODIAN,) * 6 + ("A",)), payload)]


def _keys(point: MeteringPoint, pick: Pick) -> tuple[int, ...]:
    if point.direction == Direction.OFFTAKE:
        return (pick.one((PARTS // 2, PARTS // 4, 0)),)
    return pick.one(((), (), (), (1,)))


def scheme_terms(world: World, pick: Pick) -> SchemeTerms:
    """Of the points that are open, or some of them; now and then with a key that does not belong there."""
    methods: tuple[AllocationMethod, ...] = (Static(), Dynamic(), StaticRedistributed(), by_rows({}), by_rows({}))
    prices: tuple[PriceRule, ...] = (FixedPrice(ENT // 10), MidMarket(ENT // 4, ENT // 20))
    rule, price = AllocationRule(pick.one(methods), hourly=pick.one((False, False, False, True))), pick.one(prices)
    members = [
        Participant(
            point.number,
            _keys(point, pick),
            pick.one((PARTS, PARTS, PARTS // 2)),
        )
        for point in _open(world)
        if pick.one((True, True, True, False))
    ]  # fmt: skip
    fee, fee_account = pick.one(((0, b""), (ENT // 100, address_named("A"))))
    return SchemeTerms(
        "street", CURRENCY_ASSET, tuple(members), rule, price, fee, fee_account,
        int(pick.one(tuple(SourceOrder))), 1_000, pick.one((HOUR_MS, 72 * HOUR_MS)), int(pick.one(tuple(Settlement))),
    )  # fmt: skip


def change_scheme(world: World, pick: Pick) -> list[Draft]:
    """Opened or changed, by the manager or by all voters."""
    numbers = sorted({version.scheme for _key, version in entries(world.reader, SCHEMES)})
    scheme = pick.one((0, *numbers, *numbers))
    terms = scheme_terms(world, pick)
    from_slot = max(_slot(world) + pick.one((1, 2, 4, 96, 0)), 1)
    if terms.rule.hourly:
        from_slot += -from_slot % pick.one((4, 4, 4, 1))
    if pick.one((True, True, False)):
        return [Draft(pick.one((MANAGER, MANAGER, MANAGER, MANAGER, "A")), ChangeScheme(scheme, from_slot, terms))]
    return [Draft(voter, CastVote(SetScheme(scheme, from_slot, terms), True)) for voter in VOTERS]


def slot_rows(world: World, pick: Pick) -> list[Draft]:
    """Rows of some slots of a scheme: of its open points or any, now and then more than the whole."""
    numbers = sorted({version.scheme for _key, version in entries(world.reader, SCHEMES)})
    asking = [
        version.scheme for _key, version in entries(world.reader, SCHEMES) if rows_each_slot(version.terms.rule)
    ]  # fmt: skip
    scheme, count = pick.one((*asking, *asking, *numbers, 1)), pick.one((1, 4, 12))
    points = _points(world)
    sides = [[point.number for point in points if point.direction == direction] for direction in DIRECTIONS.values()]
    consumer, producer = (pick.one((*side, 1)) for side in sides)
    first = max(_slot(world) - count - pick.one((0, 4, 12, 96, -4)), 0)
    shares = [{(producer, consumer): pick.one((PARTS, PARTS // 2, 0, PARTS // 3))} for _ in range(count)]
    issued_ms = max(world.time_ms - pick.one((0, 0, HOUR_MS, -DAY_MS)), 0)
    file = hashlib.sha256(b"%d" % pick.one((world.time_ms, 1))).digest()
    payload = brought(shares, first_slot=first, scheme=scheme, file=file, issued_ms=issued_ms)
    return [Draft(pick.one((CUSTODIAN,) * 6 + ("A",)), payload)]


def _bills(world: World) -> int:
    found = world.state.get(COUNTERS, BILL_NUMBERS)
    return 0 if found is None else found.value


def bills(world: World, pick: Pick) -> list[Draft]:
    """A run of what is over, a correction, a payment on the chain or over the bank."""
    last, document = _bills(world), hashlib.sha256(b"%d" % world.time_ms).digest()
    key = world.state.first(BILL_RUNS)
    run = None if key is None else world.state.get(BILL_RUNS, key)
    from_ms = world.genesis.time_ms if run is None else run.to_ms
    number, amount = pick.one((max(last, 1), 1, last + 1)), pick.one((10**6, ENT, 1))
    to_ms = world.time_ms + pick.one((0, 0, DAY_MS))
    finalise = FinaliseBills(last + pick.one((1, 1, 2)), pick.one((3, 1, 100)), document, from_ms, to_ms)
    treasurer = pick.one((TREASURER, TREASURER, TREASURER, "X"))
    possible = (
        Draft(treasurer, finalise),
        Draft(treasurer, CorrectBill(last + 1, number, document)),
        Draft(pick.one(MEMBERS), PayBill(number, CURRENCY_ASSET, amount)),
        Draft(treasurer, RecordPayment(number, CURRENCY_ASSET, amount, pick.one((document, bytes(32))))),
    )
    return [pick.one(possible)]


SHARING_COMMANDS: Final[dict[str, tuple[Command, ...]]] = {
    "points": (register, register, register, register, register, alter),
    "meters of points": (bind_own, own_readings, own_readings, own_readings),
    "files": (import_file,),
    "schemes": (change_scheme,),
    "rows": (slot_rows,),
    "bills": (bills,),
}
"""Families of commands; the stateful test of sharing has a rule for each."""


def offer_sharing(world: World, pick: Pick, family: str) -> None:
    """Some command of a family into the next block; the genesis asks for no fee."""
    for draft in pick.one(SHARING_COMMANDS[family])(world, pick):
        world.offer(replace(draft, fee=0))
