"""Bills at a node's interface: whose they are, their forms, and a treasurer's period from the preview to the bank."""

from __future__ import annotations

import asyncio
import base64
import threading
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from harness.node import PASSWORD, HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.billing.payloads import FinaliseBills, PayBill, RecordPayment
from ledger.errors import Refused
from ledger.keys.address import format_address
from ledger.state.merkle import LIST_PROOF, verify_item
from nodechain.api.billing_office import BillingOffice, RunJob
from nodechain.api.routes import ROUTES
from nodechain.api.server import ApiOptions
from nodechain.billing.canonical import bill_hash
from nodechain.billing.html_form import embedded_in_html
from nodechain.billing.member_book import MemberBook, MemberEntry
from nodechain.billing.proof import verify_bill
from nodechain.billing.settings import Postal
from nodechain.clock import PlayedClock
from nodechain.light.client import genesis_trust, terms_of
from tests.nodechain.test_bill_commands import DAY, HOUR_MS, treasury
from tests.support.api import get, serving
from tests.support.signing_in import signed_in

NAMES = ("alice", "bob", "carol", "dave")
LOOKS = 6_000


def with_book(home: HomeFixture, *, whole: bool = True) -> None:
    """All members in the book; the last one is left out where it is not whole."""
    book = MemberBook(home.path / "billing" / "members.book", lambda: PASSWORD)
    for name in [
        name for name in (NAMES if whole else NAMES[:-1]) if format_address(home.address(name)) not in book.entries()
    ]:
        entry = MemberEntry(
            f"{name.title()} Muster", Postal(street="Weg 3", postcode="4020", city="Linz", country="AT")
        )
        book.put(format_address(home.address(name)), entry)


async def post(client: aiohttp.ClientSession, path: str, **body: Any) -> tuple[int, Any]:
    async with client.post(path, json=body) as answer:
        return answer.status, await answer.json(content_type=None)


async def run_of(client: aiohttp.ClientSession, **body: Any) -> Any:
    """What came of a period's bills."""
    status, begun = await post(client, "/v1/billing/desk/runs", **body)
    assert status == 200, begun
    for _try in range(LOOKS):
        run = (await get(client, "/v1/billing/desk"))["run"]
        if run["over"]:
            return run
        await asyncio.sleep(0.01)
    raise AssertionError("the run does not end")


async def send(client: aiohttp.ClientSession, raw: bytes) -> Any:
    async with client.post("/v1/transactions?wait=decided", data=raw) as answer:
        found = await answer.json(content_type=None)
        assert found["code"] == "", found
        return found


def statement(rows: list[tuple[str, str, str]]) -> str:
    """A bank's CSV: (bank reference, amount, text)."""
    lines = ["account;reference;date;amount;currency;text"]
    lines += [f"AT611904300234573201;{own};2023-11-20;{amount};EUR;{text}" for own, amount, text in rows]
    return "\n".join(lines)


def test_a_treasurer_makes_a_period_final_and_members_read_their_bills(tmp_path: Path) -> None:
    home = treasury(tmp_path)
    with_book(home, whole=False)

    async def month() -> None:
        async with serving(home) as (node, client):
            await send(client, home.raw("carol", paid(home)))
            desk = await get(client, "/v1/billing/desk")
            assert (desk["zone"], desk["has_book"], desk["next_number"], desk["run"]) == ("UTC", True, 1, None)
            wrong = await run_of(client, period=DAY, password="wrong")
            assert wrong["error"] == "wrong_password_or_key"
            early = await run_of(client, period=DAY, password=PASSWORD, final=True)
            assert {each["code"] for each in early["problems"]} == {"period_open", "no_member_entry"}
            assert (early["done"], early["count"], early["finalising"]) == (4, 4, None)
            with_book(home)
            assert isinstance(node.clock, PlayedClock)
            node.clock.move_to(node.clock.wall_ms() + 2 * HOUR_MS)
            await send(client, home.raw("carol", paid(home)))
            preview = await run_of(client, period=DAY, password=PASSWORD)
            assert preview["problems"] == []
            assert preview["finalising"] is None
            final = await run_of(client, period=DAY, password=PASSWORD, final=True)
            payload = final["finalising"]
            assert payload["count"] == 4
            assert (await get(client, "/v1/billing/desk"))["pending"] == 1
            await send(
                client,
                home.raw(
                    "alice",
                    FinaliseBills(
                        payload["first"], payload["count"], bytes.fromhex(payload["root"]), payload["from_ms"],
                        payload["to_ms"],
                    ),
                ),
            )  # fmt: skip
            status, settled = await post(client, "/v1/billing/desk/settle")
            assert (status, settled["settled"], settled["pending"], settled["documents"]) == (200, 4, 0, 4)
            await members_read(home, client, payload)
            await over_the_bank(home, client)

    asyncio.run(month())


