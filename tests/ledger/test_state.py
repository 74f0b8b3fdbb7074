"""The overlay of one block (rules S1 to S4) against a slow twin, with many keys in a group, over many blocks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.chain.numbers import IN_KEYS, MAX_PLACES
from ledger.chain.schema import Counter
from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant
from ledger.modules import LEDGER_MODULES
from ledger.state.overlay import MemoryReader, State
from ledger.state.table import Table, big_endian, newest_first

GROUPED = Table(120, "grouped", "owner number", Counter, group=20)
WHOLE = Table(121, "whole", "number", Counter, group=0)
PLAIN = Table(122, "plain", "name", Counter)
OWNERS = (bytes(20), b"\x01" * 20, b"\xff" * 20)
"""The last one has no successor: a scan of its group has no end."""
MANY = 400
NUMBERS = st.integers(0, MANY - 1)

Twin = dict[tuple[Table[Any], bytes], int]


def key_in(table: Table[Any], owner: bytes, number: int) -> bytes:
    return owner + big_endian(number) if table is GROUPED else big_endian(number)


place = st.one_of(
    st.tuples(st.just(GROUPED), st.sampled_from(OWNERS), NUMBERS),
    st.tuples(st.just(WHOLE), st.just(b""), NUMBERS),
    st.tuples(st.just(PLAIN), st.just(b""), NUMBERS),
)
group = st.one_of(st.tuples(st.just(GROUPED), st.sampled_from(OWNERS)), st.tuples(st.just(WHOLE), st.just(b"")))


class Overlay(RuleBasedStateMachine):
    """Anything that rules do to a state, block after block."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = MemoryReader()
        self.state = State(self.reader)
        self.twin: Twin = {}
        self.marks: list[tuple[int, Twin]] = []
        self.value = 0

    def live(self, table: Table[Any], prefix: bytes) -> list[bytes]:
        return sorted(key for found, key in self.twin if found is table and key.startswith(prefix))

    @initialize(every=st.sampled_from((1, 3, 100)), first=st.integers(0, 70))
    def fill(self, every: int, first: int) -> None:
        """A base with up to 400 keys a group: a group is read in windows of 64."""
        for number in range(first, MANY, every):
            for owner in OWNERS:
                self.twin[GROUPED, key_in(GROUPED, owner, number)] = number
            self.twin[WHOLE, big_endian(number)] = number
            self.twin[PLAIN, big_endian(number)] = number
        self.reader = MemoryReader({table.full_key(key): encode(Counter(v)) for (table, key), v in self.twin.items()})
        self.state = State(self.reader)

    @rule(at=place)
    def get(self, at: tuple[Table[Any], bytes, int]) -> None:
        table, key = at[0], key_in(*at)
        found = self.state.get(table, key)
        assert (None if found is None else found.value) == self.twin.get((table, key))

    @rule(at=place, above=st.booleans())
    def put(self, at: tuple[Table[Any], bytes, int], above: bool) -> None:
        """Also beyond all keys of the base."""
        table, key = at[0], key_in(at[0], at[1], at[2] + (MANY if above else 0))
        self.value += 1
        self.twin[table, key] = self.value
        self.state.put(table, key, Counter(self.value))

    @rule(at=place)
    def delete(self, at: tuple[Table[Any], bytes, int]) -> None:
        table, key = at[0], key_in(*at)
        self.twin.pop((table, key), None)
        self.state.delete(table, key)

    @rule(within=group, count=st.sampled_from((1, 30, 130)))
    def process_expiries(self, within: tuple[Table[Any], bytes], count: int) -> None:
        """What expiries and closings do: take the first, again and again."""
        table, prefix = within
        for expected in self.live(table, prefix)[:count]:
            assert self.state.first(table, prefix) == expected
            self.state.delete(table, expected)
            del self.twin[table, expected]

    @rule(within=group)
    def first(self, within: tuple[Table[Any], bytes]) -> None:
        assert self.state.first(*within) == next(iter(self.live(*within)), None)

    @rule(within=group, after=st.none() | NUMBERS, most=st.sampled_from((1, 70, 10**6)))
    def scan(self, within: tuple[Table[Any], bytes], after: int | None, most: int) -> None:
        table, prefix = within
        start = None if after is None else key_in(table, prefix, after)
        expected = [key for key in self.live(table, prefix) if start is None or key > start]
        found = [key for _, key in zip(range(most), self.state.scan(table, prefix, start), strict=False)]
        assert found == expected[:most]

    @rule()
    def checkpoint(self) -> None:
        self.marks.append((self.state.checkpoint(), dict(self.twin)))

    @precondition(lambda self: bool(self.marks))
    @rule(depth=st.integers(0, 3))
    def rollback(self, depth: int) -> None:
        """To the last mark, or past several."""
        mark, twin = self.marks[max(len(self.marks) - 1 - depth, 0)]
        del self.marks[max(len(self.marks) - 1 - depth, 0) :]
        self.state.rollback(mark)
        self.twin = dict(twin)

    @rule()
    def release(self) -> None:
        """A transaction is through."""
        self.state.release(0)
        self.marks = []

    @rule()
    def next_block(self) -> None:
        changes = self.state.changes()
        assert list(changes) == sorted(changes)
        self.reader.apply(changes)
        self.state, self.marks = State(self.reader), []
        self.same_as_committed()

    def same_as_committed(self) -> None:
        expected = {table.full_key(key): encode(Counter(value)) for (table, key), value in self.twin.items()}
        assert self.reader.entries() == expected

    @invariant()
    def changes_lead_from_base_to_twin(self) -> None:
        """At every step, not only at the end of a block."""
        committed = self.reader.entries()
        for full_key, value in self.state.changes().items():
            if value is None:
                committed.pop(full_key, None)
            else:
                committed[full_key] = value
        assert len(committed) == len(self.twin)


