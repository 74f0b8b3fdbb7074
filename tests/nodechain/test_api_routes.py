"""The REST interface over a real socket: every route, its model, its errors, its limits."""

from __future__ import annotations

import asyncio
import gzip
import io
import re
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from harness.node import START_MS, HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.billing.payloads import FinaliseBills
from ledger.chain.envelope import SignedEnvelope, Transaction
from ledger.chain.votes import VoteKind, vote_message
from ledger.encoding.codec import encode
from ledger.energy.payloads import EnergyProduced, OpenSession
from ledger.energy.schema import IMBALANCE
from ledger.governance.payloads import AdmitMember, CastVote
from ledger.keys.address import format_address
from ledger.sharing.payloads import SetScheme
from ledger.state.proofs import STATE_PROOF, verify_state_proof
from ledger.validators.payloads import Evidence
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.api.http.conditional import AnswerBody
from nodechain.api.http.header_deadline import HeaderDeadline
from nodechain.api.http.page_answers import ASKED, page_paths
from nodechain.api.http.page_files import read_page
from nodechain.api.openapi import Described
from nodechain.api.routes import OTHERS, ROUTES
from nodechain.api.server import ApiOptions, make_api, serve_api
from nodechain.api.sharing_preview import PREVIEW
from nodechain.api.status import PROBES
from nodechain.errors import ConfigurationError, EnvironmentFailed, StorageFailed
from tests.support.api import get, serving
from tests.support.metering_points import point_of_alice
from tests.support.optional_modules import home_with_modules
from tests.support.sharing_chain import participants, terms

ENT = 10**9
MONITORING = (Path(__file__).resolve().parents[2] / "docs" / "monitoring.md").read_text()
PAGE = (ASKED, *page_paths(read_page()))


UNKNOWN = {
    "/meters/{key}": "not_found",
    "/billing/documents/{number}": "no_document",
    "/sharing/schemes/{number}": "unknown_scheme",
    "/resolutions/{number}": "unknown_resolution",
    "/feeds/{number}": "unknown_feed",
    "/feeds/{number}/history": "unknown_feed",
    "/groups/{number}": "unknown_group",
    "/attestations/{number}": "unknown_attestation",
    "/applications/{number}": "unknown_application",
    "/deals/{number}": "unknown_deal",
    "/swaps/{number}": "unknown_swap",
    "/certificates/{number}": "unknown_certificate",
    "/generators/{address}/days": "unknown_generator",
}
"""What a new chain has none of."""


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    """What is shared is read in `test_api_sharing.py`; where there is no scheme it is not found."""
    return home_with_modules(tmp_path)


async def post(
    client: aiohttp.ClientSession, body: bytes | io.BytesIO, query: str = "?wait=decided"
) -> tuple[int, Any]:
    async with client.post(f"/v1/transactions{query}", data=body) as answer:
        return answer.status, await answer.json(content_type=None)


def pay(home: HomeFixture, amount: int = 5, **more: Any) -> bytes:
    return home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), amount), **more)


