"""Payments out of the fund by vote (rule FU5)."""

from __future__ import annotations

from ledger.bank.genesis import assets_of
from ledger.bank.points import tell_came_in
from ledger.chain.context import Context
from ledger.chain.schema import Link
from ledger.errors import Refused
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.books import can_pay, pay_out
from ledger.fund.budgets import budget_after, budget_key
from ledger.fund.events import FundSpent
from ledger.fund.payloads import SpendFund
from ledger.fund.schema import FUND_BUDGETS, FUND_REFERENCES, FUND_SPENDS, SPEND_NUMBERS, FundSpend
from ledger.fund.terms import FundFlow
from ledger.fund.weights import SPENDING
from ledger.governance.members import require_member
from ledger.governance.voting import vote_on
from ledger.keys.crypto import tagged_hash
from ledger.state.table import big_endian


def reference_key(reference: str) -> bytes:
    """The key of a reference in `FUND_REFERENCES`."""
    return tagged_hash(b"nodechain/fund-reference", reference.encode())


def check_reference(context: Context, reference: str) -> None:
    """Refuse a reference that something was paid or issued with (FU5)."""
    if context.state.get(FUND_REFERENCES, reference_key(reference)) is not None:
        raise Refused(f"the reference {reference} is used already", code="reference_used")


def check_spending(context: Context, action: SpendFund) -> None:
    """Refuse, when a vote is opened and when it passes, what cannot be paid then (FU5)."""
    context.charge(SPENDING)
    if action.asset > len(assets_of(context.genesis)):
        raise Refused(f"there is no asset {action.asset}", code="unknown_asset")
    if action.recipient == FUND_ACCOUNT:
        raise Refused("the fund does not pay itself", code="same_account")
    require_member(context, action.recipient)
    check_reference(context, action.reference)
    budget_after(context, action)
    if not can_pay(context, action.asset, action.amount):
        raise Refused("the fund does not have so much", code="fund_too_low")


def spend(context: Context, action: SpendFund) -> None:
    """Carry out a vote: pay, once (FU5)."""
    check_spending(context, action)
    vote, budget = vote_on(context, action), budget_after(context, action)
    number = context.next_number(SPEND_NUMBERS)
    key = big_endian(number)
    pay_out(context, FundFlow.SPENT, action.recipient, action.asset, action.amount)
    if budget is not None:
        context.state.put(FUND_BUDGETS, budget_key(action.asset, action.purpose), budget)
    entry = FundSpend(
        number, vote, action.recipient, action.asset, action.amount, action.purpose, action.reference, context.time_ms
    )
    context.state.put(FUND_SPENDS, key, entry)
    context.state.put(FUND_REFERENCES, reference_key(action.reference), Link(key))
    context.emit(
        FundSpent(
            number, vote, FUND_ACCOUNT, action.recipient, action.asset, action.amount, action.purpose, action.reference
        )
    )
    tell_came_in(context, action.recipient, action.asset)
