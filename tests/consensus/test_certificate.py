"""Quorums and certificates: who counts, how often, and how many are enough."""

from __future__ import annotations

import msgspec
import pytest

from harness.chain import secret
from ledger.chain.certificate import check_certificate, commit_message, is_quorum
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.validator_set import ValidatorInfo, ValidatorSet, validator_address
from ledger.errors import CertificateError

GENESIS_HASH = bytes(32)
HASH = bytes(range(32))
NAMES = ("V", "W", "X", "Y")


def _info(name: str) -> ValidatorInfo:
    key = secret(name).public_key[1:]
    return ValidatorInfo(validator_address(key), key, 1, bytes(20), name)


FOUR = ValidatorSet(tuple(sorted((_info(name) for name in NAMES), key=lambda member: member.address)))


def certificate(*indexes: int, round_: int = 0) -> Certificate:
    message = commit_message(GENESIS_HASH, 5, round_, HASH)
    by_address = {validator_address(secret(name).public_key[1:]): secret(name) for name in NAMES}
    signers = [by_address[member.address] for member in FOUR.members]
    return Certificate(
        5, round_, HASH, tuple(CommitSignature(index, signers[index].sign(message)) for index in indexes)
    )


def check(value: Certificate, mode: ConsensusMode = ConsensusMode.PBFT) -> None:
    check_certificate(value, GENESIS_HASH, mode, FOUR, 5, HASH)


def test_three_of_four_are_a_quorum_and_two_are_not() -> None:
    check(certificate(0, 1, 3))
    check(certificate(0, 1, 2, 3))
    with pytest.raises(CertificateError, match="no quorum"):
        check(certificate(0, 3))


def test_a_signer_counts_once() -> None:
    with pytest.raises(CertificateError, match="rise"):
        check(certificate(0, 1, 1))


def test_a_signer_outside_of_the_set_is_refused() -> None:
    good = certificate(0, 1, 2)
    outside = msgspec.structs.replace(good, signatures=(*good.signatures, CommitSignature(9, bytes(64))))
    with pytest.raises(CertificateError, match="no validator 9"):
        check(outside)


def test_votes_of_another_round_do_not_add_up() -> None:
    first, second = certificate(0, 1), certificate(2, round_=1)
    mixed = msgspec.structs.replace(first, signatures=first.signatures + second.signatures)
    with pytest.raises(CertificateError, match="wrong"):
        check(mixed)


def test_a_certificate_for_another_block_or_height_is_refused() -> None:
    with pytest.raises(CertificateError, match="another block"):
        check_certificate(certificate(0, 1, 2), GENESIS_HASH, ConsensusMode.PBFT, FOUR, 6, HASH)
    with pytest.raises(CertificateError, match="another block"):
        check_certificate(certificate(0, 1, 2), GENESIS_HASH, ConsensusMode.PBFT, FOUR, 5, bytes(32))


@pytest.mark.parametrize(
    ("count", "pbft", "poa"), [(1, 1, 1), (2, 2, 2), (3, 3, 2), (4, 3, 3), (5, 4, 4), (6, 5, 4), (7, 5, 5), (10, 7, 6)]
)
def test_the_smallest_quorum(count: int, pbft: int, poa: int) -> None:
    members = ValidatorSet(tuple(ValidatorInfo(bytes([n]) * 20, bytes(32), 1, bytes(20), "") for n in range(count)))
    for mode, needed in ((ConsensusMode.PBFT, pbft), (ConsensusMode.POA, poa)):
        assert is_quorum(mode, needed, members)
        assert not is_quorum(mode, needed - 1, members)
