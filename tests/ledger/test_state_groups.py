"""The overlay's ordered groups against a slow obvious twin: any puts, deletes, rollbacks and walks, in any order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chain.schema import Counter
from ledger.encoding.codec import encode
from ledger.state.overlay import MemoryReader, State
from ledger.state.table import Table

TABLE = Table(127, "numbers", "group number", Counter, group=1)
GROUPS = [b"\x00", b"\x01", b"\xff"]
KEYS = [bytes((group, number)) for group in (0, 1, 255) for number in range(0, 200, 2)]
"""More than a group reads from its base at once."""

key = st.sampled_from(KEYS)
bases = st.one_of(st.just(frozenset(KEYS)), st.frozensets(key), st.just(frozenset(KEYS[:70])))
group = st.sampled_from(GROUPS)
step = st.one_of(
    st.tuples(st.just("put"), key),
    st.tuples(st.just("delete"), key),
    st.tuples(st.just("get"), key),
    st.tuples(st.just("first"), group),
    st.tuples(st.just("scan"), group),
    st.tuples(st.just("scan after"), key),
    st.tuples(st.just("keys"), group),
    st.tuples(st.just("mark"), group),
    st.tuples(st.just("back"), group),
)


def _live(twin: dict[bytes, int], prefix: bytes) -> list[bytes]:
    return sorted(name for name in twin if name.startswith(prefix))


def _act(state: State, twin: dict[bytes, int], marks: list[tuple[int, dict[bytes, int]]], what: str, on: bytes) -> None:
    match what:
        case "put":
            twin[on] = len(twin) + 1
            state.put(TABLE, on, Counter(twin[on]))
        case "delete":
            twin.pop(on, None)
            state.delete(TABLE, on)
        case "get":
            found = state.get(TABLE, on)
            assert (None if found is None else found.value) == twin.get(on)
        case "first":
            assert state.first(TABLE, on) == next(iter(_live(twin, on)), None)
        case "scan":
            assert list(state.scan(TABLE, on)) == _live(twin, on)
        case "scan after":
            assert list(state.scan(TABLE, on[:1], on)) == [name for name in _live(twin, on[:1]) if name > on]
        case "keys":
            assert list(state.keys(TABLE, on)) == _live(twin, on)
        case "mark":
            marks.append((state.checkpoint(), dict(twin)))
        case "back":
            if marks:
                mark, before = marks.pop()
                state.rollback(mark)
                twin.clear()
                twin.update(before)


@settings(max_examples=300)
@given(bases, st.lists(step, max_size=60))
def test_groups_equal_their_twin(base: frozenset[bytes], steps: list[tuple[str, bytes]]) -> None:
    twin = dict.fromkeys(sorted(base), 0)
    committed = {TABLE.full_key(name): encode(Counter(0)) for name in sorted(base)}
    reader = MemoryReader(committed)
    state, marks = State(reader), list[tuple[int, dict[bytes, int]]]()
    for what, on in steps:
        _act(state, twin, marks, what, on)
    for prefix in GROUPS:
        assert list(state.scan(TABLE, prefix)) == _live(twin, prefix)
    reader.apply(state.changes())
    assert reader.entries() == {TABLE.full_key(name): encode(Counter(value)) for name, value in twin.items()}


def test_a_walk_sees_what_changes_meanwhile() -> None:
    state = State(MemoryReader({TABLE.full_key(bytes((0, number))): encode(Counter(0)) for number in range(0, 200, 2)}))
    seen = []
    for found in state.scan(TABLE, b"\x00"):
        seen.append(found[1])
        if found[1] % 4 == 0:
            state.delete(TABLE, bytes((0, found[1] + 2)))
            state.put(TABLE, bytes((0, found[1] + 1)), Counter(1))
    assert seen == sorted({*range(0, 200, 4), *range(1, 200, 4)})
