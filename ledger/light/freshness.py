"""How fresh a head is, though no block follows it: a quorum's signed word that nothing newer is known (rule H12).

Validators sign where they are every so often (STATUS). What so many of them said of one and the same head, and when,
shows a light client that the chain lives and that the head it was shown was the newest.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.chain.certificate import is_quorum
from ledger.chain.genesis import ConsensusMode
from ledger.chain.validator_set import ValidatorSet
from ledger.encoding.codec import Bytes32, Bytes64, Codec, Uint, Value, encode
from ledger.errors import LightError
from ledger.keys.crypto import DOMAIN_STATUS, signing_bytes, verify_ed25519
from ledger.light.headers import Trusted, TrustTerms
from ledger.limits import MAX_CERTIFICATE_BYTES, MAX_VALIDATORS

LONGEST_SILENCE_MS: Final = 60_000
"""How old the word of a quorum may be: it is gathered every few seconds and handed on every ten."""


NOT_FRESH: Final = "not_fresh"


class HeadStatement(Value, frozen=True):
    """What one validator said last: its index in the set that decides the next height, its round there, its clock."""

    validator: Annotated[int, msgspec.Meta(ge=0, lt=MAX_VALIDATORS)]
    round: Uint
    time_ms: Uint
    signature: Bytes64


class FreshHead(Value, frozen=True):
    """A head, and what validators said of it, by rising index."""

    height: Uint
    head_hash: Bytes32
    statements: Annotated[tuple[HeadStatement, ...], msgspec.Meta(max_length=MAX_VALIDATORS)]


FRESH_HEAD: Final[Codec[FreshHead]] = Codec(FreshHead, MAX_CERTIFICATE_BYTES)


def status_message(genesis_hash: bytes, nonce: bytes, round_: int, head_hash: bytes, time_ms: int) -> bytes:
    """What a validator signs in a STATUS; the nonce is empty where nobody asked."""
    return signing_bytes(DOMAIN_STATUS, genesis_hash, encode((nonce, round_, head_hash, time_ms)))


def is_said(genesis_hash: bytes, validators: ValidatorSet, head_hash: bytes, statement: HeadStatement) -> bool:
    """Whether the validator that a statement names signed it."""
    if statement.validator >= len(validators.members):
        return False
    message = status_message(genesis_hash, b"", statement.round, head_hash, statement.time_ms)
    return verify_ed25519(validators.members[statement.validator].key, message, statement.signature)


def latest_of_quorum(mode: ConsensusMode, validators: ValidatorSet, statements: tuple[HeadStatement, ...]) -> int:
    """The latest time at or after which a quorum has spoken; 0 without a quorum. Signatures are the caller's to check.

    No minority can make it later than what somebody honest said.
    """
    power = 0
    for statement in sorted(statements, key=lambda entry: entry.time_ms, reverse=True):
        power += validators.members[statement.validator].power
        if is_quorum(mode, power, validators):
            return statement.time_ms
    return 0


def fresh_as_of(terms: TrustTerms, trusted: Trusted, shown: FreshHead) -> int:
    """When a quorum said that this trusted head is its newest (H12); never before the head's own time.

    Raises `LightError`: `bad_statement` where one is of another head or not signed, `not_fresh` without a quorum.
    """
    if (shown.height, shown.head_hash) != (trusted.header.height, trusted.hash):
        raise LightError("the statements are about another head", code="bad_statement")
    signers = [statement.validator for statement in shown.statements]
    if signers != sorted(set(signers)) or not all(
        is_said(terms.chain.genesis_hash, trusted.validators, trusted.hash, statement) for statement in shown.statements
    ):
        raise LightError("a statement about the head is not signed by whom it names", code="bad_statement")
    latest = latest_of_quorum(terms.mode, trusted.validators, shown.statements)
    if not latest:
        raise LightError("too few validators have said that this head is their newest", code="not_fresh")
    return max(latest, trusted.header.time_ms)
