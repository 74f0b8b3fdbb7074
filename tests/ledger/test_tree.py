"""The state tree (T7 to T12): one state, one root, whatever way led there; planning alters nothing."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BrokenInvariant
from ledger.limits import MAX_STATE_KEY_BYTES
from ledger.state.tree import InMemoryTreeStorage, StateTree, TreeUpdate, bucket_index, find, key_hash

Changes = dict[bytes, bytes | None]

keys = st.integers(0, 60).map(lambda number: b"\x03" + bytes((number,)) * (number % 3))
changes_of_blocks = st.lists(st.dictionaries(keys, st.none() | st.binary(max_size=3), max_size=30), max_size=6)


def slow_root(bits: int, state: Mapping[bytes, bytes]) -> bytes:
    """The rules T7 to T10 written down without any thought of speed."""

    def narrow(nodes: list[bytes]) -> list[bytes]:
        while len(nodes) > 4:
            nodes = [sha256(b"\x01" + b"".join(nodes[at : at + 4])).digest() for at in range(0, len(nodes), 4)]
        return nodes

    def seal(prefix: bytes, count: int, nodes: list[bytes]) -> bytes:
        return sha256(prefix + count.to_bytes(8, "big") + b"".join(narrow(nodes))).digest()

    buckets: list[list[bytes]] = [[] for _ in range(1 << bits)]
    for full_key, value in state.items():
        place = sha256(b"\x06" + full_key).digest()
        buckets[int.from_bytes(place, "big") >> (256 - bits)].append(place + sha256(b"\x07" + value).digest())
    roots = []
    for entries in buckets:
        entries.sort()
        groups = [sha256(b"\x03" + b"".join(entries[at : at + 8])).digest() for at in range(0, len(entries), 8)]
        roots.append(seal(b"\x04", len(entries), groups))
    return seal(b"\x05", 1 << bits, roots)


class Chain:
    """A tree with its storage, and the state as a dictionary beside it."""

    def __init__(self, bits: int = 4, cache_limit: int = 1 << 20) -> None:
        self.bits = bits
        self.storage = InMemoryTreeStorage()
        self.tree = StateTree.load(bits, (), cache_limit=cache_limit)
        self.state: dict[bytes, bytes] = {}

    def plan(self, changes: Mapping[bytes, bytes | None]) -> TreeUpdate:
        return self.tree.plan(changes, self.storage)

    def commit(self, changes: Mapping[bytes, bytes | None]) -> TreeUpdate:
        update = self.plan(changes)
        self.storage.write(update)
        self.tree.apply(update)
        for key, value in changes.items():
            if value is None:
                self.state.pop(key, None)
            else:
                self.state[key] = value
        return update

    def reloaded(self) -> StateTree:
        return StateTree.load(self.bits, self.storage.buckets())


def ground(count: int, bits: int = 4, bucket: int = 0) -> list[bytes]:
    """Keys that all fall into one bucket."""
    found: list[bytes] = []
    number = 0
    while len(found) < count:
        key = b"\x01" + number.to_bytes(8, "big")
        if bucket_index(bits, key_hash(key)) == bucket:
            found.append(key)
        number += 1
    return found


@given(changes_of_blocks, st.sampled_from([4, 5, 6, 7]), st.sampled_from([0, 300, 1 << 20]))
def test_block_by_block_gives_the_root_of_the_whole(blocks: list[Changes], bits: int, cache_limit: int) -> None:
    chain = Chain(bits, cache_limit)
    for changes in blocks:
        update = chain.commit(changes)
        assert update.root == chain.tree.root == slow_root(bits, chain.state)
        assert list(update.buckets) == sorted(update.buckets)
    assert chain.reloaded().root == chain.tree.root
    assert sum(len(blob) for _, blob in chain.storage.buckets()) == 64 * len(chain.state)


@given(st.dictionaries(keys, st.binary(max_size=3)), st.data())
def test_the_order_of_insertion_does_not_matter(state: dict[bytes, bytes], data: st.DataObject) -> None:
    together, singly = Chain(), Chain()
    together.commit(state)
    for key in data.draw(st.permutations(sorted(state))):
        singly.commit({key: b"first", b"\x04gone": b"x"})
        singly.commit({key: state[key]})
    singly.commit({b"\x04gone": None})
    assert together.tree.root == singly.tree.root
    assert list(together.storage.buckets()) == list(singly.storage.buckets())


def test_planning_alters_nothing_and_several_plans_stand_side_by_side() -> None:
    chain = Chain()
    chain.commit({b"\x01" + bytes((number,)): b"old" for number in range(100)})
    before, blobs = chain.tree.root, list(chain.storage.buckets())
    plans = [chain.plan({b"\x01" + bytes((number,)): b"new" for number in range(end)}) for end in (1, 50, 100, 1)]
    assert len({plan.root for plan in plans}) == 3
    assert plans[0] == plans[3]
    assert chain.tree.root == before == chain.reloaded().root
    assert list(chain.storage.buckets()) == blobs
    for plan, end in zip(plans, (1, 50, 100, 1), strict=True):
        assert plan.root == slow_root(4, chain.state | {b"\x01" + bytes((number,)): b"new" for number in range(end)})
    chain.storage.write(plans[1])
    chain.tree.apply(plans[1])
    assert chain.tree.root == plans[1].root == chain.reloaded().root


def test_a_plan_on_another_root_is_not_applied() -> None:
    chain = Chain()
    late = chain.plan({b"\x01a": b"1"})
    chain.commit({b"\x01b": b"2"})
    with pytest.raises(BrokenInvariant, match="another root"):
        chain.tree.apply(late)


def test_what_does_not_change_is_not_written() -> None:
    chain = Chain()
    chain.commit({b"\x01a": b"1"})
    update = chain.plan({b"\x01a": b"1", b"\x01nowhere": None})
    assert update.root == chain.tree.root
    assert update.buckets == {}
    assert chain.plan({}).root == chain.tree.root
    assert list(chain.commit({b"\x01a": None}).buckets.values()) == [None]
    assert chain.tree.root == Chain().tree.root


def test_the_size_of_the_tree_is_under_the_root() -> None:
    assert len({StateTree.load(bits, ()).root for bits in (4, 5, 6, 8)}) == 4
    for bits in (3, 21):
        with pytest.raises(BrokenInvariant):
            StateTree.load(bits, ())


@pytest.mark.parametrize("key", [b"", bytes(MAX_STATE_KEY_BYTES + 1)])
def test_a_key_has_bounds(key: bytes) -> None:
    with pytest.raises(BrokenInvariant):
        Chain().plan({key: b""})
    Chain().plan({bytes(MAX_STATE_KEY_BYTES): b""})


def test_every_flipped_bit_of_a_stored_bucket_is_noticed() -> None:
    chain = Chain(cache_limit=0)
    members = ground(2)
    chain.commit(dict.fromkeys(members, b"value"))
    [(index, blob)] = chain.storage.buckets()
    for bit in range(8 * len(blob)):
        damaged = bytearray(blob)
        damaged[bit >> 3] ^= 1 << (bit & 7)
        chain.storage._blobs[index] = bytes(damaged)
        with pytest.raises(BrokenInvariant, match="stored bucket 0"):
            chain.plan({members[0]: b"new"})
        assert chain.reloaded().root != chain.tree.root


def test_a_lost_a_stale_and_a_misdirected_bucket_are_noticed() -> None:
    chain = Chain(cache_limit=0)
    here, there = ground(1)[0], ground(1, bucket=5)[0]
    chain.commit({here: b"1", there: b"1"})
    stale = dict(chain.storage.buckets())
    chain.commit({here: b"2"})
    for wrong in (stale[0], stale[5], None):
        if wrong is None:
            del chain.storage._blobs[0]
        else:
            chain.storage._blobs[0] = wrong
        with pytest.raises(BrokenInvariant, match="stored bucket 0"):
            chain.plan({here: b"3"})


@pytest.mark.parametrize(
    ("index", "blob"), [(16, bytes(64)), (-1, bytes(64)), (0, b""), (0, bytes(63)), (0, bytes(65))]
)
def test_a_blob_that_no_tree_wrote_is_not_loaded(index: int, blob: bytes) -> None:
    with pytest.raises(BrokenInvariant):
        StateTree.load(4, [(index, blob)])


def test_the_cache_saves_reads_and_stays_bounded() -> None:
    chain = Chain(cache_limit=64 * 3)
    members = [ground(1, bucket=bucket)[0] for bucket in range(5)]
    chain.commit(dict.fromkeys(members, b"1"))
    for number in range(5):
        chain.commit({members[4]: b"%d" % number})
    blobs = chain.storage._blobs
    for bucket in (2, 3, 4):
        del blobs[bucket]
    assert chain.plan(dict.fromkeys(members, b"2")).root == slow_root(4, dict.fromkeys(members, b"2"))
    del blobs[1]
    with pytest.raises(BrokenInvariant, match="stored bucket 1"):
        chain.plan({members[1]: b"2"})


def test_ten_thousand_keys_in_one_bucket() -> None:
    chain = Chain()
    members = ground(10_000)
    chain.commit(dict.fromkeys(members, b"value"))
    chain.commit(dict.fromkeys(members[::3]) | dict.fromkeys(members[1::3], b"changed"))
    assert len(list(chain.storage.buckets())) == 1
    assert chain.tree.root == slow_root(4, chain.state) == chain.reloaded().root


@given(st.sets(st.integers(0, 20)))
def test_find_is_the_number_of_entries_below(numbers: set[int]) -> None:
    entries = b"".join(number.to_bytes(32, "big") + bytes(32) for number in sorted(numbers))
    for wanted in range(22):
        assert find(entries, wanted.to_bytes(32, "big")) == sum(number < wanted for number in numbers)
