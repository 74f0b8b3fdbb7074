"""Following the chain by its certificates: from a header that is trusted to a later one (rules H1 to H11).

One function a rule. A rule raises `LightError` with its code; `SKIPPED_TOO_FAR` is no fault of anybody's: a change of
the validator set lies between, and its header is needed first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from ledger.chain.certificate import check_certificate
from ledger.chain.genesis import ConsensusMode, Genesis
from ledger.chain.header import HEADER_FORMAT, Certificate, Header
from ledger.chain.identity import ChainIdentity
from ledger.chain.parameters import DAY_MS
from ledger.chain.validator_set import POWER, ValidatorInfo, ValidatorSet, validator_address
from ledger.encoding.codec import Bytes32, Codec, Uint, Value
from ledger.errors import CertificateError, LightError
from ledger.limits import MAX_LIGHT_BLOCK_BYTES, MAX_VALIDATORS

TRUSTING_MS: Final = 14 * DAY_MS
"""How long a set is believed to be worth its word after it was in charge."""

AHEAD_MS: Final = 10 * 60_000
"""How far a header's time may lie ahead of the own clock."""

SKIPPED_TOO_FAR: Final = "skipped_too_far"


class SetMember(Value, frozen=True):
    """A validator as the hash of its set covers it (V2); its address follows from its key (V1)."""

    key: Bytes32
    power: Uint


SetMembers = Annotated[tuple[SetMember, ...], msgspec.Meta(max_length=MAX_VALIDATORS)]


class LightBlock(Value, frozen=True):
    """A block without its transactions, with what is needed to check it (H3).

    `members` decided this height; empty where they are the set that the header before it in hand named for its next.
    `next_members` decide the next height; empty where they are the same as `members`.
    """

    header: Header
    certificate: Certificate
    members: SetMembers
    next_members: SetMembers


SET_MEMBERS: Final[Codec[SetMembers]] = Codec(SetMembers, 64 * 1024)
LIGHT_BLOCK: Final[Codec[LightBlock]] = Codec(LightBlock, MAX_LIGHT_BLOCK_BYTES)


class Trusted(msgspec.Struct, frozen=True):
    """A header that is the chain's, its hash, and the set that decides the height after it."""

    header: Header
    hash: bytes
    validators: ValidatorSet


class TrustTerms(msgspec.Struct, frozen=True):
    """What a follower goes by: the chain, and how long and how far it trusts. Times in ms."""

    chain: ChainIdentity
    mode: ConsensusMode
    trusting_ms: int = TRUSTING_MS
    ahead_ms: int = AHEAD_MS


class _Step(msgspec.Struct, frozen=True):
    """One header offered to one that is trusted."""

    terms: TrustTerms
    trusted: Trusted
    offered: LightBlock
    validators: ValidatorSet
    following: ValidatorSet
    block_hash: bytes
    now_ms: int

    @property
    def is_next(self) -> bool:
        """Whether nothing lies between the two."""
        return self.offered.header.height == self.trusted.header.height + 1

    @property
    def is_same_set(self) -> bool:
        """Whether the trusted set itself decided the offered height."""
        return self.offered.header.validators_hash == self.trusted.header.next_validators_hash


def set_of(members: tuple[SetMember, ...]) -> ValidatorSet:
    """The set for checking signatures: accounts and names are no part of its hash, and not known here."""
    return ValidatorSet(
        tuple(ValidatorInfo(validator_address(member.key), member.key, member.power, b"", "") for member in members)
    )


def first_set(genesis: Genesis) -> ValidatorSet:
    """The set that decides height 1, for whoever has the genesis and not the modules that its first state needs."""
    keys = sorted((validator.key for validator in genesis.validators), key=validator_address)
    return set_of(tuple(SetMember(key, POWER) for key in keys))


def members_of(validators: ValidatorSet) -> tuple[SetMember, ...]:
    """What a light block says of a set."""
    return tuple(SetMember(member.key, member.power) for member in validators.members)


def is_of_this_chain(step: _Step) -> None:
    """The header is of this chain and of a form that is known (H1)."""
    header = step.offered.header
    if header.chain_id != step.terms.chain.id or header.format != HEADER_FORMAT:
        raise LightError(f"height {header.height}: a header of {header.chain_id}", code="wrong_chain")


def is_later(step: _Step) -> None:
    """Height and time are above those of the trusted header (H2)."""
    header, trusted = step.offered.header, step.trusted.header
    if header.height <= trusted.height or header.time_ms <= trusted.time_ms:
        raise LightError(f"height {header.height} is not after height {trusted.height}", code="not_later")


