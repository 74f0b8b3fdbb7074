"""Bills on the page: a treasurer's period; a member's bill read, checked in the browser, paid; a changed digit."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD, HomeFixture
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.encoding.codec import Value
from ledger.energy.payloads import EnergyProduced
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.billing.archive import BillArchive
from nodechain.billing.member_book import MemberBook, MemberEntry
from nodechain.billing.received import ReceivedBills
from nodechain.billing.reminders import ReminderLog
from nodechain.billing.settings import Postal
from nodechain.client.answers.status import ClockView
from nodechain.client.node_client import RestClient
from tests.nodechain.test_bill_commands import SETTINGS
from tests.nodechain.test_bill_reminders import LEVELS
from tests.support.billing_extra import need_billing
from tests.support.peers import module
from tests.web.place import DEV, Place, home_in, served
from tests.web.street import drive
from tests.web.test_page import browse, plain, require_clean
from tests.web.test_page_access import press, write
from tests.web.test_page_login import unlocking, visit

pytestmark = pytest.mark.xdist_group("page")

DAY_MS = 86_400_000
MOST_SHEETS = 4
ENT, EURO = 10**9, 10**9
MEMBERS = ("alice", "bob", "carol", "dave")
SIGNED = ".notice.good:has-text('Done.')"
CHECKED = {"wait": "text=no digit was changed since"}


def evening(home: HomeFixture) -> list[tuple[str, Value]]:
    """Who does what."""
    return [
        ("alice", Transfer(CURRENCY_ASSET, home.address("bob"), 3_337 * EURO // 1_000)),
        ("battery", EnergyProduced(1, home.address("alice"), 10_000)),
        ("alice", PlaceOrder(1, Side.SELL, OrderKind.LIMIT, 2_503 * EURO // 10_000, 2 * ENT, 0)),
        ("bob", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, 26 * EURO // 100, 3 * ENT // 2, 0)),
    ]


@dataclass(frozen=True, slots=True)
class Town(Place):
    """A community that lived on a day, until `noon_ms`; alice is its treasurer."""

    noon_ms: int

    @property
    def day(self) -> str:
        """As commands write it."""
        return self._noon.date().isoformat()

    @property
    def day_name(self) -> str:
        """As the page says it in English."""
        return f"{self._noon:%B} {self._noon.day}, {self._noon.year}"

    @property
    def _noon(self) -> datetime:
        return datetime.fromtimestamp(self.noon_ms // 1_000, UTC)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Tomorrow's noon: the clock of this chain is moved there, so that no midnight comes in between."""
    table = '\n[billing]\ntreasurers = ["alice"]\naccount = "operator"\nprefix = "EG/"\n'
    home = home_in(tmp_path_factory.mktemp("bills"), f"{DEV}{table}")
    (home.path / "billing").mkdir()
    (home.path / "billing" / "billing.toml").write_text(SETTINGS + LEVELS)
    with served(home) as at:
        noon_ms = (at.clock_ms() // DAY_MS + 1) * DAY_MS + DAY_MS // 2
        made = Town(home, at.url, at.environment, noon_ms)
        with_clock_at(made, noon_ms)
        made.sends(*evening(home))
        yield made


def write_book(place: Town, *names: str) -> None:
    book = MemberBook(place.home.path / "billing" / "members.book", lambda: PASSWORD)
    for name in names:
        address = Postal(street="Weg 3", postcode="4020", city="Linz", country="AT")
        book.put(place.address(name), MemberEntry(f"{name.title()} Muster", address))


def unlocked(place: Town, name: str) -> list[dict[str, Any]]:
    return [*unlocking(place, name), {"click": "Unlock", "wait": ".foot:has-text('key unlocked')"}]


def to_the_desk(place: Town) -> list[dict[str, Any]]:
    """Alice finds her desk beside her own bills."""
    return [
        {"go": "bills", "wait": "text=To the treasurer's desk"},
        {"go": "treasury", "wait": "text=Password of the member book"},
        {"fill": "Password of the member book", "text": PASSWORD},
        {"fill": "Period", "text": place.day},
    ]


def test_a_treasurer_sees_what_is_missing_then_makes_a_period_final(place: Town, tmp_path: Path) -> None:
    write_book(place, *MEMBERS[:-1])
    blocked = [*to_the_desk(place), {"click": "Preview", "wait": "text=stand in the way"}]
    (seen,) = browse(place, tmp_path, visit("bills-blocked", "bills", place.address("alice"), steps=blocked))
    require_clean(seen)
    text = plain(seen["text"])
    assert seen["says"] == "No period is final yet."
    assert "Alice Muster: the chain is not past the period's end" in text
    assert "not in the member book" in text
    assert "Sign and make final" not in text
    write_book(place, MEMBERS[-1])
    with_clock_at(place, place.noon_ms + DAY_MS)
    steps = [
        *unlocked(place, "alice"),
        *to_the_desk(place),
        {"click": "Number them, to sign", "wait": "text=Nothing is missing."},
        {"click": "Sign and make final", "wait": "h1:has-text('Bills are final up to')"},
        {"wait": "text=4 documents are final and kept."},
        {"click": "Show who owes", "wait": "text=4 bills are open: 10.00 in all."},
    ]
    (made,) = browse(
        place, tmp_path, visit("treasury", "account", place.address("alice"), width=390, scheme="dark", steps=steps)
    )
    require_clean(made)
    assert (
        made["says"] == f"Bills are final up to {replace(place, noon_ms=place.noon_ms + DAY_MS).day_name}, 4 documents."
    )
    assert "4 bills from number 1 on are final." in plain(made["text"])
    assert "Dave Muster" in made["text"]


def with_clock_at(place: Town, time_ms: int) -> None:
    """The chain's clock moved on, and a block made."""
    with closing(RestClient(place.url)) as api:
        api.api.post_json("/v1/clock", {"time_ms": time_ms, "block": True}, ClockView)


def of_bob(place: Town, name: str, where: str, *, steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return visit(name, where, place.address("bob"), steps=steps, **more)


def number_of(place: Town, name: str) -> int:
    found = [
        bill.number for bill, _hashed in BillArchive(place.home.path).bills() if bill.account == place.address(name)
    ]
    return max(found)


def test_a_member_reads_a_bill_that_this_browser_has_checked(place: Town, tmp_path: Path) -> None:
    number = number_of(place, "bob")
    printed = tmp_path / "printed.pdf"
    document = f"**/v1/billing/documents/{number}"
    digit = {"where": document, "from": '\\"amount\\":\\"3337', "to": '\\"amount\\":\\"3347'}
    reads, dark, changed, paid_lie = browse(
        place,
        tmp_path,
        of_bob(place, "bill", f"bills/{number}", steps=[CHECKED, {"print": str(printed)}]),
        of_bob(place, "bill-dark-phone", f"bills/{number}", steps=[
            {"wait": "text=Keine Stelle wurde seither geändert"},
        ], width=390, scheme="dark", language="de"),
        of_bob(place, "bill-changed", f"bills/{number}", lie=digit, steps=[
            {"wait": "text=This bill is not verified."},
        ]),
        of_bob(place, "bill-paid-lie", f"bills/{number}", picture=False, lie={
            "where": document, "from": '"paid_by_bank":{"base":0', "to": '"paid_by_bank":{"base":7',
        }, steps=[{"wait": "text=What the node says was paid is not what the signed state holds."}]),
    )  # fmt: skip
    for seen in (reads, dark, changed, paid_lie):
        require_clean(seen)
    text = plain(reads["text"])
    assert reads["says"] == f"Your bill for {place.day_name}: 2.50 eEuro to pay."
    assert re.search("verified at block|true as of", reads["marks"][0])
    assert "Trades: traded (out)" in text
    assert "AT61 1904 3002 3457 3201" in text
    assert "only read" in text
    assert "calculated again" in text
    wrong = plain(changed["text"])
    assert changed["says"] == "This bill is not verified. Do not pay it."
    assert changed["marks"][0].endswith("not verified")
    assert "Its checksum is not the one on the chain: at least one digit was changed." in wrong
    assert "It is not verified: it cannot be paid from here." in wrong
    assert "Sign and pay" not in wrong
    on_paper(printed.read_bytes(), place)


def on_paper(content: bytes, place: Town) -> None:
    """Printed, a bill has its lines, sums, how to pay it and its checksum on few sheets, and nothing to press."""
    need_billing("pypdf")
    pages = module("pypdf").PdfReader(io.BytesIO(content)).pages
    text = plain("\n".join(page.extract_text() for page in pages))
    assert len(pages) <= MOST_SHEETS
    for part in (
        place.day_name,
        "Trades: traded (out)",
        "Member fee",
        "AT61 1904 3002 3457 3201",
        place.address("bob"),
    ):
        assert part in text
    for part in ("Sign and pay", "Keep it", "Print", "All bills", "Unlock"):
        assert part not in text, text


def test_a_member_pays_and_sees_a_correction_beside_its_bill(place: Town, tmp_path: Path) -> None:
    number = number_of(place, "bob")
    steps = [
        press("button", "From a file"),
        {"to": ["textbox", "Key file"], "file": place.file("bob"), "wait": "input[type=password]"},
        write("Password", PASSWORD),
        {"key": "Enter", "wait": ".notice.good"},
        press("link", "Bills", "h1:has-text('One bill is open: 2.50 to pay.')"),
        press("link", place.day_name, CHECKED["wait"]),
        press("button", "Sign and pay", SIGNED),
    ]
    walk = {**visit("pays-bill", "account", picture=False, steps=steps), "watched": None}
    paid: dict[str, Any] = drive(place, tmp_path, "access.mjs", walks=[walk])["walks"][0]
    assert (paid["lost"], paid["unseen"], paid["covered"]) == ([], [], [])
    assert f"Bill {number} was paid: 2.5" in plain(paid["text"])
    settings = place.home.path / "billing" / "billing.toml"
    settings.write_text(SETTINGS.replace('amount = "2.50"', 'amount = "3.50"'))
    place.does("bill", "correct", str(number), "--from", "alice")
    corrected = number_of(place, "bob")
    listed, first, second = browse(
        place,
        tmp_path,
        of_bob(place, "bills", "bills", width=390, steps=[{"wait": f"text=corrects {number}"}]),
        of_bob(place, "bill-corrected", f"bills/{number}", steps=[
            CHECKED, {"wait": "text=First bill and correction"}, {"click": "CSV", "save": str(tmp_path / "bill.csv")},
        ]),
        of_bob(place, "correction", f"bills/{corrected}", picture=False, steps=[CHECKED]),
    )  # fmt: skip
    for seen in (listed, first, second):
        require_clean(seen)
    assert listed["says"] == "One bill is open: 1.00 to pay."
    assert "replaced by a correction" in listed["text"]
    assert f"Bill {corrected} takes its place" in first["text"]
    assert f"Takes the place of bill {number}" in second["text"]
    assert (tmp_path / "bill.csv").read_text().startswith("bill,account,first_day")


def test_a_bill_that_was_given_as_a_file_is_taken_in(place: Town, tmp_path: Path) -> None:
    """Checked by the node, and kept; one with another digit is not."""
    number = number_of(place, "carol")
    file, changed = tmp_path / "carol.html", tmp_path / "changed.html"
    place.does("bill", "export", str(number), "--out", str(file))
    data = BillArchive(place.home.path).document(number)
    other = data.replace(b'"due_cents":250', b'"due_cents":150')
    assert other != data
    changed.write_bytes(file.read_bytes().replace(base64.b64encode(data), base64.b64encode(other)))
    choose = {"choose": "The bill's file"}
    steps = [
        {**choose, "file": str(changed), "wait": ".notice.warn .code"},
        {**choose, "file": str(file), "wait": f"text=Bill EG/{number} is kept here"},
    ]
    (seen,) = browse(place, tmp_path, visit("bill-taken-in", "bills", place.address("carol"), width=390, steps=steps))
    (refused,) = seen.pop("errors")
    assert "400 (Bad Request)" in refused, "the false one"
    require_clean({**seen, "errors": []})
    assert "receipts prove it" in plain(seen["text"])
    assert ReceivedBills(place.home.path).numbers() == [number]


def test_the_desk_writes_a_members_bill_and_a_reminder(place: Town, tmp_path: Path) -> None:
    """With the name from the member book, and the proof; the reminder is noted."""
    number = number_of(place, "dave")
    with_clock_at(place, place.noon_ms + (1 + 14 + 8) * DAY_MS)
    page, letter = tmp_path / "dave.html", tmp_path / "reminder.html"
    steps = [
        *to_the_desk(place)[1:3],
        {"card": "A bill for its member", "fill": "Number", "text": str(number)},
        {"card": "A bill for its member", "click": "HTML", "save": str(page)},
        {"click": "Show who owes", "wait": "text=Write reminder 1"},
        {"card": "Who owes", "click": "Write reminder 1", "save": str(letter), "wait": "text=1 sent on"},
    ]
    (seen,) = browse(place, tmp_path, visit("treasury-reminder", "bills", place.address("alice"), steps=steps))
    require_clean(seen)
    for file, title in ((page, "Dave Muster"), (letter, "Reminder 1")):
        assert title in file.read_text()
    checked = place.does("bill", "verify", str(page), str(letter))["bills"]
    assert [each["receipts"] > 0 for each in checked] == [True, True]
    assert [each.level for each in ReminderLog(place.home.path).all()] == [1]


def test_a_banks_file_is_shown_before_anything_is_noted(place: Town, tmp_path: Path) -> None:
    rows = [("A1", "1,25", "EG/1 danke"), ("A2", "9,00", "Miete"), ("A3", "-5,00", "EG/3")]
    lines = ["account;reference;date;amount;currency;text"]
    lines += [f"AT611904300234573201;{own};{place.day};{amount};EUR;{text}" for own, amount, text in rows]
    file = tmp_path / "statement.csv"
    file.write_text("\n".join(lines))
    steps = [
        *unlocked(place, "alice"),
        {"go": "treasury", "wait": "text=File of the bank"},
        {"choose": "File of the bank", "file": str(file), "wait": "text=pays EG/1"},
        {"wait": "text=Notes one payment over the bank, 1.25. Nothing moves."},
        {"click": "Sign and note one entry", "wait": "text=noted before, with EG/1"},
        {"click": "Show who owes", "wait": "text=bills are open"},
    ]
    (seen,) = browse(place, tmp_path, visit("treasury-bank", "account", place.address("alice"), steps=steps))
    require_clean(seen)
    text = plain(seen["text"])
    assert "names no bill: not noted" in text
    assert "goes out: not noted" in text
    assert place.does("bill", "show", "1") != {}
