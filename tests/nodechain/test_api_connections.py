"""Connections that say nothing, or drip: bounded in time, number and memory, and nobody else is locked out (N9)."""

from __future__ import annotations

import asyncio
import errno
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from harness.node import HomeFixture
from harness.processes import NodeProcess, password_file, until
from nodechain.api import server
from nodechain.api.http import bodies, guard, listening
from nodechain.api.http.bodies import RequestBodies
from nodechain.api.http.header_deadline import HeaderDeadline
from nodechain.api.http.listening import MAX_CONNECTIONS, OTHER_DESCRIPTORS, Room
from tests.support.api import WAIT_S, get, port_of, serving
from tests.support.history import batch

ROOM = Room(32, 8)
DRIPS = {
    "nothing": b"",
    "header": b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-",
    "body": b"POST /v1/transactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
    b"Content-Length: 1000\r\n\r\nx",
    "chunks": b"POST /v1/transactions/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
    "body nobody reads": b"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx",
    "second header": b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /livez HTTP/1.1\r\nHost:",
}
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home")


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Room, "of_this_process", lambda: ROOM)


@pytest.fixture
def short_deadlines(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = HeaderDeadline.__init__
    monkeypatch.setattr(HeaderDeadline, "__init__", lambda self, made: plain(self, made, 0.3))
    monkeypatch.setattr(server, "BODY_DEADLINE_S", 0.3)
    monkeypatch.setattr(server, "IDLE_S", 0.3)
    monkeypatch.setattr(server, "LINGER_S", 0.3)
    monkeypatch.setattr(guard, "REFUSAL_DELAY_S", 0)


async def opened(port: int, count: int, sent: bytes = b"", source: str = "127.0.0.1") -> list[Streams]:
    made = []
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
        writer.write(sent)
        made.append((reader, writer))
    return made


async def ended(streams: Streams) -> bytes:
    """All that came until the node's end."""
    told = b""
    try:
        while piece := await asyncio.wait_for(streams[0].read(2**16), WAIT_S):
            told += piece
    except ConnectionResetError:
        return told
    return told


def close(made: list[Streams]) -> None:
    for _reader, writer in made:
        writer.close()


async def answered(port: int) -> bool:
    """Whether one more connection of the first address is served."""
    made = await opened(port, 1, b"GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n")
    told = await ended(made[0])
    close(made)
    return b"alive" in told


@asynccontextmanager
async def from_elsewhere(client: aiohttp.ClientSession) -> AsyncIterator[aiohttp.ClientSession]:
    """A client with another address than that of those who drip."""
    connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    async with aiohttp.ClientSession(client._base_url, connector=connector) as other:
        yield other


@pytest.mark.parametrize("kind", DRIPS)
def test_n9_one_address_never_takes_the_room_of_others(home: HomeFixture, little_room: None, kind: str) -> None:
    async def drip() -> None:
        async with serving(home) as (_node, client):
            made = await opened(port_of(client), 100, DRIPS[kind])
            async with from_elsewhere(client) as other:
                for _ in range(3):
                    assert (await get(other, "/livez"))["alive"]
                    async with other.post("/v1/transactions/batch?wait=decided", data=batch(home, 2)) as answer:
                        assert answer.status == 200
            # All that came after the eighth were hung up on, whatever they have sent.
            over = await asyncio.gather(*(ended(streams) for streams in made[ROOM.of_an_address :]))
            assert set(over) == {b""}
            close(made)
            async with asyncio.timeout(WAIT_S):
                while not await answered(port_of(client)):
                    pass

    asyncio.run(drip())


@pytest.mark.parametrize("kind", DRIPS)
def test_n9_what_drips_is_cut_off(home: HomeFixture, short_deadlines: None, kind: str) -> None:
    async def drip() -> None:
        async with serving(home) as (_node, client):
            (streams,) = await opened(port_of(client), 1, DRIPS[kind])
            dripping = asyncio.create_task(_drip(streams[1]))
            told = await ended(streams)
            dripping.cancel()
            streams[1].close()
            if kind in ("body", "chunks"):
                assert b" 408 " in told
                assert b'"code": "body_timeout"' in told
            assert told.count(b"HTTP/1.1 200 OK") == (1 if kind in ("body nobody reads", "second header") else 0)
            assert (await get(client, "/livez"))["alive"]

    async def _drip(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"1\r\nx\r\n" if kind == "chunks" else b"x")
            await asyncio.sleep(0.05)

    asyncio.run(drip())


def test_n9_bodies_under_way_take_bounded_memory(
    home: HomeFixture, monkeypatch: pytest.MonkeyPatch, short_deadlines: None
) -> None:
    monkeypatch.setattr(server, "BODY_DEADLINE_S", 60)
    made: list[RequestBodies] = []

    def small(deadline_s: float) -> RequestBodies:
        made.append(RequestBodies(deadline_s, 4_000))
        return made[-1]

    monkeypatch.setattr(server, "RequestBodies", small)

    async def send() -> None:
        async with serving(home) as (_node, client):
            head = DRIPS["body"].partition(b"x")[0].replace(b"1000", b"3000")
            held = await opened(port_of(client), 1, head + bytes(2_900))
            await asyncio.to_thread(until, lambda: made[0].held_bytes == 2_900, "the body", WAIT_S)
            async with client.post("/v1/transactions", data=bytes(2_000)) as answer:
                assert (answer.status, (await answer.json(content_type=None))["code"]) == (429, "busy")
            close(held)
            await asyncio.to_thread(until, lambda: not made[0].held_bytes, "its end", WAIT_S)
            async with client.post("/v1/transactions", data=bytes(2_000)) as answer:
                assert answer.status == 400
            async with client.post("/v1/clock", json={"time_ms": 1, "more": "x" * 2_000}) as answer:
                assert answer.status == 413

    asyncio.run(send())
    assert bodies.MAX_HELD_BYTES <= 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("descriptors", "connections", "of_an_address"),
    [(2**20, 1_024, 256), (4_096, 1_024, 256), (1_024, 512, 128), (768, 256, 64), (256, 16, 8), (64, 16, 8)],
)
def test_n9_there_is_room_for_what_the_descriptors_allow(
    descriptors: int, connections: int, of_an_address: int
) -> None:
    assert Room.of(descriptors) == Room(connections, of_an_address)
    assert connections <= max(descriptors - OTHER_DESCRIPTORS, 16)
    assert connections <= MAX_CONNECTIONS


