"""Blocks of one kind of work each, whose CPU time `bench.weights` compares with the weight that they were charged.

A maker gives the blocks to run first and the one to measure. Where transactions would need days of earlier blocks
(a hundred voters, a meter's clock), the state is set directly; the block that is measured is always a real one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from bench.agent_kinds import authorisations, orders_of_agents, sales_of_agents
from bench.certificates import (
    certificates_issued,
    parts_offered,
    parts_taken,
    parts_transferred,
    parts_used_up,
)
from bench.execution import (
    BLOCK,
    METERS_IN_BLOCK,
    PROFILE,
    UNITS,
    Community,
    closings,
    metered_consumption,
    metered_production,
    openings,
    productions,
    transfers,
)
from bench.feeds import feeds_due, reports
from bench.kinds_of_agreements import AGREEMENTS, RESOLUTIONS_PAUSE_MS
from bench.slot_days import corrected_day, imported_day, own_readings
from bench.slot_rows import imported_rows
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import mint
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.chain.counters import change_count
from ledger.chain.envelope import Signature, Transaction, assemble, sign_message, unsigned
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS
from ledger.chain.schema import COUNTERS, Counter, Link
from ledger.encoding.codec import encode
from ledger.energy.limits import MAX_BATCH_ITEMS, MAX_SUMMED_DAYS
from ledger.energy.payloads import (
    ActualItem,
    ConsumedItem,
    EnergyActual,
    EnergyBatch,
    EnergyConsumed,
    EnergyTypeNumber,
    OpenSession,
    ProducedItem,
    ReportItem,
)
from ledger.energy.schema import UNIT_LOSSES
from ledger.energy.schema import UNITS as UNITS_TABLE
from ledger.energy.units import books
from ledger.governance.payloads import CastVote, GovernanceTypeNumber, RemoveVoter, SetParameter
from ledger.governance.schema import MEMBERS, VOTE_ACTIONS, VOTERS, VOTES, Member, MemberStatus, Vote, Voter
from ledger.governance.voting import OPEN_VOTES, VOTER_COUNT, action_hash
from ledger.keys.address import MultisigKey, address_of
from ledger.keys.crypto import Algorithm, Ed25519SecretKey, SecretKey, generate_secret_key
from ledger.metering.payloads import BindMeter, MeteringTypeNumber, MeterTerms, ReadingStep, SubmitReadings
from ledger.metering.schema import METERS, MeterKind
from ledger.state.overlay import State
from ledger.state.table import big_endian
from market.events import OrderPlaced
from market.transactions import CancelOrder, MarketTypeNumber, PlaceOrder
from market.types import BUY, SELL, OrderKind, Side
from nodechain.modules import REGISTRY

ENT: Final = 10**9
CO_OWNERS: Final = 16
MAKERS: Final = 256
"""Resting orders that one incoming order takes, each of another member."""
VOTER_KEYS: Final = 201
VOTES_OPEN: Final = 1_000
DRAWS: Final = 96
DRAW_MS: Final = 15_000

Blocks = list[list[Transaction]]
Make = Callable[[Community, int], Blocks]
"""Blocks to run first, then the one to measure; the number tells runs apart."""


def _alone(make: Callable[[Community, int], list[Transaction]]) -> Make:
    return lambda community, run: [make(community, run)]


def _unit_of(community: Community, place: int) -> Ed25519SecretKey:
    return community.units[place % UNITS]


# --- signatures ------------------------------------------------------------------------------------------------------


def _co_owned(algorithm: Algorithm) -> Make:
    """Transfers of accounts with 16 keys, all of which sign."""

    def make(community: Community, run: int) -> Blocks:
        return [[_co_signed(community, algorithm, run * 8 + number) for number in range(8)]]

    return make


def _co_signed(community: Community, algorithm: Algorithm, number: int) -> Transaction:
    keys = sorted(
        (
            generate_secret_key(algorithm, _entropy(algorithm, b"co-owner %d %d" % (number, place)))
            for place in range(CO_OWNERS)
        ),
        key=lambda key: key.public_key,
    )
    sender = MultisigKey(CO_OWNERS, tuple(key.public_key for key in keys))
    state = State(community.reader)
    state.put(MEMBERS, address_of(sender), Member(MemberStatus.ADMITTED, 0))
    mint(state, address_of(sender), CURRENCY_ASSET, ENT)
    community.commit(state.changes())
    envelope = unsigned(
        community.genesis.chain_id, BankTypeNumber.TRANSFER, sender, 1, Transfer(2, community.addresses[0], 1)
    )
    return REGISTRY.decode(assemble(envelope, _signatures(keys, sign_message(envelope, community.genesis.hash))))


def _entropy(algorithm: Algorithm, name: bytes) -> bytes:
    digest = hashlib.sha512(name).digest()
    return digest[:32] if algorithm is Algorithm.ED25519 else digest


def _signatures(keys: Sequence[SecretKey], message: bytes) -> tuple[Signature, ...]:
    return tuple(Signature(place, key.sign(message)) for place, key in enumerate(keys))


def _bindings(community: Community, run: int) -> Blocks:
    """A hundred meters bound: each with the signatures of meter and account."""
    made = []
    for place in range(METERS_IN_BLOCK):
        unit, member = _unit_of(community, place), 2_000 + run * METERS_IN_BLOCK + place
        meter = Ed25519SecretKey(hashlib.sha256(b"bound %d" % member).digest())
        terms = MeterTerms(
            address_of(unit.public_key), community.addresses[member], MeterKind.CONSUMPTION, meter.public_key,
            bytes(32), PROFILE, bytes(6), 0, 1, 0, 10**6, community.time_ms, 0, 0,
        )  # fmt: skip
        message = terms.message(community.genesis.hash)
        account = community.members[member]
        consent = (Signature(0, account.sign(message)),)
        payload = BindMeter(terms, meter.sign(message), account.public_key, consent)
        made.append(community.signed(unit, MeteringTypeNumber.BIND_METER, payload))
    return [made]


# --- energy ----------------------------------------------------------------------------------------------------------


def _batches(community: Community, run: int) -> Blocks:
    del run
    return [_batches_of(community, lambda _at, place: ProducedItem(community.addresses[200 + place], 1))]


def _batches_of(
    community: Community, item: Callable[[int, int], ReportItem], length: int = MAX_BATCH_ITEMS
) -> list[Transaction]:
    """One batch of reports a unit; `item` of the unit's place and the report's."""
    made = []
    for at, unit in enumerate(community.units):
        sequence = community.next_number(unit)
        payload = EnergyBatch(sequence, tuple(item(at, place) for place in range(length)))
        made.append(community.signed(unit, EnergyTypeNumber.ENERGY_BATCH, payload, sequence))
    return made


def _batches_of_levels(community: Community, run: int) -> Blocks:
    del run
    held = _held(community)
    return [_batches_of(community, lambda at, place: ActualItem(held[at] - 1 - place))]


def _batches_of_consumption(community: Community, run: int) -> Blocks:
    """Of 20 units: what 50 members each drew."""
    members = [
        [number for number in range(run * BLOCK, (run + 1) * BLOCK) if number % UNITS == at] for at in range(UNITS)
    ]
    return [
        openings(community, run),
        _batches_of(
            community, lambda at, place: ConsumedItem(community.addresses[members[at][place]], 10), BLOCK // UNITS
        ),
    ]


def _batches_of_losses(community: Community, run: int) -> Blocks:
    """The same of units that have lost something on each of the days that are summed."""
    today = community.time_ms // DAY_MS
    state = State(community.reader)
    for unit in community.units:
        for ago in range(1, MAX_SUMMED_DAYS):
            state.put(UNIT_LOSSES, address_of(unit.public_key) + big_endian(today - ago), Counter(1))
    community.commit(state.changes())
    return _batches_of_levels(community, run)


def _held(community: Community) -> list[int]:
    """What the units' books hold, in Wh."""
    state = State(community.reader)
    found = []
    for unit in community.units:
        entry = state.get(UNITS_TABLE, address_of(unit.public_key))
        assert entry is not None
        found.append(books(entry))
    return found


