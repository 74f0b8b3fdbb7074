"""Who may read what: every route and kind of event, for a stranger, a member, the owner, a unit's owner, a role."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType

from harness.node import HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import LockWithdrawal, Transfer
from ledger.bank.schema import BALANCES, SUPPLY
from ledger.chain.envelope import Transaction
from ledger.chain.header import Event
from ledger.debts.pools import POOL_BYTES
from ledger.encoding.quantities import field_types
from ledger.energy.payloads import EnergyProduced, OpenSession
from ledger.keys.address import MultisigKey, address_of, format_address
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.login import Login, login_message
from ledger.state.full_key import NUMBER_BYTES
from market.schema import ORDERS, order_key
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.api.access import sees_event
from nodechain.api.agents import RIGHTS as AGENT_RIGHTS
from nodechain.api.attestations import RIGHTS as ATTESTATION_RIGHTS
from nodechain.api.certificates import RIGHTS as CERTIFICATE_RIGHTS
from nodechain.api.deals import RIGHTS as DEAL_RIGHTS
from nodechain.api.event_rights import EVENT_RIGHTS
from nodechain.api.events import Filter
from nodechain.api.feeds import RIGHTS as FEED_RIGHTS
from nodechain.api.fund import RIGHTS as FUND_RIGHTS
from nodechain.api.groups import RIGHTS as GROUP_RIGHTS
from nodechain.api.http.rights import EVERYBODY, EVERYTHING_READER, Open, Visitor
from nodechain.api.joining import RIGHTS as JOINING_RIGHTS
from nodechain.api.login import ROUTES as LOGIN_ROUTES
from nodechain.api.metering import ListedMeter, Meters
from nodechain.api.render import kind_name
from nodechain.api.resolutions import RIGHTS as RESOLUTION_RIGHTS
from nodechain.api.routes import RIGHTS, ROUTES
from nodechain.api.server import ApiOptions, make_api
from nodechain.api.sharing import RIGHTS as SHARING_RIGHTS
from nodechain.api.sharing_months import RIGHTS as MONTH_RIGHTS
from nodechain.api.sharing_slots import RIGHTS as SLOT_RIGHTS
from nodechain.api.sharing_sources import RIGHTS as SOURCES_RIGHTS
from nodechain.api.snapshots import PARTS
from nodechain.api.table_rights import TABLE_RIGHTS
from nodechain.api.together import RIGHTS as TOGETHER_RIGHTS
from nodechain.client.login import LoginKey, sign_in
from nodechain.client.node_client import RestClient
from nodechain.errors import LoginNeeded, NodeInvariantBroken, WrongChain
from nodechain.modules import REGISTRY
from tests.support.api import exchange, get, port_of, serving
from tests.support.metering_points import SLOTS_TABLE, point_of_alice
from tests.support.optional_modules import FREE_TABLES, GRID_TABLE
from tests.support.signing_in import signed_in, token_of

ENT = 10**9
MEMBERS_MODE = ApiOptions(port=0, read="members")
STRANGER, MEMBER, OWNER, UNIT_OWNER, ROLE = "", "dave", "alice", "carol", "bank"
"""Whose keys sign in; bank is no admitted member, it reads by its role."""
VISITORS = (STRANGER, MEMBER, OWNER, UNIT_OWNER, ROLE)
ALL, SIGNED = set(VISITORS), {*VISITORS} - {STRANGER}
OF_AN_ACCOUNT = ("statement", "receipts", "series", "origin")
OF_SCHEMES = tuple(
    path for path in (*SHARING_RIGHTS, *SLOT_RIGHTS, *SOURCES_RIGHTS, *MONTH_RIGHTS) if "schemes" in path
)
OF_A_SHARE = tuple(f"/v1/{of}/accounts/{{address}}" for of in ("sharing", "grid"))
OF_SLOTS_AND_MONTHS = tuple(f"/v1/sharing/accounts/{{address}}/{of}" for of in ("slots", "credits"))


@pytest.fixture
def home(tmp_path: Path) -> HomeFixture:
    """The development chain, whose genesis names a role that reads everything."""
    return HomeFixture(tmp_path / "home", template(tmp_path, 'roles = ["banker"]'))


def template(folder: Path, table: str, members: str = "") -> str:
    text = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    text = text.replace('"carol", "dave"]', f'"carol", "dave"{members}]')
    text += f'\n[billing]\ntreasurers = ["alice"]\naccount = "operator"\n{SLOTS_TABLE}'
    text += f"[sharing]\n[groups]\n{FREE_TABLES}[attestations]\n[joining]\n{GRID_TABLE}"
    (folder / "template.toml").write_text(f"{text}\n[privacy]\n{table}\n" if table else text)
    return str(folder / "template.toml")


async def lived(home: HomeFixture, client: aiohttp.ClientSession) -> list[str]:
    """Something of everything: transfer, production, session, orders that trade in part."""
    battery = home.address("battery")
    ids = []
    for raw in (
        home.raw("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 5)),
        home.raw("battery", EnergyProduced(1, home.address("alice"), 10_000)),
        home.raw("alice", OpenSession(battery, 2 * ENT, 0)),
        home.raw("alice", point_of_alice(home)),
        home.raw("alice", PlaceOrder(1, Side.SELL, OrderKind.LIMIT, ENT // 2, ENT, 0)),
        home.raw("bob", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, ENT // 2, ENT // 2, 0)),
    ):
        typed = {"Content-Type": "application/octet-stream"}
        async with client.post("/v1/transactions?wait=decided", data=raw, headers=typed) as answer:
            assert (await answer.json())["code"] == ""
        ids.append(Transaction(raw).id.hex())
    return ids


def proof_cases(home: HomeFixture, ids: list[str]) -> list[tuple[str, str, set[str]]]:
    """What is proven: entries of the state, transactions, decisions, receipts."""
    owners, at_unit, role = {OWNER, ROLE}, {UNIT_OWNER, ROLE}, {ROLE}
    balance = BALANCES.full_key(home.address("alice") + bytes((CURRENCY_ASSET,))).hex()
    supply = SUPPLY.full_key(bytes((CURRENCY_ASSET,))).hex()
    order, no_order = (ORDERS.full_key(order_key(1, number)).hex() for number in (1, 9))
    return [
        ("/v1/proofs/{table}/{key}", f"/v1/proofs/balances/{balance[2 * NUMBER_BYTES :]}", owners),
        ("/v1/proofs/{table}/{key}", f"/v1/proofs/supply/{supply[2 * NUMBER_BYTES :]}", ALL),
        ("/v1/light/state", f"/v1/light/state?key={supply}", ALL),
        ("/v1/light/state", f"/v1/light/state?key={supply}&key={balance}", owners),
        ("/v1/light/state", f"/v1/light/state?key={order}", owners),
        ("/v1/light/state", f"/v1/light/state?key={no_order}", {ROLE}),
        ("/v1/proofs/{table}/{key}", f"/v1/proofs/orders/{order[2 * NUMBER_BYTES :]}", owners),
        ("/v1/light/transactions/{height}/{index}", "/v1/light/transactions/1/0", owners),
        ("/v1/light/transactions/{height}/{index}", f"/v1/light/transactions/1/0?id={ids[0]}", ALL),
        ("/v1/light/transactions/{height}/{index}", f"/v1/light/transactions/1/0?id={ids[1]}", owners),
        ("/v1/light/decisions/{height}/{index}", "/v1/light/decisions/2/0", owners | at_unit),
        ("/v1/light/decisions/{height}/{index}", f"/v1/light/decisions/2/0?id={ids[1]}", ALL),
        ("/v1/light/receipts/{height}/{index}", "/v1/light/receipts/1/1", owners),
        ("/v1/light/receipts/{height}/{index}", "/v1/light/receipts/1/0", role),
    ]  # fmt: skip


def cases(home: HomeFixture, ids: list[str]) -> list[tuple[str, str, set[str]]]:
    """Route, what is asked, and to whom it is open."""
    alice, battery = (format_address(home.address(name)) for name in ("alice", "battery"))
    members, owners, at_unit, role = SIGNED, {OWNER, ROLE}, {UNIT_OWNER, ROLE}, {ROLE}
    everybody = [
        "/v1/status", "/v1/genesis", "/v1/assets", "/v1/blocks", "/v1/headers?from=0&to=2", "/v1/parameters",
        "/v1/validators", "/v1/evidence", "/v1/light/freshness", "/v1/light/changes", "/v1/market/products",
        "/v1/snapshots", "/v1/validators/record", "/v1/billing", "/v1/billing/runs", "/v1/slots",
    ]  # fmt: skip
    return [
        *((path.partition("?")[0], path, ALL) for path in everybody),
        ("/v1/light/blocks/{height}", "/v1/light/blocks/1", ALL), ("/v1/receipts/{id}", f"/v1/receipts/{ids[0]}", ALL),
        ("/v1/transactions/{id}", f"/v1/transactions/{ids[0]}", ALL),
        ("/v1/meters/{key}", f"/v1/meters/{'01' + '00' * 32}", ALL),
        ("/v1/snapshots/{height}/about", "/v1/snapshots/1/about", ALL),
        *((path, path, members) for path in (
            "/v1/energy", "/v1/priority", "/v1/units", "/v1/votes", "/v1/votes/closed", "/v1/meters", "/v1/voters",
            "/v1/members", "/v1/market/book", "/v1/market/trades", "/v1/sharing/terms", "/v1/slots/files", "/v1/grid",
            "/v1/grid/tariffs", "/v1/grid/sums", "/v1/sharing/unsettled",
        )),
        ("/v1/units/{address}/origin", f"/v1/units/{battery}/origin", members),
        ("/v1/units/{address}", f"/v1/units/{battery}", members), ("/v1/withdrawals", "/v1/withdrawals", role),
        ("/v1/bank/lines", "/v1/bank/lines", role), ("/v1/bank/reserves", "/v1/bank/reserves", members),
        ("/v1/accounts/{address}/withdrawals", f"/v1/accounts/{alice}/withdrawals", owners),
        ("/v1/accounts/{address}", f"/v1/accounts/{alice}", owners),
        ("/v1/accounts/{address}", f"/v1/accounts/{battery}", at_unit),
        ("/v1/accounts/{address}", "/v1/accounts/nobody", role),
        *((f"/v1/accounts/{{address}}/{of}", f"/v1/accounts/{alice}/{of}", owners) for of in OF_AN_ACCOUNT),
        ("/v1/billing/bills/{number}", "/v1/billing/bills/1", members),
        ("/v1/billing/documents", f"/v1/billing/documents?account={alice}", owners),
        ("/v1/billing/documents/{number}", "/v1/billing/documents/1", members),
        *((path, path.format(number=1, slot=1, month="2026-11"), members) for path in OF_SCHEMES),
        ("/v1/sharing/preview", "/v1/sharing/preview?vote=1", members),
        *((path, path.format(address=alice), owners) for path in (*OF_A_SHARE, *OF_SLOTS_AND_MONTHS)),
        *((f"/v1/sharing/schemes/{{number}}/{of}", f"/v1/sharing/schemes/1/{of}", members)
          for of in ("sums", "days", "rows")),
        ("/v1/sharing/schemes/{number}/rows/{slot}", "/v1/sharing/schemes/1/rows/1", members),
        *(
            (at, at.format(number=1, address=alice), owners if "address" in at else members)
            for at in (
                *GROUP_RIGHTS, *RESOLUTION_RIGHTS, *DEAL_RIGHTS, *AGENT_RIGHTS, *FEED_RIGHTS, *FUND_RIGHTS,
                       *CERTIFICATE_RIGHTS,
                *TOGETHER_RIGHTS,
            )
        ),
        ("/v1/memos/keys/{address}", f"/v1/memos/keys/{alice}", members),
        ("/v1/joining", "/v1/joining", ALL), ("/v1/attesters", "/v1/attesters", members),
        *(
            (at, at.format(number=1, address=alice), owners)  # alice votes
            for at in (*ATTESTATION_RIGHTS, *JOINING_RIGHTS)
            if at not in ("/v1/joining", "/v1/attesters")
        ),
        ("/v1/sessions", f"/v1/sessions?consumer={alice}", owners),
        ("/v1/sessions", f"/v1/sessions?unit={battery}", at_unit),
        ("/v1/sessions", f"/v1/sessions?consumer={alice}&unit={battery}", owners | at_unit),
        ("/v1/sessions", "/v1/sessions", role), ("/v1/points", f"/v1/points?owner={alice}", owners),
        *((path, path.format(number=2), role) for path in ("/v1/points", "/v1/points/{number}", "/v1/grid/debts")),
        ("/v1/billing/desk", "/v1/billing/desk", {OWNER}),
        ("/v1/points/{number}/slots", "/v1/points/1/slots?source=own", owners),
        ("/v1/points/{number}", "/v1/points/1", owners), ("/v1/grid/tariffs/{number}", "/v1/grid/tariffs/1", members),
        ("/v1/market/orders", f"/v1/market/orders?owner={alice}", owners),
        ("/v1/market/orders", "/v1/market/orders", role), ("/v1/market/orders/{number}", "/v1/market/orders/1", owners),
        ("/v1/blocks/{block}", "/v1/blocks/latest", role), ("/v1/peers", "/v1/peers", role),
        ("/v1/snapshots/{height}/{chunk}", "/v1/snapshots/1/0", role),
        *proof_cases(home, ids),
    ]  # fmt: skip


def test_every_route_for_every_visitor(home: HomeFixture) -> None:
    async def walk() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            asked = cases(home, await lived(home, client))
            routes = {route.path for route in ROUTES if route.method == "GET"} | {path for path, _part in PARTS}
            assert {route for route, _path, _to in asked} == routes
            for name in VISITORS:
                headers = await signed_in(client, home, name)
                for _route, path, to in asked:
                    async with client.get(path, headers=headers) as answer:
                        status, problem = answer.status, await answer.read()
                    if name in to:
                        assert status in (200, 400, 404), (name, path, status, problem)
                    else:
                        expected = (403, b'"not_yours"') if name else (401, b'"login_needed"')
                        assert (status, expected[1] in problem) == (expected[0], True), (name, path, status, problem)

    asyncio.run(walk())


def test_posts_are_open_because_they_show_nothing_or_ask_for_a_key() -> None:
    posts = {route.path for route in ROUTES if route.method == "POST" and "/billing/" not in route.path}
    assert {path for path in posts if RIGHTS[path] != EVERYBODY} == set()
    assert posts == {"/v1/transactions", "/v1/transactions/batch", "/v1/clock"} | {r.path for r in LOGIN_ROUTES}


def event_of(kind: type[Event], address: bytes) -> Any:
    """An event of a kind that names one account wherever it can name one."""
    values: dict[str, Any] = {}
    for name, field in field_types(kind).items():
        plain = str(field.hint)
        values[name] = address if field.is_address else b"" if "bytes" in plain else "" if "str" in plain else 0
    return kind(**values)


def test_every_kind_of_event_for_every_visitor(home: HomeFixture) -> None:
    alice, battery = home.address("alice"), home.address("battery")
    visitors = {
        STRANGER: Visitor(households=4),
        MEMBER: Visitor(home.address("dave"), frozenset([home.address("dave")]), is_member=True),
        OWNER: Visitor(alice, frozenset([alice]), is_member=True, is_voter=True),
        UNIT_OWNER: Visitor(home.address("carol"), frozenset([home.address("carol"), battery]), is_member=True),
        ROLE: Visitor(home.address("bank"), frozenset([home.address("bank")]), reads_everything=True),
    }
    open_to = {
        Open.EVERYBODY: (ALL, ALL),
        Open.MEMBERS: ({MEMBER, OWNER, UNIT_OWNER, ROLE}, {MEMBER, OWNER, UNIT_OWNER, ROLE}),
        Open.OWN: ({OWNER, ROLE}, {UNIT_OWNER, ROLE}),
        Open.CONCERNED: ({OWNER, ROLE}, {OWNER, UNIT_OWNER, ROLE}),
        Open.EVERYTHING: ({ROLE}, {ROLE}),
    }
    assert set(EVENT_RIGHTS) == {kind_name(kind) for kind in REGISTRY.events}
    for kind in REGISTRY.events:
        for named, expected in zip((alice, battery), open_to[EVENT_RIGHTS[kind_name(kind)]], strict=True):
            event = event_of(kind, named)
            assert {name for name, visitor in visitors.items() if sees_event(visitor, event)} == expected, kind
            for name, visitor in visitors.items():
                wanted = Filter(frozenset(), None, visitor)
                assert wanted.wants(event) == (name in expected)


def test_an_event_that_is_somebodys_names_somebody() -> None:
    """One that names nobody would be seen by nobody: then its rule is wrong."""
    for kind in REGISTRY.events:
        named = any(field.is_address for field in field_types(kind).values())
        assert named or EVENT_RIGHTS[kind_name(kind)] is not Open.OWN, kind


def test_every_table_of_the_state_has_a_rule() -> None:
    assert set(TABLE_RIGHTS) == {table.name for table in REGISTRY.tables.values()}
    for table in REGISTRY.tables.values():
        kind, offsets = TABLE_RIGHTS[table.name]
        assert offsets or kind is not Open.OWN, table.name
        assert not offsets or kind in (Open.OWN, Open.CONCERNED), table.name
        parts = table.key.split()
        accounts = {"address", "unit", "account", "consumer", "operator", "owner", "agent"}
        for place in offsets:
            widths = {"scheme": 8, "group": 8, "resolution": 8, "pool": POOL_BYTES, "deal": 8, "swap": 8,
                      "certificate": 8}  # fmt: skip
            number = place // widths.get(parts[0], 20)
            assert parts[number] in accounts, (table.name, parts)
            assert all(
                part in accounts | {"scheme", "month", "point", "pool", "group", "resolution", "certificate"}
                for part in parts[:number]
            )


def test_the_list_of_meters_shows_ones_own(home: HomeFixture) -> None:
    def listed(account: str | None, unit: str | None) -> ListedMeter:
        return ListedMeter(
            key=f"{account} {unit}",
            unit=unit,
            account=account,
            kind="production",
            time_ms=0,
            sent_ms=0,
            quarantined=False,
        )

    alice, dave, battery = (format_address(home.address(name)) for name in ("alice", "dave", "battery"))
    answer = Meters(height=1, meters=[listed(alice, battery), listed(dave, battery), listed(None, None)], next=None)
    shown = RIGHTS["/v1/meters"].shown
    assert shown is not None
    for visitor, count in (
        (Visitor(b"", frozenset([home.address("alice")]), is_member=True), 1),
        (Visitor(b"", frozenset([home.address("battery")]), is_member=True), 2),
        (Visitor(b"", frozenset([home.address("bob")]), is_member=True), 0),
        (EVERYTHING_READER, 3),
    ):
        assert len(shown(visitor, answer).meters) == count


def test_a_route_without_a_right_is_refused(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    without = {path: right for path, right in RIGHTS.items() if path != "/v1/units"}
    monkeypatch.setattr("nodechain.api.server.RIGHTS", without)
    node = home.open()
    try:
        with pytest.raises(NodeInvariantBroken, match="/v1/units"):
            make_api(node)
    finally:
        node.close()


def test_nobody_is_taken_for_another(home: HomeFixture) -> None:
    """A login is for one account, one node, one nonce, one chain; each used otherwise gives no token."""
    other = Ed25519SecretKey(bytes(32))

    async def ask() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            url = f"http://127.0.0.1:{port_of(client)}"
            status, answer = await token_of(client, home, "alice")
            assert (status, answer["address"], answer["expires_s"]) == (
                200,
                format_address(home.address("alice")),
                3_600,
            )
            for changed in (
                {"address": format_address(home.address("bob"))}, {"key": home.key("bob").public_key.hex()},
                {"key": other.public_key.hex()}, {"signature": "00" * 64}, {"nonce": "00" * 32},
                {"origin": "http://evil.example"}, {"origin": url.replace("127.0.0.1", "localhost")},
                {"origin": "null"}, {"origin": f"{url}/"}, {"origin": url.replace("http", "https")},
            ):  # fmt: skip
                status, problem = await token_of(client, home, "alice", **changed)
                assert (status, problem["code"]) == (401, "login_needed"), changed
            malformed: dict[str, Any]
            for malformed in (
                {"nonce": "x"},
                {"signature": "00"},
                {"key": "00"},
                {"address": "x"},
                {"index": 99},
                {"more": 1},
            ):
                status, problem = await token_of(client, home, "alice", **malformed)
                assert (status, problem["code"]) == (400, "bad_parameter"), malformed
            # JSON has no other numbers than these: 0.0 is the whole number 0.
            status, _answer = await token_of(client, home, "alice", index=0.0)
            assert status == 200
            for shown in ("Bearer x", "Bearer ", f"Bearer {answer['token']}x"):
                async with client.get("/v1/units", headers={"Authorization": shown}) as refused:
                    assert refused.status == 401
                    assert refused.headers["WWW-Authenticate"].startswith("Bearer")

    asyncio.run(ask())


def test_a_nonce_is_good_once(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            async with client.post("/v1/login/nonce", json={}) as answer:
                nonce = (await answer.json())["nonce"]
            key, origin = home.key("alice"), f"http://127.0.0.1:{port_of(client)}"
            message = login_message(home.genesis.hash, Login(origin, bytes.fromhex(nonce), home.address("alice")))
            body = {
                "origin": origin, "nonce": nonce, "address": format_address(home.address("alice")),
                "key": key.public_key.hex(), "signature": key.sign(message).hex(),
            }  # fmt: skip
            for expected in (200, 401):
                async with client.post("/v1/login", json=body) as answer:
                    assert answer.status == expected

    asyncio.run(ask())


def test_any_one_key_of_an_account_of_several_may_read(home: HomeFixture) -> None:
    keys = sorted((home.key("alice"), home.key("bob")), key=lambda key: key.public_key)
    shared = MultisigKey(2, tuple(key.public_key for key in keys))
    address = format_address(address_of(shared))

    async def ask() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            url = f"http://127.0.0.1:{port_of(client)}"

            def token(login: LoginKey, genesis_hash: str = "") -> str:
                with closing(RestClient(url)) as node:
                    return sign_in(node.api, login, genesis_hash)

            loop, alice = asyncio.get_running_loop(), format_address(home.address("alice"))
            for index, key in enumerate(keys):
                given = await loop.run_in_executor(None, token, LoginKey(shared, index, key.sign))
                headers = {"Authorization": f"Bearer {given}"}
                for account, status in ((address, 200), (alice, 403)):
                    async with client.get(f"/v1/accounts/{account}", headers=headers) as answer:
                        assert answer.status == status
            wrong = LoginKey(shared, 0, keys[1].sign)
            with pytest.raises(LoginNeeded, match="signature"):
                await loop.run_in_executor(None, token, wrong)
            with pytest.raises(WrongChain):
                await loop.run_in_executor(None, token, wrong, "00" * 32)

    asyncio.run(ask())


@asynccontextmanager
async def events_of(
    client: aiohttp.ClientSession, query: str, headers: dict[str, str]
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with client.ws_connect(f"/v1/events?from=0{query}", headers=headers) as socket:
        yield socket


async def heard(socket: aiohttp.ClientWebSocketResponse, height: int) -> list[Any]:
    found: list[Any] = []
    while True:
        message = await asyncio.wait_for(socket.receive_json(), 30)
        if message.get("end"):
            if message["height"] == height:
                return found
        else:
            found.append(message)


def test_a_subscription_tells_what_is_open_to_its_visitor(home: HomeFixture) -> None:
    async def listen() -> None:
        async with serving(home, MEMBERS_MODE) as (node, client):
            ids = await lived(home, client)
            height = node.app.height
            kinds: dict[str, set[str]] = {}
            told: dict[str, set[str]] = {}
            for name in VISITORS:
                headers = await signed_in(client, home, name)
                query = ""
                if headers:
                    async with client.post("/v1/login/ticket", json={}, headers=headers) as answer:
                        query = f"&ticket={(await answer.json())['ticket']}"
                async with events_of(client, query, {}) as socket:
                    messages = await heard(socket, height)
                kinds[name] = {message["event"]["kind"] for message in messages}
                told[name] = {message["transaction_id"] for message in messages} - {""}
                if query:
                    async with client.get(f"/v1/events?from=0{query}", headers={"Upgrade": "websocket"}) as answer:
                        assert answer.status == 401, "a ticket is good once"
            assert "transferred" not in kinds[STRANGER] | kinds[MEMBER] | kinds[UNIT_OWNER]
            assert {"transferred", "energy_stored", "traded"} <= kinds[OWNER] & kinds[ROLE]
            assert "energy_stored" in kinds[UNIT_OWNER]
            assert not told[STRANGER] & set(ids)
            assert set(ids) <= told[ROLE]
            assert set(ids[:4]) <= told[OWNER]
            async with client.post("/v1/login/ticket", json={}) as answer:
                assert answer.status == 401

    asyncio.run(listen())


def test_a_subscription_ends_with_the_hour_of_its_login(home: HomeFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodechain.api.events.TOKEN_S", 0)

    async def listen() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            headers = await signed_in(client, home, "alice")
            async with events_of(client, "", headers) as socket:
                while True:
                    message = await asyncio.wait_for(socket.receive(), 30)
                    if message.type is not WSMsgType.TEXT:
                        break
                assert (socket.close_code, "login_needed" in str(message.extra)) == (1008, True)

    asyncio.run(listen())


def test_of_five_households_anybody_reads_the_sums(tmp_path: Path) -> None:
    five = HomeFixture(tmp_path / "five", template(tmp_path, "", ', "operator"'))

    async def ask() -> None:
        async with serving(five, MEMBERS_MODE) as (_node, client):
            assert (await get(client, "/v1/energy"))["height"] == 0
            assert (await get(client, "/v1/units", 401))["code"] == "login_needed"

    asyncio.run(ask())


def test_a_community_may_open_details_to_its_members(tmp_path: Path) -> None:
    home = HomeFixture(tmp_path / "open", template(tmp_path, 'detail = "members"\nreaders = ["operator"]'))

    async def ask() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            path = f"/v1/accounts/{format_address(home.address('alice'))}"
            for name, status in (("dave", 200), ("operator", 200), ("", 401), ("battery", 200)):
                async with client.get(path, headers=await signed_in(client, home, name)) as answer:
                    assert answer.status == status, name

    asyncio.run(ask())


def test_trades_are_told_without_the_names_of_others(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home, MEMBERS_MODE) as (_node, client):
            await lived(home, client)
            alice, bob = (format_address(home.address(name)) for name in ("alice", "bob"))
            for name, parties in (
                ("dave", ("", "")),
                ("alice", ("", alice)),
                ("bob", (bob, "")),
                ("bank", (bob, alice)),
            ):
                async with client.get("/v1/market/trades", headers=await signed_in(client, home, name)) as answer:
                    (trade,) = (await answer.json())["trades"]
                assert (trade["buyer"], trade["seller"]) == parties
                assert trade["quantity"]["tokens"] == "0.5"

    asyncio.run(ask())


def test_local_is_this_machine_asked_as_itself(home: HomeFixture) -> None:
    """What comes through a proxy, or by another name, is not taken for this machine."""

    async def ask() -> None:
        async with serving(home, ApiOptions(port=0, hosts=("node.example",))) as (_node, client):
            url = f"http://127.0.0.1:{port_of(client)}"
            path = f"/v1/accounts/{format_address(home.address('alice'))}"
            for headers, expected in (
                (("Host: 127.0.0.1",), 200), (("Host: localhost:1",), 200), (("Host: node.example",), 401),
                (("Host: 127.0.0.1", "X-Forwarded-For: 192.0.2.1"), 401),
                (("Host: 127.0.0.1", "Forwarded: for=192.0.2.1"), 401),
                (("Host: 127.0.0.1", "Via: 1.1 proxy"), 401),
            ):  # fmt: skip
                sent = "\r\n".join([f"GET {path} HTTP/1.1", *headers, "", ""]).encode()
                assert (await exchange(url, sent))[0] == expected, headers

    asyncio.run(ask())


def test_the_banker_sees_what_waits_to_be_paid_out_and_nothing_else_of_others(tmp_path: Path) -> None:
    plain = HomeFixture(tmp_path / "plain", template(tmp_path, ""))

    async def ask() -> None:
        async with serving(plain, MEMBERS_MODE) as (_node, client):
            await lock_some(plain, client)
            for name, expected in (("bank", 200), ("alice", 403), ("dave", 403), ("", 401)):
                headers = await signed_in(client, plain, name)
                async with client.get("/v1/withdrawals", headers=headers) as answer:
                    assert answer.status == expected, name
                    found = await answer.json(content_type=None)
                if expected == 200:
                    waiting = [(each["holder"], each["asset"], each["amount"]["base"]) for each in found["withdrawals"]]
                    assert waiting == [(format_address(plain.address("alice")), "EEURO", 7)]
            headers = await signed_in(client, plain, "bank")
            async with client.get(f"/v1/accounts/{format_address(plain.address('alice'))}", headers=headers) as answer:
                assert answer.status == 403

    asyncio.run(ask())


async def lock_some(home: HomeFixture, client: aiohttp.ClientSession) -> None:
    raw = home.raw("alice", LockWithdrawal(CURRENCY_ASSET, 7))
    typed = {"Content-Type": "application/octet-stream"}
    async with client.post("/v1/transactions?wait=decided", data=raw, headers=typed) as answer:
        assert (await answer.json())["code"] == ""


def test_public_is_open_to_strangers(home: HomeFixture) -> None:
    async def ask() -> None:
        async with serving(home, ApiOptions(port=0, read="public", hosts=("node.example",))) as (_node, client):
            path = f"/v1/accounts/{format_address(home.address('alice'))}"
            sent = f"GET {path} HTTP/1.1\r\nHost: node.example\r\n\r\n".encode()
            assert (await exchange(f"http://127.0.0.1:{port_of(client)}", sent))[0] == 200

    asyncio.run(ask())
