"""How many lines a log gets of each kind: a few at once, then one in so many seconds, and the count of the others.

What strangers and peers cause must not fill a disk, nor bury the rest. A kind is what a message is before its values
are filled in, with the logger and level that say it; so code logs `log.info("peer gone", extra=...)` wherever it
happens, and needs no limit of its own. What was left out is told by the kind's next line (`left_out=N`), by a line of
its own within `REMIND_S` while anything is logged, or at the end. `docs/logs.md` tells operators.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final, TextIO

import msgspec

from nodechain.process.buckets import Bucket

LINES_AT_ONCE: Final = 20
LINES_PER_SECOND: Final = 0.5
"""Of one kind."""

REMIND_S: Final = 10
"""A count of lines that were left out does not wait longer than this for the next line of its kind."""

MAX_KINDS: Final = 256
"""Kinds told apart; all others share one limit."""

AT_OWN_PACE: Final = frozenset({"block decided"})
"""Never left out: the chain's own rules bound how often they come, and an operator counts on each."""

_OTHERS: Final = ("", 0, "(others)")

Kind = tuple[str, int, str]
"""Logger, level, and the message before its values are filled in."""


class _Record(msgspec.Struct):
    bucket: Bucket
    said_ms: int
    left_out: int = 0


class LineLimits:
    """Counts; times in monotonic ms."""

    def __init__(self) -> None:
        self._records: dict[Kind, _Record] = {}
        self._silent: dict[Kind, _Record] = {}

    def may(self, kind: Kind, now_ms: int) -> int | None:
        """How many lines of this kind were left out before this one; None if this one is left out too."""
        if kind[2] in AT_OWN_PACE:
            return 0
        if kind not in self._records and len(self._records) >= MAX_KINDS:
            kind = _OTHERS
        record = self._records.get(kind)
        if record is None:
            record = self._records[kind] = _Record(Bucket(LINES_PER_SECOND, LINES_AT_ONCE, now_ms), now_ms)
        if not record.bucket.try_take(now_ms):
            record.left_out += 1
            self._silent[kind] = record
            return None
        left_out, record.left_out, record.said_ms = record.left_out, 0, now_ms
        self._silent.pop(kind, None)
        return left_out

    def overdue(self, now_ms: int, *, all_of_them: bool = False) -> Iterator[tuple[Kind, int]]:
        """Kinds of which nobody has been told for long how many lines were left out; each is told once."""
        for kind, record in list(self._silent.items()):
            if all_of_them or now_ms - record.said_ms >= 1000 * REMIND_S:
                del self._silent[kind]
                left_out, record.left_out, record.said_ms = record.left_out, 0, now_ms
                yield kind, left_out


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class LimitedHandler(logging.StreamHandler[TextIO]):
    """Writes no more lines of each kind than `LineLimits` allows. A line that is left out is not even formatted."""

    def __init__(self, stream: TextIO | None = None, now_ms: Callable[[], int] = _monotonic_ms) -> None:
        super().__init__(sys.stderr if stream is None else stream)
        self._now_ms = now_ms
        self._limits = LineLimits()

    def emit(self, record: logging.LogRecord) -> None:
        """Called under the handler's lock."""
        now = self._now_ms()
        # Libraries put values, even whole reports, into the message itself: its first line tells the kind.
        message = str(record.msg).partition("\n")[0]
        left_out = self._limits.may((record.name, record.levelno, message), now)
        if left_out is not None:
            if left_out:
                record.left_out = left_out
            super().emit(record)
        self._tell(now)

    def _tell(self, now_ms: int, *, all_of_them: bool = False) -> None:
        for (logger, level, message), left_out in self._limits.overdue(now_ms, all_of_them=all_of_them):
            fields = {"of": message, "left_out": left_out}
            told = logging.makeLogRecord(
                {"name": logger, "levelno": level, "levelname": logging.getLevelName(level), "msg": "lines left out"}
                | fields
            )
            super().emit(told)

    def close(self) -> None:
        """Tell what was left out, before the process ends."""
        self.acquire()
        try:
            self._tell(self._now_ms(), all_of_them=True)
        finally:
            self.release()
        super().close()
