"""Fees of transactions (rules X12, X13): from the sender's available balance to the proposer's account, or where a
module divides them.

Who leaves and cannot pay the least fee takes along what it has for nothing (rule N7): piece by piece, each of them
whole, and never with a transaction that fails. So each ends something that had been paid for.
"""

from __future__ import annotations

from ledger.bank.assets import SupplyRule
from ledger.bank.balances import balance, credit, debit
from ledger.bank.events import FeePaid
from ledger.bank.genesis import BANK_SECTION, assets_of
from ledger.bank.payloads import LockWithdrawal, Transfer
from ledger.bank.points import FEE_RECEIVER, TAKES_ALONG
from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction
from ledger.errors import InclusionError
from ledger.governance.members import is_member


def check_offer(context: Context, envelope: Envelope) -> None:
    """Whether the envelope offers the genesis' minimum, or nothing where that may be enough (X8, N7)."""
    if envelope.fee < _least(context) and not (envelope.fee == 0 and _is_for_leavers(context, envelope)):
        raise _too_low(context)


def check_fee(context: Context, transaction: Transaction) -> None:
    """Whether the sender's available balance covers the fee (X12), or it may leave for nothing (N7)."""
    envelope = transaction.envelope
    available = balance(context.state, transaction.sender, _fee_asset(context)).available
    if envelope.fee and available < envelope.fee:
        raise InclusionError("the fee cannot be paid from the available balance", code="cannot_pay_fee")
    if not envelope.fee and _least(context) and _is_for_leavers(context, envelope):
        if available >= _least(context) or is_member(context, transaction.sender):
            raise _too_low(context)
        if not any(takes(context, transaction) for takes in context.hooks.at(TAKES_ALONG)):
            raise InclusionError(
                "who leaves and cannot pay the fee may take along a whole asset, to a member, or an order, for nothing",
                code="fee_too_low",
            )


def takes_balance_along(context: Context, transaction: Transaction) -> bool:
    """Whether all that the sender may spend of an asset goes to a member, or is to be paid out (N7)."""
    payload, sender = transaction.payload, transaction.sender
    if not isinstance(payload, (Transfer, LockWithdrawal)) or payload.asset > len(assets_of(context.genesis)):
        return False
    if payload.amount != balance(context.state, sender, payload.asset).available:
        return False
    if isinstance(payload, Transfer):
        return is_member(context, payload.recipient)
    return assets_of(context.genesis)[payload.asset - 1].supply == SupplyRule.BANKER


def take_fee(context: Context, transaction: Transaction) -> None:
    """The fee is paid also where the transaction fails (X13)."""
    fee = transaction.envelope.fee
    if fee:
        asset, account = _fee_asset(context), context.fee_account
        for receiver in context.hooks.at(FEE_RECEIVER):
            account = receiver(context)
        debit(context.state, transaction.sender, asset, fee)
        credit(context.state, account, asset, fee)
        context.emit(FeePaid(transaction.sender, account, fee))


def _least(context: Context) -> int:
    return BANK_SECTION.of(context.genesis).minimum_fee


def _is_for_leavers(context: Context, envelope: Envelope) -> bool:
    return envelope.type in context.hooks.types_of_former_members


def _too_low(context: Context) -> InclusionError:
    return InclusionError(f"the fee must be at least {_least(context)} base units", code="fee_too_low")


def _fee_asset(context: Context) -> int:
    return BANK_SECTION.of(context.genesis).fee_asset
