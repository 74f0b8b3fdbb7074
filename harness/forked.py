"""A command line run to its end in a fork of a process that has the program imported: for tests of many commands.

It is a process of its own in every respect (exit code, streams, working directory, environment, signals), but does not
import the program again, which is most of what a short command costs. What is to be started as a user starts it takes
`harness.processes.run`.
"""

from __future__ import annotations

import multiprocessing
import subprocess
import tempfile
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Final

from harness.imported_program import play
from harness.processes import DEADLINE_S, Outcome, clean_environment


def _forks() -> ForkServerContext:
    """The server starts with the first command and ends with this process; it has no threads."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["harness.imported_program"])
    return context


_FORKS: Final = _forks()


def run(
    *arguments: str, environment: Mapping[str, str] | None = None, given: str = "", deadline_s: float = DEADLINE_S
) -> Outcome:
    """Run a command of the program to its end, as `harness.processes.run` does."""
    return run_in(Path.cwd(), arguments, {**clean_environment(), **(environment or {})}, given, deadline_s)


def run_in(
    folder: Path,
    arguments: tuple[str, ...],
    environment: Mapping[str, str],
    given: str = "",
    deadline_s: float = DEADLINE_S,
    *,
    one_stream: bool = False,
) -> Outcome:
    """In a folder, with this environment alone; `one_stream`: what it reports stands in order in what it prints."""
    with tempfile.TemporaryDirectory() as name:
        given_at, out_at, err_at = (Path(name) / stream for stream in ("given", "out", "err"))
        given_at.write_text(given, encoding="utf-8")
        places = (str(given_at), str(out_at), str(out_at if one_stream else err_at))
        process = _FORKS.Process(target=play, args=(str(folder), arguments, dict(environment), places))
        process.start()
        process.join(deadline_s)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, deadline_s)
        code = process.exitcode
        process.close()
        err = "" if one_stream else err_at.read_text(encoding="utf-8")
        return Outcome(code, out_at.read_text(encoding="utf-8"), err)
