"""The COMMITs for its parent that a block carries (rule B8): who took part in deciding a height, agreed on by all.

A certificate differs from node to node: each has the first quorum that it heard. The list in the next block is one and
the same for everybody, names who came a little later too, and takes the certificate's place in every store.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.chain.certificate import check_certificate
from ledger.chain.genesis import ConsensusMode, Genesis
from ledger.chain.header import Certificate, Header
from ledger.chain.validator_set import ValidatorSet
from ledger.encoding.codec import encode
from ledger.errors import CertificateError, InvalidBlock
from ledger.keys.crypto import tagged_hash

NO_COMMITS: Final = bytes(32)


class CheckedDecision(msgspec.Struct, frozen=True):
    """How a block was decided: a certificate that was checked, and the set of its height."""

    certificate: Certificate
    validators: ValidatorSet


def commits_hash(commits: Certificate | None) -> bytes:
    """What the header names: 32 zero bytes at heights 0 and 1, whose parents nobody voted for."""
    return NO_COMMITS if commits is None else tagged_hash(b"nodechain/commits", encode(commits))


def check_commits(
    genesis: Genesis, decision: CheckedDecision | None, header: Header, commits: Certificate | None
) -> None:
    """Raise `InvalidBlock` unless these are the header's, and a quorum's COMMITs for its parent, all of them right."""
    if commits_hash(commits) != header.commits_hash:
        raise InvalidBlock("the parent's commits are not those of the header", code="bad_commits")
    if decision is None and commits is None:
        return
    if decision is None or commits is None:
        raise InvalidBlock("a block carries commits for its parent where it was voted for", code="bad_commits")
    checked = decision.certificate
    known = frozenset(checked.signatures) if commits.round == checked.round else frozenset()
    try:
        check_certificate(
            commits,
            genesis.hash,
            ConsensusMode(genesis.mode),
            decision.validators,
            header.height - 1,
            header.parent,
            known=known,
        )
    except CertificateError as error:
        raise InvalidBlock(f"the parent's commits: {error.detail}", code="bad_commits") from error
