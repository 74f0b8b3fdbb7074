"""A treasurer's desk: the bills of a period, who owes, bank files; at a node whose home has the operator's documents.

What counts is signed elsewhere: this page makes documents and says what would be sent; a treasurer's key sends it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Annotated, Final, Literal

import msgspec
from aiohttp import web

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.queries import marks_of, withdrawals
from ledger.billing.genesis import BILLING_SECTION
from ledger.billing.queries import is_entry_noted
from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from nodechain.api.amounts import Amount, tokens
from nodechain.api.billing_files import bill_file
from nodechain.api.billing_office import BillFile, BillingOffice, ListedBill, RunJob, require_treasurer
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import EXAMINED, Right
from nodechain.api.http.route import Route, Write
from nodechain.api.reading import CommittedState, Work
from nodechain.billing.bank_statement import MatchedEntry, match_entries, read_statement
from nodechain.billing.canonical import read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.forms import BillForm, extra
from nodechain.billing.iban import creditor_reference
from nodechain.billing.issuing import finalising
from nodechain.billing.member_book import Entries
from nodechain.billing.open_bills import open_of_run
from nodechain.billing.pay_outs import OpenMark, WrittenFile, marks_in, pay_outs_of
from nodechain.billing.periods import local_day
from nodechain.billing.reminders import due_level, sent_of
from nodechain.billing.rounding import CentSize
from nodechain.billing.sepa_files import check_total, debits_of, transfers_id
from nodechain.billing.settings import read_settings
from nodechain.client.rest import JSON
from nodechain.node import Node

MAX_REQUEST_BYTES: Final = 8 * 1024
MAX_STATEMENT_REQUEST_BYTES: Final = 1024 * 1024
"""Some hundred entries in camt.053; larger statements are for the command line."""
MOST_PROBLEMS: Final = 500
"""So many are shown of what stands in a run's way; `problem_count` counts all."""
MOST_WITHDRAWALS: Final = 10_000
Secret = Annotated[str, msgspec.Meta(max_length=1_024)]


class DraftView(ApiModel):
    """An account's bill as it would be; `member` is empty where the member book has no name."""

    number: int
    account: str
    member: str
    charges_cents: int
    credits_cents: int
    due_cents: int
    lines: int


class RunProblemView(ApiModel):
    """What keeps a run from being final: `account` is empty where it is about all of it."""

    code: str
    account: str
    member: str
    text: str


class FinalisingView(ApiModel):
    """What a treasurer signs to make the run final (`finalise_bills`)."""

    first: int
    count: int
    root: str
    from_ms: TimeMs
    to_ms: TimeMs


class RunView(ApiModel):
    """A period's bills in the making: `done` of `count` accounts. `over`: `error` says why there are none, or is empty.

    `finalising` is there where the run was made to be final, nothing stands in its way, and its numbers are still free;
    its documents are kept until the chain has decided.
    """

    period: str
    is_final: bool
    done: int
    count: int
    over: bool
    error: str
    error_text: str
    first_day: str
    last_day: str
    drafts: list[DraftView]
    problems: list[RunProblemView]
    problem_count: int
    finalising: FinalisingView | None


class DeskView(ApiModel):
    """What this node's home has for a treasurer: `zone` is empty where there are no settings.

    `pending`: runs and corrections that wait for the chain; `settled`: documents that were kept for good just now.
    """

    zone: str
    seller: str
    has_book: bool
    next_number: int
    billed_until_day: str
    documents: int
    pending: int
    settled: int
    run: RunView | None


class DebtorBill(ApiModel):
    """A bill that is not paid: `open_cents` of it, since `due_day` as the chain's day goes.

    `reminded`: the level that was sent last (0: none), on `reminded_day`. `next_level` may be sent now (0: none), and
    its fee is for the next bill.
    """

    bill: ListedBill
    member: str
    email: str
    due_day: str
    open_cents: int
    overdue_days: int
    reminded: int
    reminded_day: str
    next_level: int
    next_fee_cents: int


class Debtors(ApiModel):
    """Who owes, the longest overdue first; bills that another document takes the place of are not in it."""

    day: str
    open_cents: int
    bills: list[DebtorBill]


