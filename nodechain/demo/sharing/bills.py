"""The period's bills: settings and an invented member book, final by a hash on the chain, written, checked offline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.bank.assets import CURRENCY_ASSET
from ledger.keys.address import format_address
from market.denominations import Denominations
from nodechain.billing.archive import BillArchive
from nodechain.billing.canonical import read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.forms import BillForm, render
from nodechain.billing.issuing import prove_bill
from nodechain.billing.member_book import Entries, MemberBook, MemberEntry
from nodechain.billing.periods import days_after
from nodechain.billing.settings import Postal, read_settings
from nodechain.demo.community import Community
from nodechain.demo.sharing.members import FOUNDER, Members
from nodechain.demo.sharing.week import ZONE, MeasuredWeek
from nodechain.errors import EnvironmentFailed, NodeError, UsageError
from nodechain.files.durable_file import make_directory
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.light.opening import open_client

FOLDER: Final = "bills"
NO_EXTRA: Final = "no_extra"
SETTINGS: Final = f"""\
zone = "{ZONE}"
language = "de"

[seller]
name = "Energiegemeinschaft Messstraße (Vorführung)"
[seller.address]
street = "Musterweg 1"
postcode = "0000"
city = "Musterstadt"
country = "AT"

[[taxes]]
category = "O"
reason = "Vorführung mit erfundenen Namen: keine Rechnung"

[[dues]]
name = "member"
text = "Mitgliedsbeitrag"
amount = "2.50"
per = "member"
"""


@dataclass(frozen=True, slots=True)
class IssuedBills:
    """What was written, and what became of the checks.

    `files`: JSON beside its proof, and PDF or HTML. `no_pdf`: why there is no PDF. `receipts`: proven by all bills
    together. `changed`: what a changed digit was answered with.
    """

    folder: Path
    period: str
    bills: list[dict[str, Any]]
    files: int
    no_pdf: str
    receipts: int
    changed: str


class Bills:
    """Of one week; the node must run until they are written, and is not needed to check them."""

    def __init__(self, community: Community, members: Members) -> None:
        self._community = community
        self._members = members
        self._folder = community.folder / FOLDER
        self.period = billed_period(members.week)

    def issue(self) -> tuple[list[Path], str]:
        """Make the period's bills final and write them; the files that hold both, and why none is a PDF."""
        archive = BillArchive(self._community.home)
        make_directory(archive.path)
        archive.settings.write_text(SETTINGS)
        MemberBook(archive.book, lambda: self._community.password).put_all(invented_entries(self._members.addresses()))
        child = self._community.start("bill", "final", "--period", self.period, "--from", FOUNDER)
        child.finish()
        self._community.stop_child(child)
        return self._write(archive)

    def _write(self, archive: BillArchive) -> tuple[list[Path], str]:
        """Each bill as JSON with its proof, and for reading as PDF, or as HTML where the extra is not installed."""
        home = Home(self._community.home)
        genesis = read_genesis(home.genesis)
        code = Denominations.of(genesis).assets[CURRENCY_ASSET - 1].code
        settings, entries = read_settings(archive.settings), MemberBook(archive.book, self._password).entries()
        node = self._members.wallet.api
        client = open_client(home, genesis, node.api)
        self._folder.mkdir()
        files, no_pdf, form = [], "", BillForm.PDF
        for bill, _hashed in archive.bills():
            data = archive.document(bill.number)
            proof = prove_bill(node, client, genesis, archive, bill.number, lambda _done: None)
            entry = entries[bill.account]
            base = self._folder / f"{bill.number:02}-{entry.name}"
            base.with_suffix(".json").write_bytes(data)
            base.with_suffix(".proof").write_bytes(proof)
            try:
                made = render(form, data, proof, settings.seller, entry, code)
            except UsageError as error:
                if error.code != NO_EXTRA:
                    raise
                no_pdf, form = error.advice, BillForm.HTML
                made = render(form, data, proof, settings.seller, entry, code)
            base.with_suffix(f".{form.value}").write_bytes(made)
            files.append(base.with_suffix(f".{form.value}"))
        return files, no_pdf

    def _password(self) -> str:
        return self._community.password

    def check(self, files: list[Path], no_pdf: str) -> IssuedBills:
        """`bill verify` of every file, with the genesis and no node; then a bill with one digit changed."""
        checked = self._verify(files)["bills"]
        bills = [
            {"bill": row["bill"], "file": row["file"], "due_cents": row["due_cents"], "receipts": row["receipts"]}
            for row in checked
        ]
        receipts = sum(row["receipts"] for row in bills)
        changed = self._changed_digit(files[0].with_suffix(".json"))
        return IssuedBills(self._folder, self.period, bills, len(files), no_pdf, receipts, changed)

    def _verify(self, files: list[Path]) -> Any:
        genesis = str(Home(self._community.home).genesis)
        child = self._community.start("bill", "verify", *(str(file) for file in files), "--genesis", genesis)
        try:
            return child.finish()
        finally:
            self._community.stop_child(child)

    def _changed_digit(self, file: Path) -> str:
        """The answer to a bill whose first line has another digit; raises `NodeError` where it passes for true."""
        changed = self._community.folder / "changed.json"
        changed.write_bytes(with_changed_digit(file.read_bytes()))
        changed.with_suffix(".proof").write_bytes(file.with_suffix(".proof").read_bytes())
        try:
            self._verify([changed])
        except EnvironmentFailed as refused:
            return f"{refused.code}: {refused.detail.partition(': ')[2]}"
        raise NodeError("a bill with a changed digit passes for true", code="false_bill_passed")


def invented_entries(addresses: Mapping[str, bytes]) -> Entries:
    """The member book of accounts by their names; the addresses are invented: the data name nobody."""
    found = {}
    for place, (name, address) in enumerate(addresses.items(), 1):
        postal = Postal(street=f"Messstraße {place}", postcode="0000", city="Musterstadt", country="AT")
        found[format_address(address)] = MemberEntry(name, postal)
    return found


def billed_period(week: MeasuredWeek) -> str:
    """The days of the week and the one after it, on which the operator's files came and runs were posted."""
    return f"{week.first_day}..{days_after(week.first_day, week.days)}"


def with_changed_digit(data: bytes) -> bytes:
    """The canonical bill with the last digit of its first line's amount changed."""
    amount = read_canonical(data, Bill).lines[0].amount
    other = amount[:-1] + str((int(amount[-1]) + 1) % 10)
    made, count = re.subn(f'"amount": ?"{re.escape(amount)}"', f'"amount":"{other}"', data.decode(), count=1)
    assert count == 1, "an amount stands in the bill as it is"
    return made.encode()
