"""Reading the current state and its tree, by the ledger's `Reader` protocol. It knows nothing of blocks."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.state.full_key import number_key
from nodechain.store import layout
from nodechain.store.database import ReadView
from nodechain.store.layout import Head


class CurrentState:
    """The state after the newest block. Raises `DataDamaged` or `StorageFailed` where the disk is at fault."""

    def __init__(self, reads: ReadView) -> None:
        self._reads = reads

    def get(self, table: int, key: bytes) -> bytes | None:
        """The current value of a state entry."""
        return self._reads.get(layout.STATE + number_key(table) + key)

    def scan(self, table: int, start: bytes, stop: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        """Current entries of a table with start <= key < stop (to its end if None), in rising order of key."""
        prefix = layout.STATE + number_key(table)
        end = layout.after(prefix) if stop is None else prefix + stop
        for key, value in self._reads.iterate(prefix + start, end):
            yield key[len(prefix) :], value

    def state_entries(self) -> Iterator[tuple[bytes, bytes]]:
        """The whole current state by full key, in rising order."""
        for key, value in self._reads.iterate(layout.STATE, layout.after(layout.STATE), fill_cache=False):
            yield key[1:], value

    def buckets(self) -> Iterator[tuple[int, bytes]]:
        """The state tree's buckets that are not empty, in rising order of number."""
        for key, blob in self._reads.iterate(layout.BUCKET, layout.after(layout.BUCKET), fill_cache=False):
            yield int.from_bytes(key[1:], "big"), blob

    def bucket(self, number: int) -> bytes | None:
        """One bucket of the state tree."""
        return self._reads.get(layout.bucket_key(number))

    def state_floor(self) -> int:
        """The lowest height whose state can still be read."""
        data = self._reads.get(layout.STATE_FLOOR)
        return 0 if data is None else int.from_bytes(data, "big")


class BlockReader:
    """The ledger's `Reader` for executing one block on one head; remembers what it has read.

    Execution reads a key once from the disk, and the commit finds there what each changed key held before (5 of the
    11 ms that a block of 500 transfers costs are such reads). Not for several threads.
    """

    def __init__(self, state: CurrentState, head: Head | None) -> None:
        self._state = state
        self.head = head
        """The head that was current when this was made; another one makes it useless."""
        self.seen: dict[bytes, bytes | None] = {}
        """Full key -> value, None for an absent one."""

    def get(self, table: int, key: bytes) -> bytes | None:
        """See `CurrentState.get`."""
        full_key = number_key(table) + key
        if full_key not in self.seen:
            self.seen[full_key] = self._state.get(table, key)
        return self.seen[full_key]

    def scan(self, table: int, start: bytes, stop: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        """See `CurrentState.scan`."""
        return self._state.scan(table, start, stop)
