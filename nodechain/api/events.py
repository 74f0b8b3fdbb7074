"""`GET /v1/events`: every event as it is decided, over a WebSocket; nothing is skipped.

A subscriber is a place in the chain: it reads the receipts of each block from the store, at its own pace, from the
height it asks for. A slow one holds nothing up and loses nothing: one piece at a time is made for it, by the reading
thread when it is its turn, and the next one only when it has taken that. One that takes nothing is cut off.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import WSCloseCode, WSMsgType, hdrs, web
from msgspec.structs import replace

from ledger.chain.events import kind_of
from ledger.chain.header import Event
from market.denominations import Denominations
from nodechain.api.access import Visitors, sees_event
from nodechain.api.http import requests
from nodechain.api.http.client_address import client_address_of
from nodechain.api.http.logins import TOKEN_S, is_ticket
from nodechain.api.http.problems import problem
from nodechain.api.http.rights import EVERYTHING_READER, Open, Visitor
from nodechain.api.http.turns import ReadKind, TooBusy, Turns
from nodechain.api.render import event, kind_name
from nodechain.chain.app import addresses_of
from nodechain.errors import BeforeSnapshot, NodeError
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.blocks import BlockReads

log = logging.getLogger("nodechain.api")

EVENTS: Final = "/v1/events"
QUERY: Final = (
    ("from", "lowest height; default: the next block"),
    ("kind", "kind of event; may be repeated"),
    ("address", "that the events name"),
    ("ticket", "of POST /v1/login/ticket, where reading needs a login: browsers set no header here"),
)

MAX_RECEIPTS: Final = 256


MAX_BLOCKS: Final = 64


MAX_BYTES: Final = 128 * 1024
"""What a piece reads and holds at most; a single receipt may be larger."""


_encode: Final = msgspec.json.Encoder().encode


class EventPlace(msgspec.Struct, frozen=True):
    """Where a subscriber is: the next receipt of a block. Receipt 0 is the block's own."""

    height: int
    receipt: int = 0


class Filter(msgspec.Struct, frozen=True):
    """Which events are wanted: of these kinds (none: all), naming this address (None: any), and open to the visitor."""

    kinds: frozenset[str]
    address: bytes | None
    visitor: Visitor = EVERYTHING_READER

    def wants(self, entry: Event) -> bool:
        """Whether an event is one of them."""
        if self.kinds and kind_of(entry) not in self.kinds:
            return False
        if self.address is not None and self.address not in addresses_of(entry):
            return False
        return sees_event(self.visitor, entry)

    def tells_id(self, entry: Event) -> bool:
        """Whether the id of the transaction is told: with it, all that became of it can be read."""
        return self.visitor.sees(Open.OWN, addresses_of(entry))


class Piece(msgspec.Struct, frozen=True):
    """Messages in the order of the chain, and the place that follows; how many receipts were read for them."""

    messages: tuple[str, ...]
    following: EventPlace
    receipts: int


def next_piece(store: BlockReads, place: EventPlace, head: int, wanted: Filter, chain: Denominations) -> Piece:
    """The piece from a place on, not beyond the block `head`. Raises `NotFound`, `DataDamaged`, `StorageFailed`."""
    messages: list[str] = []
    size = read = blocks = 0
    while place.height <= head and read < MAX_RECEIPTS and blocks < MAX_BLOCKS and size < MAX_BYTES:
        most = MAX_RECEIPTS - read
        for data in store.receipts_from(place.height, place.receipt, most):
            for text in _messages(chain, place, data, wanted):
                messages.append(text)
                size += len(text)
            place = EventPlace(place.height, place.receipt + 1)
            read, most = read + 1, most - 1
            if size >= MAX_BYTES:
                break
        else:
            if most:
                messages.append(_encode({"height": place.height, "end": True}).decode())
                place, blocks = EventPlace(place.height + 1), blocks + 1
    return Piece(tuple(messages), place, read)


def _messages(chain: Denominations, place: EventPlace, data: bytes, wanted: Filter) -> list[str]:
    receipt = REGISTRY.receipts.decode_trusted(data)
    found = []
    for number, entry in enumerate(receipt.events):
        if wanted.wants(entry):
            message: dict[str, Any] = {
                "height": place.height,
                "receipt": place.receipt,
                "place": number,
                "transaction_id": receipt.transaction_id.hex() if wanted.tells_id(entry) else "",
                "event": event(chain, entry),
            }
            found.append(_encode(message).decode())
    return found


PING_S: Final = 30


MAX_INCOMING_BYTES: Final = 4_096


MAX_SUBSCRIPTIONS: Final = 256


MAX_SUBSCRIPTIONS_PER_ADDRESS: Final = 48
"""Fewer than reads of one address may wait."""


TAKE_S: Final = 30.0
"""How long a subscriber may take to read one piece."""


CLOSE_S: Final = 2.0


MESSAGES_PER_TURN: Final = 32
"""Messages that are written before the loop serves others."""


MESSAGE_PRICE_S: Final = 0.000_02
"""What the loop does for one message; charged with what the piece has cost."""


MAX_REASON_BYTES: Final = 120


