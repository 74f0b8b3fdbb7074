"""The state that rules read and write: a base reader under an overlay of decoded values, with undo (rule S4).

`State` belongs to one block in execution. It never writes to its base: the block's changes come out as one mapping
of full keys to bytes. `checkpoint` and `rollback` nest, so that a failed transaction, or a failed action inside a
passing vote, leaves no trace.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol, TypeVar

from ledger.encoding.codec import encode
from ledger.errors import require
from ledger.state.full_key import number_key, split_key
from ledger.state.table import Table

T = TypeVar("T")

_ABSENT: Final = object()
_WINDOW: Final = 64


class Reader(Protocol):
    """Committed state: what the store and the in-memory twin offer."""

    def get(self, table: int, key: bytes) -> bytes | None:
        """The canonical bytes of an entry."""
        ...

    def scan(self, table: int, start: bytes, stop: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        """Entries with start <= key < stop (to the end if None), in rising order of key."""
        ...


class MemoryReader:
    """A whole state in a dictionary: genesis, tests, replay, benchmarks."""

    def __init__(self, entries: Mapping[bytes, bytes] | None = None) -> None:
        self._entries: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)
        self._sorted: dict[int, list[bytes]] = {}
        self.apply(entries or {})

    def get(self, table: int, key: bytes) -> bytes | None:
        """See `Reader`."""
        return self._entries[table].get(key)

    def scan(self, table: int, start: bytes, stop: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        """See `Reader`."""
        entries = self._entries[table]
        keys = self._sorted.get(table)
        if keys is None:
            keys = self._sorted[table] = sorted(entries)
        first = bisect_left(keys, start)
        last = len(keys) if stop is None else bisect_left(keys, stop)
        for key in keys[first:last]:
            yield key, entries[key]

    def apply(self, changes: Mapping[bytes, bytes | None]) -> None:
        """Take over a block's changes (full keys)."""
        for full_key, value in changes.items():
            table, key = split_key(full_key)
            entries = self._entries[table]
            keys = self._sorted.get(table)
            if value is None:
                if entries.pop(key, None) is not None and keys is not None:
                    keys.pop(bisect_left(keys, key))
            else:
                if keys is not None and key not in entries:
                    insort(keys, key)
                entries[key] = value

    def entries(self) -> dict[bytes, bytes]:
        """A copy of the whole state by full key."""
        return {
            number_key(number) + key: value
            for number, table in sorted(self._entries.items())
            for key, value in table.items()
        }


class _Group:
    """The live keys of one ordered group, as far as they were needed.

    `keys` holds all live keys up to `loaded` (all there are once `complete`); `beyond` those that were put above it.
    Deleted keys are gone from both, so no step ever walks over what was removed.
    """

    __slots__ = ("_base", "_prefix", "_stop", "_table", "beyond", "complete", "keys", "loaded")

    def __init__(self, base: Reader, table: int, prefix: bytes) -> None:
        self._base = base
        self._table = table
        self._prefix = prefix
        self._stop = _successor(prefix)
        self.keys: list[bytes] = []
        self.beyond: list[bytes] = []
        self.loaded = b""
        self.complete = False

    def add(self, key: bytes) -> None:
        keys = self.keys if self.complete or key <= self.loaded else self.beyond
        at = bisect_left(keys, key)
        if at == len(keys) or keys[at] != key:
            keys.insert(at, key)

    def remove(self, key: bytes) -> None:
        keys = self.keys if self.complete or key <= self.loaded else self.beyond
        at = bisect_left(keys, key)
        if at < len(keys) and keys[at] == key:
            del keys[at]

    def after(self, last: bytes | None, deleted: Mapping[bytes, Any]) -> bytes | None:
        """The first live key above `last`; `deleted` maps keys of the overlay to None where they are gone."""
        while True:
            at = 0 if last is None else bisect_right(self.keys, last)
            if at < len(self.keys):
                return self.keys[at]
            if self.complete:
                return None
            self._load(deleted)

    def all(self, overlay: Mapping[bytes, Any]) -> tuple[bytes, ...]:
        """All live keys."""
        while not self.complete:
            self._load(overlay)
        return tuple(self.keys)

    def _load(self, overlay: Mapping[bytes, Any]) -> None:
        start = self.loaded + b"\x00" if self.loaded else self._prefix
        found: list[bytes] = []
        for count, (key, _value) in enumerate(self._base.scan(self._table, start, self._stop), 1):
            self.loaded = key
            if overlay.get(key, _ABSENT) is not None:
                found.append(key)
            if count == _WINDOW:
                break
        else:
            self.complete = True
        cut = len(self.beyond) if self.complete else bisect_right(self.beyond, self.loaded)
        self.keys.extend(sorted({*found, *self.beyond[:cut]}))
        del self.beyond[:cut]


