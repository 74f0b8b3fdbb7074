"""`nodechain bill remind`: who owes, which reminder is due, and reminders written and noted."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import click
import msgspec

from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.genesis import Genesis
from market.denominations import Denominations
from nodechain.billing.archive import own_bill
from nodechain.billing.canonical import read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.document_index import DocumentIndex
from nodechain.billing.issuing import prove_bill
from nodechain.billing.member_book import Entries
from nodechain.billing.open_bills import OpenBill, open_bills
from nodechain.billing.periods import local_day
from nodechain.billing.received import FoundBill, ReceivedBills
from nodechain.billing.reminders import Reminder, ReminderLog, due_level, reminder_form, reminder_of, sent_of
from nodechain.billing.rounding import CentSize
from nodechain.billing.settings import read_settings
from nodechain.billing.sheet import cents_text
from nodechain.commands.bill import archive_of, book_of
from nodechain.commands.light import client_of
from nodechain.commands.sending.chain import chain_time_ms, signing_genesis
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import table
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import NotFound, UsageError
from nodechain.files.durable_file import make_directory


class Owing(msgspec.Struct, frozen=True):
    """A bill that is not paid, what was sent of it, and the level that may be sent now (0: none)."""

    owed: OpenBill
    bill: Bill
    sent: list[Reminder]
    level: int


@click.command()
@click.option("--out", "folder", type=click.Path(file_okay=False, path_type=Path),
              help="Write the reminders that are due into this folder, and note them as sent.")  # fmt: skip
@click.option("--form", type=click.Choice(["html", "pdf"]), default="html", help="Of the reminders.")
@click.option("--bill", "numbers", type=click.IntRange(min=1), multiple=True, help="Only these bills; may be repeated.")
@click.option("--withdraw", type=(click.IntRange(min=1), click.IntRange(min=1)), metavar="NUMBER LEVEL",
              help="Forget a reminder that should not have been sent, with its fee.")  # fmt: skip
@command
def remind(
    invocation: Invocation,
    *,
    folder: Path | None,
    form: str,
    numbers: tuple[int, ...],
    withdraw: tuple[int, int] | None,
) -> None:
    """Who owes, and which reminder is due by the terms of the bill; with --out they are written and noted.

    Levels follow each other, each once. What a level costs is a due of the member's next bill, where the bill that is
    reminded of says so in its terms.
    """
    if withdraw is not None:
        if folder is not None or numbers:
            raise UsageError("--withdraw goes alone")
        ReminderLog(invocation.home).withdraw(*withdraw)
        number, level = withdraw
        invocation.show({"number": number, "level": level}, f"Level {level} of bill {number} is forgotten.")
        return
    desk = _Reminding(invocation)
    found = [each for each in desk.owing() if not numbers or each.bill.number in numbers]
    if missing := sorted(set(numbers) - {each.bill.number for each in found}):
        raise NotFound(f"bill {missing[0]} is not open", code="not_open", advice="See `nodechain bill remind`.")
    written = {} if folder is None else desk.write(found, folder, form)
    rows = [_row(each, desk, written) for each in found]
    invocation.show({"day": desk.day, "bills": rows}, _text(found, rows, desk, written), rows)


def open_here(invocation: Invocation, index: DocumentIndex, genesis: Genesis, day: str) -> list[OpenBill]:
    """Of the documents of this home, what the chain does not know to be paid."""
    currency = Denominations.of(genesis).assets[CURRENCY_ASSET - 1]
    with Progress("bill", len(index.all())) as progress:

        def paid(number: int) -> int:
            issued = invocation.node.bills.bill(number)
            progress.at(number)
            return int(issued["paid_on_chain"]["base"]) + int(issued["paid_by_bank"]["base"])

        return open_bills(index, paid, CentSize.of(currency.decimals), day)


class _Reminding:
    """The operator's home, and what the chain knows to be paid."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self.archive = archive_of(invocation)
        self.settings = read_settings(self.archive.settings)
        self.genesis = signing_genesis(invocation)
        self.day = local_day(chain_time_ms(invocation.node.status()), self.settings.zone)
        self.log = ReminderLog(invocation.home)

    @cached_property
    def entries(self) -> Entries:
        """The member book, opened once."""
        return book_of(self._invocation).entries() if self.archive.book.exists() else {}

    def owing(self) -> list[Owing]:
        """The longest overdue first; of bills that this home made."""
        index = DocumentIndex(self.archive, ReceivedBills(self._invocation.home))
        sent = list(self.log.all())
        found = open_here(self._invocation, index, self.genesis, self.day)
        owing = []
        for owed in found:
            bill = read_canonical(own_bill(self.archive, owed.bill.number, None).data, Bill)
            mine = sent_of(sent, bill.number)
            owing.append(Owing(owed, bill, mine, due_level(bill, mine, owed.overdue_days, self.day)))
        return owing

    def write(self, found: list[Owing], folder: Path, form: str) -> dict[int, str]:
        """The files of what is due, by number; each is noted when it is written."""
        make_directory(folder)
        code = Denominations.of(self.genesis).assets[CURRENCY_ASSET - 1].code
        written = {}
        for each in found:
            if not each.level:
                continue
            reminder = reminder_of(each.bill, each.owed, each.level, self.day)
            data = reminder_form(
                self._proven(each.bill.number), reminder, each.owed.due_day,
                self.entries.get(each.bill.account), code, pdf=form == "pdf",
            )  # fmt: skip
            file = folder / f"{each.bill.number}-{each.level}.{form}"
            self._invocation.write_file(file, data)
            self.log.note(reminder)
            written[each.bill.number] = str(file)
        return written

    def _proven(self, number: int) -> FoundBill:
        client, genesis = client_of(self._invocation)
        prove_bill(self._invocation.node, client, genesis, self.archive, number, lambda _done: None)
        return own_bill(self.archive, number, self.settings.seller)


def _row(each: Owing, desk: _Reminding, written: dict[int, str]) -> dict[str, Any]:
    entry = desk.entries.get(each.bill.account)
    fee = each.bill.terms.reminders[each.level - 1].cents if each.level else 0
    return {
        "number": each.bill.number,
        "bill": each.bill.name,
        "account": each.bill.account,
        "email": "" if entry is None else entry.email,
        "due_day": each.owed.due_day,
        "overdue_days": each.owed.overdue_days,
        "open_cents": each.owed.open_cents,
        "sent": len(each.sent),
        "sent_day": each.sent[-1].day if each.sent else "",
        "level": each.level,
        "fee_cents": fee,
        "file": written.get(each.bill.number, ""),
    }


def _text(found: list[Owing], rows: list[dict[str, Any]], desk: _Reminding, written: dict[int, str]) -> str:
    if not found:
        return "Nobody owes anything."
    shown = [
        (row["bill"], _called(each, desk), row["due_day"], str(row["overdue_days"]), cents_text(row["open_cents"]),
         f"{row['sent']} ({row['sent_day']})" if row["sent"] else "-",
         f"{row['level']}, {cents_text(row['fee_cents'])}" if row["level"] else "-", row["file"])
        for each, row in zip(found, rows, strict=True)
    ]  # fmt: skip
    headings = ("BILL", "MEMBER", "DUE", "DAYS LATE", "OPEN", "SENT", "NEXT, FEE", "FILE")
    text = table(headings, shown)
    return f"{text}\nWritten and noted: {len(written)}." if written else text


def _called(each: Owing, desk: _Reminding) -> str:
    entry = desk.entries.get(each.bill.account)
    return each.bill.account if entry is None else entry.name