def _consumptions(community: Community, run: int) -> Blocks:
    """Reports by hand of what members drew from their sessions."""
    opened = openings(community, run)
    made = []
    for place in range(BLOCK):
        number = (run * BLOCK + place) % community.accounts
        unit = _unit_of(community, number)
        payload = EnergyConsumed(community.next_number(unit), community.addresses[number], 10)
        made.append(community.signed(unit, EnergyTypeNumber.ENERGY_CONSUMED, payload))
    return [opened, made]


def _actuals(community: Community, run: int) -> Blocks:
    """Reports by hand of what units hold, less by 1 Wh each time than the books."""
    del run
    made = []
    for unit, held in zip(community.units, _held(community), strict=True):
        for less in range(1, 11):
            payload = EnergyActual(community.next_number(unit), held - less)
            made.append(community.signed(unit, EnergyTypeNumber.ENERGY_ACTUAL, payload))
    return [made]


def _readings_from_sessions(community: Community, run: int) -> Blocks:
    """96 readings of a hundred meters, each drawn from a session."""
    community.time_ms += 2 * HOUR_MS  # the sessions of the last run have ended
    opened = []
    state = State(community.reader)
    start_ms = community.time_ms + 2 * MINUTE_MS
    nonce = 10**6 * (run + 1)
    for place, meter in enumerate(community.consumers):
        entry = state.get(METERS, meter.public_key)
        assert entry is not None
        changed = msgspec.structs.replace(entry, time_ms=start_ms, register=0, sequence=nonce, sent_ms=0)
        state.put(METERS, meter.public_key, changed)
        opening = OpenSession(address_of(_unit_of(community, place + 1).public_key), 2 * ENT, 0)
        opened.append(community.signed(community.members[place], EnergyTypeNumber.OPEN_SESSION, opening))
    community.commit(state.changes())
    steps = tuple(ReadingStep(1, DRAW_MS, 10) for _ in range(DRAWS - 1))
    payload = SubmitReadings(PROFILE, 1, 2, 0, bytes(6), 0, start_ms + DRAW_MS, 10, steps)
    readings = [
        community.signed(meter, MeteringTypeNumber.SUBMIT_READINGS, payload, nonce + DRAWS)
        for meter in community.consumers
    ]
    return [opened, readings]


