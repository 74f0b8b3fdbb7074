"""The market's commission, which goes to the fund (rule FU7); the market's rooms declare where it is taken."""

from __future__ import annotations

from ledger.bank.points import Commission
from ledger.chain.context import Context
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.books import note, tell_fund
from ledger.fund.terms import FundFlow
from ledger.fund.terms_by_vote import terms_in_force


def commission(context: Context) -> Commission:
    """What is taken of each payment in this block, and for whom."""
    return Commission(terms_in_force(context).commission, FUND_ACCOUNT)


def commission_paid(context: Context, asset: int, amount: int) -> None:
    """Count what trades brought."""
    note(context, FundFlow.COMMISSION, asset, amount)
    tell_fund(context, asset)
