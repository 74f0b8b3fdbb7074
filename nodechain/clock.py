"""The clocks: real, and the one that a simulated chain's player moves."""

from __future__ import annotations

import time
from typing import Final, Protocol

from ledger.encoding.times import format_time
from ledger.limits import MAX_TIME_MS
from nodechain.errors import UsageError

MAX_STEP_MS: Final = 366 * 86_400_000
"""How far a player moves a clock at once: what lies a year ahead was most likely no milliseconds."""

LATEST_MS: Final = MAX_TIME_MS - MAX_STEP_MS
"""Where a played clock ends; what falls due within a year from then can still be shown."""

_FORWARD: Final = "Give a time after `clock_ms` of GET /v1/status."


class Clock(Protocol):
    """`wall_ms` for block times (Unix epoch), `monotonic_ms` for timers."""

    def wall_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds of a clock that never goes back."""
        ...


class SystemClock:
    """The machine's clocks."""

    def wall_ms(self) -> int:
        """See `Clock`."""
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        """See `Clock`."""
        return time.monotonic_ns() // 1_000_000


class PlayedClock(SystemClock):
    """A wall clock that its player moves forward; between moves it runs on, or stands still.

    Only for chains whose genesis says `simulated_clock`: a measured day can be played in minutes. Timers run on real
    time.
    """

    def __init__(self, start_ms: int, *, standing: bool) -> None:
        self._start_ms = start_ms
        self._standing = standing
        self._moved_at_ms = self.monotonic_ms()

    def wall_ms(self) -> int:
        """The time that the player set, and what has run since."""
        return self._start_ms if self._standing else self._start_ms + self.monotonic_ms() - self._moved_at_ms

    def move_to(self, time_ms: int) -> None:
        """Move forward; raises `UsageError` for a step back, a step that is too long, and at the end of all time."""
        now = self.wall_ms()
        if time_ms < now:
            raise UsageError(f"the clock is at {now} and never goes back", code="clock_goes_back", advice=_FORWARD)
        if time_ms > now + MAX_STEP_MS:
            raise UsageError(
                f"the clock is at {now} and moves at most {MAX_STEP_MS} ms at once", code="clock_step",
                advice="Times are milliseconds since 1970. Go on in several steps.",
            )  # fmt: skip
        if time_ms > LATEST_MS:
            raise UsageError(
                f"a played clock ends at {LATEST_MS} ({format_time(LATEST_MS)})", code="clock_at_its_end",
                advice="Begin a new chain.",
            )  # fmt: skip
        self._start_ms = time_ms
        self._moved_at_ms = self.monotonic_ms()