def paid(home: HomeFixture) -> Transfer:
    """Something that moves money in the period."""
    return Transfer(CURRENCY_ASSET, home.address("bob"), 10**6)


async def members_read(home: HomeFixture, client: aiohttp.ClientSession, payload: dict[str, Any]) -> None:
    """Carol's bill is the one in the run; its forms carry what she says of herself, and nothing of the member book."""
    carol = format_address(home.address("carol"))
    listed = (await get(client, f"/v1/billing/documents?account={carol}"))["documents"]
    assert [(each["account"], each["due_cents"], each["corrected_by"]) for each in listed] == [(carol, 250, 0)]
    number = listed[0]["number"]
    found = await get(client, f"/v1/billing/documents/{number}")
    hashed = bill_hash(found["document"].encode())
    assert hashed.hex() == listed[0]["hash"]
    place = LIST_PROOF.decode(bytes.fromhex(found["listed"]))
    verify_item(bytes.fromhex(payload["root"]), hashed, place)
    assert place.position == number - 1
    assert found["epc"].split("\n")[-1] == found["reference"]
    status, page = await post(
        client, f"/v1/billing/documents/{number}/forms", form="html", buyer={"name": "C. <b>Huber</b>"}
    )
    assert status == 200
    text = base64.b64decode(page["data"]).decode()
    assert "C. &lt;b&gt;Huber&lt;/b&gt;" in text
    assert "Muster" not in text
    await by_the_member_book(home, client, number)
    _status, raw = await post(client, f"/v1/billing/documents/{number}/forms", form="json")
    assert base64.b64decode(raw["data"]).decode() == found["document"]
    assert (await post(client, f"/v1/billing/documents/{number}/forms", form="docx"))[1]["code"] == "bad_parameter"
    refused = await post(client, f"/v1/billing/documents/{number}/forms", form="ubl")
    assert (refused[0], refused[1]["code"]) == (400, "no_einvoice")
    assert (await get(client, "/v1/billing/documents/9", 404))["code"] == "no_document"


async def by_the_member_book(home: HomeFixture, client: aiohttp.ClientSession, number: int) -> None:
    """The desk's form names the member; the node made its proof out of its own store, and it holds."""
    path = "/v1/billing/desk/forms"
    status, page = await post(client, path, number=number, form="html", password=PASSWORD)
    assert status == 200, page
    content = base64.b64decode(page["data"])
    assert b"Carol Muster" in content
    data, proof = embedded_in_html(content)
    genesis = home.genesis
    found = verify_bill(data, proof, genesis, terms_of(genesis), genesis_trust(genesis), 2**62)
    assert (found.bill.number, found.opening) == (number, "from the genesis")
    assert found.receipts > 0
    assert (await post(client, path, number=number, form="html"))[1]["code"] == "wrong_password_or_key"
    assert (await post(client, path, number=99, form="html", password=PASSWORD))[1]["code"] == "no_document"