class EntryView(ApiModel):
    """An entry of a bank's statement: the bill that it pays (`number`), or why none is noted (`reason`).

    `hash` and `base` are what a treasurer signs (`record_payment`); `noted`: the chain knows the entry.
    """

    date: str
    cents: int
    currency: str
    text: str
    number: int
    name: str
    reason: str
    noted: bool
    hash: str
    base: int


class StatementEntries(ApiModel):
    """The booked entries of a statement, as they would be noted; nothing is sent."""

    entries: list[EntryView]


class PaymentFile(ApiModel):
    """A file for the bank; `without`: bills or accounts of which the member book has no mandate or IBAN."""

    file: BillFile
    orders: int
    total: Amount
    without: list[str]


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    pass


class _RunRequest(msgspec.Struct, forbid_unknown_fields=True):
    period: Annotated[str, msgspec.Meta(max_length=32)]
    password: Secret = ""
    final: bool = False


class _BookRequest(msgspec.Struct, forbid_unknown_fields=True):
    password: Secret = ""


class _StatementRequest(msgspec.Struct, forbid_unknown_fields=True):
    statement: str


class _FormOfRequest(msgspec.Struct, forbid_unknown_fields=True):
    number: int
    form: BillForm
    password: Secret = ""


class _FileRequest(msgspec.Struct, forbid_unknown_fields=True):
    kind: Literal["debits", "transfers"]
    day: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")]
    run: int = 0
    scheme: Literal["CORE", "B2B"] = "CORE"
    password: Secret = ""


def desk_view(office: BillingOffice, settled: int = 0) -> DeskView:
    """What stands on the desk now."""
    settings, billing = office.settings, office.reads.bills.billing()
    until = billing["billed_until_ms"]
    return DeskView(
        zone="" if settings is None else settings.zone,
        seller="" if settings is None else settings.seller.name,
        has_book=office.archive.book.exists(),
        next_number=billing["next_number"],
        billed_until_day="" if settings is None or not until else local_day(until, settings.zone),
        documents=len(office.index.all()),
        pending=len(office.archive.pending()),
        settled=settled,
        run=None if office.job is None else _run(office.job, billing["next_number"]),
    )


def _run(job: RunJob, following: int) -> RunView:
    run, names = job.run, job.names
    drafts = () if run is None else run.drafts
    problems = () if run is None else run.problems
    is_ready = run is not None and job.is_final and run.first == following and bool(drafts) and not problems
    payload = finalising(run) if run is not None and is_ready else None
    return RunView(
        period=job.period,
        is_final=job.is_final,
        done=job.done,
        count=job.count,
        over=job.is_over,
        error="" if job.error is None else job.error.code,
        error_text="" if job.error is None else f"{job.error.detail}. {job.error.advice}",
        first_day="" if run is None else run.period.first_day,
        last_day="" if run is None else run.period.last_day,
        drafts=[
            DraftView(
                number=draft.bill.number,
                account=draft.bill.account,
                member=names.get(draft.bill.account, ""),
                charges_cents=draft.bill.charges.cents,
                credits_cents=draft.bill.credits.cents,
                due_cents=draft.bill.due_cents,
                lines=len(draft.bill.lines),
            )
            for draft in drafts
        ],
        problems=[
            RunProblemView(
                code=each.code, account=each.account, member=names.get(each.account, ""), text=each.text
            )
            for each in problems[:MOST_PROBLEMS]
        ],
        problem_count=len(problems),
        finalising=None
        if payload is None
        else FinalisingView(
            first=payload.first, count=payload.count, root=payload.root.hex(), from_ms=payload.from_ms,
            to_ms=payload.to_ms,
        ),
    )  # fmt: skip