def test_n9_without_a_descriptor_accepting_pauses(
    home: HomeFixture, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It asks again after a pause, not at once and for ever."""
    monkeypatch.setattr(listening, "PAUSE_S", 0.01)
    failures = 3

    async def ask() -> None:
        nonlocal failures
        async with serving(home) as (_node, client):
            loop = asyncio.get_running_loop()
            plain = loop.sock_accept

            async def none_left(listening_socket: Any) -> Any:
                nonlocal failures
                if failures:
                    failures -= 1
                    raise OSError(errno.EMFILE, "Too many open files")
                return await plain(listening_socket)

            monkeypatch.setattr(loop, "sock_accept", none_left)
            for _ in range(2):
                # The accept that waits already takes the first.
                connector = aiohttp.TCPConnector(force_close=True)
                async with aiohttp.ClientSession(client._base_url, connector=connector) as other:
                    assert (await get(other, "/livez"))["alive"]

    asyncio.run(ask())
    assert failures == 0
    told = [record for record in caplog.records if record.message == "no connection can be accepted"]
    assert [getattr(record, "reason", "") for record in told] == ["Too many open files"] * 3


def test_n9_a_node_with_few_descriptors_stays_reachable(tmp_path: Path) -> None:
    """A real process with 700 files allowed: 300 idle connections of one address, and another one is served."""
    home = HomeFixture(tmp_path / "home")
    environment = {
        "NODECHAIN_HOME": str(home.path), "NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path)),
        "NODECHAIN_API_PORT": "0",
    }  # fmt: skip
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (700, hard))
    try:
        node = NodeProcess(["validate"], environment)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    async def ask() -> None:
        async with aiohttp.ClientSession(node.url) as client:
            made = await opened(port_of(client), 300)
            await asyncio.gather(*(ended(streams) for streams in made[Room.of(700).of_an_address :]))
            async with from_elsewhere(client) as other:
                assert (await get(other, "/livez"))["alive"]
            close(made)

    try:
        asyncio.run(ask())
    finally:
        assert node.stop() == 0
    assert len([line for line in node.errors if "connection" in line]) <= 30, node.errors
