"""The client and the command line sign in where a node keeps members' figures to who has."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import cli
from harness.node import HomeFixture
from harness.processes import password_file
from ledger.keys.address import format_address
from nodechain.api.server import ApiOptions
from nodechain.client.login import LoginKey, sign_in
from nodechain.client.node_client import RestClient
from nodechain.commands.terminal import errors
from nodechain.errors import LoginNeeded, NotYours
from tests.nodechain.test_read_rights import template
from tests.support.api import port_of, serving

MEMBERS_MODE = ApiOptions(port=0, read="members")


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    """The development chain, whose genesis names a role that reads everything."""
    return HomeFixture(tmp_path / "home", template(tmp_path, 'roles = ["banker"]'))


def test_the_python_client_signs_in_when_it_is_asked(home: HomeFixture) -> None:
    key = home.key("alice")

    async def ask() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            url = f"http://127.0.0.1:{port_of(client)}"

            def read() -> None:
                login = LoginKey(key.public_key, 0, key.sign)
                node = RestClient(url, sign_in=lambda api: sign_in(api, login, home.genesis.hash.hex()))
                assert node.account(format_address(home.address("alice")))["member"]
                with pytest.raises(NotYours):
                    node.account(format_address(home.address("bob")))
                node.close()
                stranger = RestClient(url)
                with pytest.raises(LoginNeeded):
                    stranger.units()
                stranger.close()

            await asyncio.get_running_loop().run_in_executor(None, read)

    asyncio.run(ask())


def test_the_command_line_signs_in_when_it_is_asked(
    home: HomeFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password_file(tmp_path)))

    def run(url: str, *arguments: str) -> int:
        return errors.run(cli.nodechain, [*arguments, "--node", url, "--home", str(home.path), "--output", "json"])

    async def ask() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            url, loop = f"http://127.0.0.1:{port_of(client)}", asyncio.get_running_loop()
            for arguments, code, said in (
                (("balance", "alice", "--as", "alice"), 0, "balances"),
                (("balance", "bob", "--as", "alice"), 7, "not_yours"),
                (("balance", "bob", "--as", "bank"), 0, "balances"),
                (("balance", "alice"), 7, "--as"),
                (("balance", "alice", "--as", "nobody"), 3, "key_not_found"),
                (("transfer", "eeuro", "bob", "1", "--from", "alice"), 0, "decided"),
            ):
                assert await loop.run_in_executor(None, run, url, *arguments) == code, arguments
                assert said in capsys.readouterr().out

    asyncio.run(ask())
