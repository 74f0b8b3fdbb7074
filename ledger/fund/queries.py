"""What people ask of the fund. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ledger.bank.balances import balance
from ledger.bank.genesis import assets_of
from ledger.chain.context import Context
from ledger.chain.schema import ONLY
from ledger.debts.queries import claim_on
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.books import sum_key
from ledger.fund.budgets import budget_now
from ledger.fund.limits import MAX_FUND_BUDGETS
from ledger.fund.newcomers import admission_pool
from ledger.fund.schema import (
    FUND_BUDGETS,
    FUND_SPENDS,
    FUND_SUMS,
    FUND_TERMS,
    SPEND_NUMBERS,
    SPONSORSHIPS,
    FundBudget,
    FundSpend,
    FundTermsEntry,
    Sponsorship,
)
from ledger.fund.terms import INCOME, OUTLAY, FundFlow
from ledger.state.overlay import Reader
from ledger.state.paging import Page, page_of


class FundBook(msgspec.Struct, frozen=True):
    """What the fund has of an asset, and since it is there: what came in and went out by kind, in base units.

    `gifts`: what else came in, less what else went out: transfers, issues to the fund, and debts of its own.
    `is_owed`: admission fees that are to come.
    """

    asset: int
    available: int
    flows: Mapping[FundFlow, int]
    gifts: int
    is_owed: int


def books_of_fund(context: Context) -> tuple[FundBook, ...]:
    """One for each asset of the chain."""
    return tuple(_book(context, asset) for asset in range(1, len(assets_of(context.genesis)) + 1))


def _book(context: Context, asset: int) -> FundBook:
    state = context.state
    found = {flow: state.get(FUND_SUMS, sum_key(asset, flow)) for flow in FundFlow}
    flows = {flow: 0 if entry is None else entry.amount for flow, entry in found.items()}
    available = balance(state, FUND_ACCOUNT, asset).available
    known = sum(flows[flow] for flow in INCOME) - sum(flows[flow] for flow in OUTLAY)
    return FundBook(asset, available, flows, available - known, claim_on(state, FUND_ACCOUNT, admission_pool(asset)))


def fund_terms(context: Context) -> FundTermsEntry:
    """The terms that hold, and those that will from the next block on."""
    return context.get(FUND_TERMS, ONLY)


def budgets_of_fund(context: Context, reader: Reader) -> tuple[FundBudget, ...]:
    """All budgets by asset and purpose, as they stand now."""
    page = page_of(reader, FUND_BUDGETS, b"", None, MAX_FUND_BUDGETS)
    return tuple(budget_now(context, budget) for _key, budget in page.entries)


def fund_spends(reader: Reader, cursor: bytes | None, limit: int) -> Page[FundSpend]:
    """A page of payments by number."""
    return page_of(reader, FUND_SPENDS, b"", cursor, limit)


def count_of_spends(context: Context) -> int:
    """How many payments there were."""
    return context.count(SPEND_NUMBERS)


def sponsorships_of(reader: Reader, account: bytes, cursor: bytes | None, limit: int) -> Page[Sponsorship]:
    """A page of whose admissions an account has agreed to pay; the candidate follows the account in the key."""
    return page_of(reader, SPONSORSHIPS, account, cursor, limit)
