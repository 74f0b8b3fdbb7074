"""A command line run to its end in a fork of a process that has the program imported: for tests of many commands.

What is to be started as a user starts it takes `harness.processes.run`; `harness.forked_process` says what must.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.forked_process import ForkedProcess
from harness.processes import DEADLINE_S, Outcome, clean_environment


def run(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    given: str = "",
    deadline_s: float = DEADLINE_S,
    ordinary_user: bool = False,
) -> Outcome:
    """Run a command of the program to its end, as `harness.processes.run` does."""
    named = {**clean_environment(), **(environment or {})}
    return run_in(Path.cwd(), arguments, named, given, deadline_s, ordinary_user=ordinary_user)


def run_in(
    folder: Path,
    arguments: tuple[str, ...],
    environment: Mapping[str, str],
    given: str = "",
    deadline_s: float = DEADLINE_S,
    *,
    one_stream: bool = False,
    ordinary_user: bool = False,
) -> Outcome:
    """In a folder, with this environment alone; `one_stream`: what it reports stands in order in what it prints."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as given_file,
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as err,
    ):
        given_file.write(given)
        given_file.seek(0)
        process = ForkedProcess(
            arguments,
            environment,
            folder=folder,
            stdin=given_file.fileno(),
            stdout=out.fileno(),
            stderr=(out if one_stream else err).fileno(),
            ordinary_user=ordinary_user,
        )
        try:
            code = process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        out.seek(0)
        err.seek(0)
        return Outcome(code, out.read(), err.read())
