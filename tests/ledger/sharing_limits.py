"""Tests of the limits of schemes; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from operator import lt
from typing import Any, Final

import pytest
from msgspec.structs import replace

from harness.chain import address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS, PARTS
from ledger.chain.protocol import context_at
from ledger.chain.schema import COUNTERS, Counter
from ledger.encoding.codec import Codec, encode
from ledger.errors import MalformedInput, Refused
from ledger.grid import weights as grid_weights
from ledger.limits import MAX_TRANSACTION_BYTES, MIN_BLOCK_WEIGHT
from ledger.sharing import limits, weights
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import (
    AllocationRule,
    Cascade,
    Credit,
    Pairs,
    PairShare,
    Static,
    StaticRedistributed,
)
from ledger.sharing.events import SlotSettled
from ledger.sharing.genesis import SHARING_SECTION, SharingSection
from ledger.sharing.members import chunk_of
from ledger.sharing.payloads import ChangeScheme, SetScheme
from ledger.sharing.price_rules import FixedPrice
from ledger.sharing.progress import enqueue
from ledger.sharing.schema import (
    PARTICIPATIONS,
    SCHEMES,
    ChunkOfVersion,
    DayRun,
    FactorChange,
    Participation,
    Phase,
    QueueReason,
    RunPart,
)
from ledger.sharing.scheme_terms import Participant, SchemeTerms
from ledger.sharing.schemes import set_scheme
from ledger.sharing.settlement import PIECES
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows
from ledger.sharing.versions import version_of
from ledger.sharing.zone_parts import OTHER_ZONES, zones_of_slot
from ledger.slots.clock import clock_of
from ledger.slots.events import SlotsChanged
from ledger.state.table import big_endian, newest_first
from tests.ledger.credit_limits import CREDIT_LIMITS
from tests.ledger.late_limits import LATE_LIMITS
from tests.ledger.rows_limits import ROWS_LIMITS
from tests.support.sharing_chain import FIRST_SLOT, LAST_SLOT, SLOT_MS, SeedPoint, SharingChain, participants, terms

MEMBERS = participants(p1=(1,), p2=(1,), p3=())
CHANGE: Codec[ChangeScheme] = Codec(ChangeScheme, MAX_TRANSACTION_BYTES)
TERMS: Codec[SchemeTerms] = Codec(SchemeTerms, MAX_TRANSACTION_BYTES)


def _context() -> Context:
    chain = SharingChain()
    return context_at(chain.registry, chain.state, chain.genesis, 10, chain.time_ms)


def _code(context: Context, action: SetScheme) -> str:
    with pytest.raises(Refused) as refused:
        set_scheme(context, action)
    return refused.value.code


def _decodes(at: SchemeTerms, above: SchemeTerms) -> None:
    assert TERMS.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        TERMS.decode(encode(above))


def max_schemes() -> None:
    context = _context()
    context.state.put(COUNTERS, b"scheme", Counter(limits.MAX_SCHEMES - 1))
    set_scheme(context, SetScheme(0, FIRST_SLOT, terms(MEMBERS)))
    assert _code(context, SetScheme(0, FIRST_SLOT, terms(MEMBERS))) == "too_many_schemes"


def max_scheme_rows() -> None:
    many = tuple(Participant(number + 1, (1,)) for number in range(limits.MAX_SCHEME_ROWS + 1))
    _decodes(terms(many[1:]), terms(many))
    leaving = tuple(range(1, limits.MAX_SCHEME_ROWS + 2))
    at, above = (ChangeScheme(1, FIRST_SLOT, terms(()), True, points) for points in (leaving[1:], leaving))
    assert CHANGE.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        CHANGE.decode(encode(above))


def _with(context: Context, **changes: Any) -> None:
    """A scheme of one point whose entry says other counts or chunks."""
    set_scheme(context, SetScheme(0, FIRST_SLOT, terms(participants(p3=()))))
    key = big_endian(1) + newest_first(FIRST_SLOT)
    context.state.put(SCHEMES, key, replace(context.get(SCHEMES, key), **changes))


def max_scheme_points() -> None:
    joining = (participants(p1=(1,)), participants(p1=(1,), p2=(1,)))
    for members, code in zip(joining, ("", "bad_scheme"), strict=True):
        context = _context()
        _with(context, consumers=limits.MAX_SCHEME_POINTS - 2)
        change = SetScheme(1, FIRST_SLOT, terms(members, prices=FixedPrice(0)), True)
        assert not code or _code(context, change) == code
        if not code:
            set_scheme(context, change)


def chunk_points() -> None:
    last = limits.CHUNK_POINTS - 1
    assert (chunk_of(0), chunk_of(last), chunk_of(last + 1)) == (0, 0, 1)


def max_scheme_chunks() -> None:
    for count, code in ((limits.MAX_SCHEME_CHUNKS - 1, ""), (limits.MAX_SCHEME_CHUNKS, "bad_scheme")):
        context = _context()
        _with(context, chunks=tuple(ChunkOfVersion(number + 1, FIRST_SLOT) for number in range(count)))
        change = SetScheme(1, FIRST_SLOT, terms(participants(p1=(1,))), True)
        assert not code or _code(context, change) == code
        if not code:
            set_scheme(context, change)


def max_substitutes_at_once() -> None:
    """Points without values are substituted at the cut-off, so many in a piece, in the smallest blocks too."""
    most = limits.MAX_SUBSTITUTES_AT_ONCE
    chain = SharingChain(block_weight=MIN_BLOCK_WEIGHT)
    numbers = range(4, most + 2)
    chain.block([chain.tx("D", SeedPoint(number, 1, number)) for number in numbers])
    many = participants(p1=(1,), p2=(1,), p3=(), **{f"p{number}": (1,) for number in numbers})
    made = terms(many, cut_off_ms=limits.MIN_CUT_OFF_MS)
    chain.do("D", ChangeScheme(0, LAST_SLOT, made))
    chain.do("D", ChangeScheme(1, LAST_SLOT + 1, terms(())))
    chain.block(after_ms=(LAST_SLOT + 2) * SLOT_MS - chain.time_ms)
    context = chain.context()
    enqueue(context, 1, LAST_SLOT, QueueReason.CUT_OFF)
    version = version_of(context.state, 1, LAST_SLOT)
    day = clock_of(context).local_day(LAST_SLOT)
    run = DayRun(day, 1, LAST_SLOT, Phase.SUBSTITUTE, 0, (), (), (), (), (), 0, 0)
    assert PIECES[Phase.SUBSTITUTE](context, version, run) == run
    assert sum(isinstance(event, SlotsChanged) for event in context.events) == most
    events = chain.until(LAST_SLOT, after_ms=limits.MIN_CUT_OFF_MS)
    assert [event.substituted for event in events if isinstance(event, SlotSettled)] == [most + 1]


def max_schemes_per_point() -> None:
    context = _context()
    small = terms(tuple(replace(member, factor=PARTS // 10) for member in MEMBERS))
    for _ in range(limits.MAX_SCHEMES_PER_POINT):
        set_scheme(context, SetScheme(0, FIRST_SLOT, small))
    assert _code(context, SetScheme(0, FIRST_SLOT, small)) == "point_shares"


def max_factor_changes() -> None:
    context = _context()
    set_scheme(context, SetScheme(0, FIRST_SLOT, terms(MEMBERS)))
    for count, code in ((limits.MAX_FACTOR_CHANGES - 1, ""), (limits.MAX_FACTOR_CHANGES, "point_shares")):
        changes = tuple(FactorChange(FIRST_SLOT - 90 + slot, 1) for slot in range(count))
        context.state.put(PARTICIPATIONS, big_endian(1) + big_endian(1), Participation(changes))
        change = SetScheme(1, FIRST_SLOT, terms(MEMBERS))
        assert not code or _code(context, change) == code
        if not code:
            set_scheme(context, change)


def max_scheme_versions() -> None:
    context = _context()
    for number in range(limits.MAX_SCHEME_VERSIONS):
        set_scheme(context, SetScheme(min(number, 1), FIRST_SLOT + number, terms(MEMBERS)))
    assert _code(context, SetScheme(1, FIRST_SLOT + 1_000, terms(MEMBERS))) == "too_many_versions"


def max_sharing_managers() -> None:
    named = tuple(address(f"manager {number}") for number in range(limits.MAX_SHARING_MANAGERS + 1))
    at, above = SharingSection(CURRENCY_ASSET, named[1:]), SharingSection(CURRENCY_ASSET, named)
    assert SHARING_SECTION.codec.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        SHARING_SECTION.codec.decode(encode(above))


def run_input_days() -> None:
    """`tests/ledger/sharing/test_rules_schemes.py` shows that no run comes then; no cut-off comes so late."""
    assert limits.MAX_CUT_OFF_MS < limits.RUN_INPUT_DAYS * DAY_MS


def cut_off() -> None:
    _decodes(terms(MEMBERS, cut_off_ms=limits.MIN_CUT_OFF_MS), terms(MEMBERS, cut_off_ms=limits.MIN_CUT_OFF_MS - 1))
    _decodes(terms(MEMBERS, cut_off_ms=limits.MAX_CUT_OFF_MS), terms(MEMBERS, cut_off_ms=limits.MAX_CUT_OFF_MS + 1))


def rule_limits() -> None:
    """`tests/ledger/sharing/test_rule_checks.py` holds them where rules are made."""
    rule = AllocationRule(Cascade((Static(),) * limits.MAX_CASCADE_LEVELS))
    more = AllocationRule(Cascade((Static(),) * (limits.MAX_CASCADE_LEVELS + 1)))
    _decodes(terms(MEMBERS, rule=rule), terms(MEMBERS, rule=more))
    rows = tuple(PairShare(number + 1, 1, 1) for number in range(limits.MAX_RULE_ROWS + 1))
    _decodes(terms(MEMBERS, Pairs(rows[1:])), terms(MEMBERS, Pairs(rows)))
    _decodes(
        terms(MEMBERS, Credit((), limits.MAX_CREDIT_SLOTS)), terms(MEMBERS, Credit((), limits.MAX_CREDIT_SLOTS + 1))
    )


def max_allocation_pairs() -> None:
    """A scheme that one change opens and in which nobody shares with itself stays below."""
    half = limits.MAX_SCHEME_ROWS // 2
    assert half * half <= limits.MAX_ALLOCATION_PAIRS


def max_share_rounds() -> None:
    """A slot that takes three rounds: with two of them something is left that somebody lacks."""
    keys, flows = [1, 1, 2, 1], SlotFlows([100], [10, 25, 90, 4])
    apart = AllocationKeys(weights=keys, producer_owners=[b"plant"], consumer_owners=[b"home"] * len(keys))
    rule = AllocationRule(StaticRedistributed(), no_self_share=True)
    assert sum(allocate(rule, flows, apart, 0).shares) == 100
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.sharing.pairing.MAX_SHARE_ROUNDS", 2)
        found = allocate(rule, flows, apart, 0)
    assert sum(found.shares) < 100
    assert any(map(lt, found.shares, flows.offtakes))
    assert limits.MAX_SHARE_ROUNDS >= 3


def max_run_zones() -> None:
    """Chunks of one producer each: what a run tells apart, and one more."""
    names = [f"zone {number:03}" for number in range(limits.MAX_RUN_ZONES + 1)]
    parts = [RunPart(bytes(32), 0, b"", b"", b"", b"", bytes(32), (), (name,), b"") for name in names]
    at, _places = zones_of_slot(parts[:-1], [1] * limits.MAX_RUN_ZONES)
    assert list(at) == names[:-1]
    above, places = zones_of_slot(parts, [1] * len(parts))
    assert (len(above), above[0]) == (limits.MAX_RUN_ZONES, OTHER_ZONES)
    assert places[-2:] == [0, 0]


def max_told_at_once() -> None:
    """The heaviest piece of a day that is told, with a grid account that charges it, fits into the smallest block."""
    slots = 24 * 3_600_000 // SLOT_MS
    for zones in (1, 2, 3, limits.MAX_RUN_ZONES):
        members = min(limits.CHUNK_POINTS, max(1, limits.MAX_TOLD_AT_ONCE // (slots * zones)))
        rows = slots * (1 + limits.CHUNK_POINTS // weights.TOLD_ROWS_A_UNIT)
        told = weights.TOLD_CHUNK + rows + slots * zones * members // weights.ZONE_CELLS_A_UNIT
        point = grid_weights.GRID_POINT + slots // grid_weights.GRID_SLOTS_A_UNIT
        zone = grid_weights.GRID_ZONE + slots // grid_weights.GRID_ZONE_SLOTS_A_UNIT
        assert told + members * (point + zones * zone) <= 2 * MIN_BLOCK_WEIGHT // 3


def max_sharing_rate() -> None:
    """`tests/ledger/sharing/test_rule_checks.py` holds that a slot of such prices fits."""
    at, above = FixedPrice(limits.MAX_SHARING_RATE), FixedPrice(limits.MAX_SHARING_RATE + 1)
    _decodes(terms(MEMBERS, prices=at), terms(MEMBERS, prices=above))


SHARING_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_CASCADE_LEVELS": (rule_limits,),
    "MAX_RULE_ROWS": (rule_limits,),
    "MAX_CREDIT_SLOTS": (rule_limits,),
    "MAX_ALLOCATION_PAIRS": (max_allocation_pairs,),
    "MAX_SHARE_ROUNDS": (max_share_rounds,),
    "MAX_SCHEMES": (max_schemes,),
    "MAX_SCHEME_POINTS": (max_scheme_points,),
    "MAX_SCHEME_ROWS": (max_scheme_rows,),
    "CHUNK_POINTS": (chunk_points,),
    "MAX_SCHEME_CHUNKS": (max_scheme_chunks,),
    "MAX_SUBSTITUTES_AT_ONCE": (max_substitutes_at_once,),
    "MAX_SCHEMES_PER_POINT": (max_schemes_per_point,),
    "MAX_FACTOR_CHANGES": (max_factor_changes,),
    "MAX_SCHEME_VERSIONS": (max_scheme_versions,),
    "MAX_SHARING_MANAGERS": (max_sharing_managers,),
    "RUN_INPUT_DAYS": (run_input_days,),
    "MIN_CUT_OFF_MS": (cut_off,),
    "MAX_CUT_OFF_MS": (cut_off,),
    "MAX_RUN_ZONES": (max_run_zones,),
    "MAX_TOLD_AT_ONCE": (max_told_at_once,),
    "MAX_SHARING_RATE": (max_sharing_rate,),
    **LATE_LIMITS,
    **ROWS_LIMITS,
    **CREDIT_LIMITS,
}