class Subscriptions:
    """All open subscriptions of a node."""

    def __init__(self, node: Node, turns: Turns, access: Visitors) -> None:
        self._node = node
        self._access = access
        self._turns = turns
        self._open: Counter[str] = Counter()
        self._sockets: dict[web.WebSocketResponse, asyncio.Transport | None] = {}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Query: `from` a height (default: the next block), `kind` (may be repeated), `address`."""
        place, wanted = _asked(self._node, request)
        wanted = replace(wanted, visitor=self._access.visitor(request))
        if not web.WebSocketResponse().can_prepare(request):
            return _no_upgrade()
        with self._counted(client_address_of(request)):
            socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=MAX_INCOMING_BYTES, compress=False)
            await socket.prepare(request)
            self._sockets[socket] = request.transport
            ends_ms = self._access.now_ms + 1_000 * TOKEN_S
            try:
                await self._until_closed(client_address_of(request), socket, place, wanted, ends_ms)
            finally:
                del self._sockets[socket]
            return socket

    async def close(self) -> None:
        """Tell all subscribers that the node stops."""
        reason = "the node is stopping"
        await asyncio.gather(*(self._close(socket, WSCloseCode.GOING_AWAY, reason) for socket in self._sockets))

    @contextmanager
    def _counted(self, address: str) -> Iterator[None]:
        if self._open.total() >= MAX_SUBSCRIPTIONS or self._open[address] >= MAX_SUBSCRIPTIONS_PER_ADDRESS:
            raise TooBusy(
                f"{self._open.total()} subscriptions are open, {self._open[address]} of them this address's",
                advice="Close one, or ask another node.",
            )
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def _until_closed(
        self, address: str, socket: web.WebSocketResponse, place: EventPlace, wanted: Filter, ends_ms: int
    ) -> None:
        sender = asyncio.ensure_future(self._send(address, socket, place, wanted))
        receiver = asyncio.ensure_future(_receive(socket))
        try:
            left_s = (ends_ms - self._access.now_ms) / 1_000 if wanted.visitor.address is not None else None
            done, _pending = await asyncio.wait((sender, receiver), timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                await self._close(socket, WSCloseCode.POLICY_VIOLATION, "login_needed: the hour is over, sign in again")
        finally:
            sender.cancel()
            receiver.cancel()
            ended, _received = await asyncio.gather(sender, receiver, return_exceptions=True)
        if isinstance(ended, TimeoutError):
            await self._close(socket, WSCloseCode.POLICY_VIOLATION, "too_slow: a piece was not read in time")
        elif isinstance(ended, NodeError):
            log.warning("a subscription ended", extra={"code": ended.code, "detail": ended.detail})
            await self._close(socket, WSCloseCode.INTERNAL_ERROR, f"{ended.code}: {ended.detail}")
        elif isinstance(ended, Exception) and not isinstance(ended, ConnectionError):
            log.error("a subscription failed", exc_info=ended)
            await self._close(socket, WSCloseCode.INTERNAL_ERROR, "failed: see the node's log")
        if not socket.closed:
            await self._close(socket, WSCloseCode.UNSUPPORTED_DATA, "this socket only sends")

    async def _send(self, address: str, socket: web.WebSocketResponse, place: EventPlace, wanted: Filter) -> None:
        node = self._node
        while not socket.closed:
            while place.height > node.app.height:
                await node.decisions.next_block()
            if wanted.visitor.address is not None:
                # Roles and units may have changed since.
                wanted = replace(wanted, visitor=self._access.of(wanted.visitor.address))
            work = partial(next_piece, node.app.store, place, node.app.height, wanted, Denominations.of(node.genesis))
            piece = await self._turns.take(address, ReadKind.EVENTS, work, lambda: socket.closed)
            self._turns.charge(address, ReadKind.EVENTS, len(piece.messages) * MESSAGE_PRICE_S)
            async with asyncio.timeout(TAKE_S):
                for number, message in enumerate(piece.messages, 1):
                    await socket.send_str(message)
                    if number % MESSAGES_PER_TURN == 0:
                        await asyncio.sleep(0)
            place = piece.following

    async def _close(self, socket: web.WebSocketResponse, code: int, reason: str) -> None:
        """Say why; a client that has not taken it soon is hung up on, with all that is written for it."""
        log.info("a subscription is ended: %s", reason)
        transport = self._sockets.get(socket)
        if transport is not None:
            asyncio.get_running_loop().call_later(CLOSE_S, transport.abort)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await socket.close(code=code, message=reason.encode()[:MAX_REASON_BYTES])


def _asked(node: Node, request: web.Request) -> tuple[EventPlace, Filter]:
    """Everything that can be wrong is refused here, before there is a socket."""
    requests.check_query(request, [name for name, _meaning in QUERY])
    height = requests.number(request, "from", node.app.height + 1, most=node.app.height + 1)
    kinds = frozenset(request.query.getall("kind", []))
    unknown = kinds - {kind_name(kind) for kind in REGISTRY.events}
    if unknown:
        raise requests.bad("kind", f"there is no event {min(unknown)}")
    address = requests.address(request, "address")
    ticket = request.query.get("ticket")
    if ticket is not None and not is_ticket(ticket):
        raise requests.bad("ticket", "that of POST /v1/login/ticket is expected")
    base = node.app.store.base()
    if base > 1 and height < base:
        raise BeforeSnapshot(height, base)
    return EventPlace(height), Filter(kinds, address)


def _no_upgrade() -> web.Response:
    return problem(
        HTTPStatus.UPGRADE_REQUIRED,
        "upgrade_needed",
        "events come over a WebSocket",
        "Ask with a WebSocket client: ws://HOST:PORT/v1/events.",
        more={hdrs.UPGRADE: "websocket"},
    )


async def _receive(socket: web.WebSocketResponse) -> None:
    """Until the client closes, or says something: nothing is expected of it."""
    async for message in socket:
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            return
