"""The COMMITs for the head that this node has heard: the next block carries them (rule B8)."""

from __future__ import annotations

from consensus.messages import Commit
from consensus.validation import Rules
from ledger.chain.header import Certificate, CommitSignature
from ledger.chain.votes import VoteKind


class ParentCommits:
    """`all` begins as the head's certificate and grows by COMMITs for the same block and round that come later.

    None for the genesis block. `rules`: of the head's height; None after a start, when nothing is added.
    """

    def __init__(self, certificate: Certificate | None, rules: Rules | None) -> None:
        self.all = certificate
        self._rules = rules

    def add(self, message: Commit) -> bool:
        """Take a COMMIT for the head; anything else changes nothing. False where its signature is wrong."""
        known = self.all
        if known is None or self._rules is None:
            return True
        if (message.height, message.round, message.block_hash) != (known.height, known.round, known.block_hash):
            return True
        if any(entry.validator == message.validator for entry in known.signatures):
            return True
        if not self._rules.vote(VoteKind.COMMIT, message):
            return False
        entries = (*known.signatures, CommitSignature(message.validator, message.signature))
        rising = tuple(sorted(entries, key=lambda entry: entry.validator))
        self.all = Certificate(known.height, known.round, known.block_hash, rising)
        return True
