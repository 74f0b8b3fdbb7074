"""Progress of long work: on stderr, only on a terminal, only after two seconds."""

from __future__ import annotations

import sys
import time
from typing import Final

import click

SILENT_S: Final = 2.0
EVERY_S: Final = 0.2


class ProgressLine:
    """Call `at` with how far it is; `done` clears the line."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self.total = total
        self._started = time.monotonic()
        self._shown = self._started + SILENT_S - EVERY_S
        self._visible = False

    def at(self, count: int) -> None:
        """Show it, if it is time."""
        now = time.monotonic()
        if now - self._shown < EVERY_S or not sys.stderr.isatty():
            return
        self._shown = now
        self._visible = True
        rate = count / max(now - self._started, 0.001)
        left = (self.total - count) / rate if rate else 0
        click.echo(f"\r{self._what} {count} of {self.total}, {rate:.0f}/s, {left:.0f} s left   ", err=True, nl=False)

    def done(self) -> None:
        """Clear the line."""
        if self._visible:
            click.echo("\r" + " " * 78 + "\r", err=True, nl=False)
