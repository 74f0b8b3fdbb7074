"""Operators' files: who imports them, in which parts, which value stays (rules M17 to M22)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.chain import START_MS, ChainFixture, address
from harness.slots import (
    FIRST_SLOT,
    QUARTER_MS,
    SLOTS_A_DAY,
    TODAY,
    bring,
    context_of,
    days_kept,
    energies,
    file_hash,
    held,
    imported,
    register,
    row,
    slots_chain,
    slots_genesis,
)
from ledger.chain.context import Context
from ledger.chain.expiries import kind_of
from ledger.chain.parameters import DAY_MS
from ledger.chain.registry import Module
from ledger.chain.schema import EXPIRIES
from ledger.chain.weights import TRANSACTION
from ledger.encoding.codec import encode
from ledger.governance.payloads import CastVote
from ledger.modules import LEDGER_MODULES
from ledger.slots.events import FilePartImported, SlotsChanged
from ledger.slots.files import most_weight
from ledger.slots.packing import SlotValue, pack_day, unpack_day
from ledger.slots.payloads import ImportRow, SetCustodian
from ledger.slots.points import SLOTS_CHANGED, SlotValues
from ledger.slots.schema import SLOT_FILES, SLOT_VALUES, Method, SlotState, ValueSource
from ledger.slots.substitutes import substitute_missing
from ledger.slots.values import put_values, value_of
from tests.support.free_places import FREE

OPERATOR = ValueSource.OPERATOR
FILE = file_hash("one")


@pytest.fixture
def chain() -> ChainFixture:
    found = slots_chain()
    register(found)
    return found


def test_m17_a_custodian_imports_many_points_and_slots(chain: ChainFixture) -> None:
    register(chain, "B")
    receipt = bring(
        chain, "one", row(1, FIRST_SLOT, [100, 0, 250]), row(1, FIRST_SLOT + 3, [7], 2), row(2, FIRST_SLOT, [1, 2])
    )
    assert receipt.code == ""
    assert held(chain, 1, OPERATOR, FIRST_SLOT, 4) == [
        SlotValue(100, SlotState.IMPORTED, 0, Method.NONE, 0, FILE, START_MS),
        SlotValue(0, SlotState.IMPORTED, 0, Method.NONE, 0, FILE, START_MS),
        SlotValue(250, SlotState.IMPORTED, 0, Method.NONE, 0, FILE, START_MS),
        SlotValue(7, SlotState.IMPORTED, 0, Method.NONE, 2, FILE, START_MS),
    ]
    assert SlotsChanged(1, address("A"), int(OPERATOR), FIRST_SLOT, 3, 350, 0) in receipt.events
    assert receipt.events[-1] == FilePartImported(FILE, address("K"), 0, 3, 6, 6)


def test_m17_nobody_else_does(chain: ChainFixture) -> None:
    payload = imported(chain, "one", row(1, FIRST_SLOT, [1]))
    assert chain.try_("A", payload).code == "not_a_custodian"
    chain.vote(SetCustodian(address("B"), True))
    assert chain.try_("B", payload).code == ""
    chain.vote(SetCustodian(address("B"), False))
    assert chain.try_("B", imported(chain, "two", row(1, FIRST_SLOT, [1]))).code == "not_a_custodian"
    for action in (SetCustodian(address("B"), False), SetCustodian(address("K"), True)):
        assert chain.try_("A", CastVote(action, True)).code == "unchanged"


def test_m17_parts_come_in_order_and_once(chain: ChainFixture) -> None:
    assert bring(chain, "one", row(1, FIRST_SLOT, [1]), part=1).code == "file_part"
    assert bring(chain, "one", row(1, FIRST_SLOT, [1])).code == ""
    assert bring(chain, "one", row(1, FIRST_SLOT, [1])).code == "file_repeated"
    assert bring(chain, "one", row(1, FIRST_SLOT, [1]), part=2).code == "file_part"
    assert bring(chain, "one", row(1, FIRST_SLOT + 1, [1]), part=1, issued_ms=START_MS - 1).code == "file_differs"
    assert bring(chain, "one", row(1, FIRST_SLOT + 1, [1]), part=1).code == ""
    assert chain.entries(SLOT_FILES)[FILE].parts == 2
    chain.vote(SetCustodian(address("B"), True))
    assert chain.try_("B", imported(chain, "one", row(1, FIRST_SLOT, [1]), part=2)).code == "file_repeated"


def test_m17_a_part_that_fails_leaves_nothing(chain: ChainFixture) -> None:
    before = chain.entries(SLOT_VALUES)
    receipt = bring(chain, "one", row(1, FIRST_SLOT, [1]), row(9, FIRST_SLOT, [1]))
    assert receipt.code == "unknown_point"
    assert chain.entries(SLOT_VALUES) == before
    assert not chain.entries(SLOT_FILES)


def test_m17_a_file_is_forgotten_when_nothing_of_it_can_be_kept(chain: ChainFixture) -> None:
    bring(chain, "one", row(1, FIRST_SLOT, [1]))
    chain.block(after_ms=36 * DAY_MS)
    assert chain.entries(SLOT_FILES)
    chain.block(after_ms=DAY_MS)
    assert not chain.entries(SLOT_FILES)


@pytest.mark.parametrize("count", [1, 96, 200, 2_000])
def test_w2_a_row_weighs_no_more_than_its_sender_reckons(count: int) -> None:
    chain = slots_chain()
    first = (TODAY - 30) * SLOTS_A_DAY + 50
    register(chain, from_slot=first)
    for name, energy in (("one", 1), ("two", 2)):
        entry = row(1, first, [energy] * count)
        receipt = bring(chain, name, entry, issued_ms=START_MS - 10 + energy)
        assert receipt.code == ""
        assert receipt.weight <= TRANSACTION + most_weight(entry, SLOTS_A_DAY)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (row(2, FIRST_SLOT, [1]), "unknown_point"),
        (row(1, FIRST_SLOT - 1, [1, 1]), "point_not_open"),
        (row(1, START_MS // QUARTER_MS + 1, [1]), "slot_in_future"),
        (row(1, START_MS // QUARTER_MS, [1]), "slot_in_future"),
        (row(1, START_MS // QUARTER_MS - 1, [1]), ""),
        (row(1, 10**10, [1]), "slot_in_future"),
        (ImportRow(1, FIRST_SLOT, 0, 5, (-6,)), "energy_out_of_range"),
        (ImportRow(1, FIRST_SLOT, 0, 2**40 - 1, (1,)), "energy_out_of_range"),
        (row(1, FIRST_SLOT, [2**40 - 1]), ""),
    ],
)
def test_m19_only_slots_of_the_point_that_are_over_come_in(
    chain: ChainFixture, entry: ImportRow, expected: str
) -> None:
    assert bring(chain, "one", entry).code == expected


def test_m19_a_file_of_tomorrow_is_none(chain: ChainFixture) -> None:
    assert bring(chain, "one", row(1, FIRST_SLOT, [1]), issued_ms=START_MS + DAY_MS).code == "time_in_future"


def test_m20_a_later_file_corrects_and_an_earlier_one_does_not(chain: ChainFixture) -> None:
    bring(chain, "b", row(1, FIRST_SLOT, [10, 20]), issued_ms=START_MS - 5)
    bring(chain, "a", row(1, FIRST_SLOT, [11, 21]), issued_ms=START_MS - 9)
    assert energies(chain, 1, OPERATOR, FIRST_SLOT, 2) == [10, 20]
    receipt = bring(chain, "c", row(1, FIRST_SLOT, [10, 22]), issued_ms=START_MS - 1)
    first, second = held(chain, 1, OPERATOR, FIRST_SLOT, 2)
    assert (first.energy_mwh, first.state, first.correction) == (10, SlotState.IMPORTED, 0)
    assert (second.energy_mwh, second.state, second.correction) == (22, SlotState.CORRECTED, 1)
    assert first.file == second.file == file_hash("c")
    assert SlotsChanged(1, address("A"), int(OPERATOR), FIRST_SLOT, 2, 32, 1) in receipt.events


def test_m20_who_shares_by_slots_hears_of_every_change_and_of_nothing_else() -> None:
    heard: list[tuple[int, ValueSource, int, list[int], list[int]]] = []

    def listen(
        _context: Context, point: int, source: ValueSource, first_slot: int, before: SlotValues, after: SlotValues
    ) -> None:
        old, new = ([value.energy_mwh for value in values] for values in (before, after))
        heard.append((point, source, first_slot, old, new))

    listener = Module("listener", FREE, hooks=(SLOTS_CHANGED.by(listen),))
    chain = ChainFixture(slots_genesis(), (*LEDGER_MODULES, listener))
    register(chain)
    bring(chain, "one", row(1, FIRST_SLOT, [1, 2]))
    assert (1, OPERATOR, FIRST_SLOT, [0, 0], [1, 2]) in heard
    heard.clear()
    bring(chain, "two", row(1, FIRST_SLOT, [1, 2]), issued_ms=START_MS + 1)
    bring(chain, "old", row(1, FIRST_SLOT, [8, 9]), issued_ms=START_MS - 1)
    assert not heard
    bring(chain, "three", row(1, FIRST_SLOT + 1, [3]), issued_ms=START_MS + 2)
    assert (1, OPERATOR, FIRST_SLOT + 1, [2], [3]) in heard


Files = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(0, 3), min_size=1, max_size=4)), max_size=3),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(Files, st.randoms(use_true_random=False))
def test_m20_the_order_in_which_files_come_changes_no_value(
    files: list[tuple[int, list[tuple[int, list[int]]]]], chance: Any
) -> None:
    orders = list(permutations(range(len(files))))
    found = []
    for order in (orders[0], *chance.sample(orders[1:], 2 if len(orders) > 2 else 1)):
        chain = slots_chain()
        register(chain)
        for number in order:
            age, rows = files[number]
            if rows:
                entries = [row(1, FIRST_SLOT + at, values) for at, values in rows]
                assert bring(chain, f"file {number}", *entries, issued_ms=START_MS - age).code == ""
        found.append([(value.energy_mwh, value.file) for value in held(chain, 1, OPERATOR, FIRST_SLOT, 9)])
    assert all(other == found[0] for other in found)


def test_m21_a_substitute_is_the_latest_known_of_the_same_weekday(chain: ChainFixture) -> None:
    chain = slots_chain()
    register(chain, from_slot=(TODAY - 30) * SLOTS_A_DAY)
    week = 7 * SLOTS_A_DAY
    slot = (TODAY - 1) * SLOTS_A_DAY
    bring(chain, "one", row(1, slot - 2 * week, [5, 6, 7]), row(1, slot - week + 1, [8]))
    context = context_of(chain)
    assert substitute_missing(context, 1, OPERATOR, slot - 1, 5) == 5
    found = [value_of(context, 1, OPERATOR, slot + at) for at in range(-1, 4)]
    assert [value.energy_mwh for value in found] == [0, 5, 8, 7, 0]
    assert {value.state for value in found} == {SlotState.SUBSTITUTED}
    assert [value.method for value in found] == [
        Method.ZERO, Method.SAME_WEEKDAY, Method.SAME_WEEKDAY, Method.SAME_WEEKDAY, Method.ZERO,
    ]  # fmt: skip


def test_m21_what_is_there_is_not_substituted_and_what_comes_later_takes_its_place(chain: ChainFixture) -> None:
    bring(chain, "one", row(1, FIRST_SLOT, [5]))
    context = context_of(chain)
    assert substitute_missing(context, 1, OPERATOR, FIRST_SLOT, 2) == 1
    later = SlotValue(9, SlotState.IMPORTED, file=FILE, issued_ms=START_MS)
    assert put_values(context, 1, OPERATOR, FIRST_SLOT + 1, (later,)) == 1
    assert value_of(context, 1, OPERATOR, FIRST_SLOT).energy_mwh == 5
    assert value_of(context, 1, OPERATOR, FIRST_SLOT + 1) == SlotValue(
        9, SlotState.IMPORTED, 1, Method.NONE, 0, FILE, START_MS
    )


def test_m21_a_substitute_is_no_model_for_another(chain: ChainFixture) -> None:
    chain = slots_chain()
    register(chain, from_slot=(TODAY - 30) * SLOTS_A_DAY)
    slot = (TODAY - 1) * SLOTS_A_DAY
    bring(chain, "one", row(1, slot - 14 * SLOTS_A_DAY, [5]))
    context = context_of(chain)
    put_values(context, 1, OPERATOR, slot - 7 * SLOTS_A_DAY, (SlotValue(99, SlotState.SUBSTITUTED),))
    substitute_missing(context, 1, OPERATOR, slot, 1)
    assert value_of(context, 1, OPERATOR, slot).energy_mwh == 5


def test_m22_days_are_swept_after_35(chain: ChainFixture) -> None:
    bring(chain, "one", row(1, FIRST_SLOT, [1]), row(1, FIRST_SLOT + SLOTS_A_DAY, [1]))
    assert days_kept(chain) == 2
    chain.block(after_ms=(TODAY - 2 + 36) * DAY_MS - chain.time_ms - 1)
    assert days_kept(chain) == 2
    assert bring(chain, "two", row(1, FIRST_SLOT, [2])).code == "slot_not_kept"
    for _ in range(3):
        chain.block()
    assert days_kept(chain) == 1
    chain.block(after_ms=DAY_MS)
    for _ in range(3):
        chain.block()
    assert days_kept(chain) == 0
    assert not [key for key in chain.entries(EXPIRIES) if kind_of(key) == 104]


def test_m22_what_waits_to_be_swept_is_missing(chain: ChainFixture) -> None:
    bring(chain, "one", row(1, FIRST_SLOT, [1]))
    chain.time_ms = (TODAY - 2 + 36) * DAY_MS
    assert value_of(context_of(chain), 1, OPERATOR, FIRST_SLOT).state == SlotState.MISSING


VALUES = st.one_of(
    st.just(SlotValue(0, SlotState.MISSING)),
    st.builds(
        SlotValue,
        st.one_of(st.integers(0, 2**40 - 1), st.integers(0, 300)),
        st.sampled_from([state for state in SlotState if state != SlotState.MISSING]),
        st.integers(0, 3),
        st.sampled_from(list(Method)),
        st.integers(0, 2),
        st.sampled_from([b"", FILE]),
        st.integers(0, 2),
    ),
)


@given(st.lists(VALUES, max_size=288))
def test_m18_a_packed_day_says_the_same(values: list[SlotValue]) -> None:
    day = pack_day(values)
    assert unpack_day(day) == values
    assert SLOT_VALUES.codec.decode(encode(day)) == day
    assert sum(run.count for run in day.runs) == len(values)


def test_m18_a_usual_day_takes_few_bytes() -> None:
    """One run, and three bytes a quarter hour for up to 2 kWh."""
    day = pack_day([SlotValue(1_000_000 + at, SlotState.IMPORTED, file=FILE, issued_ms=START_MS) for at in range(96)])
    assert len(encode(day)) == 3 * 96 + 54