def debtors(at: CommittedState, office: BillingOffice, entries: Entries) -> Debtors:
    """Bills that are not wholly paid, on the chain and over the bank together."""
    sent = list(office.reminders.all())
    day, owing = office.owing(at)
    found = []
    for owed in owing:
        entry, mine = entries.get(owed.bill.account), sent_of(sent, owed.bill.number)
        bill = read_canonical(office.find(owed.bill.number).data, Bill) if owed.overdue_days else None
        level = 0 if bill is None else due_level(bill, mine, owed.overdue_days, day)
        found.append(
            DebtorBill(
                bill=office.listed(at, owed.bill),
                member="" if entry is None else entry.name,
                email="" if entry is None else entry.email,
                due_day=owed.due_day,
                open_cents=owed.open_cents,
                overdue_days=owed.overdue_days,
                reminded=len(mine),
                reminded_day=mine[-1].day if mine else "",
                next_level=level,
                next_fee_cents=bill.terms.reminders[level - 1].cents if bill is not None and level else 0,
            )
        )
    return Debtors(day=day, open_cents=sum(each.open_cents for each in found), bills=found)


def entries_of(at: CommittedState, office: BillingOffice, statement: bytes) -> StatementEntries:
    """What would be noted of a statement. Raises `UsageError` (bad_statement)."""
    terms = at.chain.assets[CURRENCY_ASSET - 1]
    size = CentSize.of(terms.decimals)
    known = {
        name: bill.number for bill in office.index.all() for name in (bill.name, _reference(bill.number, bill.name))
    }
    matched = match_entries(read_statement(statement), known, terms.code)
    return StatementEntries(entries=[_entry(at, each, size) for each in matched])


def _reference(number: int, name: str) -> str:
    return creditor_reference(number, name.removesuffix(str(number)))


def _entry(at: CommittedState, matched: MatchedEntry, size: CentSize) -> EntryView:
    entry = matched.entry
    return EntryView(
        date=entry.date,
        cents=entry.cents,
        currency=entry.currency,
        text=entry.text[:140],
        number=matched.number,
        name=f"{BILLING_SECTION.of(at.view.genesis).prefix}{matched.number}" if matched.number else "",
        reason=matched.reason,
        noted=is_entry_noted(at.state, entry.hash),
        hash=entry.hash.hex(),
        base=size.base(entry.cents) if matched.number else 0,
    )


def payment_file(at: CommittedState, office: BillingOffice, asked: _FileRequest) -> PaymentFile:
    """Debits of a run, or transfers of what the banker has marked. Raises `UsageError` (no_extra, nothing_to_write)."""
    settings, entries = read_settings(office.archive.settings), office.entries(asked.password)
    terms = at.chain.assets[CURRENCY_ASSET - 1]
    if asked.kind == "debits":
        record = office.archive.run_of(asked.run)
        numbers = range(record.first, record.first + len(record.hashes))
        open_cents = open_of_run(office.index, numbers, office.owing(at)[1])
        bills = [read_canonical(office.find(number).data, Bill) for number in sorted(open_cents)]
        all_debits, without = debits_of(bills, entries, open_cents)
        orders = tuple(debit for debit in all_debits if debit.scheme == asked.scheme)
        total = check_total(orders)
        data = extra("sepa_form").debit_file(settings.seller, orders, asked.day, asked.scheme, terms.code)
        count = len(orders)
    else:
        known = office.pay_outs.files()
        found = pay_outs_of(
            _open_marks(at), entries, CentSize.of(terms.decimals), at.view.genesis.chain_id, marks_in(known)
        )
        total, count = check_total(found.orders), len(found.orders)
        data = extra("sepa_form").transfer_file(settings.seller, found.orders, asked.day, terms.code, batch=False)
        file_id = transfers_id(settings.seller.iban, asked.day, found.orders)
        office.pay_outs.note(WrittenFile(file_id, asked.day, found.marks), known)
        without = tuple(f"{each.account} (mark {each.number}: {each.reason})" for each in found.left_out)
    name = f"{asked.kind}-{asked.day}.xml"
    return PaymentFile(
        file=BillFile(name=name, media_type="application/xml", data=base64.b64encode(data).decode()),
        orders=count,
        total=tokens(at.chain, CURRENCY_ASSET, CentSize.of(terms.decimals).base(total)),
        without=list(without),
    )


