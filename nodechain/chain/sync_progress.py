"""Tells how catching up goes: blocks done, to go, a second, and how long still; every two seconds, and at the end."""

from __future__ import annotations

import logging
from typing import Final

from nodechain.clock import Clock

log = logging.getLogger("nodechain.sync")

EVERY_MS: Final = 2_000
FAR_BEHIND: Final = 8
"""Fewer blocks behind than this is everyday life."""


class SyncProgress:
    """`reached` after every block."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since_ms = 0
        self._first = 0
        self._told_ms = 0

    def reached(self, height: int, target: int) -> None:
        """A block was stored; `target` is the highest head that others are proven to have."""
        now, behind = self._clock.monotonic_ms(), max(target - height, 0)
        if behind < FAR_BEHIND:
            if self._since_ms and behind == 0:
                log.info("caught up", extra={"height": height, "blocks": height - self._first})
                self._since_ms = 0
            return
        if not self._since_ms:
            self._since_ms = self._told_ms = now
            self._first = height
        elif now - self._told_ms >= EVERY_MS:
            self._told_ms = now
            rate = (height - self._first) * 1000 / max(now - self._since_ms, 1)
            left_s = round(behind / max(rate, 0.1))
            log.info("catching up", extra={"height": height, "target": target, "rate": round(rate), "left_s": left_s})
