"""Taking a development chain back: a socket in its home, on which `dev snapshot` and `dev revert` ask for it.

No route of a node does this: an interface that takes blocks back must not exist where a chain matters. The socket is
the owner's (0600), is opened by `nodechain dev` alone, and the node stops while files are copied. A copy counts when
it is whole: what was cut off in the middle is no snapshot, and a way back that was begun is gone to its end at the next
start.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from nodechain.errors import EnvironmentFailed, NotFound, UsageError, require_present, storage_failed
from nodechain.home.keystore import check_name

log = logging.getLogger("nodechain.dev")

SOCKET: Final = "dev.sock"
SNAPSHOTS: Final = "dev-snapshots"
MAX_SNAPSHOTS: Final = 32
MAX_ASKED_BYTES: Final = 1_024
ANSWER_S: Final = 30.0
MOST_PATH_BYTES: Final = 103
"""Of a socket's path, on every system."""
_PART, _READY, _MOVING = ".part", ".revert-ready", ".revert-moving"
"""Beside the snapshots, whose names begin with a letter: a copy that is being made; a whole chain that is to come back,
and the same when the chain that it replaces is gone."""
_STAYS: Final = frozenset({SOCKET, SNAPSHOTS, "keys", "config.toml", "password"})
"""What belongs to the people, not to the chain."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A snapshot under a name, or the way back to one; without a name only how often the node has started."""

    name: str = ""
    revert: bool = False


class DevControl(msgspec.Struct):
    """The socket of one home; `asked` is what the node was stopped for, None where it was told to end."""

    home: Path
    starts: int = 0
    asked: Asked | None = None

    @asynccontextmanager
    async def listening(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Answer while the node runs; a request that can be done sets `stop`."""
        path = self.home / SOCKET
        self.asked, self.starts = None, self.starts + 1
        if _is_too_long(path):
            log.warning("the home's path is too long for a socket: no snapshots", extra={"home": str(self.home)})
            yield
            return
        path.unlink(missing_ok=True)
        callers: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            callers[asyncio.current_task()] = writer
            try:
                asked = msgspec.json.decode(await reader.readline(), type=Asked)
                said: dict[str, Any] = {"starts": self.starts}
                if asked.name:
                    self._accept(asked)
                    stop.set()
            except (msgspec.DecodeError, ValueError, UsageError, NotFound) as error:
                said = {"code": getattr(error, "code", "bad_usage"), "detail": str(getattr(error, "detail", error))}
            writer.write(json.dumps(said).encode() + b"\n")
            writer.close()
            del callers[asyncio.current_task()]

        server = await asyncio.start_unix_server(answer, path, limit=MAX_ASKED_BYTES)
        path.chmod(0o600)
        try:
            yield
        finally:
            server.close()
            for writer in callers.values():
                writer.close()  # who says nothing does not keep the node from ending
            await asyncio.gather(*(task for task in callers if task is not None))
            path.unlink(missing_ok=True)

    def _accept(self, asked: Asked) -> None:
        """Raises `BadName`, `NotFound`, `UsageError`."""
        check_name(asked.name)
        if self.asked is not None:
            raise UsageError("another snapshot, or the way back to one, is under way")
        kept = sorted(path.name for path in (self.home / SNAPSHOTS).glob("[a-z]*"))
        if asked.revert and asked.name not in kept:
            raise NotFound(f"there is no snapshot {asked.name}; there are: {', '.join(kept) or 'none'}")
        if not asked.revert and asked.name not in kept and len(kept) >= MAX_SNAPSHOTS:
            raise UsageError(f"there are {MAX_SNAPSHOTS} snapshots; take one of their names again")
        self.asked = asked

    def carry_out(self) -> None:
        """Copy the files of the stopped node, one way or the other."""
        asked = require_present(self.asked, "the node was stopped for a snapshot or the way back to one")
        folder, part = self.home / SNAPSHOTS / asked.name, self.home / SNAPSHOTS / _PART
        part.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        try:
            if asked.revert:
                shutil.copytree(folder, part)
                part.rename(part.with_name(_READY))
                finish_revert(self.home)
                return
            part.mkdir(mode=0o700)
            for path in _of_the_chain(self.home):
                if path.is_dir():
                    shutil.copytree(path, part / path.name)
                else:
                    shutil.copy2(path, part / path.name)
            shutil.rmtree(folder, ignore_errors=True)
            part.rename(folder)
        except OSError as error:
            raise storage_failed(f"copying the chain of {self.home}", error) from error


def finish_revert(home: Path) -> None:
    """Go a way back to its end that a crash has cut off, if there is one."""
    ready, moving = (home / SNAPSHOTS / name for name in (_READY, _MOVING))
    if ready.is_dir():
        _empty(home)
        ready.rename(moving)
    if moving.is_dir():
        for path in sorted(moving.iterdir()):
            path.rename(home / path.name)
        moving.rmdir()


def _is_too_long(path: Path) -> bool:
    return len(os.fsencode(path)) > MOST_PATH_BYTES


def _of_the_chain(home: Path) -> list[Path]:
    return sorted(path for path in home.iterdir() if path.name not in _STAYS)


def _empty(home: Path) -> None:
    for path in _of_the_chain(home):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def ask(home: Path, asked: Asked) -> int:
    """Ask the development chain of a home; how often its node has started.

    Raises `EnvironmentFailed` (no_dev_chain), `NotFound`, `UsageError`.
    """
    if _is_too_long(home / SOCKET):
        raise EnvironmentFailed(
            f"the path {home} is too long for a socket",
            code="no_dev_chain",
            advice="A development chain is taken back where its home's path is short: `nodechain dev --state DIR`.",
        )
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(ANSWER_S)
    with line:
        try:
            line.connect(str(home / SOCKET))
            line.sendall(msgspec.json.encode(asked) + b"\n")
            with line.makefile("rb") as answer:
                said = json.loads(answer.readline())
        except (OSError, ValueError) as error:
            raise EnvironmentFailed(
                f"no `nodechain dev` of one process runs on {home}",
                code="no_dev_chain",
                advice="Start one (`nodechain dev --state DIR`) and name its home with --home. A chain with "
                "--validators or --meters is not taken back.",
            ) from error
    if "code" in said:
        kind = NotFound if said["code"] == NotFound.code else UsageError
        raise kind(said["detail"], code=said["code"], advice="Name another one.")
    return int(said["starts"])
