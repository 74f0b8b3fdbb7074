"""A command line as a fork of a process that has the program imported, with what tests use of `subprocess.Popen`.

It is a process of its own in every respect (id, exit code, streams, working directory, environment, signals), but does
not import the program again, which is most of what a start costs. With its like it shares the seed of hashes, what
Python itself reads at its start (flags, `PYTHONPATH`), the umask and the limits of the process that forks, and memory.
So these are started as a user starts them, and with them the way into the program is tested:

- the installed wheel, the four validators of docs/four-validators.md, the demonstration and its children, the
  page's street, `tests/nodechain/test_cli_files.py`, `test_cli_screen.py`, `test_cli_completion.py`: what a user types;
- the first validator of every `harness.cluster.Cluster`: validators with different seeds of hashes must agree;
- a wrong clock, a silent name server (by `PYTHONPATH`), the next release: another program;
- how a node hears signals and refuses a taken port (`tests/process/test_bad_use.py`), the doctor's user in
  `test_forked_process.py`, which compares both ways;
- limits of descriptors (`test_open_files.py`, `test_api_connections.py`), and all of `bench/`: figures are a user's.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any, Final

from harness.imported_program import play


def _forks() -> ForkServerContext:
    """The server starts with the first process and ends with this one; it has no threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["harness.imported_program"])
    return context


FORKS: Final = _forks()
"""For a test that plays something else than a command line in a fork."""
_ONE_AT_A_TIME: Final = threading.Lock()
"""Starting looks at all that ended, and who ended can be read only once: no two threads may do so at a time."""


@atexit.register
def _end_those_left() -> None:
    """A test that failed may leave some; Python would wait for them at its end."""
    for process in multiprocessing.active_children():
        process.kill()


class Descriptor:
    """One of this process that is handed to a fork."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple[Any, ...]:
        return _received, (DupFd(self.number),)


def _received(passed: Any) -> Descriptor:
    return Descriptor(passed.detach())


class ForkedProcess:
    """The process; its streams are text. `stdin`, `stdout`, `stderr`: as `subprocess` has them."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        folder: Path | None = None,
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
        ordinary_user: bool = False,
    ) -> None:
        self.args = list(arguments)
        self.returncode: int | None = None
        passed, kept = zip(*map(_opened, range(3), (stdin, stdout, stderr)), strict=True)
        streams = tuple(Descriptor(number) for number in passed)
        self._process = FORKS.Process(
            target=play,
            args=(str(folder or Path.cwd()), tuple(arguments), dict(environment), streams, ordinary_user),
        )
        with _ONE_AT_A_TIME:
            self._process.start()
        for number in passed:
            os.close(number)
        self.stdin, self.stdout, self.stderr = kept

    @property
    def pid(self) -> int:
        """Its id."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            with _ONE_AT_A_TIME:
                self.returncode = self._process.exitcode
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; the exit code."""
        if self.returncode is None:
            wait([self._process.sentinel], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)


def _opened(place: int, wanted: int | None) -> tuple[int, IO[str] | None]:
    """What the fork gets as this descriptor, and this process' end of it if that is a pipe."""
    if wanted == subprocess.PIPE:
        reading, writing = os.pipe()
        if place == 0:
            return reading, open(writing, "w", encoding="utf-8")
        return writing, open(reading, encoding="utf-8")
    if wanted == subprocess.DEVNULL:
        return os.open(os.devnull, os.O_RDWR), None
    return os.dup(place if wanted is None else wanted), None
