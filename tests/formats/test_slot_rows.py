"""Values become rows of slots: nothing is lost, nothing is split that was not, and parts fit into transactions."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.encoding.codec import encode
from ledger.limits import MAX_TRANSACTION_BYTES
from nodechain.formats.errors import BadFile
from nodechain.formats.limits import PART_BYTES, PART_ROWS, PART_SLOTS
from nodechain.formats.slot_rows import BookedPoint, SlotRow, SlotTimes, parts_of, read_point_book, slot_rows
from nodechain.formats.values import DataQuality, EnergyPart, GridFlow, ImportedValue

QUARTER = 900_000
TIMES = SlotTimes(QUARTER, 0, 10**9)
BOOK = {("A", GridFlow.OFFTAKE): BookedPoint(7, bytes(16)), ("B", GridFlow.OFFTAKE): BookedPoint(9, bytes(16)),
        ("X", GridFlow.OFFTAKE): BookedPoint(0, b"")}  # fmt: skip


def value(
    point: str, slot: int, energy: int, state: DataQuality = DataQuality.MEASURED, length: int = QUARTER
) -> ImportedValue:
    return ImportedValue(point, GridFlow.OFFTAKE, EnergyPart.TOTAL, slot * QUARTER, length, energy, "", state)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("AB"), st.integers(0, 300)),
        st.tuples(st.integers(0, 10**9), st.sampled_from(DataQuality)),
        min_size=1,
    )
)
def test_every_value_is_in_one_row_and_parts_are_within_their_limits(
    given_: dict[tuple[str, int], tuple[int, DataQuality]],
) -> None:
    values = [value(point, slot, energy, state) for (point, slot), (energy, state) in given_.items()]
    rows, left = slot_rows(values, BOOK, TIMES)
    assert not left
    found = {(row.number, row.first_slot + n): energy for row in rows for n, energy in enumerate(row.energies)}
    assert found == {
        (BOOK[point, GridFlow.OFFTAKE].number, slot): energy for (point, slot), (energy, _s) in given_.items()
    }
    assert sum(len(row.energies) for row in rows) == len(values)
    parts = parts_of(rows)
    assert [row for part in parts for row in part] == rows
    assert slot_rows(reversed(values), BOOK, TIMES)[0] == rows, "the order of values does not matter"


def test_parts_fit_into_transactions() -> None:
    rows = [SlotRow(2**40, 2**33, 4, tuple((2**39 if n % 2 else 0) for n in range(PART_SLOTS))) for _ in range(9)]
    rows += [SlotRow(number, 1, 1, (5,)) for number in range(1, 2 * PART_ROWS)]
    for part in parts_of(rows):
        packed = [
            (row.number, row.first_slot, row.quality, row.energies[0], [b - a for a, b in pairwise(row.energies)])
            for row in part
        ]
        assert len(encode(packed)) <= PART_BYTES < MAX_TRANSACTION_BYTES - 2_000
        assert len(part) <= PART_ROWS
        assert sum(len(row.energies) for row in part) <= PART_SLOTS


def test_a_long_series_is_cut() -> None:
    rows, _left = slot_rows([value("A", slot, 1) for slot in range(PART_SLOTS + 1)], BOOK, TIMES)
    assert [(row.first_slot, len(row.energies)) for row in rows] == [(0, PART_SLOTS), (PART_SLOTS, 1)]


def test_a_gap_and_another_quality_begin_another_row() -> None:
    values = [value("A", 1, 5), value("A", 2, 6), value("A", 4, 7), value("A", 5, 8, DataQuality.ESTIMATED)]
    rows, _left = slot_rows(values, BOOK, TIMES)
    assert rows == [SlotRow(7, 1, 1, (5, 6)), SlotRow(7, 4, 1, (7,)), SlotRow(7, 5, 3, (8,))]


def test_shorter_intervals_are_added_and_a_slot_that_is_not_whole_is_left_out() -> None:
    hour = SlotTimes(4 * QUARTER, 0, 10**9)
    values = [value("A", slot, 10, DataQuality.ESTIMATED if slot == 2 else DataQuality.MEASURED) for slot in range(7)]
    rows, left = slot_rows(values, BOOK, hour)
    assert rows == [SlotRow(7, 0, 3, (40,))]
    assert left == {"slots of which the file has a part only": 1}


def test_longer_and_crossing_intervals_are_refused() -> None:
    for length, code in ((2 * QUARTER, "interval_too_long"),):
        with pytest.raises(BadFile) as refused:
            slot_rows([value("A", 1, 10, length=length)], BOOK, TIMES)
        assert refused.value.code == code
    crossing = ImportedValue("A", GridFlow.OFFTAKE, EnergyPart.TOTAL, 450_000, QUARTER, 1, "", DataQuality.MEASURED)
    with pytest.raises(BadFile) as refused:
        slot_rows([crossing], BOOK, TIMES)
    assert refused.value.code == "interval_not_aligned"


def test_what_is_too_old_or_not_over_is_left_out_and_counted() -> None:
    rows, left = slot_rows([value("A", slot, 1) for slot in range(10)], BOOK, SlotTimes(QUARTER, 3, 8))
    assert rows == [SlotRow(7, 3, 1, (1,) * 5)]
    assert left == {"slots older than the chain keeps": 3, "slots that are not over": 2}


def test_slots_out_of_a_point_s_time_are_left_out() -> None:
    times = SlotTimes(QUARTER, 0, 100, {7: (2, 5)})
    rows, left = slot_rows([value("A", slot, 1) for slot in range(10)], BOOK, times)
    assert rows == [SlotRow(7, 2, 1, (1,) * 3)]
    assert left == {"slots before a point began or after it ended": 7}
    assert slot_rows([value("A", 9, 1)], BOOK, SlotTimes(QUARTER, 0, 100, {7: (2, 0)}))[0]


def test_a_point_that_the_list_lacks_is_refused_and_one_with_number_0_left_out() -> None:
    with pytest.raises(BadFile) as refused:
        slot_rows([value("A", 1, 1), value("C", 1, 1)], BOOK, TIMES)
    assert refused.value.code == "unknown_point"
    assert "C (offtake)" in refused.value.detail
    rows, left = slot_rows([value("A", 1, 1), value("X", 1, 1)], BOOK, TIMES)
    assert len(rows) == 1
    assert sum(left.values()) == 1


def test_the_list_of_points() -> None:
    salt = "ab" * 16
    text = f"operator_id;direction;number;salt\nAT1;offtake;7;{salt}\nAT1;injection;8;{salt}\nAT2;offtake;0;\n"
    book = read_point_book(text.encode())
    assert book["AT1", GridFlow.INJECTION].number == 8
    assert book["AT1", GridFlow.OFFTAKE].id_hash("AT1") == sha256(bytes.fromhex(salt) + b"AT1").digest()
    head = "operator_id;direction;number;salt\n"
    line = f"AT1;offtake;7;{salt}\n"
    for wrong in (
        "x\n",
        head + line + line.replace("7", "8"),
        head + line + line.replace("AT1", "AT2"),
        head + line.replace(salt, "ab"),
        head + line.replace("offtake", "up"),
        head + line.replace("7", "x"),
        head + line.replace("AT1", "1,9E+13"),
        head + "AT1;offtake\n",
    ):
        with pytest.raises(BadFile):
            read_point_book(wrong.encode())
