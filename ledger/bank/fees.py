"""Fees of transactions (rules X12, X13): from the sender's available balance to the proposer's account."""

from __future__ import annotations

from ledger.bank.balances import balance, credit, debit
from ledger.bank.events import FeePaid
from ledger.bank.genesis import BANK_SECTION
from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction
from ledger.errors import InclusionError


def check_offer(context: Context, envelope: Envelope) -> None:
    """Whether the envelope offers the genesis' minimum (X8)."""
    least = BANK_SECTION.of(context.genesis).minimum_fee
    if envelope.fee < least:
        raise InclusionError(f"the fee must be at least {least} base units", code="fee_too_low")


def check_fee(context: Context, transaction: Transaction) -> None:
    """Whether the sender's available balance covers the fee (X12)."""
    fee = transaction.envelope.fee
    if fee and balance(context.state, transaction.sender, _fee_asset(context)).available < fee:
        raise InclusionError("the fee cannot be paid from the available balance", code="cannot_pay_fee")


def take_fee(context: Context, transaction: Transaction) -> None:
    """The fee is paid also where the transaction fails (X13)."""
    fee = transaction.envelope.fee
    if fee:
        asset = _fee_asset(context)
        debit(context.state, transaction.sender, asset, fee)
        credit(context.state, context.fee_account, asset, fee)
        context.emit(FeePaid(transaction.sender, context.fee_account, fee))


def _fee_asset(context: Context) -> int:
    return BANK_SECTION.of(context.genesis).fee_asset
