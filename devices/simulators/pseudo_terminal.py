"""A serial port that does not exist: a pseudo-terminal, with what is written to it handed to a function."""

from __future__ import annotations

import asyncio
import os
import termios
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Final

from devices.errors import Misuse

RATES: Final = {
    getattr(termios, f"B{baudrate}"): baudrate
    for baudrate in (300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
}


class PseudoTerminal:
    """The device's end of a serial line; `path` is the reader's end. Belongs to the running event loop."""

    def __init__(self, received: Callable[[bytes], None], link: Path | None = None) -> None:
        """`link`: a name for the reader's end that stays the same; raises `Misuse` if something else is there."""
        self._received = received
        self._link = link
        self._master, self._slave = os.openpty()
        for end in (self._master, self._slave):
            tty.setraw(end)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        if link is not None:
            if link.exists() and not link.is_symlink():
                self._close_ends()
                raise Misuse(f"{link} is there already and no link to a pseudo-terminal", code="file_exists")
            link.unlink(missing_ok=True)
            link.symlink_to(self.path)
            self.path = str(link.absolute())
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._master, self._read)

    @property
    def baudrate(self) -> int:
        """The rate that the reader's end is set to; 0 for one that no meter has."""
        return RATES.get(termios.tcgetattr(self._master)[4], 0)

    def _read(self) -> None:
        try:
            data = os.read(self._master, 4096)
        except (BlockingIOError, OSError):
            # Nobody has the other end open just now; we hold it open ourselves, so the line stays.
            return
        if data:
            self._received(data)

    def write(self, data: bytes) -> None:
        """Send; what does not fit because nobody reads is lost, as on a real line."""
        try:
            os.write(self._master, data)
        except BlockingIOError:
            # The reader went away and the buffer is full of what nobody wants any more.
            return

    def close(self) -> None:
        """End the line."""
        self._loop.remove_reader(self._master)
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        self._close_ends()

    def _close_ends(self) -> None:
        os.close(self._master)
        os.close(self._slave)
