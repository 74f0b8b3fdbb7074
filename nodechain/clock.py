"""The clocks: real, and the one that a simulated chain's player moves."""

from __future__ import annotations

import time
from typing import Protocol


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

    def move_to(self, time_ms: int) -> bool:
        """Move forward; False, and nothing changed, if that would be backwards."""
        if time_ms < self.wall_ms():
            return False
        self._start_ms = time_ms
        self._moved_at_ms = self.monotonic_ms()
        return True
