"""Fees of transactions (rules X12, X13): from the sender's available balance to the proposer's account."""

from __future__ import annotations

from ledger.bank.balances import balance, credit, debit
from ledger.bank.events import FeePaid
from ledger.bank.schema import Asset
from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.errors import InclusionError


def check_fee(context: Context, transaction: Transaction) -> None:
    """Whether the sender's available balance covers the fee (X12)."""
    fee = transaction.envelope.fee
    if fee and balance(context.state, transaction.sender, Asset(context.genesis.fee_asset)).available < fee:
        raise InclusionError("the fee cannot be paid from the available balance", code="cannot_pay_fee")


def take_fee(context: Context, transaction: Transaction) -> None:
    """The fee is paid also where the transaction fails (X13)."""
    fee = transaction.envelope.fee
    if fee:
        asset = Asset(context.genesis.fee_asset)
        debit(context.state, transaction.sender, asset, fee)
        credit(context.state, context.fee_account, asset, fee)
        context.emit(FeePaid(transaction.sender, context.fee_account, fee))
