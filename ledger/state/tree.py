"""The bucketed state tree: which root a state has, and what changes in it when entries change (rules T7 to T12).

The tree holds one hash per bucket and the nodes above them in memory; what lies in a bucket is read from a storage
that is passed in, one blob per bucket, and the blob is byte for byte what is hashed. `plan` computes what a set of
changes would give and alters nothing, so that several candidate blocks can be tried on one parent; `apply` makes one
of them real. This file knows neither files nor tables nor blocks, and of an entry only that it has a key and a value.

Python's cost here is the call, not the hash: 64 bytes and 257 bytes take nearly the same time. Hence four children a
node, entries of a fixed size that are never decoded, and hash calls written out in the loops.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Final, Protocol
from zlib import crc32

import msgspec

from ledger.errors import BrokenInvariant, require
from ledger.limits import MAX_STATE_KEY_BYTES, MAX_TREE_BITS, MIN_TREE_BITS
from ledger.state.merkle import (
    BUCKET_ROOT,
    FANOUT,
    HASH_BYTES,
    INNER,
    NODE_BYTES,
    STATE_GROUP,
    STATE_KEY,
    STATE_ROOT,
    STATE_VALUE,
    levels,
    seal,
    siblings,
    top,
)

ENTRY_BYTES: Final = 2 * HASH_BYTES
"""An entry in its bucket: the hash of its full key and the hash of its value (T8)."""

GROUP_ENTRIES: Final = 8
GROUP_BYTES: Final = GROUP_ENTRIES * ENTRY_BYTES

CACHE_BYTES: Final = 4 * 1024 * 1024
"""How much of recently changed buckets stays in memory: reading a hot bucket from disk costs more than its root."""


def key_hash(full_key: bytes) -> bytes:
    """The hash of a key, by which it has its bucket and its place there (T7)."""
    return sha256(STATE_KEY + full_key).digest()


def value_hash(value: bytes) -> bytes:
    """The hash of an entry's value (T8)."""
    return sha256(STATE_VALUE + value).digest()


def bucket_index(bits: int, hash_of_key: bytes) -> int:
    """The bucket of a key: the leading `bits` bits of its hash (T7)."""
    return int.from_bytes(hash_of_key[:4], "big") >> (32 - bits)


def group_hashes(entries: bytes) -> bytes:
    """The hashes of the groups of eight entries, the last of what remains (T9)."""
    return b"".join(
        [sha256(STATE_GROUP + entries[at : at + GROUP_BYTES]).digest() for at in range(0, len(entries), GROUP_BYTES)]
    )


