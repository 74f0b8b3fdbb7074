"""Signing in at a node's interface by the keys of a home."""

from __future__ import annotations

from typing import Any

import aiohttp

from harness.node import HomeFixture
from ledger.keys.address import format_address
from ledger.keys.login import Login, login_message
from tests.support.api import port_of


async def token_of(client: aiohttp.ClientSession, home: HomeFixture, name: str, **changed: Any) -> tuple[int, Any]:
    """What the node answers to a login; `changed` fields of the request are not what was signed."""
    async with client.post("/v1/login/nonce", json={}) as answer:
        nonce = (await answer.json())["nonce"]
    key, origin = home.key(name), f"http://127.0.0.1:{port_of(client)}"
    message = login_message(home.genesis.hash, Login(origin, bytes.fromhex(nonce), home.address(name)))
    body = {
        "origin": origin, "nonce": nonce, "address": format_address(home.address(name)),
        "key": key.public_key.hex(), "signature": key.sign(message).hex(), **changed,
    }  # fmt: skip
    async with client.post("/v1/login", json=body) as answer:
        return answer.status, await answer.json(content_type=None)


async def signed_in(client: aiohttp.ClientSession, home: HomeFixture, name: str) -> dict[str, str]:
    """The header of who has signed in; none for a stranger."""
    if not name:
        return {}
    status, answer = await token_of(client, home, name)
    assert status == 200, answer
    return {"Authorization": f"Bearer {answer['token']}"}