async def a_busy_day(home: HomeFixture, client: aiohttp.ClientSession) -> list[str]:
    """Something of everything; the ids of what was decided."""
    battery = home.address("battery")
    raws = [
        pay(home),
        home.raw("battery", EnergyProduced(1, home.address("alice"), 10_000)),
        home.raw("alice", OpenSession(battery, 2 * ENT, 0)),
        home.raw("alice", PlaceOrder(1, Side.SELL, OrderKind.LIMIT, ENT // 2, ENT, 0)),
        home.raw("bob", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, ENT, 2 * ENT, 0)),
        home.raw("alice", CastVote(AdmitMember(home.address("operator")), True)),
    ]
    ids = []
    for raw in raws:
        status, answer = await post(client, raw)
        assert (status, answer["status"], answer["code"]) == (200, "decided", ""), answer
        ids.append(answer["id"])
    return ids


def a_scheme_of_alice() -> SetScheme:
    """Of the first two points, which are hers."""
    return SetScheme(0, 1, terms(participants(p1=(1,), p2=())))


def test_every_route_answers_by_its_model_and_is_described(home: HomeFixture) -> None:
    async def walk() -> None:
        async with serving(home) as (node, client):
            ids = await a_busy_day(home, client)
            for direction in (1, 2):
                point = home.raw("alice", point_of_alice(home, direction))
                assert (await post(client, point))[1]["code"] == ""
            bills = FinaliseBills(1, 2, bytes(32), 0, home.genesis.time_ms)
            assert (await post(client, home.raw("alice", bills)))[1]["code"] == ""
            values = {
                "address": format_address(home.address("alice")),
                "number": "2",
                "key": "01" + "00" * 32,
                "block": "latest",
                "id": ids[0],
                "table": "supply",
                "height": "1",
                "index": "0",
                "slot": "1",
                "month": "2026-11",
            }
            described = await get(client, "/openapi.json")
            assert described["openapi"].startswith("3.1")
            routes = {(route.method, route.path) for route in ROUTES}
            listed = {(method.upper(), path) for path, methods in described["paths"].items() for method in methods}
            served = {
                (route.method, route.resource.canonical)
                for route in make_api(node).router.routes()
                if route.resource is not None
            }
            others = {("GET", path) for path in (*OTHERS, "/openapi.json")}
            assert {pair for pair in listed if pair[0] != "HEAD"} == routes | others
            of_page = {(method, path) for path in PAGE for method in ("GET", "HEAD")}
            probes = {("HEAD", path) for path, _probe in PROBES}
            refusing = {("*", path) for method, path in routes if method == "POST"}
            assert served == listed | of_page | probes | refusing
            for route in ROUTES:
                if route.method == "POST":
                    continue
                if route.path.startswith("/v1/units/{address}"):
                    path = route.path.format(address=format_address(home.address("battery")))
                elif route.path == PREVIEW:
                    path = f"{PREVIEW}?action={encode(a_scheme_of_alice()).hex()}&retail=3&feed_in=1"
                elif route.path == "/v1/grid/tariffs/{number}":
                    path = "/v1/grid/tariffs/1"
                elif route.path == "/v1/light/state":
                    path = f"{route.path}?key={IMBALANCE.full_key(b'').hex()}"
                else:
                    path = route.path.format(**values)
                if route.path == "/v1/billing/documents":
                    path = f"{path}?account={values['address']}"
                unknown = next((code for part, code in UNKNOWN.items() if part in route.path), None)
                if unknown is not None:
                    assert (await get(client, path, 404))["code"] == unknown
                    continue
                route.answer.model_validate(await get(client, path))

    asyncio.run(walk())


def test_past_states_are_read_while_they_are_kept(home: HomeFixture) -> None:
    async def read() -> None:
        async with serving(home) as (_node, client):
            bob = format_address(home.address("bob"))
            for _ in range(3):
                assert (await post(client, pay(home)))[0] == 200
            held = []
            for height in range(4):
                account = await get(client, f"/v1/accounts/{bob}?height={height}")
                assert account["height"] == height
                assert account["next_nonce"] == account["nonce"] + 1
                held.append(next(each["available"]["base"] for each in account["balances"] if each["asset"] == "EEURO"))
            assert held == [held[0] + 5 * height for height in range(4)]
            assert (await get(client, f"/v1/accounts/{bob}"))["height"] == 3
            assert (await get(client, "/v1/units?height=1"))["height"] == 1
            assert (await get(client, f"/v1/accounts/{bob}?height=4", 404))["code"] == "not_found"
            assert (await get(client, f"/v1/accounts/{bob}?height=x", 400))["code"] == "bad_parameter"

    asyncio.run(read())


def test_punished_equivocations_are_told(home: HomeFixture) -> None:
    """Two offences in one block, a page each; the last validator is noted and stays."""
    key, genesis_hash = home.validator(), home.genesis.hash

    def against(height: int, kind: VoteKind) -> bytes:
        values = (bytes(32), bytes([height]) * 32)
        first, second = (key.sign(vote_message(kind, genesis_hash, height, 7, value)) for value in values)
        payload = Evidence(key.key, int(kind), height, 7, values[0], first, values[1], second)
        return home.raw("alice", payload)

    async def read() -> None:
        async with serving(home) as (_node, client):
            assert (await get(client, "/v1/evidence"))["evidence"] == []
            for _ in range(2):
                assert (await post(client, pay(home)))[0] == 200
            raws = [against(2, VoteKind.PREPARE), against(1, VoteKind.COMMIT)]
            async with client.post("/v1/transactions/batch?wait=decided", data=encode(raws)) as batch:
                answers = (await batch.json())["results"]
            page = await get(client, "/v1/evidence?limit=1")
            rest = await get(client, f"/v1/evidence?limit=1&cursor={page['next']}")
            assert rest["next"] is None
            told = page["evidence"] + rest["evidence"]
            assert [(each["kind"], each["height"], each["round"], each["removed"]) for each in told] == [
                ("commit", 1, 7, False),
                ("prepare", 2, 7, False),
            ]
            assert {each["validator"] for each in told} == {format_address(home.validator().address)}
            assert [each["transaction_id"] for each in told] == [answer["id"] for answer in reversed(answers)]
            assert {each["punished"] for each in told} == {answer["height"] for answer in answers}

    asyncio.run(read())


def test_what_happened_can_be_read_everywhere(home: HomeFixture) -> None:
    async def read() -> None:
        async with serving(home) as (node, client):
            ids = await a_busy_day(home, client)
            alice, bob = (format_address(home.address(name)) for name in ("alice", "bob"))
            account = await get(client, f"/v1/accounts/{alice}")
            ent = next(held for held in account["balances"] if held["asset"] == "ENT")
            assert (ent["session"]["tokens"], ent["available"]["tokens"]) == ("2", "5")
            assert account["next_nonce"] == account["nonce"] + 1 == 5
            assert (await get(client, f"/v1/sessions?consumer={alice}"))["sessions"][0]["energy_wh"] == 2_000
            assert (await get(client, "/v1/energy"))["network_wh"] == 10_000
            book = await get(client, "/v1/market/book")
            assert [bid["quantity"]["tokens"] for bid in book["bids"]] == ["1"]
            (trade,) = (await get(client, "/v1/market/trades"))["trades"]
            assert (trade["buyer"], trade["seller"], trade["payment"]["tokens"]) == (bob, alice, "0.5")
            (vote,) = (await get(client, "/v1/votes"))["votes"]
            assert vote["action"] == {"kind": "admit_member", "address": format_address(home.address("operator"))}
            statement = await get(client, f"/v1/accounts/{alice}/statement")
            assert [move["transaction_id"] for move in statement["movements"] if move["transaction_id"]] == [
                *ids[:4],
                ids[4],
                ids[5],
            ]
            found = await get(client, f"/v1/transactions/{ids[0]}")
            assert found["transaction"]["payload"]["recipient"] == bob
            assert (await get(client, f"/v1/receipts/{ids[0]}"))["events"] == found["receipt"]["events"]
            header = (await get(client, "/v1/blocks/latest"))["header"]
            assert (await get(client, f"/v1/blocks/{header['hash']}"))["header"] == header
            proof = await get(client, "/v1/proofs/imbalance/-")
            value = verify_state_proof(
                bytes.fromhex(header["state_root"]),
                IMBALANCE.full_key(b""),
                STATE_PROOF.decode(bytes.fromhex(proof["proof"])),
            )
            assert value is not None
            assert value.hex() == proof["value"]
            assert node.app.height == header["height"]

    asyncio.run(read())


def test_pages_give_everything_once(home: HomeFixture) -> None:
    async def page() -> None:
        async with serving(home) as (_node, client):
            await a_busy_day(home, client)
            alice = format_address(home.address("alice"))
            lists = {
                "/v1/voters": "addresses",
                "/v1/members": "addresses",
                "/v1/blocks": "blocks",
                f"/v1/accounts/{alice}/statement": "movements",
            }
            for path, field in lists.items():
                whole = (await get(client, path))[field]
                found: list[Any] = []
                cursor: str | None = ""
                while cursor is not None:
                    answer = await get(client, f"{path}?limit=2" + (f"&cursor={cursor}" if cursor else ""))
                    found += answer[field]
                    cursor = answer["next"]
                assert found == whole
                assert len(whole) > 1

    asyncio.run(page())


def test_sending_again_is_harmless_and_a_false_signature_fools_nobody(home: HomeFixture) -> None:
    async def send() -> None:
        async with serving(home) as (_node, client):
            raw = pay(home)
            genuine = Transaction(raw)
            forged = encode(SignedEnvelope(genuine.signed_bytes, (type(genuine.signatures[0])(0, bytes(64)),)))
            status, problem = await post(client, forged)
            assert (status, problem["code"]) == (422, "bad_signature")
            first, second = await post(client, raw), await post(client, raw)
            assert first[0] == second[0] == 200
            assert first[1]["height"] == second[1]["height"]
            status, problem = await post(client, forged)
            assert (status, problem["code"]) == (409, "nonce_used")
            status, refused = await post(client, pay(home, 10**18))
            assert (status, refused["code"]) == (200, "insufficient_balance")
            assert refused["explanation"]
            status, kept = await post(client, pay(home), "")
            assert (status, kept["status"]) == (202, "waiting")

    asyncio.run(send())


def test_a_batch_answers_each_item(home: HomeFixture) -> None:
    async def send() -> None:
        async with serving(home) as (_node, client):
            good = [pay(home), pay(home)]
            body = encode([good[0], b"\x00", good[1], pay(home, nonce=900)])
            async with client.post("/v1/transactions/batch?wait=decided", data=body) as answer:
                results = (await answer.json())["results"]
            assert [result["status"] for result in results] == ["decided", "refused", "decided", "refused"]
            assert [result["code"] for result in results] == ["", "malformed_input", "", "nonce_too_far"]
            for bad in (b"", b"\x90", b"\xc0", encode([1])):
                async with client.post("/v1/transactions/batch", data=bad) as answer:
                    assert answer.status == 400

    asyncio.run(send())


def test_bad_requests_say_what_is_wrong(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home) as (_node, client):
            for path in (
                "/v1/accounts/nobody", "/v1/units/nrg1qqqq", "/v1/blocks/x", "/v1/blocks/" + "z" * 64,
                "/v1/transactions/00", "/v1/market/orders/-1", "/v1/market/book?depth=0", "/v1/voters?limit=x",
                "/v1/voters?cursor=zz", "/v1/sessions?consumer=x", "/v1/blocks?cursor=99999999999999999999",
                "/v1/events?kind=nonsense",
            ):  # fmt: skip
                assert (await get(client, path, 400))["code"] == "bad_parameter", path
            assert (await get(client, "/v1/proofs/nonsense/-", 400))["code"] == "invalid_input"
            assert (await get(client, "/v1/blocks/999", 404))["code"] == "not_found"
            assert (await get(client, "/v2", 404))["code"] == "no_such_route"
            async with client.delete("/v1/status") as answer:
                assert (answer.status, (await answer.json(content_type=None))["code"]) == (405, "method_not_allowed")
            assert (await post(client, b"garbage"))[0] == 400
            assert (await post(client, bytes(100_000)))[0] == 413
            assert (await post(client, io.BytesIO(bytes(2 * 1024 * 1024))))[0] == 413
            assert (await post(client, pay(home), "?wait=never"))[1]["code"] == "bad_parameter"

    asyncio.run(ask())


def test_events_are_resumed_without_a_gap(home: HomeFixture) -> None:
    async def listen() -> None:
        async with serving(home) as (_node, client):
            await a_busy_day(home, client)
            seen: list[tuple[int, int, int]] = []
            heights: list[int] = []
            async with client.ws_connect("/v1/events?from=0") as socket_:
                await post(client, pay(home))
                while not heights or heights[-1] < 7:
                    message = await asyncio.wait_for(socket_.receive_json(), 20)
                    if "end" in message:
                        heights.append(message["height"])
                    else:
                        seen.append((message["height"], message["receipt"], message["place"]))
            assert heights == list(range(8))
            assert seen == sorted(set(seen))
            async with client.ws_connect("/v1/events?from=0&kind=traded") as socket_:
                kinds = []
                while True:
                    message = await asyncio.wait_for(socket_.receive_json(), 20)
                    if "end" in message and message["height"] == 7:
                        break
                    if "event" in message:
                        kinds.append(message["event"]["kind"])
            assert kinds == ["traded"]

    asyncio.run(listen())


def test_the_clock_of_a_simulated_chain(home: HomeFixture) -> None:
    async def move() -> None:
        async with serving(home) as (node, client):
            async with client.post("/v1/clock", json={"time_ms": START_MS + 5_000, "block": True}) as answer:
                assert answer.status == 200
            assert node.app.parent.header.time_ms == START_MS + 5_000
            for body, code in (({"time_ms": 1}, "clock_goes_back"), ({"time": 1}, "bad_parameter")):
                async with client.post("/v1/clock", json=body) as answer:
                    assert (await answer.json(content_type=None))["code"] == code

    asyncio.run(move())


def test_health_and_metrics(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home) as (node, client):
            assert (await get(client, "/livez"))["alive"]
            assert (await get(client, "/readyz"))["ready"]
            async with client.get("/metrics") as answer:
                names = set(re.findall(r"^(nodechain_\w+) ", await answer.text(), re.MULTILINE))
            assert {"nodechain_height", "nodechain_pool_transactions", "nodechain_imbalance_ent"} <= names
            assert {"nodechain_slots_points", "nodechain_sharing_unsettled_slots", "nodechain_bills"} <= names
            assert {name for name in names if f"`{name}`" not in MONITORING} == set()
            node.app.store._database.fail(StorageFailed("the disk is gone"))
            async with client.get("/readyz") as answer:
                assert answer.status == 503
                assert "the disk is gone" in (await answer.json())["checks"]["store"]

    asyncio.run(ask())


def test_one_address_cannot_ask_without_end(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home, ApiOptions(port=0, requests_per_second=1, burst=5)) as (_node, client):
            codes = []
            for _ in range(8):
                async with client.get("/livez") as answer:
                    codes.append(answer.status)
            assert codes[:5] == [200] * 5
            assert 429 in codes

    asyncio.run(ask())


def test_a_header_that_does_not_come_is_cut_off(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = HeaderDeadline.__init__
    monkeypatch.setattr(HeaderDeadline, "__init__", lambda self, server: plain(self, server, 0.2))

    async def drip() -> None:
        async with serving(home) as (_node, client):
            url = client._base_url
            assert url is not None
            reader, writer = await asyncio.open_connection(url.host, url.port)
            writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n")
            assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()
            assert (await get(client, "/livez"))["alive"]

    asyncio.run(drip())


def test_where_it_refuses_to_listen(home: HomeFixture) -> None:
    async def listen() -> None:
        async with home.running() as node:
            with pytest.raises(ConfigurationError) as refused:
                await serve_api(node, ApiOptions(host="0.0.0.0", port=0))
            assert refused.value.code == "plain_off_loopback"
            with socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                taken.listen()
                with pytest.raises(EnvironmentFailed) as busy:
                    await serve_api(node, ApiOptions(port=taken.getsockname()[1]))
            assert busy.value.code == "port_taken"

    asyncio.run(listen())


def test_the_description_is_made_once_and_not_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def description(version: str) -> dict[str, Any]:
        made.append(version)
        return {"paths": {"/v1/status": "as it is " * 1_000}}

    monkeypatch.setattr("nodechain.api.openapi.description", description)
    described = Described("7")
    assert made == []

    async def ask() -> list[AnswerBody]:
        return await asyncio.gather(*(described.body(packs=packs) for packs in (False, True, False)))

    plain, packed, again = asyncio.run(ask())
    described.close()
    assert made == ["7"]
    assert plain is again
    assert gzip.decompress(packed.packed) == packed.plain == plain.plain
    assert plain.packed == b""
