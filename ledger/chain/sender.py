"""Who may send a type of transaction, in which order, at what price: a rule that the type's module chooses."""

from __future__ import annotations

from typing import Protocol

from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction


class SenderRule(Protocol):
    """Whoever raises `InclusionError` keeps the transaction out of the block (X8-X15)."""

    in_order: bool
    """Whether each nonce must follow the one before, so that a gap makes later ones wait."""

    is_guest: bool
    """Whether it is for who has no account: a pool keeps few of these, and drops them before all others (JO2)."""

    def check_offer(self, context: Context, envelope: Envelope) -> None:
        """Whether the envelope offers the right fee (X8)."""

    def check_right(self, context: Context, transaction: Transaction) -> None:
        """Whether the sender may send this at all (X9, X11)."""

    def nonce_distance(self, context: Context, transaction: Transaction) -> int:
        """How far the nonce is from its turn: 0 it fits, above 0 others must come first, below 0 it is used."""

    def check_turn(self, context: Context, transaction: Transaction) -> None:
        """Whether the time has come (X15)."""

    def check_content(self, context: Context, transaction: Transaction) -> None:
        """What a pool asks of the payload before it keeps it."""

    def use_nonce(self, context: Context, transaction: Transaction) -> None:
        """Remember the nonce, whatever becomes of the transaction (X13)."""

    def is_privileged(self, context: Context, transaction: Transaction, *, others_wait: bool) -> bool:
        """Whether it may wait in the part of a pool that is kept for holders of a role."""


def sender_rule(context: Context, number: int) -> SenderRule:
    """The rule of a transaction type."""
    rule: SenderRule = context.hooks.senders[number]
    return rule
