"""Corrections of slots whose day is folded (rules SC14 to SC17), with a node that joined by a snapshot after it was."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.chain import address
from ledger.chain.parameters import DAY_MS
from ledger.encoding.codec import encode
from ledger.errors import ProofError
from ledger.limits import MIN_BLOCK_WEIGHT, TRANSACTION_SHARE
from ledger.sharing.allocation_rules import AllocationMethod, Dynamic, StaticRedistributed
from ledger.sharing.events import ShareBooked, SlotSettled
from ledger.sharing.late_archive import (
    ArchivedDay,
    archived,
    check_day,
    payloads_of,
)
from ledger.sharing.late_events import FoldedSlotCorrected, LateCorrectionLapsed
from ledger.sharing.late_limits import LATE_CORRECTION_MS
from ledger.sharing.late_schema import LATE_CORRECTIONS, LATE_RUNS
from ledger.sharing.queries import settled_run
from ledger.sharing.roots import values_root
from ledger.sharing.schema import RUN_PARTS, SLOT_RUNS
from ledger.sharing.scheme_terms import Settlement, SourceOrder
from ledger.sharing.weights import LATE_CORRECTION, LATE_INPUTS_A_UNIT, LATE_PIECE, ZONE_ASKED
from ledger.slots.payloads import SetCustodian
from ledger.slots.schema import ValueSource
from ledger.state.merkle import list_root
from tests.support.folded_street import CUSTODIAN, DAY, FILE, FoldedStreet, give_up, less
from tests.support.sharing_chain import FIRST_SLOT, KWH, terms
from tests.support.sharing_street import POINTS, Street, booked


@pytest.mark.parametrize("method", [Dynamic(), StaticRedistributed()])
@pytest.mark.parametrize("settlement", list(Settlement))
def test_sc16_a_correction_by_proof_posts_the_difference_and_a_node_that_joined_by_a_snapshot_agrees(
    method: AllocationMethod, settlement: Settlement
) -> None:
    chain = FoldedStreet(method=method, settlement=settlement)
    chain.join()
    before = chain.slot_twin(4)
    events = chain.correct(4, {2: 77 * KWH, POINTS: 3 * KWH})
    (settled,) = [event for event in events if isinstance(event, SlotSettled)]
    assert (settled.slot, settled.run, settled.day, settled.day_run) == (FIRST_SLOT + 4, 2, DAY, 2)
    assert booked(events) == less(chain.slot_twin(4), before) != {}
    if settlement == Settlement.SLOT:
        assert any(event.paid for event in events if isinstance(event, ShareBooked))
    assert (chain.entries(RUN_PARTS), chain.entries(LATE_CORRECTIONS), chain.entries(SLOT_RUNS)) == ({}, {}, {})
    assert chain.folded().settled == 2


def test_sc16_a_correction_and_its_reversal_are_nothing_and_each_is_a_run_on_the_one_before() -> None:
    chain = FoldedStreet(points=12)
    old = chain.energies[2, 5]
    money = {name: chain.has(name) for name in "ABCD"}
    there = chain.correct(5, {2: 50 * KWH})
    assert {name: chain.has(name) for name in "ABCD"} != money
    back = chain.correct(5, {2: old})
    assert [event.run for event in (*there, *back) if isinstance(event, SlotSettled)] == [2, 3]
    assert less(booked(there + back), {}) == {}
    assert {name: chain.has(name) for name in "ABCD"} == money
    (last,) = chain.day.late
    assert last.entry.rows_root == chain.day.slots[5].entry.rows_root


def test_sc14_another_digit_in_old_inputs_or_in_the_old_run_is_refused() -> None:
    chain = FoldedStreet(points=12)
    (payload,) = chain.payloads(3, {2: KWH})
    (piece,) = payload.pieces
    first = replace(piece.inputs[0], energy_mwh=piece.inputs[0].energy_mwh + 1)
    cases = {
        "bad_old_inputs": replace(payload, pieces=(replace(piece, inputs=(first, *piece.inputs[1:])),)),
        "bad_old_run": replace(payload, entry=replace(payload.entry, substituted=payload.entry.substituted + 1)),
    }
    for code, made in cases.items():
        assert chain.try_(CUSTODIAN, made).code == code
    for made in (
        replace(payload, place=payload.place + 1),
        replace(payload, nodes=payload.nodes[:-1]),
        replace(payload, slot=payload.slot + 1),
    ):
        assert chain.try_(CUSTODIAN, made).code == "bad_old_run"
    for other in (
        replace(piece, inputs=piece.inputs[1:]),
        replace(piece, chunk=7),
        replace(piece, nodes=b"x" * 32),
    ):
        assert chain.try_(CUSTODIAN, replace(payload, pieces=(other,))).code == "bad_old_inputs"
    assert chain.entries(LATE_CORRECTIONS) == {}
    assert chain.do(CUSTODIAN, payload).code == ""


def test_sc13_who_may_correct_and_what() -> None:
    chain = FoldedStreet(points=12)
    (payload,) = chain.payloads(3, {2: KWH})
    (piece,) = payload.pieces
    assert chain.try_("B", payload).code == "not_a_custodian"
    assert chain.try_(CUSTODIAN, replace(payload, scheme=9)).code == "unknown_scheme"
    assert chain.try_(CUSTODIAN, replace(payload, slot=FIRST_SLOT - 1)).code == "unknown_scheme"
    same = chain.energies[2, 3]
    for code, changes in {
        "unchanged": ((2, same),),
        "bad_changes": ((3, 1), (2, 1)),
    }.items():
        made = tuple(replace(piece.changes[0], point=point, energy_mwh=energy) for point, energy in changes)
        assert chain.try_(CUSTODIAN, replace(payload, pieces=(replace(piece, changes=made),))).code == code
    assert chain.try_(CUSTODIAN, replace(payload, pieces=(replace(piece, changes=()),))).code == "unchanged"
    outside = replace(piece.changes[0], point=99)
    assert chain.try_(CUSTODIAN, replace(payload, pieces=(replace(piece, changes=(outside,)),))).code == "bad_changes"
    assert chain.entries(LATE_CORRECTIONS) == {}


def test_sc13_a_day_that_is_not_folded_and_a_scheme_by_meters_are_refused() -> None:
    chain = Street(points=8, source=ValueSource.OPERATOR)
    chain.open(terms(chain.members(), sources=SourceOrder.OPERATOR))
    chain.vote(SetCustodian(address(CUSTODIAN), True))
    chain.bring()
    chain.work_off()
    run = settled_run(chain.context(), 1, FIRST_SLOT)
    assert run is not None
    day = ArchivedDay(1, DAY, (archived(FIRST_SLOT, run),))
    (payload,) = payloads_of(day, FILE, {FIRST_SLOT: {2: KWH}})
    assert chain.try_(CUSTODIAN, payload).code == "day_not_folded"


def test_sc14_pieces_come_in_several_transactions_and_none_twice() -> None:
    chain = FoldedStreet()
    (payload,) = chain.payloads(6, {2: KWH, POINTS: KWH})
    parts = [replace(payload, pieces=(piece,)) for piece in payload.pieces]
    assert len(parts) == 3
    receipts = [chain.do(CUSTODIAN, part) for part in parts[:2]]
    told = [event for receipt in receipts for event in receipt.events if isinstance(event, FoldedSlotCorrected)]
    assert [(event.brought, event.pieces, event.changes) for event in told] == [(1, 3, 1), (2, 3, 0)]
    assert chain.try_(CUSTODIAN, parts[0]).code == "piece_repeated"
    assert chain.try_(CUSTODIAN, replace(parts[2], file=b"g" * 32)).code == "correction_open"
    chain.vote(SetCustodian(address("B"), True))
    assert chain.try_("B", parts[2]).code == "correction_open"
    chain.join()
    before = chain.slot_twin(6)
    chain.do(CUSTODIAN, parts[2])
    events = chain.work_off()
    for point in (2, POINTS):
        chain.energies[point, 6] = KWH
    assert booked(events) == less(chain.slot_twin(6), before)


def test_sc15_transactions_are_made_as_heavy_as_a_block_allows() -> None:
    """In the smallest blocks, which half of takes one; with zones and without."""
    chain = FoldedStreet(points=12)
    (run,) = [each for each in chain.day.slots if each.slot == FIRST_SLOT + 3]
    (chunk,) = run.chunks
    many = tuple(
        replace(chunk, points=tuple(64 * at + place for place in range(64)), inputs=chunk.inputs[:1] * 64)
        for at in range(157)
    )
    entry = replace(run.entry, inputs_root=list_root([values_root(each.inputs) for each in many]))
    day = replace(chain.day, slots=(replace(run, entry=entry, chunks=many),))
    small, large = (
        [len(each.pieces) for each in payloads_of(day, FILE, {run.slot: {}}, (), weight)]
        for weight in (MIN_BLOCK_WEIGHT, 10**6)
    )
    assert (sum(small), sum(large)) == (157, 157)
    heaviest = max(small) * (LATE_PIECE + 64 // LATE_INPUTS_A_UNIT + 64 * ZONE_ASKED) + LATE_CORRECTION
    assert MIN_BLOCK_WEIGHT // TRANSACTION_SHARE * 3 // 4 < heaviest < MIN_BLOCK_WEIGHT // TRANSACTION_SHARE
    assert len(large) <= 4


def test_sc15_what_is_not_brought_to_its_end_lapses_and_may_be_begun_again() -> None:
    chain = FoldedStreet()
    (payload,) = chain.payloads(6, {2: KWH})
    part = replace(payload, pieces=payload.pieces[:1])
    chain.do(CUSTODIAN, part)
    chain.block(after_ms=LATE_CORRECTION_MS - 10_000)
    assert len(chain.entries(LATE_CORRECTIONS)) == 1
    chain.block(after_ms=10_000)
    (lapsed,) = [event for event in chain.all_events() if isinstance(event, LateCorrectionLapsed)]
    assert (lapsed.slot, lapsed.custodian, lapsed.file) == (FIRST_SLOT + 6, address(CUSTODIAN), FILE)
    assert (chain.entries(LATE_CORRECTIONS), chain.entries(RUN_PARTS)) == ({}, {})
    chain.do(CUSTODIAN, part)


def test_sc13_a_slot_near_the_end_of_what_may_be_corrected_is_too_late_and_its_late_runs_go_with_its_day() -> None:
    chain = FoldedStreet(points=12, parameters=(("correction_limit", 60 * DAY_MS),))
    chain.correct(5, {2: KWH})
    (payload,) = chain.payloads(3, {2: KWH})
    chain.until(FIRST_SLOT + 53 * 96 + 4)
    assert chain.try_(CUSTODIAN, payload).code == "too_late"
    assert len(chain.entries(LATE_RUNS)) == 1
    chain.until(FIRST_SLOT + 64 * 96)
    assert (chain.entries(LATE_RUNS), chain.folded()) == ({}, None)
    assert chain.try_(CUSTODIAN, payload).code in ("day_not_folded", "unknown_scheme")


def test_sc14_an_archive_proves_itself() -> None:
    chain = FoldedStreet(points=12)
    check_day(chain.day, chain.folded())
    one = chain.day.slots[2]
    (chunk,) = one.chunks
    other = replace(chunk.inputs[0], energy_mwh=chunk.inputs[0].energy_mwh + 1)
    wrong = replace(one, chunks=(replace(chunk, inputs=(other, *chunk.inputs[1:])),))
    with pytest.raises(ProofError):
        payloads_of(replace(chain.day, slots=(*chain.day.slots[:2], wrong)), FILE, {one.slot: {2: KWH}})
    with pytest.raises(ProofError):
        check_day(replace(chain.day, slots=chain.day.slots[1:]), chain.folded())
    assert len(encode(chain.payloads(2, {2: KWH})[0])) < 64 * 1024


def test_sc17_a_run_that_is_given_up_leaves_the_slot_as_it_was_and_its_correction_may_begin_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the sums would leave the range of stored numbers."""
    chain = FoldedStreet(points=12)
    folded = chain.folded()
    with monkeypatch.context() as patched:
        give_up(patched)
        for payload in chain.payloads(3, {2: 77 * KWH}):
            chain.do(CUSTODIAN, payload)
        assert booked(chain.work_off()) == {}
    assert (chain.entries(RUN_PARTS), chain.entries(LATE_CORRECTIONS), chain.entries(LATE_RUNS)) == ({}, {}, {})
    assert chain.folded() == folded
    assert booked(chain.correct(3, {2: 77 * KWH})) != {}
