"""Reminders of bills that are not paid: which level is due, what was sent, and what of it the next bill asks for.

HOME/billing/reminders/NUMBER-LEVEL.json: a level of a bill as it was sent, never written again. A level is sent once,
after the one before it; what it costs stands in the bill's own terms, which its account had from the beginning. The fee
is a due of the account's next bill: that of the period in which the reminder was sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec

from nodechain.billing.canonical import read_canonical
from nodechain.billing.document import REMINDER, Bill, Due, Period
from nodechain.billing.forms import epc_text, extra
from nodechain.billing.html_form import html_form
from nodechain.billing.member_book import MemberEntry
from nodechain.billing.open_bills import OpenBill
from nodechain.billing.periods import days_between
from nodechain.billing.received import FoundBill
from nodechain.billing.settings import MAX_REMINDERS, Seller
from nodechain.billing.sheet import Sheet, SheetTable, cents_text, member_lines, reference_of, seller_lines, symbol_of
from nodechain.billing.wording import word
from nodechain.errors import DataDamaged, NotFound, UsageError
from nodechain.files.durable_file import make_directory, replace_file
from nodechain.files.user_file import read_user_file

EUROS: Final = "EUR"
MAX_REMINDER_BYTES: Final = 64 * 1024
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")]
Level = Annotated[int, msgspec.Meta(ge=1, le=MAX_REMINDERS)]


class Reminder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level of a bill, sent on a day, when `open_cents` of it were open; `fee_cents`: for the next bill."""

    number: int
    name: str
    account: str
    level: Level
    day: Day
    open_cents: int
    fee_cents: int


class ReminderLog:
    """What was sent, in a home."""

    def __init__(self, home: Path) -> None:
        self.path = home / "billing" / "reminders"

    def all(self) -> Iterator[Reminder]:
        """Every reminder, by bill and level. Raises `DataDamaged`."""
        if not self.path.is_dir():
            return
        for path in sorted(self.path.glob("*.json"), key=_place):
            try:
                yield msgspec.json.decode(read_user_file(path, MAX_REMINDER_BYTES, "reminder"), type=Reminder)
            except msgspec.DecodeError as error:
                raise DataDamaged(f"{path}: {error}", advice="Take it back from a copy.") from None

    def note(self, reminder: Reminder) -> None:
        """Keep what is sent; what was noted of this level stays as it was."""
        path = self._file(reminder.number, reminder.level)
        if path.exists():
            return
        make_directory(self.path.parent)
        make_directory(self.path)
        replace_file(path, msgspec.json.encode(reminder))

    def withdraw(self, number: int, level: int) -> None:
        """Forget a level that should not have been sent: the last of its bill. Raises `NotFound`, `UsageError`."""
        path = self._file(number, level)
        if not path.exists():
            raise NotFound(f"bill {number} has no reminder of level {level}", code="no_reminder")
        if self._file(number, level + 1).exists():
            raise UsageError(f"level {level + 1} was sent after it", code="not_the_last", advice="Withdraw that first.")
        path.unlink()

    def _file(self, number: int, level: int) -> Path:
        return self.path / f"{number}-{level}.json"


def _place(path: Path) -> tuple[int, int]:
    number, _dash, level = path.stem.partition("-")
    if not (number.isdecimal() and level.isdecimal()):
        raise DataDamaged(f"{path} is no reminder", advice="Take it away, or back from a copy.")
    return int(number), int(level)


def sent_of(reminders: Sequence[Reminder], number: int) -> list[Reminder]:
    """Those of a bill, by level."""
    return sorted((each for each in reminders if each.number == number), key=lambda each: each.level)


def due_level(bill: Bill, sent: Sequence[Reminder], overdue_days: int, day: str) -> int:
    """The level that may be sent on a day; 0 where none may.

    Levels follow each other: the next comes when its days after the due day are over, and not sooner after the last
    one than the terms have between the two.
    """
    rules, level = bill.terms.reminders, len(sent) + 1
    if level > len(rules) or overdue_days < rules[level - 1].days:
        return 0
    if sent and days_between(sent[-1].day, day) < rules[level - 1].days - rules[level - 2].days:
        return 0
    return level


def reminder_of(bill: Bill, owed: OpenBill, level: int, day: str) -> Reminder:
    """What is sent; its fee is what the bill's own terms say, nothing where they say nothing."""
    fee = bill.terms.reminders[level - 1].cents
    return Reminder(bill.number, bill.name, bill.account, level, day, owed.open_cents, fee)


def fees_of(reminders: Sequence[Reminder], account: str, period: Period, language: str) -> tuple[Due, ...]:
    """What an account's bill of a period asks for: the fees of the reminders that were sent on its days."""
    return tuple(
        Due(REMINDER, word(language, "reminder_fee").format(name=each.name, level=each.level), each.fee_cents, 1)
        for each in reminders
        if each.account == account and each.fee_cents and period.first_day <= each.day <= period.last_day
    )


def reminder_form(
    found: FoundBill,
    reminder: Reminder,
    due_day: str,
    member: MemberEntry | None,
    code: str,
    *,
    pdf: bool,
) -> bytes:
    """A reminder as PDF or HTML, with the bill and its proof in it. `code`: the currency's in ISO 4217.

    Raises `UsageError` (no_extra, no_billing_settings: who bills is not known).
    """
    seller = found.seller
    if seller is None:
        raise UsageError("who bills is not known here", code="no_billing_settings")
    bill = read_canonical(found.data, Bill)
    sheet = reminder_sheet(bill, reminder, due_day, seller, member)
    if not pdf:
        return html_form(sheet, bill.terms.language, found.data, found.proof)
    codes: tuple[tuple[str, str], ...] = ()
    if seller.iban and code == EUROS:
        epc = epc_text(seller, reminder.open_cents, reference_of(bill))
        codes = ((word(bill.terms.language, "pay_to"), epc),)
    made: bytes = extra("pdf_form").pdf_form(sheet, bill.terms.language, found.data, found.proof, codes)
    return made


def reminder_sheet(bill: Bill, reminder: Reminder, due_day: str, seller: Seller, member: MemberEntry | None) -> Sheet:
    """A reminder as people see it, in the bill's language."""
    language, symbol = bill.terms.language, symbol_of(bill)

    def say(name: str) -> str:
        return word(language, name)

    sums = [(say("reminder_open"), cents_text(reminder.open_cents))]
    if reminder.fee_cents:
        sums.append((say("reminder_next_fee"), cents_text(reminder.fee_cents)))
    payment = [(say("reference"), reference_of(bill))]
    if seller.iban:
        payment.insert(0, (say("pay_to"), f"{seller.name}, {seller.iban}"))
    return Sheet(
        title=say("reminder_title").format(level=reminder.level),
        seller=seller_lines(seller, language),
        member=() if member is None else member_lines(member, language),
        facts=(
            (say("bill"), bill.name),
            (say("period"), f"{bill.period.first_day} \N{EN DASH} {bill.period.last_day}"),
            (say("due_day"), due_day),
            (say("day"), reminder.day),
            (say("account"), bill.account),
        ),
        tables=(SheetTable(say("reminder_sums"), (say("what"), symbol), tuple(sums), frozenset({1})),),
        due=f"{say('due')}: {cents_text(reminder.open_cents)} {symbol}",
        payment=tuple(payment),
        notes=(say("reminder_text"), *((say("reminder_fee_text"),) if reminder.fee_cents else ()), say("check")),
    )