def version_stands(step: _Step) -> None:
    """The protocol version is not below the trusted header's, and its proposer knows it (H11)."""
    header, trusted = step.offered.header, step.trusted.header
    if header.version < trusted.version or header.known_version < header.version:
        raise LightError(
            f"height {header.height}: version {header.version} after version {trusted.version}", code="version_fell"
        )


def sets_are_the_headers(step: _Step) -> None:
    """The members of both sets rise by address and give the hashes in the header (H3)."""
    header = step.offered.header
    for validators, expected in (
        (step.validators, header.validators_hash),
        (step.following, header.next_validators_hash),
    ):
        addresses = [member.address for member in validators.members]
        if addresses != sorted(set(addresses)) or validators.hash != expected:
            raise LightError(f"height {header.height}: the validators are not those of the header", code="bad_set")


def quorum_decided(step: _Step) -> None:
    """The certificate has a quorum of the height's set for this block (H4, Q3)."""
    header, terms = step.offered.header, step.terms
    try:
        check_certificate(
            step.offered.certificate,
            terms.chain.genesis_hash,
            terms.mode,
            step.validators,
            header.height,
            step.block_hash,
        )
    except CertificateError as error:
        raise LightError(f"height {header.height}: {error.detail}", code="bad_certificate") from error


def continues(step: _Step) -> None:
    """The next header names the trusted one as its parent and is decided by the set named there (H5)."""
    header = step.offered.header
    if step.is_next and (header.parent != step.trusted.hash or not step.is_same_set):
        raise LightError(f"height {header.height} does not continue the trusted header", code="does_not_continue")


def trusted_set_vouches(step: _Step) -> None:
    """A skip to another set needs over a third of the trusted set among the signers (H6). Not in PoA (H7)."""
    if step.is_next or step.is_same_set:
        return
    header = step.offered.header
    if step.terms.mode is ConsensusMode.POA:
        raise LightError(f"authorities changed before height {header.height}", code="skipped_too_far")
    signers = {step.validators.members[entry.validator].key for entry in step.offered.certificate.signatures}
    vouching = sum(member.power for member in step.trusted.validators.members if member.key in signers)
    if 3 * vouching <= step.trusted.validators.total_power:
        raise LightError(f"the trusted set does not vouch for height {header.height}", code="skipped_too_far")


def trust_lasts(step: _Step) -> None:
    """A set that was in charge longer ago than the trusting period vouches for no other set by a skip (H8)."""
    aged_ms = step.now_ms - step.trusted.header.time_ms
    if not step.is_next and not step.is_same_set and aged_ms >= step.terms.trusting_ms:
        height = step.offered.header.height
        raise LightError(f"height {height}: the trusted header is too old for a skip", code="skipped_too_far")


def is_not_ahead(step: _Step) -> None:
    """The header's time is not further ahead of the own clock than allowed (H9)."""
    header = step.offered.header
    if header.time_ms > step.now_ms + step.terms.ahead_ms:
        raise LightError(f"height {header.height} lies ahead of this machine's clock", code="from_the_future")


RULES: Final[tuple[Callable[[_Step], None], ...]] = (
    is_of_this_chain, is_later, version_stands, sets_are_the_headers, continues, trust_lasts, is_not_ahead,
    quorum_decided, trusted_set_vouches,
)  # fmt: skip


def follow(terms: TrustTerms, trusted: Trusted, offered: LightBlock, now_ms: int) -> Trusted:
    """The offered header as trusted; raises `LightError`."""
    validators = set_of(offered.members) if offered.members else trusted.validators
    following = set_of(offered.next_members) if offered.next_members else validators
    step = _Step(terms, trusted, offered, validators, following, offered.header.hash(), now_ms)
    for rule in RULES:
        rule(step)
    return Trusted(offered.header, step.block_hash, following)


def require_fresh(as_of_ms: int, now_ms: int, longest_ms: int) -> None:
    """Raise `LightError` (stale_head) if it is too long ago that the head was the newest (H10).

    `as_of_ms`: the header's time, or when a quorum last said so (`ledger.light.freshness`).
    """
    age_ms = now_ms - as_of_ms
    if age_ms > longest_ms:
        raise LightError(
            f"the newest header is known to have been the newest {age_ms // 1000} s ago", code="stale_head"
        )
