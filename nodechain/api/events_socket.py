"""`GET /v1/events`: every event as it is decided, over a WebSocket; nothing is skipped.

A subscriber is a place in the chain: it reads the receipts of each block from the store, at its own pace, from the
height it asks for. A slow one holds nothing up and loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final

from aiohttp import WSMsgType, web

from ledger.events import kind_of
from ledger.types import Event
from nodechain.api import requests
from nodechain.api.render import event, kind_name
from nodechain.app import REGISTRY, addresses_of
from nodechain.node import Node

PING_S: Final = 30
MAX_INCOMING_BYTES: Final = 4_096


async def events(node: Node, request: web.Request) -> web.StreamResponse:
    """Query: `from` a height (default: the next block), `kind` (may be repeated), `address`."""
    height = requests.number(request, "from", node.app.height + 1, most=node.app.height + 1)
    kinds = frozenset(request.query.getall("kind", []))
    unknown = kinds - {kind_name(kind) for kind in REGISTRY.events}
    if unknown:
        raise requests.bad("kind", f"there is no event {min(unknown)}")
    address = requests.address(request, "address")
    socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=MAX_INCOMING_BYTES)
    await socket.prepare(request)
    sender = asyncio.ensure_future(_send(node, socket, height, kinds, address))
    try:
        async for message in socket:
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                await socket.close(code=1003, message=b"this socket only sends")
    finally:
        sender.cancel()
        await asyncio.gather(sender, return_exceptions=True)
    return socket


async def _send(
    node: Node, socket: web.WebSocketResponse, height: int, kinds: frozenset[str], address: bytes | None
) -> None:
    while not socket.closed:
        while height > node.app.height:
            await node.decisions.next_block()
        for message in _block(node, height, kinds, address):
            await socket.send_json(message)
        height += 1


def _block(node: Node, height: int, kinds: frozenset[str], address: bytes | None) -> Iterator[dict[str, Any]]:
    for index, data in enumerate(node.app.store.receipts(height)):
        receipt = REGISTRY.receipts.decode_trusted(data)
        for place, entry in enumerate(receipt.events):
            if _wanted(entry, kinds, address):
                yield {
                    "height": height,
                    "receipt": index,
                    "place": place,
                    "transaction_id": receipt.transaction_id.hex(),
                    "event": event(entry),
                }
    yield {"height": height, "end": True}


def _wanted(entry: Event, kinds: frozenset[str], address: bytes | None) -> bool:
    if kinds and kind_of(entry) not in kinds:
        return False
    return address is None or address in addresses_of(entry)
