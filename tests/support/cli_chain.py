"""A development chain in this process, and commands that ask it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import cli
from harness.node import HomeFixture
from harness.processes import password_file
from nodechain.commands.terminal import errors
from tests.support.api import port_of, serving

Said = tuple[int, str, str]
Run = Callable[..., Any]


@asynccontextmanager
async def commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Run]:
    """A development chain, and commands that ask it: exit code, what they print, what they say beside that."""
    home = HomeFixture(tmp_path / "home")
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password_file(tmp_path)))

    async with serving(home) as (_node, client):
        place = ["--home", str(home.path), "--node", f"http://127.0.0.1:{port_of(client)}"]

        def run(arguments: tuple[str, ...]) -> Said:
            code = errors.run(cli.nodechain, [*arguments, *place])
            captured = capsys.readouterr()
            return code, captured.out, captured.err

        async def said(*arguments: str) -> Said:
            return await asyncio.get_running_loop().run_in_executor(None, run, arguments)

        yield said
