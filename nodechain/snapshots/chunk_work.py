"""Who fetches which chunk: shared by the threads that ask one node each.

A chunk that a node owes for long is asked of another one as well: a node that answers drop by drop holds nobody up.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import Condition
from typing import Final

from nodechain.errors import NodeError

OVERDUE_S: Final = 10.0
"""After this a chunk is asked of a second node too, if that one has nothing else to do."""


class ChunkWork:
    """The chunks that are missing. All methods may be called from any thread."""

    def __init__(self, missing: Iterable[int], workers: int, progress: Callable[[int], None]) -> None:
        """`progress` is told how many are still missing."""
        self._waiting = deque(missing)
        self._owed: dict[int, float] = {}
        self._missing = set(self._waiting)
        self._workers = workers
        self._progress = progress
        self._changed = Condition()
        self.failure: NodeError | None = None

    @property
    def missing(self) -> int:
        """How many chunks are not here."""
        return len(self._missing)

    @property
    def _over(self) -> bool:
        return not self._missing or self.failure is not None or not self._workers

    def next(self) -> int | None:
        """A chunk to ask for; waits while others may still give one back; None when there is nothing more to do."""
        with self._changed:
            while not self._over:
                number = self._waiting.popleft() if self._waiting else self._overdue()
                if number is not None:
                    self._owed[number] = time.monotonic()
                    return number
                self._changed.wait(OVERDUE_S / 4)
            return None

    def _overdue(self) -> int | None:
        if not self._owed:
            return None
        number = min(self._owed, key=self._owed.__getitem__)
        return number if time.monotonic() - self._owed[number] > OVERDUE_S else None

    def take(self, number: int, write: Callable[[], None]) -> None:
        """A chunk came: write it, one at a time, unless it came from somebody else before. A failed write ends all."""
        with self._changed:
            if number in self._missing and not self._over:
                try:
                    write()
                except NodeError as failure:
                    self.failure = failure
                else:
                    self._missing.discard(number)
                    self._owed.pop(number, None)
                    self._progress(len(self._missing))
            self._changed.notify_all()

    def give_back(self, number: int) -> None:
        """It did not come: somebody else may ask for it."""
        with self._changed:
            if self._owed.pop(number, None) is not None:
                self._waiting.append(number)
            self._changed.notify_all()

    def rest(self, seconds: float) -> None:
        """Let a node be that does not answer, at most until all is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._over, seconds)

    def leave(self) -> None:
        """A worker has ended."""
        with self._changed:
            self._workers -= 1
            self._changed.notify_all()

    def wait(self) -> None:
        """Until all is here, a write failed, or nobody works any more. Workers that hang are not waited for."""
        with self._changed:
            self._changed.wait_for(lambda: self._over)
