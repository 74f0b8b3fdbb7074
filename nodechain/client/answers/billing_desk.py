"""Billing_desk: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.billing_office import BillFile, ListedBill
from nodechain.client.answers.models import Int


class DraftView(TypedDict):
    """An account's bill as it would be; `member` is empty where the member book has no name."""

    number: Int
    account: str
    member: str
    charges_cents: Int
    credits_cents: Int
    due_cents: Int
    lines: Int


class RunProblemView(TypedDict):
    """What keeps a run from being final: `account` is empty where it is about all of it."""

    code: str
    account: str
    member: str
    text: str


class FinalisingView(TypedDict):
    """What a treasurer signs to make the run final (`finalise_bills`)."""

    first: Int
    count: Int
    root: str
    from_ms: TimeMs
    to_ms: TimeMs


class RunView(TypedDict):
    """A period's bills in the making: `done` of `count` accounts. `over`: `error` says why there are none, or is empty.

    `finalising` is there where the run was made to be final, nothing stands in its way, and its numbers are still free;
    its documents are kept until the chain has decided.
    """

    period: str
    is_final: bool
    done: Int
    count: Int
    over: bool
    error: str
    error_text: str
    first_day: str
    last_day: str
    drafts: list[DraftView]
    problems: list[RunProblemView]
    problem_count: Int
    finalising: FinalisingView | None


class DeskView(TypedDict):
    """What this node's home has for a treasurer: `zone` is empty where there are no settings.

    `pending`: runs and corrections that wait for the chain; `settled`: documents that were kept for good just now.
    """

    zone: str
    seller: str
    has_book: bool
    next_number: Int
    billed_until_day: str
    documents: Int
    pending: Int
    settled: Int
    run: RunView | None


class DebtorBill(TypedDict):
    """A bill that is not paid: `open_cents` of it, since `due_day` as the chain's day goes.

    `reminded`: the level that was sent last (0: none), on `reminded_day`. `next_level` may be sent now (0: none), and
    its fee is for the next bill.
    """

    bill: ListedBill
    member: str
    email: str
    due_day: str
    open_cents: Int
    overdue_days: Int
    reminded: Int
    reminded_day: str
    next_level: Int
    next_fee_cents: Int


class Debtors(TypedDict):
    """Who owes, the longest overdue first; bills that another document takes the place of are not in it."""

    day: str
    open_cents: Int
    bills: list[DebtorBill]


class EntryView(TypedDict):
    """An entry of a bank's statement: the bill that it pays (`number`), or why none is noted (`reason`).

    `hash` and `base` are what a treasurer signs (`record_payment`); `noted`: the chain knows the entry.
    """

    date: str
    cents: Int
    currency: str
    text: str
    number: Int
    name: str
    reason: str
    noted: bool
    hash: str
    base: Int


class StatementEntries(TypedDict):
    """The booked entries of a statement, as they would be noted; nothing is sent."""

    entries: list[EntryView]


class PaymentFile(TypedDict):
    """A file for the bank; `without`: bills or accounts of which the member book has no mandate or IBAN."""

    file: BillFile
    orders: Int
    total: Amount
    without: list[str]
