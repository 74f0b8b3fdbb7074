"""The community's fund: what it has, what came in by kind, budgets, payments, who pays for whose admission."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.encoding.quantities import TimeMs
from ledger.fund.account import FEE_ACCOUNT, FUND_ACCOUNT
from ledger.fund.genesis import FUND_SECTION
from ledger.fund.queries import (
    FundBook,
    books_of_fund,
    budgets_of_fund,
    fund_spends,
    fund_terms,
    sponsorships_of,
)
from ledger.fund.schema import FundBudget, FundSpend
from ledger.fund.terms import BudgetPeriod, FundFlow, FundTerms
from ledger.keys.address import ADDRESS_BYTES, format_address
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right, own
from nodechain.api.http.route import AT, PAGE, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.node import Node


class FundTermsView(ApiModel):
    """Who gets fees, and the market's commission, in parts per 10^6; what an admission costs and brings, in `asset`."""

    proposer: int
    committee: int
    fund: int
    commission: int
    asset: str
    symbol: str
    admission_fee: Amount
    referral_reward: Amount
    starter_grant: Amount


class FundBookView(ApiModel):
    """What the fund has of an asset; since it is there, what came in (`fees`, `commission`, `admissions`, and `gifts`:
    all else) and what went out (`spent`, `rewards`, `grants`, `prizes`). `is_owed`: admission fees that are to come.
    """

    asset: str
    symbol: str
    available: Amount
    fees: Amount
    commission: Amount
    admissions: Amount
    gifts: Amount
    spent: Amount
    rewards: Amount
    grants: Amount
    prizes: Amount
    is_owed: Amount


class FundBudgetView(ApiModel):
    """A budget: of `amount` in a `period` (`month`, `quarter`, `year`, `once`) `spent` in the one that runs."""

    purpose: str
    asset: str
    symbol: str
    period: str
    amount: Amount
    spent: Amount


class FundView(At):
    """The fund. `terms`: those of the block that comes. `voters_issue`: voters mint and burn while there is no banker.
    `fee_account`: where the fees of a block lie until its end.
    """

    account: str
    fee_account: str
    voters_issue: bool
    terms: FundTermsView
    books: list[FundBookView]
    budgets: list[FundBudgetView]


class FundSpendView(ApiModel):
    """A payment out of the fund, and the number of the vote that decided it."""

    number: int
    vote: int
    recipient: str
    asset: str
    symbol: str
    amount: Amount
    purpose: str
    reference: str
    time_ms: TimeMs


class FundSpends(At):
    """A page of payments by number."""

    spends: list[FundSpendView]
    next: str | None


class SponsorshipView(ApiModel):
    """Whose admission fee an account has agreed to pay, and up to how much."""

    candidate: str
    asset: str
    symbol: str
    most: Amount


class Sponsorships(At):
    """A page of whom an account sponsors."""

    account: str
    sponsorships: list[SponsorshipView]
    next: str | None


def _terms(at: CommittedState, terms: FundTerms) -> FundTermsView:
    split, newcomers = terms.fee_split, terms.newcomers
    return FundTermsView(
        proposer=split.proposer,
        committee=split.committee,
        fund=split.fund,
        commission=terms.commission,
        asset=at.chain.name(newcomers.asset),
        symbol=at.chain.symbol(newcomers.asset),
        admission_fee=tokens(at.chain, newcomers.asset, newcomers.admission_fee),
        referral_reward=tokens(at.chain, newcomers.asset, newcomers.referral_reward),
        starter_grant=tokens(at.chain, newcomers.asset, newcomers.starter_grant),
    )


def _book(at: CommittedState, book: FundBook) -> FundBookView:
    def shown(base: int) -> Amount:
        return tokens(at.chain, book.asset, base)

    return FundBookView(
        asset=at.chain.name(book.asset),
        symbol=at.chain.symbol(book.asset),
        available=shown(book.available),
        fees=shown(book.flows[FundFlow.FEES]),
        commission=shown(book.flows[FundFlow.COMMISSION]),
        admissions=shown(book.flows[FundFlow.ADMISSION]),
        gifts=shown(book.gifts),
        spent=shown(book.flows[FundFlow.SPENT]),
        rewards=shown(book.flows[FundFlow.REFERRAL]),
        grants=shown(book.flows[FundFlow.GRANT]),
        prizes=shown(book.flows[FundFlow.PRIZE]),
        is_owed=shown(book.is_owed),
    )


