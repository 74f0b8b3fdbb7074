"""Whether a transaction may stand at this place of a block (rules X8-X15), and its fee and nonce.

What depends on the type is its sender rule's (`ledger.chain.sender`), what depends on tokens a hook's. The mempool asks
the same questions of the committed state, so that what it keeps can be included.
"""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.envelope import ENVELOPE_VERSION, Envelope, Transaction
from ledger.chain.points import FEE_CHECK, FEE_TAKEN
from ledger.chain.sender import sender_rule
from ledger.errors import InclusionError


def check_envelope(context: Context, envelope: Envelope) -> None:
    """Form, chain, type, expiry height, offered fee: what needs nothing of the sender (X8)."""
    if envelope.version != ENVELOPE_VERSION:
        raise InclusionError(f"the envelope's form {envelope.version} is not {ENVELOPE_VERSION}", code="wrong_version")
    if envelope.chain_id != context.chain_id:
        raise InclusionError(f"made for chain {envelope.chain_id}, this is {context.chain_id}", code="wrong_chain")
    if envelope.valid_until_height and context.height > envelope.valid_until_height:
        raise InclusionError(f"was valid until height {envelope.valid_until_height}", code="expired")
    if envelope.type not in context.hooks.senders:
        raise InclusionError(
            f"transaction type {envelope.type} belongs to a module that is off; a vote can switch it on "
            "(`nodechain vote upgrade`)",
            code="module_off",
        )
    sender_rule(context, envelope.type).check_offer(context, envelope)


def check_action(context: Context, transaction: Transaction) -> None:
    """What voters may decide depends on the rules in force too: programs that do not know an action cannot even read
    it, so it stands in no block before its version (X16)."""
    action = getattr(transaction.payload, "action", None)
    if action is not None and type(action) not in context.hooks.decisions:
        raise InclusionError("the action belongs to a module that is off", code="module_off")


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
