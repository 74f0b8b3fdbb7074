"""Bills as the chain knows them: who numbers them, runs, corrections, payments."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.bank.assets import CURRENCY_ASSET
from ledger.billing.genesis import BILLING_SECTION
from ledger.billing.queries import correction_of, next_bill_number, payments_of, run_of, runs, treasurers
from ledger.billing.schema import BillRun
from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, MEMBERS, Right
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.errors import NotFound
from nodechain.node import Node

MOST_TREASURERS: Final = 64


class BillingView(At):
    """Who numbers bills, what they are paid to, the number of the next one, and when the last run's period ended.

    `billed_until_ms` is 0 before the first run.
    """

    treasurers: list[str]
    account: str
    prefix: str
    next_number: int
    billed_until_ms: TimeMs


class BillRunView(ApiModel):
    """`count` bills of a period, numbered from `first` on; `root` is that of the list of their hashes."""

    number: int
    first: int
    count: int
    root: str
    from_ms: TimeMs
    to_ms: TimeMs
    block: int


class BillRuns(At):
    """Runs, the newest first, a page."""

    runs: list[BillRunView]
    next: str | None


class IssuedBill(At):
    """What the chain knows of a number: its run, or what it corrects (`original`, `document`); and what was paid.

    `block`: the height that made it final.
    """

    number: int
    name: str
    run: BillRunView | None
    original: int
    document: str
    block: int
    paid_on_chain: Amount
    paid_by_bank: Amount


def read_billing(at: CommittedState) -> BillingView:
    """The section and where the numbers are."""
    section = BILLING_SECTION.of(at.view.genesis)
    last = runs(at.reader, None, 1).entries
    return BillingView(
        height=at.height,
        treasurers=[format_address(key) for key, _entry in treasurers(at.reader, None, MOST_TREASURERS).entries],
        account=format_address(section.account),
        prefix=section.prefix,
        next_number=next_bill_number(at.view),
        billed_until_ms=last[0][1].to_ms if last else 0,
    )


def _view(run: BillRun) -> BillRunView:
    return BillRunView(
        number=run.number,
        first=run.first,
        count=run.count,
        root=run.root.hex(),
        from_ms=run.from_ms,
        to_ms=run.to_ms,
        block=run.height,
    )


def read_runs(at: CommittedState, cursor: bytes | None, limit: int) -> BillRuns:
    """A page of runs."""
    page = runs(at.reader, cursor, limit)
    return BillRuns(height=at.height, runs=[_view(run) for _key, run in page.entries], next=cursor_text(page.cursor))


def read_bill(at: CommittedState, number: int) -> IssuedBill:
    """What a number stands for; raises `NotFound` for one that was not given out."""
    run, correction = run_of(at.reader, number), correction_of(at.state, number)
    if run is None and correction is None:
        raise NotFound(f"there is no bill {number} yet", code="unknown_bill")
    paid = payments_of(at.state, number, CURRENCY_ASSET)
    return IssuedBill(
        height=at.height,
        number=number,
        name=f"{BILLING_SECTION.of(at.view.genesis).prefix}{number}",
        run=None if run is None else _view(run),
        original=0 if correction is None else correction.original,
        document="" if correction is None else correction.document.hex(),
        block=correction.height if correction is not None else run.height if run is not None else 0,
        paid_on_chain=tokens(at.chain, CURRENCY_ASSET, paid.on_chain),
        paid_by_bank=tokens(at.chain, CURRENCY_ASSET, paid.by_bank),
    )


async def get_billing(node: Node, request: web.Request) -> Work:
    """Who numbers bills, and where the numbers are."""
    return ledger(node, request, read_billing)


async def get_runs(node: Node, request: web.Request) -> Work:
    """Runs of bills."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_runs(at, cursor, limit))


async def get_bill(node: Node, request: web.Request) -> Work:
    """What the chain knows of a bill."""
    number = requests.path_number(request)
    return ledger(node, request, lambda at: read_bill(at, number))


ROUTES: Final = (
    Route("GET", "/v1/billing", "Who numbers bills, and the next number", BillingView, get_billing, query=AT),
    Route("GET", "/v1/billing/runs", "Runs of bills, newest first", BillRuns, get_runs, query=(*AT, *PAGE)),
    Route(
        "GET",
        "/v1/billing/bills/{number}",
        "A bill's run or correction, and what was paid for it",
        IssuedBill,
        get_bill,
        query=AT,
        kind=POINT,
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/billing": EVERYBODY,
    "/v1/billing/runs": EVERYBODY,
    "/v1/billing/bills/{number}": MEMBERS,
}
