"""A node with its interface on a free port, for tests that speak HTTP to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from harness.node import HomeFixture
from nodechain.api.server import ApiOptions, serve_api
from nodechain.node import Node, NodeOptions

FREE = ApiOptions(port=0)
STANDING = NodeOptions(standing_clock=True)
WAIT_S = 60.0


@asynccontextmanager
async def serving(
    home: HomeFixture, options: ApiOptions = FREE, node_options: NodeOptions = STANDING
) -> AsyncIterator[tuple[Node, aiohttp.ClientSession]]:
    """The running node and a client whose base URL is its interface."""
    async with home.running(node_options) as node:
        server = await serve_api(node, options)
        try:
            async with aiohttp.ClientSession(server.url) as client:
                yield node, client
        finally:
            await server.close()


def port_of(client: aiohttp.ClientSession) -> int:
    """The port that a client of `serving` asks."""
    url = client._base_url
    assert url is not None
    assert url.port is not None
    return url.port


async def get(client: aiohttp.ClientSession, path: str, status: int = 200) -> Any:
    """GET, with the status that is expected; errors are problem details."""
    async with client.get(path) as answer:
        text = await answer.text()
        assert answer.status == status, (path, answer.status, text)
        if status >= 400:
            assert answer.content_type == "application/problem+json"
        return json.loads(text)


async def exchange(url: str, sent: bytes) -> tuple[int, dict[str, Any]]:
    """One raw request on a connection of its own; status and decoded body. What no client's library sends."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(sent)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WAIT_S)
        lines = head.decode("latin-1").lower().split("\r\n")
        length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length:")), 0)
        body = await asyncio.wait_for(reader.readexactly(length), WAIT_S)
        is_json = any(line.startswith("content-type:") and "json" in line for line in lines)
        return int(lines[0].split(" ")[1]), json.loads(body) if is_json else {}
    finally:
        writer.close()
