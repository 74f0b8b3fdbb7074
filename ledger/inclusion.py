"""Whether a transaction may stand at this place of a block (rules X8-X14), and its fee and nonce.

The mempool asks the same questions of the committed state, so that what it keeps can be included.
"""

from __future__ import annotations

import msgspec

from ledger.accounts import account, balance, credit, debit, holds_tokens, use_nonce
from ledger.context import Context
from ledger.crypto import Algorithm
from ledger.errors import InclusionError
from ledger.events import FeePaid
from ledger.limits import MAX_SEQUENCE_STEP
from ledger.rules.members import is_expelled, is_member
from ledger.schema import METERS, VALIDATORS, Asset, Meter
from ledger.transactions.envelope import Envelope, Transaction
from ledger.transactions.metering import SubmitReadings
from ledger.transactions.numbers import TypeNumber
from ledger.types import PROTOCOL_VERSION
from ledger.validators import validator_address

ALLOWED_WHEN_EXPELLED = frozenset({int(TypeNumber.TRANSFER), int(TypeNumber.LOCK_WITHDRAWAL)})


def check_envelope(context: Context, envelope: Envelope) -> None:
    """Version, chain, expiry height, minimum fee: what needs no state (X8)."""
    if envelope.version != PROTOCOL_VERSION:
        raise InclusionError(f"protocol version {envelope.version} is not {PROTOCOL_VERSION}", code="wrong_version")
    if envelope.chain_id != context.chain_id:
        raise InclusionError(f"made for chain {envelope.chain_id}, this is {context.chain_id}", code="wrong_chain")
    if envelope.valid_until_height and context.height > envelope.valid_until_height:
        raise InclusionError(f"was valid until height {envelope.valid_until_height}", code="expired")
    if envelope.fee < context.genesis.minimum_fee and not is_testimony(context, envelope):
        raise InclusionError(f"the fee must be at least {context.genesis.minimum_fee} base units", code="fee_too_low")


def check_sender(context: Context, transaction: Transaction) -> bytes:
    """Right, nonce and payable fee at this state; returns who pays the fee (X9-X12)."""
    payer = check_right(context, transaction)
    distance = nonce_distance(context, transaction)
    if distance:
        raise InclusionError(f"the nonce is {'ahead of' if distance > 0 else 'behind'} its turn", code="bad_nonce")
    check_fee(context, transaction, payer)
    return payer


def check_right(context: Context, transaction: Transaction) -> bytes:
    """Whether the sender may send this at all: a bound meter, or a member (X9, X11); returns who pays the fee."""
    if isinstance(transaction.payload, SubmitReadings):
        meter = bound_meter(context, transaction)
        if meter is None:
            raise InclusionError("the meter is not bound", code="meter_not_bound")
        return meter.account
    if is_testimony(context, transaction.envelope):
        return transaction.sender
    if is_expelled(context, transaction.sender):
        if transaction.envelope.type not in ALLOWED_WHEN_EXPELLED:
            raise InclusionError("an expelled member may only transfer and withdraw", code="expelled")
    elif not is_member(context, transaction.sender):
        check_leaving(context, transaction)
    return transaction.sender


def check_leaving(context: Context, transaction: Transaction) -> None:
    """Who is no member (any more) but still holds tokens may take them along, and nothing else (N5)."""
    if not holds_tokens(context.state, transaction.sender):
        raise InclusionError("the sender is no member; voters admit members", code="sender_not_a_member")
    if transaction.envelope.type not in context.hooks.leaver_types:
        raise InclusionError(
            "the sender is no member; it may only transfer, withdraw, close its sessions and cancel its orders",
            code="sender_not_a_member",
        )


def is_testimony(context: Context, envelope: Envelope) -> bool:
    """Whether a validator's own key brings evidence: a node holds no account, so that is free for it (V9)."""
    key = envelope.sender_key
    if envelope.type != TypeNumber.EVIDENCE or not isinstance(key, bytes) or key[0] != Algorithm.ED25519:
        return False
    return context.state.get(VALIDATORS, validator_address(key[1:])) is not None


def nonce_distance(context: Context, transaction: Transaction) -> int:
    """How far the nonce is from its turn: 0 it fits, above 0 others must come first, below 0 it is used (X10, X11).

    A meter's nonce is the sequence of its last reading: gaps are allowed, falling is not.
    """
    if isinstance(transaction.payload, SubmitReadings):
        meter = bound_meter(context, transaction)
        last = 0 if meter is None else meter.sequence
        first = transaction.payload.first_sequence(transaction.envelope.nonce)
        return min(first - last - 1, 0) or max(first - last - MAX_SEQUENCE_STEP, 0)
    return transaction.envelope.nonce - next_nonce(context, transaction.sender)


def check_fee(context: Context, transaction: Transaction, payer: bytes) -> None:
    """Whether the payer's available balance covers the fee (X12)."""
    fee = transaction.envelope.fee
    if fee and balance(context.state, payer, Asset(context.genesis.fee_asset)).available < fee:
        raise InclusionError("the fee cannot be paid from the available balance", code="cannot_pay_fee")


def next_nonce(context: Context, address: bytes) -> int:
    """The nonce that an account's next transaction must carry."""
    return account(context.state, address).nonce + 1


def bound_meter(context: Context, transaction: Transaction) -> Meter | None:
    """The meter that a transaction's key is, if it is bound."""
    key = transaction.envelope.sender_key
    meter = context.state.get(METERS, key) if isinstance(key, bytes) else None
    return meter if meter is not None and meter.unit else None


def take_fee_and_nonce(context: Context, transaction: Transaction, payer: bytes) -> None:
    """What a transaction costs its sender even when it fails (X13)."""
    envelope = transaction.envelope
    if isinstance(transaction.payload, SubmitReadings) and isinstance(envelope.sender_key, bytes):
        meter = context.get(METERS, envelope.sender_key)
        context.state.put(METERS, envelope.sender_key, msgspec.structs.replace(meter, sequence=envelope.nonce))
    else:
        use_nonce(context.state, transaction.sender, envelope.nonce)
    if envelope.fee:
        asset = Asset(context.genesis.fee_asset)
        debit(context.state, payer, asset, envelope.fee)
        credit(context.state, context.fee_account, asset, envelope.fee)
        context.emit(FeePaid(payer, context.fee_account, envelope.fee))
