"""The fund's books: what came in and went out by kind (rule FU1). Whoever moves its tokens by a rule says so here."""

from __future__ import annotations

from ledger.bank.balances import ASSET_KEYS, balance, credit, debit
from ledger.bank.points import tell_came_in
from ledger.chain.context import Context, saturated
from ledger.errors import Refused
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.schema import FUND_SUMS, FundSum
from ledger.fund.terms import FundFlow


def sum_key(asset: int, flow: FundFlow) -> bytes:
    """The key of a sum in `FUND_SUMS`."""
    return ASSET_KEYS[asset] + bytes((flow,))


def note(context: Context, flow: FundFlow, asset: int, amount: int) -> None:
    """Count what came in or went out."""
    if amount:
        key = sum_key(asset, flow)
        before = context.state.get(FUND_SUMS, key)
        # A figure that nobody is paid by: it refuses nothing.
        context.state.put(FUND_SUMS, key, FundSum(saturated(amount + (0 if before is None else before.amount))))


def can_pay(context: Context, asset: int, amount: int) -> bool:
    """Whether the fund has so much."""
    return balance(context.state, FUND_ACCOUNT, asset).available >= amount


def pay_out(context: Context, flow: FundFlow, recipient: bytes, asset: int, amount: int) -> None:
    """Move tokens of the fund; its caller emits the event and tells the recipient. Refuses (fund_too_low)."""
    if not can_pay(context, asset, amount):
        raise Refused("the fund does not have so much", code="fund_too_low")
    debit(context.state, FUND_ACCOUNT, asset, amount)
    credit(context.state, recipient, asset, amount)
    note(context, flow, asset, amount)


def tell_fund(context: Context, asset: int) -> None:
    """Something came in by a rule: what the fund may owe itself is paid from it first (DB2)."""
    tell_came_in(context, FUND_ACCOUNT, asset)
