"""Loads on the interface: readers of what is dear, readers of history fast and slow, and bodies that drip or unpack."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from bench.withstands.load import Attack, Load, Vantage, paced
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.schema import SUPPLY
from ledger.energy.schema import IMBALANCE
from ledger.keys.address import address_of, format_address

READERS: Final = 16
SUBSCRIBERS: Final = 16
SILENT: Final = 40
DRIPPING: Final = 1_024
MAX_RANGE: Final = 370
PACKED: Final = gzip.compress(bytes(1024 * 1024))
BODY: Final = (
    b"POST /v1/transactions/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
    b"Content-Length: 1000000\r\n\r\n"
)
UPGRADE: Final = (
    b"GET /v1/events?from=1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
FAILURES: Final = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(slots=True)
class InterfaceLoad:
    """A load of anybody who reaches the interface; `attack` runs until it is cancelled."""

    name: str
    stated: str
    attack: Callable[[Attack], Awaitable[None]]
    history: int = 0
    vantage: Vantage = Vantage.CLIENT

    async def run(self, attack: Attack) -> None:
        """See `Load`."""
        await self.attack(attack)


def _many() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))


async def _height(client: aiohttp.ClientSession, attack: Attack) -> int:
    """The head, up to which a range may reach; 1 where the node does not say."""
    with suppress(*FAILURES):
        async with client.get(f"{attack.url}/v1/status") as answer:
            status: dict[str, Any] = await answer.json(content_type=None)
            return int(status.get("height", 1))
    return 1


async def _read_for_ever(client: aiohttp.ClientSession, urls: list[str]) -> None:
    number = 0
    while True:
        with suppress(*FAILURES):
            async with client.get(urls[number % len(urls)]) as answer:
                await answer.read()
        number += 1
        await asyncio.sleep(0)


async def read_headers(attack: Attack) -> None:
    """16 readers of the longest range of headers that there is."""
    async with _many() as client, asyncio.TaskGroup() as tasks:
        last = min(await _height(client, attack), MAX_RANGE)
        for _ in range(READERS):
            tasks.create_task(_read_for_ever(client, [f"{attack.url}/v1/headers?from=1&to={last}"]))


async def read_the_dearest(attack: Attack) -> None:
    """16 readers of pages, proofs and blocks, each of them as much as may be asked for at once."""
    account = format_address(address_of(attack.keys[0].public_key))
    supply = SUPPLY.full_key(bytes((CURRENCY_ASSET,)))
    keys = "&".join(f"key={key.hex()}" for key in (IMBALANCE.full_key(b""), supply) * 32)
    paths = [
        "/v1/blocks?limit=1000", f"/v1/accounts/{account}/statement?limit=1000", "/v1/market/trades?limit=1000",
        f"/v1/light/state?{keys}", "/v1/parameters", "/v1/blocks/latest", "/openapi.json",
    ]  # fmt: skip
    urls = [f"{attack.url}{path}" for path in paths]
    async with _many() as client, asyncio.TaskGroup() as tasks:
        for number in range(READERS):
            tasks.create_task(_read_for_ever(client, urls[number % len(urls) :] + urls[: number % len(urls)]))


async def ask_nonsense(attack: Attack) -> None:
    """16 clients that ask as fast as they are answered for what is not there, and send what is no transaction."""

    async def send(client: aiohttp.ClientSession) -> None:
        while True:
            with suppress(*FAILURES):
                async with client.post(f"{attack.url}/v1/transactions", data=b"x") as answer:
                    await answer.read()
            await asyncio.sleep(0)

    async with _many() as client, asyncio.TaskGroup() as tasks:
        for number in range(READERS):
            urls = [f"{attack.url}/{'livez' if number % 2 else 'nowhere'}"]
            tasks.create_task(_read_for_ever(client, urls) if number % 4 else send(client))


async def subscribe(attack: Attack) -> None:
    """16 readers of all events from the first block on, again and again, as fast as they are sent."""

    async def follow(client: aiohttp.ClientSession) -> None:
        while True:
            with suppress(*FAILURES):
                last = await _height(client, attack)
                async with client.ws_connect(f"{attack.url}/v1/events?from=1") as events:
                    async for message in events:
                        if f'"height":{last},"end"' in str(message.data).replace(" ", ""):
                            break
            await asyncio.sleep(0)

    async with _many() as client, asyncio.TaskGroup() as tasks:
        for _ in range(SUBSCRIBERS):
            tasks.create_task(follow(client))


async def _held(attack: Attack, sent: bytes, *, drips: bool) -> None:
    """A connection that says this and then reads nothing, or a little more each second; anew when it is cut off."""
    url, loop = urlsplit(attack.url), asyncio.get_running_loop()
    while True:
        connection = socket.socket()
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        with suppress(OSError):
            await loop.sock_connect(connection, (url.hostname, url.port))
            await loop.sock_sendall(connection, sent)
            for _ in range(60):
                await asyncio.sleep(1)
                if drips:
                    await loop.sock_sendall(connection, b"x")
                else:
                    await loop.sock_recv(connection, 16)
        connection.close()
        await asyncio.sleep(1)


async def subscribe_slowly(attack: Attack) -> None:
    """40 subscribers from the first block that read 16 bytes a second."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(SILENT):
            tasks.create_task(_held(attack, UPGRADE, drips=False))


async def drip_bodies(attack: Attack) -> None:
    """1,024 connections that send a byte of a body each second."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(DRIPPING):
            tasks.create_task(_held(attack, BODY, drips=True))


async def send_packed(attack: Attack) -> None:
    """A hundred bodies a second of a kilobyte that would unpack to a megabyte."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/octet-stream"}

    async def send(client: aiohttp.ClientSession) -> None:
        with suppress(*FAILURES):
            async with client.post(f"{attack.url}/v1/transactions/batch", data=PACKED, headers=headers) as answer:
                await answer.read()

    async with _many() as client, asyncio.TaskGroup() as tasks:
        async for _ in paced(100):
            tasks.create_task(send(client))


LOADS: Final[tuple[Load, ...]] = (
    InterfaceLoad("headers", f"{READERS} readers of {MAX_RANGE} headers", read_headers),
    InterfaceLoad("dearest", f"{READERS} readers of the dearest routes", read_the_dearest, 40_000),
    InterfaceLoad("nonsense", f"{READERS} clients that ask wrongly", ask_nonsense),
    InterfaceLoad("events", f"{SUBSCRIBERS} readers of events from 1", subscribe, 40_000),
    InterfaceLoad("slow-events", f"{SILENT} slow readers of events from 1", subscribe_slowly, 40_000),
    InterfaceLoad("bodies", f"{DRIPPING:,} dripping bodies", drip_bodies),
    InterfaceLoad("packed", "100 packed bodies/s, 1 MB each", send_packed),
)
