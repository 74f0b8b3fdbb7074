"""What the interface refuses before it does anything: foreign names and pages, packed bodies, unnamed content."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import http_parser

from harness.node import START_MS, HomeFixture
from nodechain.api.routes import OTHERS, ROUTES
from nodechain.api.server import ApiOptions
from tests.support.api import exchange, get, port_of, serving

CANONICAL = "application/octet-stream"
PLACES = {
    "address": "x", "number": "1", "key": "x", "block": "latest", "id": "x", "table": "x", "height": "1",
    "index": "0", "chunk": "0", "slot": "1", "month": "2026-11",
}  # fmt: skip
PATHS = sorted({route.path for route in ROUTES} | set(OTHERS) | {"/openapi.json", "/nowhere"})
POSTS = sorted(route.path for route in ROUTES if route.method == "POST")


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home")


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def all_requests(*headers: str) -> list[bytes]:
    """One of every method and path that the node serves, and of one that it does not."""
    asked = [request("GET", path.format(**PLACES), *headers) for path in PATHS if path not in POSTS]
    typed = {path: "application/json" if path == "/v1/clock" else CANONICAL for path in POSTS}
    return asked + [request("POST", path, *headers, f"Content-Type: {typed[path]}", body=b"x") for path in POSTS]


async def url_of(client: aiohttp.ClientSession) -> str:
    return f"http://127.0.0.1:{port_of(client)}"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "nonsense", "gzip, identity", "identity, gzip"])
def test_n7_a_packed_body_is_refused_and_never_unpacked(
    home: HomeFixture, coding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[object] = []
    plain = http_parser.DeflateBuffer.__init__

    def counted(buffer: http_parser.DeflateBuffer, *given: Any, **named: Any) -> None:
        unpacked.append(given)
        plain(buffer, *given, **named)

    monkeypatch.setattr(http_parser.DeflateBuffer, "__init__", counted)

    async def ask() -> None:
        async with serving(home) as (_node, client):
            url = await url_of(client)
            packed = gzip.compress(bytes(1024 * 1024))
            for path in (*POSTS, "/livez", "/nowhere"):
                method = "POST" if path in POSTS else "GET"
                raw = request(method, path, "Host: localhost", f"Content-Type: {CANONICAL}",
                              f"Content-Encoding: {coding}", body=packed)  # fmt: skip
                status, problem = await exchange(url, raw)
                assert (status, problem["code"]) == (415, "content_encoding"), (path, coding)
            assert not unpacked
            assert (await get(client, "/livez"))["alive"]

    asyncio.run(ask())


def test_n7_identity_is_no_coding(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home) as (_node, client):
            named = {"Content-Encoding": "Identity", "Content-Type": CANONICAL}
            async with client.post("/v1/transactions", data=b"x", headers=named) as answer:
                assert (answer.status, (await answer.json(content_type=None))["code"]) == (400, "malformed_input")

    asyncio.run(ask())


@pytest.mark.parametrize(
    "headers",
    [
        ("Host: evil.example",),
        ("Host: evil.example:8545",),
        ("Host: localhost.evil.example",),
        ("Host: 127.0.0.1.evil.example",),
        ("Host: 127.0.0.1", "Host: evil.example"),
        ("Host: ",),
        ("Host: [::1",),
        ("Host: user@evil.example",),
        (),
    ],
)
def test_n10_a_name_that_is_not_the_nodes_is_refused_on_every_route(
    home: HomeFixture, headers: tuple[str, ...]
) -> None:
    async def ask() -> None:
        async with serving(home) as (_node, client):
            url = await url_of(client)
            for raw in all_requests(*headers):
                status, problem = await exchange(url, raw)
                # No name or two: that is no HTTP, and the parser refuses it before.
                assert (status, problem.get("code")) == (
                    (421, "host_not_allowed") if len(headers) == 1 else (400, None)
                ), raw

    asyncio.run(ask())


def test_n10_the_nodes_own_names_are_served(home: HomeFixture) -> None:
    async def ask() -> None:
        options = ApiOptions(port=0, hosts=("node.example", "[2001:db8::1]"))
        async with serving(home, options) as (_node, client):
            url = await url_of(client)
            for name in (
                "127.0.0.1", "127.0.0.1:1", "localhost", "LocalHost:8545", "localhost.", "[::1]", "[::1]:8545",
                "127.9.9.9", "node.example", "NODE.example.:80", "[2001:db8::1]:443",
            ):  # fmt: skip
                status, _body = await exchange(url, request("GET", "/livez", f"Host: {name}"))
                assert status == 200, name
            status, problem = await exchange(url, request("GET", "/livez", "Host: other.example"))
            assert (status, problem["code"]) == (421, "host_not_allowed")
            assert "api_hosts" in problem["advice"]

    asyncio.run(ask())


def test_n10_on_all_addresses_the_one_that_was_dialled_is_a_name(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home, ApiOptions(host="0.0.0.0", port=0, allow_plain=True)) as (_node, client):
            port = port_of(client)
            for host, expected in (("127.0.0.2", 200), ("evil.example", 421), ("203.0.113.9", 421)):
                status, _body = await exchange(f"http://127.0.0.2:{port}", request("GET", "/livez", f"Host: {host}"))
                assert status == expected, host

    asyncio.run(ask())


FOREIGN = ("http://evil.example", "http://localhost:1", "https://evil.example:443", "null", "http://127.0.0.1", "")


@pytest.mark.parametrize("origin", FOREIGN)
def test_n10_pages_of_other_origins_cannot_post_or_subscribe(home: HomeFixture, origin: str) -> None:
    async def ask() -> None:
        async with serving(home) as (node, client):
            url = await url_of(client)
            before = node.clock.wall_ms()
            for path in POSTS:
                typed = "application/json" if path == "/v1/clock" else CANONICAL
                body = b'{"time_ms": %d}' % (START_MS + 1)
                raw = request("POST", path, f"Host: 127.0.0.1:{port_of(client)}", f"Origin: {origin}",
                              f"Content-Type: {typed}", body=body)  # fmt: skip
                status, problem = await exchange(url, raw)
                assert (status, problem["code"]) == (403, "origin_not_allowed"), path
            assert node.clock.wall_ms() == before
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect("/v1/events", headers={"Origin": origin})
            assert refused.value.status == 403

    asyncio.run(ask())


def test_n10_the_nodes_own_page_may_post_and_subscribe(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home) as (node, client):
            own = {"Origin": await url_of(client)}
            async with client.post("/v1/clock", json={"time_ms": START_MS + 1_000}, headers=own) as answer:
                assert answer.status == 200
            assert node.clock.wall_ms() == START_MS + 1_000
            async with client.ws_connect("/v1/events", headers=own) as socket:
                assert not socket.closed
            # Reading shows a foreign page nothing: the answer has no CORS header.
            async with client.get("/v1/status", headers={"Origin": FOREIGN[0]}) as answer:
                assert answer.status == 200
                assert not [name for name in answer.headers if name.lower().startswith("access-control")]

    asyncio.run(ask())


@pytest.mark.parametrize("typed", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None])
def test_n10_a_post_must_name_its_content(home: HomeFixture, typed: str | None) -> None:
    async def ask() -> None:
        async with serving(home) as (node, client):
            url = await url_of(client)
            before = node.clock.wall_ms()
            for path in POSTS:
                named = [] if typed is None else [f"Content-Type: {typed}"]
                raw = request(
                    "POST", path.format(number=1), "Host: localhost", *named, body=b'{"time_ms": %d}' % (START_MS + 1)
                )
                status, problem = await exchange(url, raw)
                assert (status, problem["code"]) == (415, "content_type"), path
            assert node.clock.wall_ms() == before

    asyncio.run(ask())


def test_n10_content_types_are_those_of_the_description(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home) as (_node, client):
            described: Any = await get(client, "/openapi.json")
            for path in POSTS:
                (typed,) = described["paths"][path]["post"]["requestBody"]["content"]
                other = CANONICAL if typed == "application/json" else "application/json"
                for named, expected in ((f"{typed}; charset=utf-8", 400), (other, 415)):
                    at = path.format(number=1)
                    # A home without the operator's documents has no desk: it says so before it reads a body.
                    said = 404 if expected == 400 and "/billing/" in path else expected
                    async with client.post(at, data=b"\xff", headers={"Content-Type": named}) as answer:
                        assert answer.status == said, (path, named)

    asyncio.run(ask())
