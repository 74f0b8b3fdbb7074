"""The state as it was after an earlier block, read from the current one and the undo entries of later blocks.

A key's value after height h is what the first later block that changed it found; if none did, the current one. Both
come from one snapshot. See `nodechain.store.layout` for the keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.state.full_key import number_key
from nodechain.store import layout
from nodechain.store.database import ReadView

SEEK_AFTER: Final = 8
"""Undo entries of one key that are stepped over before the next one that matters is sought."""


class StateAt:
    """The ledger's `Reader` over a past state."""

    def __init__(self, reads: ReadView, height: int) -> None:
        self._reads = reads
        self.height = height

    def get(self, table: int, key: bytes) -> bytes | None:
        """The canonical bytes of an entry."""
        full_key = number_key(table) + key
        start = layout.undo_key(full_key, self.height + 1)
        for _, undo in self._reads.iterate(start, layout.after(layout.undo_prefix(full_key))):
            return layout.decode_undo(undo)
        return self._reads.get(layout.STATE + full_key)

    def scan(self, table: int, start: bytes, stop: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        """Entries with start <= key < stop (to the table's end if None), in rising order of key."""
        prefix = number_key(table)
        end = layout.after(prefix) if stop is None else prefix + stop
        for full_key, value in self._merged(prefix + start, end):
            yield full_key[len(prefix) :], value

    def entries(self) -> Iterator[tuple[bytes, bytes]]:
        """The whole state by full key, in rising order."""
        return self._merged(b"", None)

    def _merged(self, start: bytes, stop: bytes | None) -> Iterator[tuple[bytes, bytes]]:
        end = layout.after(layout.STATE) if stop is None else layout.STATE + stop
        past = self._changed_since(start, stop)
        override = next(past, None)
        for key, value in self._reads.iterate(layout.STATE + start, end):
            full_key = key[1:]
            while override is not None and override[0] < full_key:
                if override[1] is not None:
                    yield override[0], override[1]
                override = next(past, None)
            if override is None or override[0] != full_key:
                yield full_key, value
                continue
            if override[1] is not None:
                yield full_key, override[1]
            override = next(past, None)
        while override is not None:
            if override[1] is not None:
                yield override[0], override[1]
            override = next(past, None)

    def _changed_since(self, start: bytes, stop: bytes | None) -> Iterator[tuple[bytes, bytes | None]]:
        """Each key in the range that a later block changed, with its value at this height, in rising order."""
        end = layout.after(layout.UNDO) if stop is None else layout.UNDO + layout.escape(stop)
        at: bytes | None = layout.UNDO + layout.escape(start)
        while at is not None:
            begin, at, steps, last = at, None, 0, b""
            for key, undo in self._reads.iterate(begin, end):
                full_key, height = layout.split_undo_key(key)
                if height > self.height and full_key != last:
                    last, steps = full_key, 0
                    yield full_key, layout.decode_undo(undo)
                    continue
                steps += 1
                if steps > SEEK_AFTER:
                    # This key changes often: go on behind what does not matter of it, whatever lies there.
                    done = full_key == last
                    at = (
                        layout.after(layout.undo_prefix(full_key))
                        if done
                        else (layout.undo_key(full_key, self.height + 1))
                    )
                    break
