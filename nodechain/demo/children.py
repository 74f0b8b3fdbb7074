"""Child processes of the same commands that a person would type, spoken to line by line.

Each prints one JSON envelope a line; a line on its stdin is one step. They are ended by their process id.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from nodechain.errors import EnvironmentFailed

STOP_S: Final = 10.0
AGAIN_S: Final = 2.0
"""So long after a signal it is raised again where nothing came of it."""
ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def closing_on_signals(close: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal all raise `KeyboardInterrupt` within; `close` then runs undisturbed.

    Children have sessions of their own, so nobody but us would end them. A signal that is ignored (nohup) stays so. An
    exception that is raised while a destructor runs is lost, so the interrupt comes again until it was heard.
    """
    before = {number: signal.getsignal(number) for number in (*ENDING, signal.SIGALRM)}
    heard = [number for number in ENDING if before[number] is not signal.SIG_IGN]
    for number in (*heard, signal.SIGALRM):
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in (*heard, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0)
        close()
        for number in (*heard, signal.SIGALRM):
            signal.signal(number, before[number])


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    signal.setitimer(signal.ITIMER_REAL, AGAIN_S)
    raise KeyboardInterrupt


class Child:
    """A `nodechain` command as a child process; its stderr goes to a log file."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._name = " ".join(arguments[:2])
        self._log = log
        with log.open("ab") as sink:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cli", *arguments, "--output", "json"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                env={**os.environ, **environment},
                text=True,
                # A Ctrl-C on the terminal is the demo's to handle: it ends its children in order.
                start_new_session=True,
            )

    def read(self) -> Any:
        """The data of its next envelope; raises `EnvironmentFailed` if it failed or ended."""
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise EnvironmentFailed(
                f"`nodechain {self._name}` ended unexpectedly", code="child_ended", advice=f"See {self._log}."
            )
        envelope = json.loads(line)
        if not envelope["success"]:
            error = envelope["errors"][0]
            raise EnvironmentFailed(
                f"`nodechain {self._name}`: {error['detail']}",
                code=error["code"],
                advice=f"See the *.log files in {self._log.parent}.",
            )
        return envelope["data"]

    def step(self, line: str = "") -> Any:
        """Send a line and read the answer."""
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(line + "\n")
            stdin.flush()
        except BrokenPipeError:
            return self.read()
        return self.read()

    def finish(self) -> Any:
        """Read the one envelope of a command that ends by itself."""
        data = self.read()
        self._process.wait(STOP_S)
        return data

    def wait(self) -> None:
        """Until it ends by itself, or somebody interrupts; raises `EnvironmentFailed` if it failed."""
        if self._process.wait():
            raise EnvironmentFailed(f"`nodechain {self._name}` failed", code="child_ended", advice=f"See {self._log}.")

    def stop(self) -> None:
        """End the process: politely, then for good."""
        process = self._process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
