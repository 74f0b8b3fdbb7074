"""C17: HEAD, entity tags, gzip, `Allow`, parameters that nobody knows, and a description that leaves nothing out."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from harness.node import START_MS, HomeFixture
from ledger.energy.schema import IMBALANCE
from ledger.keys.address import format_address
from nodechain.api.events import EVENTS, QUERY
from nodechain.api.http.conditional import GZIP_FROM_BYTES, answer_body
from nodechain.api.http.requests import REPEATABLE
from nodechain.api.openapi import description
from nodechain.api.routes import OTHERS, ROUTES
from nodechain.api.status import PROBES
from nodechain.client.rest import CANONICAL
from tests.support.api import get, serving
from tests.support.history import grow
from tests.support.optional_modules import home_with_modules

READS = [route for route in ROUTES if route.method == "GET"]
UNPACKED = {"Accept-Encoding": "identity"}

Story = Callable[[aiohttp.ClientSession, dict[str, str]], Coroutine[Any, Any, None]]


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return home_with_modules(tmp_path)


def tell(home: HomeFixture, story: Story, blocks: int = 2) -> None:
    """On a chain of some blocks; the story gets a path that is there for each route that reads."""

    async def served() -> None:
        async with serving(home) as (node, client):
            await grow(node, home, blocks, each=3)
            block = (await get(client, "/v1/blocks/1"))["transactions"]
            values = {
                "address": format_address(home.address("alice")), "number": "1", "block": "latest", "id": block[0],
                "table": "supply", "height": "1", "index": "0", "key": "-", "slot": "1", "month": "2026-11",
            }  # fmt: skip
            paths = {route.path: route.path.format(**values) for route in READS}
            paths["/v1/units/{address}"] = f"/v1/units/{format_address(home.address('battery'))}"
            paths["/v1/light/state"] += f"?key={IMBALANCE.full_key(b'').hex()}"
            await story(client, paths)

    asyncio.run(served())


def test_c17_head_says_what_get_says_without_the_content(home: HomeFixture) -> None:
    async def story(client: aiohttp.ClientSession, paths: dict[str, str]) -> None:
        for path in (*paths.values(), *(path for path, _probe in PROBES), "/openapi.json", "/"):
            async with client.get(path, headers=UNPACKED) as full:
                body = await full.read()
            async with client.head(path, headers=UNPACKED) as short:
                assert (short.status, await short.read()) == (full.status, b""), path
            if path == "/metrics":
                # Its figures move.
                continue
            for name in ("Content-Type", "Cache-Control", "ETag"):
                assert short.headers.get(name) == full.headers.get(name), (path, name)
            assert short.headers["Content-Length"] == str(len(body)), path

    tell(home, story)


def test_c17_what_a_client_has_is_not_sent_again_until_it_changes(home: HomeFixture) -> None:
    async def story(client: aiohttp.ClientSession, paths: dict[str, str]) -> None:
        unmoved = {path for path in paths.values() if path != "/v1/status"}
        for path in unmoved:
            async with client.get(path) as first:
                if first.status != 200:
                    continue
                tag = first.headers["ETag"]
                assert first.headers["Cache-Control"] == "private, no-cache", path
                assert first.headers["Vary"] == "Accept-Encoding, Authorization", path
            for known in (tag, f'"x", {tag}', "*"):
                async with client.get(path, headers={"If-None-Match": known}) as again:
                    assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", tag), path
        alice = paths["/v1/accounts/{address}"]
        async with client.get(alice) as before:
            tag = before.headers["ETag"]
        async with client.post("/v1/clock", json={"time_ms": START_MS + 60_000, "block": True}) as moved:
            assert moved.headers["Cache-Control"] == "no-store"
        async with client.get(alice, headers={"If-None-Match": tag}) as after:
            assert (after.status, after.headers["ETag"] != tag) == (200, True)

    tell(home, story)


def test_c17_large_answers_are_packed_for_who_takes_that(home: HomeFixture) -> None:
    async def story(client: aiohttp.ClientSession, paths: dict[str, str]) -> None:
        packed_some = False
        for path in (*paths.values(), "/openapi.json"):
            plain_headers = UNPACKED
            async with client.get(path, headers=plain_headers) as plain:
                assert "Content-Encoding" not in plain.headers, path
                body, tag = await plain.read(), plain.headers.get("ETag")
            async with aiohttp.ClientSession(client._base_url, auto_decompress=False) as raw:
                async with raw.get(path, headers={"Accept-Encoding": "br, gzip"}) as answer:
                    sent = await answer.read()
                    is_packed = answer.headers.get("Content-Encoding") == "gzip"
                    assert is_packed == (len(body) >= GZIP_FROM_BYTES and plain.status == 200), path
                    if is_packed and path != "/v1/status":
                        assert (gzip.decompress(sent), answer.headers["ETag"]) == (body, tag), path
                        assert len(sent) < len(body)
                        packed_some = True
                async with raw.get(path, headers={"Accept-Encoding": "gzip;q=0, identity"}) as answer:
                    assert "Content-Encoding" not in answer.headers, path
        assert packed_some

    tell(home, story)


def test_c17_what_gzip_makes_larger_is_sent_as_it_is() -> None:
    noise = bytes(pow(7, n, 65_537) % 256 for n in range(GZIP_FROM_BYTES))
    assert answer_body(noise, packs=True).packed == b""
    assert answer_body(bytes(GZIP_FROM_BYTES), packs=True).packed
    assert answer_body(bytes(GZIP_FROM_BYTES - 1), packs=True).packed == b""
    assert answer_body(b"a", packs=True).etag != answer_body(b"b", packs=True).etag


def test_c17_a_path_says_which_methods_it_takes(home: HomeFixture) -> None:
    async def story(client: aiohttp.ClientSession, paths: dict[str, str]) -> None:
        posts = {route.path.format(number=1) for route in ROUTES if route.method == "POST"}
        for path in (*paths.values(), *posts, EVENTS, "/livez"):
            async with client.request("DELETE", path.partition("?")[0]) as answer:
                problem = await answer.json(content_type=None)
                assert (answer.status, problem["code"]) == (405, "method_not_allowed"), path
                expected = {"POST"} if path in posts else {"GET"} if path == EVENTS else {"GET", "HEAD"}
                assert set(answer.headers["Allow"].split(", ")) == expected, path
                assert answer.headers["Cache-Control"] == "no-store"
        for path in posts:
            async with client.get(path) as answer:
                assert (answer.status, answer.headers["Allow"]) == (405, "POST"), path

    tell(home, story)


def test_c17_parameters_that_a_route_has_not_are_refused_and_none_counts_twice(home: HomeFixture) -> None:
    async def story(client: aiohttp.ClientSession, paths: dict[str, str]) -> None:
        for path in (*paths.values(), "/livez", "/openapi.json"):
            joined = f"{path}{'&' if '?' in path else '?'}limits=3"
            problem = await get(client, joined, 400)
            assert (problem["code"], "limits" in problem["detail"]) == ("bad_parameter", True), path
        for route in READS:
            path = paths[route.path]
            for name, _meaning in route.query:
                twice = f"{path}{'&' if '?' in path else '?'}{name}=1&{name}=1"
                if name not in REPEATABLE:
                    assert "more than once" in (await get(client, twice, 400))["detail"], twice
        for route in ROUTES:
            if route.method == "POST":
                path = route.path.format(number=1)
                async with client.post(f"{path}?now=1", data=b"x", headers={"Content-Type": route.body}) as answer:
                    assert (answer.status, (await answer.json(content_type=None))["code"]) == (400, "bad_parameter")

    tell(home, story)


def test_c17_events_without_a_socket_are_told_to_upgrade(home: HomeFixture) -> None:
    async def story(client: aiohttp.ClientSession, _paths: dict[str, str]) -> None:
        async with client.get(EVENTS) as answer:
            assert (answer.status, answer.headers["Upgrade"]) == (426, "websocket")
            assert (await answer.json(content_type=None))["code"] == "upgrade_needed"
        for query in ("?from=x", "?kind=nothing", "?adress=x", "?ticket=", "?ticket=short"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(EVENTS + query)
            assert refused.value.status == 400

    tell(home, story)


def test_c17_a_parameter_refuses_what_its_schema_refuses(home: HomeFixture) -> None:
    async def story(client: aiohttp.ClientSession, paths: dict[str, str]) -> None:
        described = description("0")["paths"]
        for path, real in paths.items():
            for parameter in described[path]["get"]["parameters"]:
                if parameter["in"] == "path":
                    continue
                schema = parameter["schema"].get("items", parameter["schema"])
                wrong = ["nonsense!"] if schema.get("type") != "integer" else ["x", "-1", "1.5"]
                if "maximum" in schema:
                    wrong.append(str(schema["maximum"] + 1))
                for value in wrong:
                    joined = f"{real.partition('?')[0]}?{parameter['name']}={value}"
                    assert (await get(client, joined, 400))["code"] == "bad_parameter", joined

    tell(home, story)


def test_c17_the_description_leaves_nothing_out() -> None:
    described = description("0")
    paths = described["paths"]
    assert set(OTHERS) <= set(paths)
    assert [each["name"] for each in paths[EVENTS]["get"]["parameters"]] == [name for name, _meaning in QUERY]
    assert {"101", "400", "403", "404", "426", "429"} <= set(paths[EVENTS]["get"]["responses"])
    assert paths["/v1/snapshots/{height}/{chunk}"]["get"]["responses"]["200"]["content"].keys() == {CANONICAL}
    bodies = {route.path: route.body for route in ROUTES if route.method == "POST"}
    for path, kind in bodies.items():
        content = paths[path]["post"]["requestBody"]["content"]
        assert content.keys() == {kind}
        assert content[kind]["schema"]["type"] == ("string" if kind == CANONICAL else "object"), path
    for path, operations in paths.items():
        named = set(re.findall(r"{(\w+)}", path))
        for method, operation in operations.items():
            assert named == {each["name"] for each in operation["parameters"] if each["in"] == "path"}, (path, method)
            assert all(each["schema"].keys() & {"type", "oneOf"} for each in operation["parameters"]), (path, method)
            assert "default" not in operation["responses"], path
            assert {"400", "405", "421", "429", "500"} <= set(operation["responses"]), path
            if path.startswith("/v1/"):
                assert {"401", "403"} <= set(operation["responses"]), path
            if method == "get":
                assert ("304" in operation["responses"]) == ("head" in operations), path
