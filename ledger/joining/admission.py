"""Who may send a request for membership: anybody who is no member, now and then, for nothing (rules JO1, JO2).

All that can be wrong with a request keeps it out of the block: what a stranger sends never fails in one, so it leaves
no nonce, no receipt of a failure, and nothing in the state but its entry in the bounded list.
"""

from __future__ import annotations

from typing import Final

from ledger.attestations.rules import missing_kind
from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction
from ledger.chain.sender import SenderRule
from ledger.errors import InclusionError, Refused
from ledger.governance.members import is_admitted, is_device_key, is_expelled, is_member
from ledger.joining.limits import (
    MAX_APPLICATIONS,
    MAX_APPLICATIONS_PER_HOUR,
    MAX_REQUEST_AGE_MS,
    MAX_REQUEST_BYTES,
)
from ledger.joining.payloads import NO_ATTESTATION, RequestMembership
from ledger.joining.schema import APPLICATION_COUNT, APPLICATIONS, ApplicationStatus
from ledger.joining.taken import taken_this_hour
from ledger.joining.wishes import check_wishes, named_attestation
from ledger.keys.crypto import verify


class Stranger:
    """Who is no member, by the time at which it signed; see `SenderRule`."""

    in_order = False
    is_guest = True

    def check_offer(self, context: Context, envelope: Envelope) -> None:
        """No fee: who is no member has nothing to pay it from (JO1)."""
        del context
        if envelope.fee:
            raise InclusionError("a request for membership carries no fee", code="request_with_fee")

    def check_right(self, context: Context, transaction: Transaction) -> None:
        """No member, no meter, nobody who was expelled; with wishes that could be given (JO1, JO3)."""
        sender = transaction.sender
        if len(transaction.raw) > MAX_REQUEST_BYTES:
            raise InclusionError(f"a request has at most {MAX_REQUEST_BYTES} bytes", code="request_too_large")
        if not isinstance(transaction.envelope.sender_key, bytes):
            raise InclusionError("a request has one key", code="several_keys")
        if is_device_key(context, sender):
            raise InclusionError("a meter's key sends readings and nothing else", code="readings_only")
        if is_expelled(context, sender):
            raise InclusionError("an expelled member may only transfer and withdraw", code="expelled")
        if is_admitted(context, sender):
            raise InclusionError("the sender is a member already", code="already_a_member")
        standing = context.state.get(APPLICATIONS, sender)
        if standing is None and context.count(APPLICATION_COUNT) >= MAX_APPLICATIONS:
            raise InclusionError(f"{MAX_APPLICATIONS} applications are open", code="too_many_applications")
        if standing is not None and standing.status == ApplicationStatus.DISMISSED:
            raise InclusionError("the voters have dismissed this application", code="application_dismissed")
        if self.nonce_distance(context, transaction) < 0:
            raise InclusionError(
                "the request was signed more than an hour ago, or before the one that stands", code="request_too_old"
            )
        _check_request(context, sender, transaction.payload)

    def nonce_distance(self, context: Context, transaction: Transaction) -> int:
        """The nonce is a time: not long ago, and after that of the request that stands (JO2)."""
        standing = context.state.get(APPLICATIONS, transaction.sender)
        oldest = context.time_ms - MAX_REQUEST_AGE_MS
        if standing is not None:
            oldest = max(oldest, standing.signed_ms + 1)
        return min(transaction.envelope.nonce - oldest, 0)

    def check_turn(self, context: Context, transaction: Transaction) -> None:
        """Not before its own time, and not more than the hour may take (JO2)."""
        if transaction.envelope.nonce > context.time_ms + context.genesis.drift_ms:
            raise InclusionError("the request is signed for a later time", code="request_too_early")
        if taken_this_hour(context) >= MAX_APPLICATIONS_PER_HOUR:
            raise InclusionError(
                f"{MAX_APPLICATIONS_PER_HOUR} requests were taken within the hour; this one waits",
                code="applications_paused",
            )

    def check_content(self, context: Context, transaction: Transaction) -> None:
        """Any: all of it is looked at in every block, too."""

    def use_nonce(self, context: Context, transaction: Transaction) -> None:
        """Stands in the application: a stranger leaves no account behind (JO2)."""

    def is_privileged(self, context: Context, transaction: Transaction, *, others_wait: bool) -> bool:
        """Never."""
        del context, transaction, others_wait
        return False


def _check_request(context: Context, sender: bytes, payload: RequestMembership) -> None:
    if payload.referrer != sender and not is_member(context, payload.referrer):
        raise InclusionError("the referrer is no member", code="bad_wish")
    attested = named_attestation(context, sender, payload.attestation_hash)
    if payload.attestation_hash != NO_ATTESTATION and attested is None:
        raise InclusionError("no attestation about the sender has this hash", code="bad_wish")
    if "attestations" in context.hooks.modules:
        kind = missing_kind(context, sender)
        if kind is not None:
            raise InclusionError(
                f"an attestation of the kind {kind.name.lower()} is demanded", code="attestation_missing"
            )
    try:
        terms = [wish.terms for wish in payload.meters]
        check_wishes(context, sender, terms, payload.units, voter=payload.voter)
    except Refused as refusal:
        raise InclusionError(f"{refusal.detail} ({refusal.code})", code="bad_wish") from None
    for wish in payload.meters:
        if not verify(wish.terms.meter_key, wish.terms.message(context.genesis_hash), wish.meter_signature):
            raise InclusionError("a meter's key did not sign its terms", code="bad_wish")


STRANGER: Final[SenderRule] = Stranger()
