"""Corrections of folded days where the scheme settles by the hour: all slots of the hour come, and are settled anew."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.chain import address
from ledger.sharing.allocation_rules import Dynamic, StaticRedistributed
from ledger.sharing.events import SlotSettled
from ledger.sharing.late_events import FoldedSlotCorrected, LateCorrectionLapsed
from ledger.sharing.late_limits import LATE_CORRECTION_MS
from ledger.sharing.late_schema import LATE_CORRECTIONS, LATE_RUNS, WAITING_CORRECTIONS
from ledger.sharing.outcome import NOTHING_BOOKED, Booking
from ledger.sharing.schema import RUN_PARTS
from ledger.sharing.scheme_terms import Settlement
from ledger.slots.payloads import SetCustodian
from ledger.slots.schema import OffsetChange
from tests.support.folded_street import CUSTODIAN, FILE, FoldedStreet, give_up, less
from tests.support.sharing_chain import FIRST_SLOT, KWH, SLOT_MS
from tests.support.sharing_street import booked

CLOSED = {5: 6, 8: 9}
"""Points, and the slot from which on each is closed: one begins with its consumer, one with its producer open."""

POINTS = 12
ENERGIES = st.integers(0, 3 * KWH)
CHANGES = st.dictionaries(
    st.integers(4, 15),
    st.dictionaries(st.integers(1, POINTS), ENERGIES, min_size=1, max_size=4),
    min_size=1,
    max_size=5,
)


@cache
def hour_street() -> FoldedStreet:
    """One for all tests: each goes out from how the one before left it."""
    chain = FoldedStreet(POINTS, StaticRedistributed(), Settlement.SLOT, hourly=True, closed=CLOSED)
    chain.join()
    return chain


def hours_twin(chain: FoldedStreet, slots: Iterable[int]) -> dict[bytes, Booking]:
    """What the hours of some slots come to by the values as they are."""
    found: dict[bytes, Booking] = {}
    for first in sorted({chain.together(slot).slots.start for slot in slots}):
        for account, one in chain.slot_twin(first - FIRST_SLOT).items():
            found[account] = found.get(account, NOTHING_BOOKED) + one
    return found


@settings(max_examples=10)
@given(changes=CHANGES)
def test_sc15_a_late_correction_by_the_hour_comes_to_what_the_same_values_would_have_come_to(
    changes: dict[int, dict[int, int]],
) -> None:
    """With points that are closed in some slots of an hour, or in all; several hours at once are one run."""
    street = hour_street()
    others = {
        slot: {
            point: energy
            for point, energy in of_slot.items()
            if slot < CLOSED.get(point, 99) and energy != street.energies[point, slot]
        }
        for slot, of_slot in changes.items()
    }
    others = {slot: of_slot for slot, of_slot in others.items() if of_slot}
    before = hours_twin(street, others)
    events = street.correct_all(others)
    assert booked(events) == less(hours_twin(street, others), before)
    settled = [event for event in events if isinstance(event, SlotSettled)]
    assert [event.slot for event in settled] == sorted(
        {each for slot in others for each in street.together(slot).slots}
    )
    assert len({event.day_run for event in settled}) <= 1
    assert (street.entries(RUN_PARTS), street.entries(LATE_CORRECTIONS), street.entries(WAITING_CORRECTIONS)) == (
        {}, {}, {},
    )  # fmt: skip


def test_sr21_slots_of_an_hour_come_in_any_order_and_nothing_is_settled_before_the_last() -> None:
    chain = FoldedStreet(hourly=True, method=Dynamic())
    chain.join()
    payloads = chain.payloads(6, {2: KWH})
    parts = [replace(each, pieces=(piece,)) for each in reversed(payloads) for piece in each.pieces]
    assert len(parts) == 4 * 3
    chain.vote(SetCustodian(address("B"), True))
    for number, part in enumerate(parts[:-1], 1):
        receipt = chain.do(CUSTODIAN, part)
        (told,) = [event for event in receipt.events if isinstance(event, FoldedSlotCorrected)]
        assert (told.brought, told.pieces) == (number, 12)
        assert chain.try_(CUSTODIAN, part).code == "piece_repeated"
        assert chain.try_("B", parts[-1]).code == "correction_open"
        assert chain.try_(CUSTODIAN, replace(parts[-1], file=b"g" * 32)).code == "correction_open"
    before = chain.slot_twin(6)
    chain.do(CUSTODIAN, parts[-1])
    assert chain.try_(CUSTODIAN, parts[-1]).code == "correction_open", "it is whole, and waits for its run"
    events = chain.work_off()
    chain.energies[2, 6] = KWH
    assert booked(events) == less(chain.slot_twin(6), before) != {}
    assert [event.run for event in events if isinstance(event, SlotSettled)] == [2] * 4


def test_sc14_an_hour_of_which_no_slot_changes_is_refused_with_its_last_piece() -> None:
    street = hour_street()
    payloads = street.payloads(17, {})
    for payload in payloads[:-1]:
        street.do(CUSTODIAN, payload)
    assert street.try_(CUSTODIAN, payloads[-1]).code == "unchanged"
    (point,) = [piece.inputs[1].energy_mwh for piece in payloads[-1].pieces]
    changed = street.payloads(19, {2: point + 1})[-1]
    assert street.do(CUSTODIAN, changed).code == ""
    street.work_off()
    for slot in street.together(17).slots:
        street.keep(slot, {2: point + 1} if slot == FIRST_SLOT + 19 else {})


def test_sc16_an_hour_that_is_not_brought_to_its_end_lapses_whole() -> None:
    street = hour_street()
    payloads = street.payloads(1, {2: KWH})
    for payload in payloads[:3]:
        street.do(CUSTODIAN, payload)
    (correction,) = street.entries(LATE_CORRECTIONS).values()
    assert (len(correction.entries), correction.slots, correction.pieces) == (3, 4, 3)
    blocks = len(street.blocks)
    street.block(after_ms=LATE_CORRECTION_MS)
    street.work_off()
    assert (street.entries(LATE_CORRECTIONS), street.entries(RUN_PARTS)) == ({}, {})
    told = [
        event
        for block in street.blocks[blocks:]
        for receipt in block.executed.receipts
        for event in receipt.events
        if isinstance(event, LateCorrectionLapsed)
    ]
    assert [(event.slot, event.file) for event in told] == [(FIRST_SLOT, FILE)]
    before = street.slot_twin(1)
    events = street.correct(1, {2: KWH})
    assert booked(events) == less(street.slot_twin(1), before)


def test_sc17_an_hours_run_that_is_given_up_leaves_it_as_it_was_and_it_may_begin_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    street = hour_street()
    known = street.entries(LATE_RUNS)
    payloads = street.payloads(20, {2: 99 * KWH})
    with monkeypatch.context() as patched:
        give_up(patched)
        for payload in payloads:
            street.do(CUSTODIAN, payload)
        joined, street.joined = street.joined, None
        assert booked(street.work_off()) == {}
    street.joined = joined
    street.join()
    assert (street.entries(RUN_PARTS), street.entries(LATE_CORRECTIONS), street.entries(LATE_RUNS)) == ({}, {}, known)
    before = street.slot_twin(20)
    assert booked(street.correct(20, {2: 99 * KWH})) == less(street.slot_twin(20), before) != {}


def test_sr21_the_last_hour_of_a_day_is_shorter_where_the_clock_was_put_forward_half_an_hour() -> None:
    """The first slot lies at 18:00 of its local day, which ends 22 slots later, at what had been half past 23."""
    offsets = (OffsetChange(0, -300), OffsetChange((FIRST_SLOT + 8) * SLOT_MS, -270))
    chain = FoldedStreet(POINTS, hourly=True, shared=22, offsets=offsets)
    assert [len(chain.together(slot).slots) for slot in (0, 16, 20, 21)] == [4, 4, 2, 2]
    before = chain.slot_twin(21)
    events = chain.correct(21, {2: KWH})
    assert booked(events) == less(chain.slot_twin(21), before) != {}
    settled = [event for event in events if isinstance(event, SlotSettled)]
    assert [(event.slot - FIRST_SLOT, event.run) for event in settled] == [(20, 2), (21, 2)]
