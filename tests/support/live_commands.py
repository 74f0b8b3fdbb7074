"""Commands of a home against a running node, as tests type them."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from cli import nodechain as root
from harness.node import HomeFixture
from nodechain.api.server import ApiOptions, serve_api
from nodechain.commands.terminal import errors
from nodechain.node import Node, NodeOptions


class LiveCommands:
    """Runs commands of the home against its node."""

    def __init__(self, home: HomeFixture, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.here = ("--home", str(home.path), "--node", url)
        self._capsys = capsys

    def ask(self, *arguments: str) -> tuple[int, Any]:
        """The exit code and all that was printed as JSON."""
        code = errors.run(root, [*arguments, *self.here, "--output", "json"])
        return code, json.loads(self._capsys.readouterr().out)

    def __call__(self, *arguments: str) -> Any:
        """A command's data; it must succeed."""
        code, envelope = self.ask(*arguments)
        assert code == 0, envelope
        return envelope["data"]

    def refused(self, *arguments: str) -> str:
        """The code of the error; it must fail."""
        code, envelope = self.ask(*arguments)
        assert code != 0, envelope
        return str(envelope["errors"][0]["code"])

    def text(self, *arguments: str) -> str:
        """What people read."""
        code = errors.run(root, [*arguments, *self.here])
        out = self._capsys.readouterr().out
        assert code == 0, out
        return out


def beside_node(
    home: HomeFixture, capsys: pytest.CaptureFixture[str], lived: Callable[[LiveCommands, Node], None]
) -> None:
    """Live beside the home's node, whose clock stands: `lived` gets its commands, and the node."""

    async def served() -> None:
        async with home.running(NodeOptions(standing_clock=True)) as node:
            server = await serve_api(node, ApiOptions(port=0))
            try:
                await asyncio.to_thread(lived, LiveCommands(home, str(server.url), capsys), node)
            finally:
                await server.close()

    asyncio.run(served())


def on_a_standing_clock(
    home: HomeFixture, capsys: pytest.CaptureFixture[str], lived: Callable[[LiveCommands, Any], None]
) -> None:
    """Live beside the home's node: `lived` gets its commands and its clock, which it moves itself."""
    beside_node(home, capsys, lambda run, node: lived(run, node.clock))


def console_of(page: str, number: int) -> list[list[str]]:
    """The lines of a console of a page of the docs, without the program's name."""
    block = page.split("```console\n")[number].partition("```")[0]
    return [shlex.split(line, comments=True)[1:] for line in block.splitlines()]
