"""Rows that come with each slot: who brings them, when a slot is settled by them, what changes them (SC18 to SC20)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.encoding.codec import encode
from ledger.errors import ProofError, Refused
from ledger.governance.payloads import CastVote
from ledger.sharing.allocation_rules import AllocationRule, Cascade, Dynamic, PairsEachSlot, PairShare, Static
from ledger.sharing.events import SlotSettled
from ledger.sharing.late_payloads import CorrectFoldedSlot, RestoredPiece
from ledger.sharing.outcome import Booking
from ledger.sharing.payloads import SetScheme
from ledger.sharing.proposal import previewed
from ledger.sharing.queries import settled_run
from ledger.sharing.roots import verify_point
from ledger.sharing.rows_events import SlotRowsImported
from ledger.sharing.rows_import import do_import_slot_rows
from ledger.sharing.rows_payloads import ImportSlotRows
from ledger.sharing.rows_schema import OLD_ROWS, SLOT_ROWS, RowsState
from ledger.sharing.rows_values import OtherShare, PointRows, pack_rows, unpack_rows, verify_point_rows
from ledger.sharing.schema import FOLDED_DAYS, SLOT_RUNS, SlotInput
from ledger.slots.payloads import ClosePoint, SetCustodian
from tests.support.rows_chain import CUSTODIAN, HALF, QUARTER, WHOLE, RowsChain, Shares, brought, by_rows
from tests.support.sharing_chain import (
    FIRST_SLOT,
    HOUR_MS,
    KWH,
    LAST_SLOT,
    SharingChain,
    participants,
    terms,
)
from tests.support.sharing_street import booked

ALL: Shares = {(3, 1): HALF, (3, 2): HALF}
SOME: Shares = {(3, 1): HALF, (3, 2): QUARTER}
TAKEN = {1: 2 * KWH, 2: 3 * KWH, 3: 4 * KWH}
"""Of 4 kWh B is offered 2 and takes 2, C is offered 2 (or, by `SOME`, 1) and lacks 3."""


def settled(events: object) -> list[SlotSettled]:
    assert isinstance(events, list)
    return [event for event in events if isinstance(event, SlotSettled)]


def shares(chain: SharingChain, slot: int = FIRST_SLOT) -> dict[int, int]:
    run = settled_run(chain.context(), 1, slot)
    assert run is not None
    return {row.point: row.shared_mwh for row in run.rows}


def refusal(chain: SharingChain, payload: ImportSlotRows) -> tuple[str, str]:
    """Code and text."""
    context = chain.context()
    context.sender = address(CUSTODIAN)
    with pytest.raises(Refused) as refused:
        do_import_slot_rows(context, payload)
    return refused.value.code, refused.value.detail


@pytest.fixture
def chain() -> RowsChain:
    made = RowsChain()
    made.until(FIRST_SLOT + 3)
    return made


@pytest.mark.parametrize("rows_first", [False, True])
def test_sc18_a_slot_is_settled_when_its_values_and_its_rows_are_there(chain: RowsChain, rows_first: bool) -> None:
    if rows_first:
        events = chain.rows(FIRST_SLOT, SOME)
        assert settled(events) == []
        events = chain.values(FIRST_SLOT, TAKEN)
    else:
        assert settled(chain.values(FIRST_SLOT, TAKEN)) == []
        events = chain.rows(FIRST_SLOT, SOME)
    (run,) = settled(events)
    assert (run.slot, run.run, run.substituted, run.slot_rows) == (FIRST_SLOT, 1, 0, RowsState.IMPORTED)
    assert shares(chain) == {1: 2 * KWH, 2: KWH, 3: 3 * KWH}
    assert booked(events)[address("B")] == Booking(bought_mwh=2 * KWH, cost=ENT // 5)


def test_sc18_one_transaction_brings_rows_of_many_slots_and_a_slot_may_have_none(chain: RowsChain) -> None:
    receipt = chain.do(CUSTODIAN, brought((ALL, {}, SOME)))
    (told,) = [event for event in receipt.events if isinstance(event, SlotRowsImported)]
    assert (told.scheme, told.first_slot, told.slots, told.rows, told.changed) == (1, FIRST_SLOT, 3, 4, 3)
    for slot in range(3):
        chain.values(FIRST_SLOT + slot, TAKEN)
    assert shares(chain, FIRST_SLOT) == {1: 2 * KWH, 2: 2 * KWH, 3: 4 * KWH}
    assert shares(chain, FIRST_SLOT + 1) == {1: 0, 2: 0, 3: 0}
    assert shares(chain, FIRST_SLOT + 2) == {1: 2 * KWH, 2: KWH, 3: 3 * KWH}


def test_sc18_who_may_bring_rows_and_of_what(chain: RowsChain) -> None:
    good = brought((SOME, SOME))
    assert chain.try_("B", good).code == "not_a_custodian"
    chain.vote(SetCustodian(address("B"), True))
    assert chain.do("B", good).code == ""
    first = good.pairs[0]
    cases = {
        "time_in_future": replace(good, issued_ms=chain.time_ms * 2),
        "slot_in_future": replace(good, first_slot=FIRST_SLOT + 3),
        "unknown_scheme": replace(good, scheme=9),
        "bad_rule_rows": replace(good, pairs=good.pairs[::-1]),
        "point_not_in_scheme": brought(({(3, 9): 1},)),
        "rule_shares": brought((SOME, {(3, 1): HALF, (3, 2): HALF + 1})),
    }
    for code, payload in cases.items():
        assert chain.try_(CUSTODIAN, replace(payload, file=b"x" * 32)).code == code, code
    short = replace(good, pairs=(replace(first, steps=()),))
    below = replace(good, pairs=(replace(first, steps=(-WHOLE,)),))
    turned = brought(({(1, 3): 1},))
    assert chain.try_(CUSTODIAN, short).code == "bad_rule_rows"
    assert chain.try_(CUSTODIAN, below).code == "rule_shares"
    assert chain.try_(CUSTODIAN, turned).code == "point_not_in_scheme"
    assert chain.try_(CUSTODIAN, replace(good, first_slot=FIRST_SLOT - 1)).code == "unknown_scheme"


def test_sc18_a_refusal_names_slot_and_point_and_nothing_of_the_rows_comes_in(chain: RowsChain) -> None:
    wrong = brought((SOME, {(3, 1): HALF, (3, 2): HALF + 1}))
    told = f"slot {FIRST_SLOT + 1}: the shares of producer 3 sum to more than the whole ({WHOLE} parts)"
    assert refusal(chain, wrong) == ("rule_shares", told)
    assert chain.try_(CUSTODIAN, wrong).code == "rule_shares"
    assert chain.entries(SLOT_ROWS) == {}


def test_sc18_a_scheme_without_such_rows_takes_none() -> None:
    chain = SharingChain()
    chain.open(terms(participants(p1=(1,), p2=(1,), p3=()), Static()))
    chain.vote(SetCustodian(address(CUSTODIAN), True))
    chain.until(FIRST_SLOT)
    assert chain.try_(CUSTODIAN, brought((SOME,))).code == "rows_not_asked"


def test_sc18_a_closed_point_has_no_rows_and_the_slot_does_not_wait_for_its_value() -> None:
    chain = RowsChain()
    chain.until(FIRST_SLOT)
    chain.do("C", ClosePoint(2, FIRST_SLOT + 2))
    chain.until(FIRST_SLOT + 3)
    told = f"slot {FIRST_SLOT + 2}: point 2 is closed"
    assert refusal(chain, brought((SOME, SOME, SOME))) == ("point_not_open", told)
    chain.do(CUSTODIAN, brought((SOME, SOME, {(3, 1): HALF})))
    events = chain.values(FIRST_SLOT + 2, {1: KWH, 3: 4 * KWH})
    assert [run.slot for run in settled(events)] == [FIRST_SLOT + 2]
    assert shares(chain, FIRST_SLOT + 2) == {1: KWH, 2: 0, 3: KWH}


def test_sc18_of_two_files_the_later_one_stays_in_whatever_order_they_come(chain: RowsChain) -> None:
    old, new = brought((ALL,), file=b"o" * 32, issued_ms=1), brought((SOME,), file=b"n" * 32, issued_ms=2)
    other = replace(new, first_slot=FIRST_SLOT + 1)
    for payload in (old, new, other, replace(old, first_slot=FIRST_SLOT + 1)):
        chain.do(CUSTODIAN, payload)
    for slot in (0, 1):
        chain.values(FIRST_SLOT + slot, TAKEN)
        assert shares(chain, FIRST_SLOT + slot)[2] == KWH
    again = chain.do(CUSTODIAN, new)
    assert [event.changed for event in again.events if isinstance(event, SlotRowsImported)] == [0]
    assert chain.try_(CUSTODIAN, replace(brought((ALL,)), file=new.file, issued_ms=2)).code == "file_differs"


def test_sc19_at_the_cut_off_the_rows_of_the_terms_stand_in_and_the_run_says_so() -> None:
    chain = RowsChain(cut_off_ms=3 * HOUR_MS)
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, TAKEN)
    assert chain.run(FIRST_SLOT) is None
    events = chain.until(LAST_SLOT, after_ms=3 * HOUR_MS)
    first = settled(events)[0]
    assert (first.slot, first.substituted, first.slot_rows) == (FIRST_SLOT, 0, RowsState.SUBSTITUTED)
    assert shares(chain) == {1: KWH, 2: 0, 3: KWH}


def test_sc19_without_rows_that_stand_in_all_is_surplus() -> None:
    chain = RowsChain({}, cut_off_ms=3 * HOUR_MS)
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, TAKEN)
    chain.until(LAST_SLOT, after_ms=3 * HOUR_MS)
    assert shares(chain) == {1: 0, 2: 0, 3: 0}


def test_sc20_rows_that_come_after_a_run_or_change_post_the_difference_only(chain: RowsChain) -> None:
    chain.values(FIRST_SLOT, TAKEN)
    before = chain.rows(FIRST_SLOT, SOME)
    money = {name: chain.has(name) for name in "BCD"}
    after = chain.rows(FIRST_SLOT, ALL, file=b"s" * 32, issued_ms=2)
    assert [run.run for run in settled(before + after)] == [1, 2]
    assert booked(after) == {
        address("C"): Booking(bought_mwh=KWH, cost=ENT // 10), address("D"): Booking(sold_mwh=KWH, revenue=ENT // 10)
    }  # fmt: skip
    assert chain.has("B") == money["B"]
    back = chain.rows(FIRST_SLOT, SOME, file=b"t" * 32, issued_ms=3)
    assert booked([*after, *back]) == {}
    assert {name: chain.has(name) for name in "BCD"} == money
    assert chain.entries(OLD_ROWS) == {}


def test_sc20_the_same_rows_out_of_a_later_file_make_no_run(chain: RowsChain) -> None:
    chain.values(FIRST_SLOT, TAKEN)
    chain.rows(FIRST_SLOT, SOME)
    assert settled(chain.rows(FIRST_SLOT, SOME, file=b"s" * 32, issued_ms=2)) == []
    assert settled(chain.rows(FIRST_SLOT, ALL, file=b"q" * 32, issued_ms=1)) == []


def test_sc20_a_corrected_value_is_settled_by_the_rows_that_are_there(chain: RowsChain) -> None:
    chain.values(FIRST_SLOT, TAKEN)
    chain.rows(FIRST_SLOT, SOME)
    events = chain.values(FIRST_SLOT, {3: 8 * KWH})
    assert [run.run for run in settled(events)] == [2]
    assert shares(chain) == {1: 2 * KWH, 2: 2 * KWH, 3: 4 * KWH}


def test_sc20_rows_that_come_after_the_cut_off_correct_the_run() -> None:
    chain = RowsChain(cut_off_ms=3 * HOUR_MS)
    chain.until(FIRST_SLOT)
    chain.values(FIRST_SLOT, TAKEN)
    chain.until(LAST_SLOT, after_ms=3 * HOUR_MS)
    (run,) = settled(chain.rows(FIRST_SLOT, SOME))
    assert (run.run, run.slot_rows) == (2, RowsState.IMPORTED)
    assert shares(chain) == {1: 2 * KWH, 2: KWH, 3: 3 * KWH}


def test_sc20_each_point_proves_its_rows_and_its_input_under_the_root_of_inputs(chain: RowsChain) -> None:
    chain.values(FIRST_SLOT, TAKEN)
    chain.rows(FIRST_SLOT, SOME)
    run = settled_run(chain.context(), 1, FIRST_SLOT)
    assert run is not None
    prover = run.prover()
    wanted = {
        1: (OtherShare(3, HALF),),
        2: (OtherShare(3, QUARTER),),
        3: (OtherShare(1, HALF), OtherShare(2, QUARTER)),
    }
    for place, point in enumerate((1, 2, 3)):
        verify_point(run.entry.inputs_root, encode(run.inputs[place]), prover.of_input(place))
        found = prover.of_point_rows(point)
        assert found is not None
        assert found[0] == PointRows(point, wanted[point])
        verify_point_rows(run.entry.inputs_root, encode(found[0]), found[1])
        with pytest.raises(ProofError):
            verify_point_rows(run.entry.inputs_root, encode(PointRows(point, ())), found[1])
    assert prover.of_point_rows(9) is None


def test_sc20_when_the_day_is_folded_its_rows_go_and_none_come_any_more(chain: RowsChain) -> None:
    chain.values(FIRST_SLOT, TAKEN)
    chain.rows(FIRST_SLOT, SOME)
    chain.rows(FIRST_SLOT + 1, ALL)
    entry = chain.run(FIRST_SLOT)
    assert entry is not None
    chain.vote(SetScheme(1, FIRST_SLOT + 6, terms((), by_rows())))
    assert len(chain.entries(SLOT_ROWS)) == 2
    chain.until(FIRST_SLOT + 4 * 96)
    chain.until(FIRST_SLOT + 40 * 96)
    assert chain.entries(FOLDED_DAYS)
    assert chain.entries(SLOT_ROWS) == {}
    assert all(int.from_bytes(key[8:], "big") > FIRST_SLOT + 95 for key in chain.entries(SLOT_RUNS))
    assert chain.try_(CUSTODIAN, brought((ALL,))).code == "slot_not_kept"
    piece = RestoredPiece(0, (SlotInput(1, 1, 1, 1),), b"", ())
    late = CorrectFoldedSlot(1, FIRST_SLOT, b"f" * 32, entry, 0, b"", (piece,))
    assert chain.try_(CUSTODIAN, late).code == "settled_by_rows"


def test_sr9_a_level_of_a_cascade_takes_rows_and_the_next_one_what_is_left() -> None:
    members = participants(p1=(1, 1), p2=(1, 1), p3=())
    chain = RowsChain(method=Cascade((by_rows({}), Dynamic())), members=members)
    chain.until(FIRST_SLOT)
    chain.rows(FIRST_SLOT, {(3, 1): QUARTER})
    chain.values(FIRST_SLOT, TAKEN)
    assert shares(chain) == {1: KWH + 3 * KWH // 4, 2: 9 * KWH // 4, 3: 4 * KWH}


def test_sc18_terms_that_change_within_the_span_go_each_by_their_own() -> None:
    chain = RowsChain()
    members = participants(p1=(1,), p3=())
    chain.vote(SetScheme(1, FIRST_SLOT + 1, terms(members, by_rows())))
    chain.until(FIRST_SLOT + 1)
    assert chain.try_(CUSTODIAN, brought((SOME, SOME))).code == "point_not_in_scheme"
    assert chain.do(CUSTODIAN, brought((SOME, {(3, 1): WHOLE}))).code == ""


def test_sr20_a_preview_goes_by_the_rows_that_came_and_by_those_that_stand_in(chain: RowsChain) -> None:
    for slot in (FIRST_SLOT, FIRST_SLOT + 1):
        chain.values(slot, TAKEN)
    chain.rows(FIRST_SLOT, SOME)
    members = participants(p1=(1,), p2=(1,), p3=())
    by_offtake = SetScheme(1, FIRST_SLOT, terms(members, Dynamic()))
    found = previewed(chain.context(), by_offtake, None, FIRST_SLOT, FIRST_SLOT + 2)
    assert (found.slots, found.missing_slots) == (1, 1)
    assert {each.before.point: each.before.shared_mwh for each in found.changes} == {1: 2 * KWH, 2: KWH, 3: 3 * KWH}
    other = SharingChain()
    other.open(terms(members))
    other.until(FIRST_SLOT)
    other.values(FIRST_SLOT, TAKEN)
    proposed = SetScheme(1, FIRST_SLOT, terms(members, by_rows({(3, 2): HALF})))
    found = previewed(other.context(), proposed, None, FIRST_SLOT, FIRST_SLOT + 1)
    assert {each.after.point: each.after.shared_mwh for each in found.changes} == {1: 0, 2: 2 * KWH, 3: 2 * KWH}


def test_stand_in_rows_are_checked_like_those_of_pairs() -> None:
    members = participants(p1=(1,), p2=(1,), p3=())
    chain = SharingChain()
    for code, rows in {
        "bad_rule_rows": (PairShare(3, 2, 1), PairShare(3, 1, 1)),
        "rule_shares": (PairShare(3, 1, WHOLE), PairShare(3, 2, 1)),
    }.items():
        made = SetScheme(0, FIRST_SLOT, terms(members, rule=AllocationRule(PairsEachSlot(rows))))
        assert chain.try_("A", CastVote(made, True)).code == code


def test_packed_rows_read_back() -> None:
    rows = [(1, 2, 0), (1, 300, WHOLE), (2, 1, 127), (2, 129, 128), (70_000, 1, 5)]
    assert unpack_rows(pack_rows(rows)) == rows
    assert unpack_rows(b"") == []
