"""A terminal that a program writes to, and what it showed there."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

DEADLINE_S: Final = 60.0


class Screen:
    """The far end of a pseudo-terminal of so many columns; `stream` is where a program writes."""

    def __init__(self, columns: int) -> None:
        self._master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.shown = ""

    def read(self) -> str:
        """All that has been shown up to now."""
        while select.select([self._master], [], [], 0)[0]:
            try:
                self.shown += os.read(self._master, 65_536).decode().replace("\r\n", "\n")
            except OSError:
                break
        return self.shown

    def wait_for(self, found: Callable[[str], bool]) -> str:
        """Until the screen shows it; raises `AssertionError` after the deadline."""
        deadline = time.monotonic() + DEADLINE_S
        while not found(self.read()):
            assert time.monotonic() < deadline, self.shown
            select.select([self._master], [], [], 0.05)
        return self.shown

    def close(self) -> None:
        """Hang up."""
        os.close(self._master)
        os.close(self.slave)


@contextmanager
def screen(columns: int = 80) -> Iterator[Screen]:
    """A terminal until the block ends."""
    found = Screen(columns)
    try:
        yield found
    finally:
        found.close()


@contextmanager
def writing_to(found: Screen) -> Iterator[TextIO]:
    """A text stream onto the screen, for `sys.stdout` or `sys.stderr` of this process."""
    with Path(os.ttyname(found.slave)).open("w") as stream:
        yield stream
