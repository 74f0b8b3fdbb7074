"""Progress of long work: a line on stderr, only on a terminal, only after two seconds.

A thread of its own draws, so that also a step that takes long, or has no steps, is seen to go on.
"""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Final

import click

from nodechain.commands.terminal.screen import columns_of

SILENT_S: Final = 2.0
EVERY_S: Final = 0.2
BAR_CHARACTERS: Final = 20


class Progress:
    """`with Progress("block", 40) as progress:` and call `progress.at` with how far it is; `total` 0: nobody knows.

    Without a call of `at` the line says what is done, and for how long.
    """

    def __init__(self, what: str, total: int = 0, *, silent_s: float = SILENT_S) -> None:
        self._what = what
        self.total = total
        self._silent_s = silent_s
        self._count: int | None = None
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._drawn = 0

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            self._thread = threading.Thread(target=self._draw, name="progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the line."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        if self._drawn:
            click.echo("\r" + " " * self._drawn + "\r", err=True, nl=False)

    def at(self, count: int) -> None:
        """How far it is."""
        self._count = count

    def line(self, elapsed_s: float) -> str:
        """What is shown after so long."""
        count, total = self._count, self.total
        if count is None:
            return f"{self._what}, {elapsed_s:.0f} s"
        rate = count / max(elapsed_s, 0.001)
        if not total:
            return f"{self._what} {count}, {rate:.0f}/s"
        left = f", {max(0, total - count) / rate:.0f} s left" if rate else ""
        filled = min(BAR_CHARACTERS, BAR_CHARACTERS * count // total)
        bar = "#" * filled + "." * (BAR_CHARACTERS - filled)
        return f"[{bar}] {self._what} {count} of {total}, {rate:.0f}/s{left}"

    def _draw(self) -> None:
        wait_s = self._silent_s
        while not self._ended.wait(wait_s):
            text = self.line(time.monotonic() - self._started)[: columns_of(sys.stderr) - 1]
            click.echo("\r" + text.ljust(self._drawn), err=True, nl=False)
            self._drawn = len(text)
            wait_s = EVERY_S
