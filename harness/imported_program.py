"""The whole program imported, and how a fork of that plays one command line (see `harness.forked`)."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import IO, Final

import cli

_FOLDER: Final = Path(cli.__file__).parent

for _target in (
    *(target for target, _help in cli.groups_of().values()),
    *(target for parts in cli.JOINED.values() for target in parts.values()),
):
    import_module(_target.partition(":")[0])


def play(folder: str, arguments: tuple[str, ...], environment: dict[str, str], places: tuple[str, ...]) -> None:
    """Be the command: in `folder`, with this environment alone; `places` are the files of stdin, stdout, stderr."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [str(_FOLDER / "cli.py"), *arguments]
    sys.stdin = _opened(0, places[0], os.O_RDONLY)
    sys.stdout = _opened(1, places[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sys.stderr = _opened(2, places[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND, "backslashreplace")
    cli.main()


def _opened(descriptor: int, place: str, flags: int, errors: str = "strict") -> IO[str]:
    opened = os.open(place, flags, 0o600)
    if opened != descriptor:
        os.dup2(opened, descriptor)
        os.close(opened)
    mode = "r" if flags == os.O_RDONLY else "w"
    return open(descriptor, mode, encoding="utf-8", errors=errors, closefd=False)