def bucket_root(entries: bytes) -> bytes:
    """The root of a bucket from all its entries (T9)."""
    return seal(BUCKET_ROOT, len(entries) // ENTRY_BYTES, top(group_hashes(entries)))


def find(entries: bytes | bytearray, hash_of_key: bytes) -> int:
    """How many of a bucket's entries lie below a key: its position, or where it would stand."""
    low, high = 0, len(entries) // ENTRY_BYTES
    while low < high:
        middle = (low + high) >> 1
        at = middle * ENTRY_BYTES
        if entries[at : at + HASH_BYTES] < hash_of_key:
            low = middle + 1
        else:
            high = middle
    return low


class TreeStorage(Protocol):
    """Where the buckets lie: the node's store, and its twin in memory."""

    def bucket(self, index: int) -> bytes | None:
        """The blob last written for this bucket, or None if there is none."""
        ...


class TreeUpdate(msgspec.Struct, frozen=True):
    """What a set of changes gives. `buckets` goes to the storage: blobs to write, None to delete, by rising index.

    `parent_root` is the root it was planned on; `nodes` are the changed nodes, level by level from the bucket roots
    upwards, for `StateTree.apply`.
    """

    root: bytes
    buckets: Mapping[int, bytes | None]
    parent_root: bytes
    nodes: tuple[Mapping[int, bytes], ...]


class TreePart(msgspec.Struct, frozen=True):
    """What proofs of some keys need of a tree, by bucket: its checksum and the nodes beside it.

    It stays as it was while the tree goes on, so that another thread can prove from it and a snapshot of the storage.
    """

    bits: int
    _buckets: Mapping[int, tuple[int, bytes]]

    def read(self, index: int, storage: TreeStorage) -> bytes:
        """See `StateTree.read`."""
        return _checked(storage.bucket(index) or b"", index, self._buckets[index][0])

    def path(self, index: int) -> bytes:
        """See `StateTree.path`."""
        return self._buckets[index][1]


class StateTree:
    """The array of bucket roots and the nodes above it (T10): 2.9 MiB for 2^16 buckets, with their checksums."""

    __slots__ = ("_cache", "_cache_limit", "_cached", "_checksums", "_levels", "bits", "root")

    def __init__(self, bits: int, bucket_roots: bytes, checksums: array[int], cache_limit: int) -> None:
        self.bits = bits
        self._levels = [bytearray(level) for level in levels(bucket_roots)]
        self._checksums = checksums
        self._cache: dict[int, bytes] = {}
        self._cached = 0
        self._cache_limit = cache_limit
        self.root = _seal_state(bits, self._levels[-1])

    @classmethod
    def load(cls, bits: int, blobs: Iterable[tuple[int, bytes]], *, cache_limit: int = CACHE_BYTES) -> StateTree:
        """The tree over all stored buckets, given in any order; none for an empty state.

        Every byte of a blob is under the root: who compares `root` with the head's has checked them all. Raises
        `BrokenInvariant` for an index or a length that cannot be.
        """
        require(MIN_TREE_BITS <= bits <= MAX_TREE_BITS, f"a tree of {bits} bits")
        count = 1 << bits
        roots = bytearray(bucket_root(b"") * count)
        checksums = array("I", bytes(4 * count))
        for index, blob in blobs:
            require(0 <= index < count, f"bucket {index} in a tree of {count}")
            require(len(blob) > 0 == len(blob) % ENTRY_BYTES, f"stored bucket {index} has {len(blob)} bytes")
            roots[index * HASH_BYTES : (index + 1) * HASH_BYTES] = bucket_root(blob)
            checksums[index] = crc32(blob)
        return cls(bits, bytes(roots), checksums, cache_limit)

    def read(self, index: int, storage: TreeStorage) -> bytes:
        """The entries of a bucket, one after the other by rising key hash.

        Raises `BrokenInvariant` if the storage gives another blob than the one that belongs to this root.
        """
        entries = self._cache.get(index)
        if entries is None:
            entries = _checked(storage.bucket(index) or b"", index, self._checksums[index])
        return entries

    def path(self, first: int, width: int = 1) -> bytes:
        """The nodes beside `width` buckets from `first` on: what a proof needs above them (T4)."""
        return siblings(self._levels, first, width)

    def part(self, full_keys: Iterable[bytes]) -> TreePart:
        """What proofs of these keys need, as it is now."""
        found = {}
        for full_key in full_keys:
            index = bucket_index(self.bits, key_hash(full_key))
            found[index] = self._checksums[index], self.path(index)
        return TreePart(self.bits, found)

    def plan(self, changes: Mapping[bytes, bytes | None], storage: TreeStorage) -> TreeUpdate:
        """What setting entries (full key to value) and deleting them (None) would give; alters nothing.

        Deleting an entry that is not there changes nothing, and an unchanged bucket is not written. Raises
        `BrokenInvariant` for an empty or overlong key and for a storage that does not match.
        """
        blobs: dict[int, bytes | None] = {}
        roots: dict[int, bytes] = {}
        for index, hashes in sorted(_by_bucket(self.bits, changes).items()):
            old = self.read(index, storage)
            new = _changed(old, hashes)
            if new != old:
                blobs[index] = new or None
                roots[index] = bucket_root(new)
        nodes = [roots]
        for level in self._levels[:-1]:
            nodes.append(_parents_changed(level, nodes[-1]))
        highest = bytearray(self._levels[-1])
        _write(highest, nodes[-1])
        return TreeUpdate(_seal_state(self.bits, highest), blobs, self.root, tuple(nodes))

    def apply(self, update: TreeUpdate) -> None:
        """Make a planned update real; its buckets must be what the storage gives from now on.

        Raises `BrokenInvariant` if the tree has moved on since `plan`.
        """
        require(update.parent_root == self.root, "a tree update was planned on another root")
        for level, nodes in zip(self._levels, update.nodes, strict=True):
            _write(level, nodes)
        for index, blob in update.buckets.items():
            entries = blob or b""
            self._checksums[index] = crc32(entries)
            self._remember(index, entries)
        self.root = update.root

    def _remember(self, index: int, entries: bytes) -> None:
        """Keep what changed last, up to the limit; only `apply` does, so that `plan` alters nothing at all."""
        cache = self._cache
        self._cached += len(entries) - len(cache.pop(index, b""))
        cache[index] = entries
        while self._cached > self._cache_limit:
            self._cached -= len(cache.pop(next(iter(cache))))


class InMemoryTreeStorage:
    """The storage's twin in memory: tests, replay, benchmarks."""

    def __init__(self) -> None:
        self._blobs: dict[int, bytes] = {}

    def bucket(self, index: int) -> bytes | None:
        """See `TreeStorage`."""
        return self._blobs.get(index)

    def write(self, update: TreeUpdate) -> None:
        """Take over the buckets of an update."""
        for index, blob in update.buckets.items():
            if blob is None:
                del self._blobs[index]
            else:
                self._blobs[index] = blob

    def buckets(self) -> Iterator[tuple[int, bytes]]:
        """All blobs by rising index: what `StateTree.load` takes."""
        return iter(sorted(self._blobs.items()))


def _checked(entries: bytes, index: int, checksum: int) -> bytes:
    if crc32(entries) != checksum:
        raise BrokenInvariant(f"the stored bucket {index} is not the one of this state")
    return entries


def _seal_state(bits: int, nodes: bytes | bytearray) -> bytes:
    return seal(STATE_ROOT, 1 << bits, nodes)


def _by_bucket(bits: int, changes: Mapping[bytes, bytes | None]) -> dict[int, list[tuple[bytes, bytes | None]]]:
    """The key and value hashes of the changes (None: deleted) by bucket."""
    found: dict[int, list[tuple[bytes, bytes | None]]] = {}
    shift = 32 - bits
    for full_key, value in changes.items():
        if not 0 < len(full_key) <= MAX_STATE_KEY_BYTES:
            raise BrokenInvariant(f"a state key of {len(full_key)} bytes")
        hash_of_key = sha256(STATE_KEY + full_key).digest()
        change = hash_of_key, None if value is None else sha256(STATE_VALUE + value).digest()
        index = int.from_bytes(hash_of_key[:4], "big") >> shift
        if index in found:
            found[index].append(change)
        else:
            found[index] = [change]
    return found


def _changed(old: bytes, changes: Iterable[tuple[bytes, bytes | None]]) -> bytes:
    """A bucket's entries after some changes, in whatever order these come."""
    entries = bytearray(old)
    for hash_of_key, hash_of_value in changes:
        at = find(entries, hash_of_key) * ENTRY_BYTES
        after = at + ENTRY_BYTES if entries[at : at + HASH_BYTES] == hash_of_key else at
        entries[at:after] = b"" if hash_of_value is None else hash_of_key + hash_of_value
    return bytes(entries)


def _parents_changed(level: bytearray, changed: Mapping[int, bytes]) -> dict[int, bytes]:
    """The nodes of the next level that lie over changed ones."""
    groups: dict[int, bytearray] = {}
    for index, digest in changed.items():
        parent = index // FANOUT
        group = groups.get(parent)
        if group is None:
            group = groups[parent] = level[parent * NODE_BYTES : (parent + 1) * NODE_BYTES]
        at = index % FANOUT * HASH_BYTES
        group[at : at + HASH_BYTES] = digest
    return {parent: sha256(INNER + group).digest() for parent, group in groups.items()}


def _write(level: bytearray, nodes: Mapping[int, bytes]) -> None:
    for index, digest in nodes.items():
        level[index * HASH_BYTES : (index + 1) * HASH_BYTES] = digest