def _successor(prefix: bytes) -> bytes | None:
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes((stripped[-1] + 1,)) if stripped else None


class State:
    """The overlay of a block. `get`, `put`, `delete`; `first`, `scan`, `keys`; `checkpoint`, `rollback`; `changes`."""

    def __init__(self, base: Reader) -> None:
        self._base = base
        self._values: defaultdict[int, dict[bytes, Any]] = defaultdict(dict)
        self._changed: defaultdict[int, set[bytes]] = defaultdict(set)
        self._undo: list[tuple[Table[Any], bytes, Any]] = []
        self._groups: dict[tuple[int, bytes], _Group] = {}

    def get(self, table: Table[T], key: bytes) -> T | None:
        """The value of an entry, or None."""
        try:
            value: T | None = self._values[table.number][key]
        except KeyError:
            raw = self._base.get(table.number, key)
            value = None if raw is None else table.codec.decode_trusted(raw)
            self._values[table.number][key] = value
        return value

    def put(self, table: Table[T], key: bytes, value: T) -> None:
        """Set an entry."""
        number = table.number
        values = self._values[number]
        before = values.get(key, _ABSENT)
        self._undo.append((table, key, before))
        self._changed[number].add(key)
        values[key] = value
        # Where the overlay held a value, the key is in its group already, or in the base where the group will find it.
        if table.group is not None and (before is None or before is _ABSENT):
            self._group(table, key[: table.group]).add(key)

    def delete(self, table: Table[Any], key: bytes) -> None:
        """Remove an entry; removing one that is not there changes nothing."""
        number = table.number
        values = self._values[number]
        self._undo.append((table, key, values.get(key, _ABSENT)))
        self._changed[number].add(key)
        values[key] = None
        if table.group is not None:
            self._group(table, key[: table.group]).remove(key)

    def first(self, table: Table[Any], group: bytes = b"") -> bytes | None:
        """The lowest key of a group of an ordered table."""
        return self._group(table, group).after(None, self._values[table.number])

    def scan(self, table: Table[Any], group: bytes = b"", after: bytes | None = None) -> Iterator[bytes]:
        """The keys of a group in rising order, each looked up when asked for: entries may change meanwhile."""
        keys = self._group(table, group)
        values = self._values[table.number]
        key = keys.after(after, values)
        while key is not None:
            yield key
            key = keys.after(key, values)

    def keys(self, table: Table[Any], group: bytes = b"") -> tuple[bytes, ...]:
        """All keys of a group as they are now, in rising order: of groups that a limit keeps small."""
        return self._group(table, group).all(self._values[table.number])

    def _group(self, table: Table[Any], prefix: bytes) -> _Group:
        found = self._groups.get((table.number, prefix))
        if found is None:
            require(table.group == len(prefix), f"table {table.name} is not ordered by groups of {len(prefix)} bytes")
            found = self._groups[table.number, prefix] = _Group(self._base, table.number, prefix)
        return found

    def checkpoint(self) -> int:
        """A mark to roll back to."""
        return len(self._undo)

    def rollback(self, mark: int) -> None:
        """Undo everything since the mark."""
        undo = self._undo
        while len(undo) > mark:
            table, key, before = undo.pop()
            values = self._values[table.number]
            if before is _ABSENT:
                del values[key]
                present = self.get(table, key) is not None if table.group is not None else False
            else:
                values[key] = before
                present = before is not None
            if table.group is not None:
                group = self._group(table, key[: table.group])
                (group.add if present else group.remove)(key)

    def release(self, mark: int) -> None:
        """Forget how to undo what came since the mark was set; only for the outermost mark."""
        require(mark == 0, "only the outermost mark may be released")
        self._undo.clear()

    def changes(self) -> dict[bytes, bytes | None]:
        """All entries written since the start by full key, sorted, with their canonical bytes (None: removed).

        A write that was rolled back may appear with the value that the base has: the root is the same.
        """
        result: dict[bytes, bytes | None] = {}
        for number, changed in sorted(self._changed.items()):
            values = self._values[number]
            prefix = number_key(number)
            for key in sorted(changed):
                value = values.get(key, _ABSENT)
                if value is not _ABSENT:
                    result[prefix + key] = None if value is None else encode(value)
        return result
