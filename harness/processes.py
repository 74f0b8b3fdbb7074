"""Real `nodechain` processes for tests: started on free ports, spoken to over HTTP, ended by their process id."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

from harness.forked_process import ForkedProcess
from harness.node import PASSWORD

DEADLINE_S = 60.0
PROGRAM = "cli"
NEXT_RELEASE = "tests.support.next_release"
"""The program as it is, and as the release after it could be."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command that ended said."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> Any:
        """The one JSON envelope on stdout; fails if there is anything else."""
        return json.loads(self.out)

    @property
    def data(self) -> Any:
        """The data of a successful command."""
        assert self.code == 0, (self.code, self.out, self.err)
        return self.envelope["data"]

    @property
    def error(self) -> Any:
        """The error of a failed command, with its exit code."""
        envelope = self.envelope
        assert not envelope["success"]
        (error,) = envelope["errors"]
        assert error["exit_code"] == self.code
        assert error["detail"]
        return error


def password_file(folder: Path, password: str = PASSWORD) -> Path:
    """A file that NODECHAIN_PASSWORD_FILE may name."""
    path = folder / "password.txt"
    path.write_text(password + "\n")
    return path


def run(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    given: str = "",
    deadline_s: float = DEADLINE_S,
    ordinary_user: bool = False,
    program: str = PROGRAM,
) -> Outcome:
    """Run a command to its end, of a release; `ordinary_user`: the modes of files count, also for root."""
    user = [sys.executable, "-m", "harness.ordinary_user"] if ordinary_user else []
    done = subprocess.run(
        [*user, sys.executable, "-m", program, *arguments],
        capture_output=True,
        text=True,
        input=given,
        timeout=deadline_s,
        env={**clean_environment(), **(environment or {})},
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def clean_environment() -> dict[str, str]:
    """That of this process without its nodechain settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NODECHAIN_")}
    return {**kept, "NODECHAIN_P2P_PORT": "0"}


Process: TypeAlias = "subprocess.Popen[str] | ForkedProcess"


def started(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    program: str = PROGRAM,
    *,
    forked: bool = False,
    stdin: int | None = None,
    stderr: int | None = None,
) -> Process:
    """A command that goes on, its stdout a pipe; `forked`: not as a user starts it (see `harness.forked_process`)."""
    named = {**clean_environment(), **environment}
    if forked:
        assert program == PROGRAM, "a fork has the program of now imported"
        return ForkedProcess(arguments, named, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr)
    command = [sys.executable, "-m", program, *arguments]
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, text=True, env=named)


class NodeProcess:
    """A node as a process; ready when its first envelope is there."""

    def __init__(
        self, arguments: list[str], environment: Mapping[str, str], program: str = PROGRAM, *, forked: bool = False
    ) -> None:
        """`forked`: see `started`."""
        words = [*arguments, "--output", "json"]
        self.process = started(words, environment, program, forked=forked, stderr=subprocess.PIPE)
        self.errors: list[str] = []
        self._reader = threading.Thread(target=self._read_errors, args=(self.process.stderr,), daemon=True)
        self._reader.start()
        self.first: Any = None

    def _read_errors(self, stream: IO[str] | None) -> None:
        for line in stream or ():
            self.errors.append(line)

    def ready(self) -> Any:
        """Wait for the first envelope; its data has the url. Returns the whole envelope."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (self.process.wait(DEADLINE_S), self.errors)
        self.first = json.loads(line)
        return self.first

    @property
    def url(self) -> str:
        """Where it serves."""
        if self.first is None:
            self.ready()
        return str(self.first["data"]["url"])

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end."""
        code = self.process.wait(DEADLINE_S)
        self._reader.join(DEADLINE_S)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code

    def rest(self) -> str:
        """What else it printed on stdout, to its end."""
        assert self.process.stdout is not None
        return self.process.stdout.read()


def until(condition: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S, pause_s: float = 0.01) -> None:
    """Wait for a condition, with a deadline; `pause_s`: between two looks, more where a look is work for those who are
    waited for."""
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(pause_s)