TestOverlay = Overlay.TestCase
TestOverlay.settings = settings(max_examples=120, stateful_step_count=40)


def test_a_base_is_never_written() -> None:
    reader = MemoryReader({PLAIN.full_key(b"a"): encode(Counter(1))})
    state = State(reader)
    state.put(PLAIN, b"a", Counter(2))
    state.delete(PLAIN, b"a")
    assert reader.entries() == {PLAIN.full_key(b"a"): encode(Counter(1))}
    assert state.changes() == {PLAIN.full_key(b"a"): None}


def test_what_was_rolled_back_is_no_change_of_value() -> None:
    reader = MemoryReader({PLAIN.full_key(b"a"): encode(Counter(1))})
    state = State(reader)
    mark = state.checkpoint()
    state.put(PLAIN, b"a", Counter(2))
    state.put(PLAIN, b"b", Counter(2))
    state.rollback(mark)
    assert state.get(PLAIN, b"a") == Counter(1)
    assert state.get(PLAIN, b"b") is None
    reader.apply(state.changes())
    assert reader.entries() == {PLAIN.full_key(b"a"): encode(Counter(1))}


def test_groups_have_the_size_that_the_table_says() -> None:
    state = State(MemoryReader())
    with pytest.raises(BrokenInvariant):
        state.first(GROUPED, b"too short")
    with pytest.raises(BrokenInvariant):
        state.first(PLAIN)
    with pytest.raises(BrokenInvariant):
        state.release(1)


def test_keys_sort_as_numbers_do() -> None:
    numbers = [0, 1, 255, 256, 2**32, 2**63 - 1]
    assert sorted(numbers) == [int.from_bytes(key, "big") for key in sorted(map(big_endian, numbers))]
    assert sorted(map(newest_first, numbers)) == [newest_first(number) for number in reversed(numbers)]


def test_tables_of_the_ledger_are_numbered_and_named_apart() -> None:
    tables = [table for module in LEDGER_MODULES for table in module.tables]
    numbers = [table.number for table in tables]
    assert len(set(numbers)) == len(numbers)
    assert len({table.name for table in tables}) == len(numbers)
    assert all(1 <= number < MAX_PLACES * IN_KEYS for number in numbers)
