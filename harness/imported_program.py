"""The whole program imported, and how a fork of that plays one command line (see `harness.forked_process`)."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import IO, Final, Protocol

import cli
from harness.ordinary_user import become_ordinary

_FOLDER: Final = Path(cli.__file__).parent


class Received(Protocol):
    """A descriptor that a fork was handed."""

    number: int


for _target in (
    *(target for target, _help in cli.groups_of().values()),
    *(target for parts in cli.JOINED.values() for target in parts.values()),
):
    import_module(_target.partition(":")[0])
# What is there now is never garbage: forks do not look through it, and so do not copy its pages.
gc.collect()
gc.freeze()


def play(
    folder: str,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    streams: tuple[Received, Received, Received],
    ordinary_user: bool,
) -> None:
    """Be the command: in `folder`, with this environment alone, on these streams; ends as `python -m cli` does."""
    if ordinary_user:
        become_ordinary()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # What Python itself has read of another environment.
    time.tzset()
    tempfile.tempdir = None
    sys.argv = [str(_FOLDER / "cli.py"), *arguments]
    sys.stdin = _put(0, streams[0])
    sys.stdout = _put(1, streams[1])
    sys.stderr = _put(2, streams[2])
    cli.main()


def _put(descriptor: int, received: Received) -> IO[str]:
    os.dup2(received.number, descriptor)
    os.close(received.number)
    if descriptor == 0:
        return open(descriptor, encoding="utf-8", closefd=False)
    if descriptor == 1:
        return open(descriptor, "w", encoding="utf-8", closefd=False)
    return open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