async def over_the_bank(home: HomeFixture, client: aiohttp.ClientSession) -> None:
    """A part of one bill over the bank, another on the chain: the rest is owed."""
    rows = [("A1", "1,00", "EG-2 danke"), ("A2", "3,00", "nothing of ours"), ("A3", "-5,00", "EG-1")]
    asked = {"statement": statement(rows)}
    status, found = await post(client, "/v1/billing/desk/entries", **asked)
    assert status == 200
    assert [(each["number"], each["reason"], each["noted"]) for each in found["entries"]] == [
        (2, "", False), (0, "no_reference", False), (0, "outgoing", False),
    ]  # fmt: skip
    entry = found["entries"][0]
    await send(client, home.raw("alice", RecordPayment(2, CURRENCY_ASSET, entry["base"], bytes.fromhex(entry["hash"]))))
    again = (await post(client, "/v1/billing/desk/entries", **asked))[1]["entries"]
    assert [each["noted"] for each in again] == [True, False, False]
    await send(client, home.raw("bob", PayBill(1, CURRENCY_ASSET, 250 * entry["base"] // entry["cents"])))
    status, owed = await post(client, "/v1/billing/desk/debtors", password=PASSWORD)
    assert status == 200
    assert [(each["bill"]["number"], each["open_cents"], each["overdue_days"]) for each in owed["bills"]] == [
        (2, 150, 0), (3, 250, 0), (4, 250, 0),
    ]  # fmt: skip
    assert all(each["member"].endswith(" Muster") for each in owed["bills"])
    nameless = (await post(client, "/v1/billing/desk/debtors"))[1]
    assert {each["member"] for each in nameless["bills"]} == {""}
    status, nothing = await post(
        client, "/v1/billing/desk/files", kind="debits", run=1, day="2023-12-01", password=PASSWORD
    )
    assert (status, nothing["code"]) == (400, "nothing_to_write")
    assert (await post(client, "/v1/billing/desk/entries", statement="<x/>"))[1]["code"] == "bad_statement"


def test_the_desk_is_a_treasurers_and_a_bill_its_owners(tmp_path: Path) -> None:
    home = treasury(tmp_path)

    async def asked() -> None:
        async with serving(home, ApiOptions(port=0, read="members")) as (_node, client):
            routes = [route for route in ROUTES if route.path.startswith("/v1/billing/d")]
            assert len(routes) == 11
            account = format_address(home.address("bob"))
            for name, code in (("", "login_needed"), ("bob", "not_yours")):
                headers = await signed_in(client, home, name)
                async with client.get("/v1/billing/desk", headers=headers) as answer:
                    assert (await answer.json(content_type=None))["code"] == code
                for path, body in BODIES.items():
                    async with client.post(path, json=body, headers=headers) as answer:
                        assert (await answer.json(content_type=None))["code"] == code, path
                async with client.get("/v1/billing/documents", params={"account": account}, headers=headers) as answer:
                    assert answer.status == (200 if name else 401)
            headers = await signed_in(client, home, "alice")
            async with client.get("/v1/billing/desk", headers=headers) as answer:
                assert answer.status == 200
            async with client.get("/v1/billing/documents", params={"account": account}, headers=headers) as answer:
                assert (await answer.json(content_type=None))["code"] == "not_yours"

    asyncio.run(asked())


BODIES: dict[str, dict[str, Any]] = {
    "/v1/billing/desk/runs": {"period": DAY},
    "/v1/billing/desk/settle": {},
    "/v1/billing/desk/debtors": {},
    "/v1/billing/desk/entries": {"statement": ""},
    "/v1/billing/desk/forms": {"number": 1, "form": "json"},
    "/v1/billing/desk/reminders": {"number": 1, "level": 1},
    "/v1/billing/desk/files": {"kind": "debits", "day": "2023-12-01"},
}


@pytest.mark.parametrize(
    ("failure", "code"),
    [(KeyError("x"), "broken_invariant"), (Refused("no"), "broken_invariant"), (OSError("disk"), "environment")],
)
def test_a_run_that_fails_in_any_way_is_over_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, code: str
) -> None:
    home = treasury(tmp_path)
    with_book(home)

    def fails(_office: BillingOffice, _job: RunJob, _password: str) -> None:
        raise failure

    async def asked() -> None:
        async with serving(home) as (_node, client):
            with monkeypatch.context() as patched:
                patched.setattr(BillingOffice, "_make", fails)
                run = await run_of(client, period="2023-11", password=PASSWORD)
                assert (run["over"], run["error"]) == (True, code)
            again = await run_of(client, period="2023-11", password=PASSWORD)
            assert (again["over"], again["error"]) == (True, "")

    asyncio.run(asked())


def test_a_second_run_is_refused_until_the_first_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, going_on = treasury(tmp_path), threading.Event()
    with_book(home)

    def waits(_office: BillingOffice, _job: RunJob, _password: str) -> None:
        going_on.wait()
        raise Refused("no")

    async def asked() -> None:
        async with serving(home) as (_node, client):
            monkeypatch.setattr(BillingOffice, "_make", waits)
            begun = [await post(client, "/v1/billing/desk/runs", period="2023-11", password=PASSWORD) for _ in range(2)]
            going_on.set()
            assert [status for status, _answer in begun] == [200, 503]
            assert begun[1][1]["code"] == "busy"
            for _try in range(LOOKS):
                if (await get(client, "/v1/billing/desk"))["run"]["over"]:
                    return
                await asyncio.sleep(0.01)
            raise AssertionError("the run does not end")

    asyncio.run(asked())
