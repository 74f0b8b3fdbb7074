"""Quorums, and the certificates that decide blocks (rules B4, Q1-Q3), for consensus, light clients and devices."""

from __future__ import annotations

from collections.abc import Container

from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.validator_set import ValidatorSet
from ledger.chain.votes import VoteKind, vote_message
from ledger.errors import CertificateError
from ledger.keys.crypto import verify_ed25519


def is_quorum(mode: ConsensusMode, power: int, validators: ValidatorSet) -> bool:
    """Whether distinct signers of `power` are a quorum: PBFT 3p > 2T; PoA a majority of authorities (Q1, Q2)."""
    match mode:
        case ConsensusMode.PBFT:
            return 3 * power > 2 * validators.total_power
        case ConsensusMode.POA:
            count = len(validators.members)
            needed = count // 2 + 1 if count <= 4 else (count + 1) // 2 + 1
            return power >= needed


def commit_message(genesis_hash: bytes, height: int, round_: int, block_hash: bytes) -> bytes:
    """What a validator signs to commit to a block in a round (B4)."""
    return vote_message(VoteKind.COMMIT, genesis_hash, height, round_, block_hash)


def check_certificate(
    certificate: Certificate,
    genesis_hash: bytes,
    mode: ConsensusMode,
    validators: ValidatorSet,
    height: int,
    block_hash: bytes,
    *,
    known: Container[CommitSignature] = frozenset(),
) -> None:
    """Raise `CertificateError` unless a quorum of distinct members of this height's set signed this very block.

    `known`: signatures for this block and round that were verified before.
    """
    if certificate.height != height or certificate.block_hash != block_hash:
        raise CertificateError("the certificate is for another block")
    message = commit_message(genesis_hash, height, certificate.round, block_hash)
    last, power = -1, 0
    for entry in certificate.signatures:
        if entry.validator <= last:
            raise CertificateError("signers must rise: each counts once")
        last = entry.validator
        if entry.validator >= len(validators.members):
            raise CertificateError(f"there is no validator {entry.validator} in this set")
        member = validators.members[entry.validator]
        if entry not in known and not verify_ed25519(member.key, message, entry.signature):
            raise CertificateError(f"the signature of validator {entry.validator} is wrong")
        power += member.power
    if not is_quorum(mode, power, validators):
        raise CertificateError(f"power {power} of {validators.total_power} is no quorum")