def _sessions_due(community: Community, run: int) -> Blocks:
    """A block in which a thousand sessions reach their deadline."""
    return [openings(community, run), []]


def _locks_due(community: Community, run: int) -> Blocks:
    """A block in which a thousand sessions that were closed give their locks back."""
    return [openings(community, run), closings(community, run), []]


# --- market ----------------------------------------------------------------------------------------------------------


def _order(
    community: Community, member: int, side: Side, price: int, quantity: int, expires_ms: int = 0
) -> Transaction:
    payload = PlaceOrder(1, side, OrderKind.LIMIT, price, quantity, expires_ms)
    return community.signed(community.members[member], MarketTypeNumber.PLACE_ORDER, payload)


def _bids(community: Community, run: int, expires_ms: int = 0) -> list[Transaction]:
    del run
    return [
        _order(community, 1_000 + place, BUY, 10**6 * (place % 100 + 1), ENT // 10, expires_ms)
        for place in range(BLOCK)
    ]


def _bids_cancelled(community: Community, run: int) -> Blocks:
    placed = _bids(community, run)
    executed = community.run(placed)
    events = [event for receipt in executed.receipts for event in receipt.events]
    numbers = [event.number for event in events if isinstance(event, OrderPlaced)]
    return [
        [
            community.signed(community.members[1_000 + place], MarketTypeNumber.CANCEL_ORDER, CancelOrder(1, number))
            for place, number in enumerate(numbers)
        ]
    ]


def _bids_due(community: Community, run: int) -> Blocks:
    """A block in which a thousand orders expire."""
    return [_bids(community, run, community.time_ms + 90_000), []]


def _sweeps(community: Community, run: int) -> Blocks:
    """Four orders, each of which trades with 256 that rest, of another member each."""
    del run
    resting = [_order(community, 2_000 + place, SELL, ENT, ENT // 10) for place in range(4 * MAKERS)]
    taking = [_order(community, 100 + place, BUY, ENT, MAKERS * ENT // 10) for place in range(4)]
    return [resting, taking]


# --- votes -----------------------------------------------------------------------------------------------------------


def _votes(community: Community, run: int) -> Blocks:
    """The only voter passes a vote with each transaction."""
    voter = community.members[0]
    return [
        [
            community.signed(
                voter, GovernanceTypeNumber.CAST_VOTE, CastVote(SetParameter("vote_lifetime", 10**8 + value), True)
            )
            for value in range(run * 60, run * 60 + 60)
        ]
    ]


def _voter_removed(community: Community, run: int) -> Blocks:
    """The last yes to the removal of a voter while a thousand votes with a hundred yes each are open."""
    state = State(community.reader)
    voters = sorted(community.addresses[:VOTER_KEYS])
    for address in voters:
        state.put(VOTERS, address, Voter(0))
    state.put(COUNTERS, VOTER_COUNT, Counter(VOTER_KEYS))
    removed = next(address for address in voters if address != community.addresses[0])
    yes = tuple(address for address in voters if address != community.addresses[0])[: VOTER_KEYS // 2]
    actions = [SetParameter("vote_lifetime", 10**8 + place) for place in range(VOTES_OPEN)]
    change_count(state, community.addresses[1], OPEN_VOTES, VOTES_OPEN + 1)
    for number, action in enumerate([*actions, RemoveVoter(removed)], 1 + run * 10**6):
        data = encode(action)
        assert REGISTRY.actions.decode_trusted(data) == action
        key = big_endian(number)
        state.put(VOTES, key, Vote(number, data, community.addresses[1], community.time_ms + 100 * DAY_MS, yes))
        state.put(VOTE_ACTIONS, action_hash(data), Link(key))
    community.commit(state.changes())
    return [
        [community.signed(community.members[0], GovernanceTypeNumber.CAST_VOTE, CastVote(RemoveVoter(removed), True))]
    ]


KINDS: Final[dict[str, Make]] = {
    "transfer": _alone(transfers),
    "transfer, 16 Ed25519 keys": _co_owned(Algorithm.ED25519),
    "transfer, 16 P-256 keys": _co_owned(Algorithm.P256),
    "meter bound": _bindings,
    "session opened": _alone(openings),
    "session closed": lambda community, run: [openings(community, run), closings(community, run)],
    "sessions that fall due": _sessions_due,
    "locks that fall due": _locks_due,
    "report of production": _alone(productions),
    "report of consumption": _consumptions,
    "report of a level": _actuals,
    "batch of production": _batches,
    "batch of consumption": _batches_of_consumption,
    "batch of levels": _batches_of_levels,
    "batch of levels, 30 days": _batches_of_losses,
    "day of readings, production": _alone(metered_production),
    "day of readings, grid import": _alone(metered_consumption),
    "96 readings from a session": _readings_from_sessions,
    "order that rests": _alone(_bids),
    "order cancelled": _bids_cancelled,
    "orders that fall due": _bids_due,
    "order with 256 trades": _sweeps,
    "agent authorised": authorisations,
    "order of an agent": orders_of_agents,
    "orders of agents that sell": sales_of_agents,
    "vote carried out": _votes,
    "voter removed, 1,000 votes": _voter_removed,
    "report of a feed": reports,
    "certificate of 31 days": certificates_issued,
    "certificate part transferred": parts_transferred,
    "certificate part offered": parts_offered,
    "certificate part taken": parts_taken,
    "certificate part used up": parts_used_up,
    "feeds that get too old": feeds_due,
    "day of slots imported": imported_day,
    "day of slots corrected": corrected_day,
    "day of readings, own meters": own_readings,
    "rows of slots imported": imported_rows,
    **AGREEMENTS,
}

PAUSE_MS: Final[dict[str, int]] = {
    "sessions that fall due": 2 * HOUR_MS,
    "locks that fall due": 10 * MINUTE_MS,
    "96 readings from a session": HOUR_MS,
    "feeds that get too old": 2 * HOUR_MS,
    "resolutions that fall due": RESOLUTIONS_PAUSE_MS,
}
"""Time that passes before the block that is measured."""
