"""Evidence of equivocation: who signed two things where one is allowed loses its place (rules V9, V10).

Valid by state alone: the validators' terms and the punished offences are kept for `MAX_EVIDENCE_AGE` heights. What is
false, late or known already may not stand in a block at all, so that nobody fills blocks with it.
"""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction
from ledger.chain.schema import VALIDATORS
from ledger.chain.sender import SenderRule
from ledger.chain.validator_set import validator_address
from ledger.chain.votes import VoteKind, vote_message
from ledger.chain.weights import SIGNATURE
from ledger.errors import InclusionError, Refused
from ledger.governance.admission import MemberSender
from ledger.keys.crypto import Algorithm, tagged_hash, verify_ed25519
from ledger.state.table import big_endian
from ledger.validators.events import ValidatorPunished
from ledger.validators.limits import MAX_EVIDENCE_AGE
from ledger.validators.payloads import Evidence
from ledger.validators.rules import remove_validator
from ledger.validators.schema import FORMER_VALIDATORS, OFFENCES, Offence

PRUNED_PER_EVIDENCE = 8


def do_evidence(context: Context, payload: Evidence) -> None:
    """Note the offence and remove the offender, unless it is the last validator (V9)."""
    check_evidence(context, payload)
    context.charge(2 * SIGNATURE)
    address = validator_address(payload.key)
    removed = context.state.get(VALIDATORS, address) is not None
    if removed:
        try:
            remove_validator(context, address)
        except Refused as refusal:
            if refusal.code == "would_stop_chain":
                raise InclusionError(refusal.detail, code="evidence_waits") from refusal
            removed = False
    context.state.put(OFFENCES, offence_key(payload), Offence(context.height))
    _prune(context)
    context.emit(ValidatorPunished(address, payload.kind, payload.height, payload.round, removed))


def check_evidence(context: Context, payload: Evidence) -> None:
    """Raise `InclusionError` unless this proves an offence that is neither too old nor punished (V9)."""
    if payload.first_value >= payload.second_value:
        raise InclusionError("the two votes are not different, or not in order", code="bad_evidence")
    if payload.height > context.height or payload.height == 0:
        raise InclusionError("nobody can have voted at that height yet", code="bad_evidence")
    if payload.height + MAX_EVIDENCE_AGE < context.height:
        raise InclusionError(f"evidence counts for {MAX_EVIDENCE_AGE} heights", code="evidence_too_old")
    if context.state.get(OFFENCES, offence_key(payload)) is not None:
        raise InclusionError("the offence was punished before", code="already_punished")
    if not _validated(context, payload.key, payload.height):
        raise InclusionError("the key was no validator at that height", code="bad_evidence")
    for value, signature in (
        (payload.first_value, payload.first_signature),
        (payload.second_value, payload.second_signature),
    ):
        message = vote_message(VoteKind(payload.kind), context.genesis_hash, payload.height, payload.round, value)
        if not verify_ed25519(payload.key, message, signature):
            raise InclusionError("the validator did not sign both votes", code="bad_evidence")


def offence_key(payload: Evidence) -> bytes:
    """The offence's height, then its identity: key, kind, height and round, whatever was signed (V9)."""
    height, round_ = big_endian(payload.height), big_endian(payload.round)
    return height + tagged_hash(b"nodechain/offence", payload.key, bytes((payload.kind,)), height, round_)


def _validated(context: Context, key: bytes, height: int) -> bool:
    """Whether the key was in the set of a height, by its running term or a former one (V10)."""
    address = validator_address(key)
    running = context.state.get(VALIDATORS, address)
    if running is not None and running.since <= height:
        return True
    for place in context.state.scan(FORMER_VALIDATORS, after=big_endian(height)):
        if place[8:] == address and context.get(FORMER_VALIDATORS, place).since <= height:
            return True
    return False


def _prune(context: Context) -> None:
    """Forget a few of the offences that are too old to be brought again (V10)."""
    for place in list(_oldest(context)):
        context.state.delete(OFFENCES, place)


def _oldest(context: Context) -> list[bytes]:
    found: list[bytes] = []
    for place in context.state.scan(OFFENCES):
        if len(found) == PRUNED_PER_EVIDENCE or int.from_bytes(place[:8], "big") + MAX_EVIDENCE_AGE >= context.height:
            break
        found.append(place)
    return found


class EvidenceSender(MemberSender):
    """Members, and without a fee a validator's own key: a node holds no account (V9); see `SenderRule`."""

    def check_offer(self, context: Context, envelope: Envelope) -> None:
        """Free for a validator's key."""
        if not is_validator_key(context, envelope):
            super().check_offer(context, envelope)

    def check_right(self, context: Context, transaction: Transaction) -> None:
        """A validator's key, or a member."""
        if not is_validator_key(context, transaction.envelope):
            super().check_right(context, transaction)

    def check_content(self, context: Context, transaction: Transaction) -> None:
        """What proves nothing is not kept."""
        check_evidence(context, transaction.payload)

    def is_privileged(self, context: Context, transaction: Transaction, *, others_wait: bool) -> bool:
        """A validator's key, or whoever holds a role."""
        return is_validator_key(context, transaction.envelope) or super().is_privileged(
            context, transaction, others_wait=others_wait
        )


def is_validator_key(context: Context, envelope: Envelope) -> bool:
    """Whether the sender is the key of a validator."""
    key = envelope.sender_key
    if not isinstance(key, bytes) or key[0] != Algorithm.ED25519:
        return False
    return context.state.get(VALIDATORS, validator_address(key[1:])) is not None


EVIDENCE: Final[SenderRule] = EvidenceSender()
