"""Whether a transaction may stand at this place of a block (rules X8-X15), and its fee and nonce.

What depends on the type is its sender rule's (`ledger.chain.sender`), what depends on tokens a hook's. The mempool asks
the same questions of the committed state, so that what it keeps can be included.
"""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction
from ledger.chain.header import PROTOCOL_VERSION
from ledger.chain.points import FEE_CHECK, FEE_TAKEN
from ledger.chain.sender import sender_rule
from ledger.errors import InclusionError


def check_envelope(context: Context, envelope: Envelope) -> None:
    """Version, chain, expiry height, offered fee: what needs nothing of the sender (X8)."""
    if envelope.version != PROTOCOL_VERSION:
        raise InclusionError(f"protocol version {envelope.version} is not {PROTOCOL_VERSION}", code="wrong_version")
    if envelope.chain_id != context.chain_id:
        raise InclusionError(f"made for chain {envelope.chain_id}, this is {context.chain_id}", code="wrong_chain")
    if envelope.valid_until_height and context.height > envelope.valid_until_height:
        raise InclusionError(f"was valid until height {envelope.valid_until_height}", code="expired")
    sender_rule(context, envelope.type).check_offer(context, envelope)


def check_sender(context: Context, transaction: Transaction) -> None:
    """Right, nonce, payable fee and time at this state (X9-X12, X15)."""
    rule = sender_rule(context, transaction.envelope.type)
    rule.check_right(context, transaction)
    distance = rule.nonce_distance(context, transaction)
    if distance:
        raise InclusionError(f"the nonce is {'ahead of' if distance > 0 else 'behind'} its turn", code="bad_nonce")
    check_fee(context, transaction)
    rule.check_turn(context, transaction)


def check_fee(context: Context, transaction: Transaction) -> None:
    """Whether the sender can pay the fee (X12)."""
    for check in context.hooks.at(FEE_CHECK):
        check(context, transaction)


def take_fee_and_nonce(context: Context, transaction: Transaction) -> None:
    """What a transaction costs its sender even when it fails (X13)."""
    sender_rule(context, transaction.envelope.type).use_nonce(context, transaction)
    for take in context.hooks.at(FEE_TAKEN):
        take(context, transaction)
