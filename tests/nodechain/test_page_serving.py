"""The page at `/`: what is served, how browsers may use it, by which hash it is known, and another node behind it."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

import cli
from harness.node import HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from nodechain.api.http.answer_headers import ANSWER_POLICY, PAGE_POLICY, add_headers
from nodechain.api.http.cross_origin import Origins
from nodechain.api.http.page_files import MAX_PAGE_BYTES, MAX_PAGE_FILES, digest_of, integrity_of, read_page
from nodechain.api.relay import serving_page
from nodechain.api.server import ApiOptions
from nodechain.commands import page as page_command
from nodechain.commands.terminal import errors
from nodechain.errors import ConfigurationError, EnvironmentFailed
from nodechain.home.config import load_config
from nodechain.node import Node
from tests.support.api import exchange, get, port_of, serving

SCRIPT = "assets/index-T-rFyPQ9.js"
CONTENTS = {
    "index.html": b'<!doctype html><script type="module" src="/assets/index-T-rFyPQ9.js"></script>',
    SCRIPT: b"export const value = 1;\n" * 200,
    "assets/plain.js": b"1",
    "icon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "manifest.webmanifest": b"{}",
    "sw.js": b"self.onfetch = () => {};",
}
OTHER = "https://app.example"


def built(folder: Path, contents: dict[str, bytes] = CONTENTS) -> Path:
    """A page as a build leaves it."""
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    listed = {name: integrity_of(content) for name, content in sorted(contents.items())}
    (folder / "manifest.json").write_text(json.dumps({"files": listed}))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    return HomeFixture(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return built(tmp_path / "page")


@asynccontextmanager
async def page_of(
    home: HomeFixture, folder: Path, origins: tuple[str, ...] = ()
) -> AsyncIterator[tuple[Node, aiohttp.ClientSession]]:
    async with serving(home, ApiOptions(port=0, page=folder, origins=Origins(origins))) as served:
        yield served


def test_every_file_is_served_as_what_it_is(home: HomeFixture, folder: Path) -> None:
    types = {".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json"}

    async def ask() -> None:
        async with page_of(home, folder) as (_node, client):
            for name, content in {**CONTENTS, "manifest.json": (folder / "manifest.json").read_bytes()}.items():
                for path in (f"/{name}", *(["/"] if name == "index.html" else [])):
                    async with client.get(path) as answer:
                        assert (answer.status, await answer.read()) == (200, content), path
                        assert answer.content_type == types.get(Path(name).suffix, "application/manifest+json")
                        assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
                        assert answer.headers["X-Content-Type-Options"] == "nosniff"
                        assert answer.headers["Referrer-Policy"] == "no-referrer"
                        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
                        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
                        assert "Content-Disposition" not in answer.headers
                        forever = name == SCRIPT
                        assert ("immutable" in answer.headers["Cache-Control"]) == forever, path
                        assert (answer.headers["Cache-Control"] == "no-cache") != forever, path
            assert (await get(client, "/assets/other.js", 404))["code"] == "no_such_route"
            assert (await get(client, "/assets/", 404))["code"] == "no_such_route"
            assert (await get(client, "/node.json")) == {"node": ""}
            assert (await get(client, "/v1/status"))["height"] == 0

    asyncio.run(ask())


def test_nothing_inline_nothing_of_others_and_no_eval() -> None:
    assert "unsafe" not in PAGE_POLICY
    allowed = set(re.findall(r"[\w-]+ ([^;]+)", PAGE_POLICY))
    assert allowed == {"'none'", "'self'", "'self' data:"}
    rules = dict(rule.strip().split(" ", 1) for rule in PAGE_POLICY.split(";"))
    assert {name for name, value in rules.items() if "data:" in value} == {"img-src"}
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"


def test_what_has_not_changed_is_not_sent_again(home: HomeFixture, folder: Path) -> None:
    async def ask() -> None:
        async with page_of(home, folder) as (_node, client):
            for path in ("/", "/sw.js", f"/{SCRIPT}"):
                async with client.get(path) as answer:
                    etag = answer.headers["ETag"]
                for known, status in ((etag, 304), (f'"x", W/{etag}', 304), ("*", 304), ('"x"', 200), ("", 200)):
                    async with client.get(path, headers={"If-None-Match": known}) as answer:
                        assert (answer.status, answer.headers["ETag"]) == (status, etag), (path, known)
                        assert bool(await answer.read()) == (status == 200)
                        assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
                async with client.head(path) as answer:
                    assert (answer.status, answer.headers["ETag"], await answer.read()) == (200, etag, b"")

    asyncio.run(ask())


def test_what_is_large_is_packed_for_who_takes_it(home: HomeFixture, folder: Path) -> None:
    async def ask() -> None:
        async with page_of(home, folder) as (_node, client):
            etags = set()
            for accepted, packs in (
                ("gzip, br", True), ("br;q=1, GZIP;q=0.5", True), ("*", True), ("gzip;q=0", False), ("br", False),
                ("", False),
            ):  # fmt: skip
                raw = aiohttp.ClientSession(client._base_url, auto_decompress=False)
                async with raw, raw.get(f"/{SCRIPT}", headers={"Accept-Encoding": accepted}) as answer:
                    assert (answer.headers.get("Content-Encoding") == "gzip") == packs, accepted
                    assert "Accept-Encoding" in answer.headers["Vary"]
                    body = await answer.read()
                    assert (gzip.decompress(body) if packs else body) == CONTENTS[SCRIPT]
                    etags.add((packs, answer.headers["ETag"]))
            assert len(etags) == 2
            async with client.get("/sw.js", headers={"Accept-Encoding": "gzip"}) as answer:
                assert "Content-Encoding" not in answer.headers

    asyncio.run(ask())


def test_a_package_without_a_page_says_so(home: HomeFixture, tmp_path: Path) -> None:
    async def ask() -> None:
        async with page_of(home, tmp_path / "none") as (_node, client):
            async with client.get("/") as answer:
                text = await answer.text()
                assert (answer.status, answer.content_type) == (404, "text/plain")
                assert "has no page to show" in text
                assert "/openapi.json" in text
                assert answer.headers["Content-Security-Policy"] == ANSWER_POLICY
            assert (await get(client, "/sw.js", 404))["code"] == "no_such_route"
            assert (await get(client, "/v1/status"))["height"] == 0

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda folder: (folder / SCRIPT).write_bytes(b"other"), f"{SCRIPT} differs"),
        (lambda folder: (folder / "sw.js").unlink(), "sw.js is missing"),
        (lambda folder: (folder / "more.js").write_bytes(b""), "more.js is not in the manifest"),
        (lambda folder: (folder / "manifest.json").write_text("[]"), "manifest.json"),
        (lambda folder: (folder / "manifest.json").unlink(), "had not been built"),
        (lambda folder: [(folder / "index.html").unlink(), built(folder, {"a.txt": b""})], "manifest"),
        (lambda folder: built(folder, {**CONTENTS, "run.exe": b""}), "run.exe is of no kind"),
        (lambda folder: built(folder, {**CONTENTS, "a.txt": bytes(MAX_PAGE_BYTES)}), "more than"),
        (lambda folder: built(folder, {f"{number}.txt": b"" for number in range(MAX_PAGE_FILES)}), "more than"),
    ],
)
def test_a_page_that_is_not_as_it_was_built_is_not_served(folder: Path, change: Any, word: str) -> None:
    assert not read_page(folder).trouble
    change(folder)
    found = read_page(folder)
    assert word in found.trouble
    assert not found.files


def test_an_answer_of_the_interface_is_never_a_document_of_the_pages_origin(home: HomeFixture, folder: Path) -> None:
    async def ask() -> None:
        async with page_of(home, folder) as (_node, client):
            for path in ("/v1/status", "/metrics", "/livez", "/openapi.json", "/nowhere", "/v1/blocks/x", "/node.json"):
                async with client.get(path) as answer:
                    assert answer.headers["X-Content-Type-Options"] == "nosniff", path
                    assert answer.headers["Content-Security-Policy"] == ANSWER_POLICY, path
                    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
            status, _body = await exchange(
                f"http://127.0.0.1:{port_of(client)}", b"GET /v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n"
            )
            assert status == 421

    asyncio.run(ask())


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf", "application/xhtml+xml", "text/xml"])
def test_a_file_in_which_code_runs_is_a_download(kind: str) -> None:
    async def prepared(content_type: str) -> str:
        answer = web.Response(content_type=content_type)
        await add_headers(make_mocked_request("GET", "/"), answer)
        return answer.headers.get("Content-Disposition", "")

    assert asyncio.run(prepared(kind)) == "attachment"
    assert asyncio.run(prepared("application/json")) == ""


def test_only_listed_origins_may_ask(home: HomeFixture, folder: Path) -> None:
    async def ask() -> None:
        raw = home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 1))
        async with page_of(home, folder, (OTHER,)) as (_node, client):
            for origin, allowed in (
                (OTHER, True), ("https://app.example:444", False), ("http://app.example", False), ("null", False),
                ("https://app.example.evil", False),
            ):  # fmt: skip
                asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
                async with client.options("/v1/transactions", headers=asked) as answer:
                    assert (answer.status == 204) == allowed, origin
                    assert ("Authorization" in answer.headers.get("Access-Control-Allow-Headers", "")) == allowed
                    assert (answer.headers.get("Access-Control-Allow-Origin") == origin) == allowed
                async with client.get("/v1/status", headers={"Origin": origin}) as answer:
                    assert answer.status == 200
                    assert (answer.headers.get("Access-Control-Allow-Origin") == origin) == allowed
                    assert "Origin" in answer.headers["Vary"]
                    assert "Access-Control-Allow-Credentials" not in answer.headers
                typed = {"Origin": origin, "Content-Type": "application/octet-stream"}
                async with client.post("/v1/transactions?wait=decided", data=raw, headers=typed) as answer:
                    assert answer.status == (200 if allowed else 403), origin
            async with client.ws_connect("/v1/events?from=0", origin=OTHER) as socket:
                assert (await socket.receive_json())["height"] == 0
        async with page_of(home, folder) as (_node, client), client.get("/", headers={"Origin": OTHER}) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers

    asyncio.run(ask())


@pytest.mark.parametrize(
    "origin",
    ["null", "*", "https://*.example", "app.example", "https://app.example/", "ftp://a", "http://u@a", "http://["],
)
def test_what_is_no_origin_is_refused_before_the_node_starts(origin: str) -> None:
    with pytest.raises(ConfigurationError, match="api_origins"):
        Origins((origin,))


def test_origins_are_a_setting(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'api_origins = "{OTHER}, http://localhost:8547"\n')
    assert load_config(tmp_path).config.api_origins == f"{OTHER}, http://localhost:8547"


def test_the_page_of_the_release_asks_any_node(home: HomeFixture, folder: Path) -> None:
    async def ask() -> None:
        raw = home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 1))
        async with serving(home, ApiOptions(port=0, page=folder / "none")) as (_node, direct):
            url = f"http://127.0.0.1:{port_of(direct)}"
            async with serving_page(read_page(folder), url, 0) as page_url, aiohttp.ClientSession(page_url) as client:
                async with client.get("/") as answer:
                    assert (await answer.read(), answer.headers["Content-Security-Policy"]) == (
                        CONTENTS["index.html"], PAGE_POLICY,
                    )  # fmt: skip
                assert (await get(client, "/node.json")) == {"node": url}
                assert (await get(client, "/v1/accounts/nobody", 400))["code"] == "bad_parameter"
                typed = {"Content-Type": "application/octet-stream", "Origin": page_url}
                async with client.post("/v1/transactions?wait=decided", data=raw, headers=typed) as answer:
                    assert (answer.status, (await answer.json())["status"]) == (200, "decided")
                async with client.get("/v1/blocks?limit=1000", headers={"Accept-Encoding": "gzip"}) as answer:
                    assert (await answer.json())["blocks"][0]["height"] == 1
                async with client.ws_connect("/v1/events?from=1&kind=transferred", origin=page_url) as socket:
                    assert (await socket.receive_json())["event"]["kind"] == "transferred"
                async with client.post("/v1/transactions", data=raw, headers={**typed, "Origin": OTHER}) as answer:
                    assert answer.status == 403
                async with client.get("/v1/status", headers={"Host": "evil.example"}) as answer:
                    assert answer.status == 421
                async with client.get("/metrics") as answer:
                    assert answer.status == 404
                with pytest.raises(EnvironmentFailed, match="cannot listen"):
                    async with serving_page(read_page(folder), url, int(page_url.rpartition(":")[2])):
                        pass
        async with serving_page(read_page(folder), url, 0) as page_url, aiohttp.ClientSession(page_url) as client:
            assert (await get(client, "/v1/status", 502))["code"] == "unreachable"

    asyncio.run(ask())


def run_command(*arguments: str) -> int:
    return errors.run(cli.nodechain, ["page", *arguments, "--output", "json"])


def test_the_hash_tells_whether_a_node_serves_the_page_of_this_release(
    home: HomeFixture, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(page_command, "read_page", lambda: read_page(folder))
    every = {**CONTENTS, "manifest.json": (folder / "manifest.json").read_bytes()}
    digest = digest_of({name: integrity_of(content) for name, content in every.items()})

    def answer() -> Any:
        return json.loads(capsys.readouterr().out)

    async def compare(there: Path) -> int:
        async with serving(home, ApiOptions(port=0, page=there)) as (_node, client):
            arguments = ("hash", "--home", str(tmp_path / "client"), "--node", f"http://127.0.0.1:{port_of(client)}")
            return await asyncio.get_running_loop().run_in_executor(None, run_command, *arguments)

    assert run_command("hash", "--installed") == 0
    assert answer()["data"]["hash"] == digest
    assert asyncio.run(compare(folder)) == 0
    data = answer()["data"]
    assert (data["same"], data["hash"], data["node_hash"]) == (True, digest, digest)
    changed = built(tmp_path / "changed", {**CONTENTS, "sw.js": b"self.lie = true;"})
    assert asyncio.run(compare(changed)) == 1
    envelope = answer()
    assert envelope["errors"][0]["code"] == "page_differs"
    assert [row["name"] for row in envelope["data"]["files"] if not row["same"]] == ["manifest.json", "sw.js"]
    assert asyncio.run(compare(tmp_path / "none")) == 3
    assert answer()["errors"][0]["code"] == "no_page"
    monkeypatch.setattr(page_command, "read_page", lambda: read_page(tmp_path / "none"))
    assert run_command("hash") == 3
    assert answer()["errors"][0]["code"] == "no_page"