def _open_marks(at: CommittedState) -> Iterator[OpenMark]:
    """Of the community's currency, of those who ask for something, as many as fit."""
    for key, waiting in withdrawals(at.reader, None, MOST_WITHDRAWALS).entries:
        if key[20] != CURRENCY_ASSET or not waiting.marks:
            continue
        for number, mark in marks_of(at.reader, key[:20], CURRENCY_ASSET):
            lapsed = at.view.time_ms >= mark.lapses_ms
            yield OpenMark(number, format_address(key[:20]), mark.amount, lapsed)


async def get_desk(node: Node, request: web.Request) -> Work:
    """What stands on the desk."""
    office = require_treasurer(node, request)
    return lambda: desk_view(office)


async def post_run(node: Node, request: web.Request, body: bytes) -> tuple[int, DeskView]:
    """Begin to make a period's bills."""
    office, asked = require_treasurer(node, request), requests.json_body(body, _RunRequest)
    office.begin(asked.period, asked.password, is_final=asked.final)
    return 200, desk_view(office)


async def post_settle(node: Node, request: web.Request, body: bytes) -> tuple[int, DeskView]:
    """Keep what the chain has made final."""
    office = require_treasurer(node, request)
    requests.json_body(body, _Nothing)
    return 200, await office.work(lambda: desk_view(office, office.settle()))


async def post_debtors(node: Node, request: web.Request, body: bytes) -> tuple[int, Debtors]:
    """Who owes; with the member book's password by name."""
    office, asked = require_treasurer(node, request), requests.json_body(body, _BookRequest)

    def work() -> Debtors:
        entries = office.entries(asked.password) if asked.password else {}
        return office.state(lambda at: debtors(at, office, entries))

    return 200, await office.work(work)


async def post_entries(node: Node, request: web.Request, body: bytes) -> tuple[int, StatementEntries]:
    """What would be noted of a statement."""
    office, asked = require_treasurer(node, request), requests.json_body(body, _StatementRequest)
    statement = asked.statement.encode()
    return 200, await office.work(lambda: office.state(lambda at: entries_of(at, office, statement)))


async def post_payment_file(node: Node, request: web.Request, body: bytes) -> tuple[int, PaymentFile]:
    """A file for the bank."""
    office, asked = require_treasurer(node, request), requests.json_body(body, _FileRequest)
    return 200, await office.work(lambda: office.state(lambda at: payment_file(at, office, asked)))


async def post_desk_form(node: Node, request: web.Request, body: bytes) -> tuple[int, BillFile]:
    """A form of a bill for its member, as the member book has it. Raises `NotFound` (no_document, no_member_entry)."""
    office, asked = require_treasurer(node, request), requests.json_body(body, _FormOfRequest)

    def work() -> BillFile:
        account = read_canonical(office.find(asked.number).data, Bill).account
        return bill_file(office, asked.number, asked.form, office.member(account, asked.password))

    return 200, await office.work(work)


def _post(path: str, summary: str, answer: type[ApiModel], write: Write, most: int = MAX_REQUEST_BYTES) -> Route:
    return Route("POST", path, summary, answer, write=write, body=JSON, most_bytes=most)


ROUTES: Final = (
    Route("GET", "/v1/billing/desk", "A treasurer's desk: settings, the run in the making", DeskView, get_desk),
    _post("/v1/billing/desk/runs", "Make a period's bills: a preview, or to be signed", DeskView, post_run),
    _post("/v1/billing/desk/settle", "Keep the documents that the chain has made final", DeskView, post_settle),
    _post("/v1/billing/desk/debtors", "Who owes, longest overdue first", Debtors, post_debtors),
    _post(
        "/v1/billing/desk/entries", "What a bank's statement (camt.053, CSV) pays; nothing is sent", StatementEntries,
        post_entries, MAX_STATEMENT_REQUEST_BYTES,
    ),
    _post("/v1/billing/desk/forms", "A form of a bill for its member, who stands on it by the member book", BillFile,
          post_desk_form),
    _post("/v1/billing/desk/files", "Debits (pain.008) or transfers (pain.001) for the bank", PaymentFile,
          post_payment_file),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {route.path: EXAMINED for route in ROUTES}
