"""Who may send transactions: members, and who was one as long as it has something to take along (rules X8-X13, N5)."""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction
from ledger.chain.nonces import next_nonce, use_nonce
from ledger.chain.points import FEE_OFFERED
from ledger.chain.sender import SenderRule
from ledger.errors import InclusionError
from ledger.governance.members import has_role, is_admitted, is_device_key, is_expelled
from ledger.governance.points import HOLDS_TOKENS


class MemberSender:
    """Members, in order of nonce, for at least the minimum fee; see `SenderRule`."""

    in_order = True
    is_guest = False

    def check_offer(self, context: Context, envelope: Envelope) -> None:
        """At least the minimum (X8)."""
        for check in context.hooks.at(FEE_OFFERED):
            check(context, envelope)

    def check_right(self, context: Context, transaction: Transaction) -> None:
        """A member anything; an expelled one, and one who lost its role, what the types allow (X9)."""
        if is_device_key(context, transaction.sender):
            raise InclusionError("a meter's key sends readings and nothing else", code="readings_only")
        if is_admitted(context, transaction.sender):
            return
        if is_expelled(context, transaction.sender):
            if transaction.envelope.type not in context.hooks.expelled_types:
                raise InclusionError("an expelled member may only transfer and withdraw", code="expelled")
            if not _holds_tokens(context, transaction.sender):
                raise InclusionError("an expelled member without tokens has nothing to take along", code="expelled")
        else:
            _check_leaving(context, transaction)

    def nonce_distance(self, context: Context, transaction: Transaction) -> int:
        """From the account's next nonce (X10)."""
        return transaction.envelope.nonce - next_nonce(context, transaction.sender)

    def check_turn(self, context: Context, transaction: Transaction) -> None:
        """At any time."""

    def check_content(self, context: Context, transaction: Transaction) -> None:
        """Any."""

    def use_nonce(self, context: Context, transaction: Transaction) -> None:
        """The account's (X13)."""
        use_nonce(context.state, transaction.sender, transaction.envelope.nonce)

    def is_privileged(self, context: Context, transaction: Transaction, *, others_wait: bool) -> bool:
        """Whoever holds a role."""
        del others_wait
        return has_role(context, transaction.sender)


def _check_leaving(context: Context, transaction: Transaction) -> None:
    """Who is no member (any more) but still holds tokens may take them along, and nothing else (N5)."""
    if not _holds_tokens(context, transaction.sender):
        raise InclusionError("the sender is no member; voters admit members", code="sender_not_a_member")
    if transaction.envelope.type not in context.hooks.types_of_former_members:
        raise InclusionError(
            "the sender is no member; it may only transfer, withdraw, close its sessions and cancel its orders",
            code="sender_not_a_member",
        )


def _holds_tokens(context: Context, address: bytes) -> bool:
    return any(holds(context, address) for holds in context.hooks.at(HOLDS_TOKENS))


MEMBER: Final[SenderRule] = MemberSender()
