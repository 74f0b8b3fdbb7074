"""Taking a development chain back: a socket in its home, on which `dev snapshot` and `dev revert` ask for it.

No route of a node does this: an interface that takes blocks back must not exist where a chain matters. The socket is
the owner's (0600), is opened by `nodechain dev` alone, and the node stops while files are copied.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from nodechain.errors import EnvironmentFailed, NotFound, UsageError, require_present
from nodechain.home.keystore import check_name

SOCKET: Final = "dev.sock"
SNAPSHOTS: Final = "dev-snapshots"
MAX_SNAPSHOTS: Final = 32
MAX_ASKED_BYTES: Final = 1_024
ANSWER_S: Final = 30.0
_STAYS: Final = frozenset({SOCKET, SNAPSHOTS, "keys", "config.toml", "password"})
"""What belongs to the people, not to the chain."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A snapshot under a name, or the way back to one; without a name only how often the node has started."""

    name: str = ""
    revert: bool = False


@dataclass(slots=True)
class DevControl:
    """The socket of one home; `asked` is what the node was stopped for, None where it was told to end."""

    home: Path
    starts: int = 0
    asked: Asked | None = None

    @asynccontextmanager
    async def listening(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Answer while the node runs; a request that can be done sets `stop`."""
        path = self.home / SOCKET
        path.unlink(missing_ok=True)
        self.asked, self.starts = None, self.starts + 1

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
            await writer.wait_closed()

        server = await asyncio.start_unix_server(answer, path, limit=MAX_ASKED_BYTES)
        path.chmod(0o600)
        try:
            async with server:
                yield
        finally:
            path.unlink(missing_ok=True)

    def _accept(self, asked: Asked) -> None:
        """Raises `BadName`, `NotFound`, `UsageError`."""
        check_name(asked.name)
        kept = sorted(path.name for path in (self.home / SNAPSHOTS).glob("*"))
        if asked.revert and asked.name not in kept:
            raise NotFound(f"there is no snapshot {asked.name}; there are: {', '.join(kept) or 'none'}")
        if not asked.revert and asked.name not in kept and len(kept) >= MAX_SNAPSHOTS:
            raise UsageError(f"there are {MAX_SNAPSHOTS} snapshots; take one of their names again")
        self.asked = asked

    def carry_out(self) -> None:
        """Copy the files of the stopped node, one way or the other."""
        asked = require_present(self.asked, "the node was stopped for a snapshot or the way back to one")
        folder = self.home / SNAPSHOTS / asked.name
        if asked.revert:
            _empty(self.home)
            shutil.copytree(folder, self.home, dirs_exist_ok=True)
            return
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        for path in _of_the_chain(self.home):
            if path.is_dir():
                shutil.copytree(path, folder / path.name)
            else:
                shutil.copy2(path, folder / path.name)


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
