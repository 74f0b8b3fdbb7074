"""Whether a transaction may stand at this place of a block (rules X8-X15), and its fee and nonce.

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
from ledger.params import READING_INTERVAL
from ledger.rules.members import is_expelled, is_member, is_meter
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
    if envelope.type == TypeNumber.SUBMIT_READINGS:
        if envelope.fee:
            raise InclusionError("a reading carries no fee", code="reading_with_fee")
    elif envelope.fee < context.genesis.minimum_fee and not is_testimony(context, envelope):
        raise InclusionError(f"the fee must be at least {context.genesis.minimum_fee} base units", code="fee_too_low")


def check_sender(context: Context, transaction: Transaction) -> None:
    """Right, nonce, payable fee and, for a meter, its time at this state (X9-X12, X15)."""
    check_right(context, transaction)
    distance = nonce_distance(context, transaction)
    if distance:
        raise InclusionError(f"the nonce is {'ahead of' if distance > 0 else 'behind'} its turn", code="bad_nonce")
    check_fee(context, transaction)
    meter = bound_meter(context, transaction) if isinstance(transaction.payload, SubmitReadings) else None
    if meter is not None and context.time_ms < meter.sent_ms + context.parameter(READING_INTERVAL):
        raise InclusionError("the meter's last readings were included just now; these wait", code="reading_too_early")


def check_right(context: Context, transaction: Transaction) -> None:
    """Whether the sender may send this at all: a bound meter its readings and nothing else, a member (X9, X11)."""
    if isinstance(transaction.payload, SubmitReadings):
        if bound_meter(context, transaction) is None:
            raise InclusionError("the meter is not bound", code="meter_not_bound")
        return
    if is_testimony(context, transaction.envelope):
        return
    if is_meter(context, transaction.sender):
        raise InclusionError("a meter's key sends readings and nothing else", code="readings_only")
    if is_expelled(context, transaction.sender):
        if transaction.envelope.type not in ALLOWED_WHEN_EXPELLED:
            raise InclusionError("an expelled member may only transfer and withdraw", code="expelled")
    elif not is_member(context, transaction.sender):
        check_leaving(context, transaction)


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


def check_fee(context: Context, transaction: Transaction) -> None:
    """Whether the sender's available balance covers the fee (X12)."""
    fee = transaction.envelope.fee
    if fee and balance(context.state, transaction.sender, Asset(context.genesis.fee_asset)).available < fee:
        raise InclusionError("the fee cannot be paid from the available balance", code="cannot_pay_fee")


def next_nonce(context: Context, address: bytes) -> int:
    """The nonce that an account's next transaction must carry."""
    return account(context.state, address).nonce + 1


def bound_meter(context: Context, transaction: Transaction) -> Meter | None:
    """The meter that a transaction's key is, if it is bound."""
    key = transaction.envelope.sender_key
    meter = context.state.get(METERS, key) if isinstance(key, bytes) else None
    return meter if meter is not None and meter.unit else None


def take_fee_and_nonce(context: Context, transaction: Transaction) -> None:
    """What a transaction costs its sender even when it fails (X13); a meter its sequence and its time."""
    envelope = transaction.envelope
    if isinstance(transaction.payload, SubmitReadings) and isinstance(envelope.sender_key, bytes):
        meter = context.get(METERS, envelope.sender_key)
        changed = msgspec.structs.replace(meter, sequence=envelope.nonce, sent_ms=context.time_ms)
        context.state.put(METERS, envelope.sender_key, changed)
    else:
        use_nonce(context.state, transaction.sender, envelope.nonce)
    if envelope.fee:
        asset = Asset(context.genesis.fee_asset)
        debit(context.state, transaction.sender, asset, envelope.fee)
        credit(context.state, context.fee_account, asset, envelope.fee)
        context.emit(FeePaid(transaction.sender, context.fee_account, envelope.fee))
