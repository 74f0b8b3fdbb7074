"""What time it is at a device, and how far that can be trusted; both are signed with every reading."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final, Protocol

from ledger.metering.payloads import ClockQuality

SYNCED_MARK: Final = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd touches it when the clock has been set from a server since the last start."""

EARLIEST_TRUE_MS: Final = 1_735_689_600_000
"""2025-01-01: a clock before the first release of this program was never set."""


class DeviceClock(Protocol):
    """A device's wall clock."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""

    def quality(self) -> ClockQuality:
        """How far it can be trusted."""


class SystemDeviceClock:
    """The computer's clock. `quality` is asked of the system unless the operator states it."""

    def __init__(self, stated: ClockQuality | None = None) -> None:
        self._stated = stated

    def now_ms(self) -> int:
        """See `DeviceClock.now_ms`."""
        return time.time_ns() // 1_000_000

    def quality(self) -> ClockQuality:
        """See `DeviceClock.quality`; a clock before 2025 is unset, one that nobody vouches for is in holdover."""
        if self._stated is not None:
            return self._stated
        if self.now_ms() < EARLIEST_TRUE_MS:
            return ClockQuality.UNSET
        return ClockQuality.SYNCED if SYNCED_MARK.exists() else ClockQuality.HOLDOVER


FAR_MS: Final = 2**62


def judging_ms(clock: DeviceClock) -> int:
    """The time by which a chain's headers are judged.

    Who plays past days on a chain of today still judges by today. A clock that was never set cannot tell what lies in
    the future; by one that is far ahead no header does, and every change of the validators is followed one by one.
    """
    if clock.quality() is ClockQuality.UNSET:
        return FAR_MS
    return max(clock.now_ms(), SystemDeviceClock().now_ms())


class PlayedDeviceClock:
    """A clock that somebody sets: the player of a measured day, or a test."""

    def __init__(self, now_ms: int, quality: ClockQuality = ClockQuality.SYNCED) -> None:
        self._now_ms = now_ms
        self._quality = quality

    def set(self, now_ms: int) -> None:
        """Jump to a time, also backwards."""
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """See `DeviceClock.now_ms`."""
        return self._now_ms

    def quality(self) -> ClockQuality:
        """See `DeviceClock.quality`."""
        return self._quality