def _budget(at: CommittedState, budget: FundBudget) -> FundBudgetView:
    return FundBudgetView(
        purpose=budget.purpose,
        asset=at.chain.name(budget.asset),
        symbol=at.chain.symbol(budget.asset),
        period=BudgetPeriod(budget.period).name.lower(),
        amount=tokens(at.chain, budget.asset, budget.amount),
        spent=tokens(at.chain, budget.asset, budget.spent),
    )


def _spend(at: CommittedState, spend: FundSpend) -> FundSpendView:
    return FundSpendView(
        number=spend.number,
        vote=spend.vote,
        recipient=format_address(spend.recipient),
        asset=at.chain.name(spend.asset),
        symbol=at.chain.symbol(spend.asset),
        amount=tokens(at.chain, spend.asset, spend.amount),
        purpose=spend.purpose,
        reference=spend.reference,
        time_ms=spend.time_ms,
    )


def read_fund(at: CommittedState) -> FundView:
    """The fund as it is after a block; terms are those of the block that comes."""
    return FundView(
        height=at.height,
        account=format_address(FUND_ACCOUNT),
        fee_account=format_address(FEE_ACCOUNT),
        voters_issue=FUND_SECTION.of(at.view.genesis).voters_issue,
        terms=_terms(at, fund_terms(at.view).terms),
        books=[_book(at, book) for book in books_of_fund(at.view)],
        budgets=[_budget(at, budget) for budget in budgets_of_fund(at.view, at.reader)],
    )


def read_fund_spends(at: CommittedState, cursor: bytes | None, limit: int) -> FundSpends:
    """A page of payments."""
    page = fund_spends(at.reader, cursor, limit)
    return FundSpends(
        height=at.height, spends=[_spend(at, spend) for _key, spend in page.entries], next=cursor_text(page.cursor)
    )


def read_sponsorships(at: CommittedState, account: bytes, cursor: bytes | None, limit: int) -> Sponsorships:
    """Whom an account sponsors."""
    page = sponsorships_of(at.reader, account, cursor, limit)
    found = [
        SponsorshipView(
            candidate=format_address(key[ADDRESS_BYTES:]),
            asset=at.chain.name(entry.asset),
            symbol=at.chain.symbol(entry.asset),
            most=tokens(at.chain, entry.asset, entry.most),
        )
        for key, entry in page.entries
    ]
    return Sponsorships(
        height=at.height, account=format_address(account), sponsorships=found, next=cursor_text(page.cursor)
    )


async def get_fund(node: Node, request: web.Request) -> Work:
    """The fund."""
    return ledger(node, request, read_fund)


async def get_fund_spends(node: Node, request: web.Request) -> Work:
    """Payments."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_fund_spends(at, cursor, limit))


async def get_sponsorships(node: Node, request: web.Request) -> Work:
    """Whom an account sponsors."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_sponsorships(at, account, cursor, limit))


_SPONSORSHIPS: Final = "/v1/fund/sponsors/{address}"

ROUTES: Final = (
    Route("GET", "/v1/fund", "The fund: balance, what came in and went out by kind, budgets, terms", FundView, get_fund,
          query=AT),
    Route("GET", "/v1/fund/spends", "Payments out of the fund by number, with the vote that decided each", FundSpends,
          get_fund_spends, query=(*AT, *PAGE)),
    Route("GET", _SPONSORSHIPS, "Whose admission fees an account has agreed to pay", Sponsorships, get_sponsorships,
          query=(*AT, *PAGE)),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {
    "/v1/fund": MEMBERS,
    "/v1/fund/spends": MEMBERS,
    _SPONSORSHIPS: own("address"),
}
