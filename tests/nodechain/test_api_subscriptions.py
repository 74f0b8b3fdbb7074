"""Subscriptions that cannot be served are refused before the upgrade, and end with a reason (N13)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from harness.node import HomeFixture
from nodechain.api import events
from nodechain.api.server import serve_api
from nodechain.errors import DataDamaged
from nodechain.store.blocks import BlockReads
from tests.support.api import FREE, STANDING, WAIT_S, get, serving
from tests.support.history import forget_blocks_below, grow, grown

FIRST = 5
HEAD = 8


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home")


async def refusal(client: aiohttp.ClientSession, query: str) -> tuple[int, Any]:
    """What a client that asks for an upgrade is told instead."""
    headers = {
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    }  # fmt: skip
    async with client.get(f"/v1/events{query}", headers=headers) as answer:
        assert answer.content_type == "application/problem+json", answer.status
        return answer.status, await answer.json(content_type=None)


def test_n13_what_lies_before_the_snapshot_is_refused_before_the_upgrade(home: HomeFixture) -> None:
    asyncio.run(grown(home, HEAD, each=1))
    forget_blocks_below(home.path, FIRST)

    async def ask() -> None:
        async with serving(home) as (node, client):
            assert node.app.height == HEAD
            for height in range(FIRST):
                status, problem = await refusal(client, f"?from={height}")
                assert (status, problem["code"], problem["first_height"]) == (404, "before_snapshot", FIRST)
            # A block by itself is refused with the same words.
            assert (await get(client, "/v1/blocks/2", 404))["first_height"] == FIRST
            async with client.ws_connect(f"/v1/events?from={FIRST}") as socket:
                ends: list[int] = []
                while ends[-1:] != [HEAD]:
                    message = await asyncio.wait_for(socket.receive_json(), WAIT_S)
                    ends += [message["height"]] if "end" in message else []
            assert ends == list(range(FIRST, HEAD + 1))

    asyncio.run(ask())


def test_n13_on_a_whole_chain_the_genesis_is_there(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home) as (_node, client):
            async with client.ws_connect("/v1/events?from=0") as socket:
                while "end" not in (message := await asyncio.wait_for(socket.receive_json(), WAIT_S)):
                    assert message["height"] == 0
            status, problem = await refusal(client, "?from=2")
            assert (status, problem["code"]) == (400, "bad_parameter")

    asyncio.run(ask())


def test_n13_an_error_on_the_way_closes_the_socket_with_its_code(
    home: HomeFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = BlockReads.receipts_from

    def damaged(store: BlockReads, height: int, first: int, most: int) -> tuple[bytes, ...]:
        if height == 2:
            raise DataDamaged("a chunk of a block is missing")
        return plain(store, height, first, most)

    async def ask() -> None:
        async with serving(home) as (node, client):
            await grow(node, home, 3, each=1)
            monkeypatch.setattr(BlockReads, "receipts_from", damaged)
            async with client.ws_connect("/v1/events?from=1") as socket:
                async with asyncio.timeout(WAIT_S):
                    told = [message async for message in socket]
                assert socket.close_code == aiohttp.WSCloseCode.INTERNAL_ERROR
            # The piece in which the damage lies is not half sent; what came before it could be in an earlier one.
            assert all(message.type is aiohttp.WSMsgType.TEXT for message in told)

    asyncio.run(ask())


async def closing_of(client: aiohttp.ClientSession, query: str, then: Any) -> tuple[int, str]:
    async with client.ws_connect(f"/v1/events{query}", autoclose=False) as socket:
        await then(socket)
        while True:
            message = await asyncio.wait_for(socket.receive(), WAIT_S)
            if message.type is aiohttp.WSMsgType.CLOSE:
                return message.data, message.extra or ""


def test_n13_the_reason_is_told(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(_store: BlockReads, height: int, _first: int, _most: int) -> tuple[bytes, ...]:
        raise DataDamaged(f"block {height} is not what was written")

    async def nothing(_socket: aiohttp.ClientWebSocketResponse) -> None:
        return None

    async def speak(socket: aiohttp.ClientWebSocketResponse) -> None:
        await socket.send_str("hello")

    async def ask() -> None:
        async with home.running(STANDING) as node:
            server = await serve_api(node, FREE)
            async with aiohttp.ClientSession(server.url) as client:
                assert await closing_of(client, "", speak) == (1003, "this socket only sends")

                async def stop(_socket: aiohttp.ClientWebSocketResponse) -> None:
                    stopping.append(asyncio.create_task(server.close()))

                monkeypatch.setattr(BlockReads, "receipts_from", damaged)
                code, reason = await closing_of(client, "?from=0", nothing)
                assert (code, reason) == (1011, "data_damaged: block 0 is not what was written")
                stopping: list[asyncio.Task[None]] = []
                assert await closing_of(client, "", stop) == (1001, "the node is stopping")
                await asyncio.gather(*stopping)

    asyncio.run(ask())


def test_n13_subscriptions_of_one_address_are_bounded(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_SUBSCRIPTIONS_PER_ADDRESS", 3)

    async def ask() -> None:
        async with serving(home) as (_node, client):
            sockets = [await client.ws_connect("/v1/events") for _ in range(3)]
            status, problem = await refusal(client, "")
            assert (status, problem["code"]) == (429, "busy")
            await sockets[0].close()
            async with asyncio.timeout(WAIT_S):
                while not await upgraded(client):
                    pass

    asyncio.run(ask())


async def upgraded(client: aiohttp.ClientSession) -> bool:
    try:
        async with client.ws_connect("/v1/events"):
            return True
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status != 429
