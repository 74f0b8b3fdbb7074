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
    """A wall clock that stands still until its player moves it forward; timers run on real time.

    Only for chains whose genesis says `simulated_clock`: a measured day can be played in minutes.
    """

    def __init__(self, start_ms: int) -> None:
        self._now_ms = start_ms

    def wall_ms(self) -> int:
        """The time that the player set."""
        return self._now_ms

    def move_to(self, time_ms: int) -> bool:
        """Move forward; False, and nothing changed, if that would be backwards."""
        if time_ms < self._now_ms:
            return False
        self._now_ms = time_ms
        return True
