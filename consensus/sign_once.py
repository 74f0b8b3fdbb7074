"""What a validator signs its votes with: one thing in each place, places in rising order, nothing before it is on disk.

"An honest validator signs at most one message of each kind per (h, r), and none for a round below one that it signed"
(consensus.md). Places rise by height, round and step; the very same thing may be signed again.
"""

from __future__ import annotations

from typing import Protocol

from consensus.effects import Effects
from consensus.messages import Commit, HeardVote, Prepare, Proposal, ProvenRoundChange
from consensus.records import LoggedVote, SignRecord, Step
from ledger.chain.votes import VoteKind, vote_message
from ledger.encoding.codec import encode
from ledger.keys.crypto import verify_ed25519

STEP_OF: dict[VoteKind, Step] = {
    VoteKind.ROUND_CHANGE: Step.ROUND_CHANGE,
    VoteKind.PROPOSAL: Step.PROPOSAL,
    VoteKind.PREPARE: Step.PREPARE,
    VoteKind.COMMIT: Step.COMMIT,
}

OwnMessage = Proposal | Prepare | Commit | ProvenRoundChange


class Signer(Protocol):
    """A validator's key."""

    @property
    def address(self) -> bytes:
        """The validator address, 20 bytes."""
        ...

    @property
    def key(self) -> bytes:
        """The public key, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes over the message."""
        ...


def may_sign(last: SignRecord, wanted: SignRecord) -> bool:
    """Whether signing `wanted` after `last` is honest: a later place, or the very same thing again."""
    if wanted.place == last.place:
        return wanted.value == last.value
    return wanted.place > last.place


class VoteSigner:
    """Signs for one validator and remembers where it has been. `last` is what the sign-state holds."""

    def __init__(self, signer: Signer, genesis_hash: bytes, last: SignRecord) -> None:
        self.signer = signer
        self.last = last
        self._genesis_hash = genesis_hash

    def sign(self, kind: VoteKind, height: int, round_: int, value: bytes) -> bytes | None:
        """A signature of the vote, or None where signing it would not be honest; `written` must follow."""
        wanted = SignRecord(height, round_, int(STEP_OF[kind]), value)
        if not may_sign(self.last, wanted):
            return None
        self.last = wanted
        return self.signer.sign(vote_message(kind, self._genesis_hash, height, round_, value))

    def has_forgotten(self, height: int, vote: HeardVote) -> bool:
        """Whether this is a signature of mine that is later than all I remember, or contradicts the last one."""
        claimed = _record_of(height, vote)
        if claimed.place < self.last.place or claimed == self.last:
            return False
        message = vote_message(VoteKind(vote.kind), self._genesis_hash, height, vote.round, vote.value)
        return verify_ed25519(self.signer.key, message, vote.signature)

    def take_over(self, height: int, vote: HeardVote) -> None:
        """Remember a signature that others have heard."""
        self.last = max(self.last, _record_of(height, vote), key=lambda record: record.place)

    def written(self, message: OwnMessage, effects: Effects) -> None:
        """The message that carries the last signature: to the disk, then to everybody."""
        effects.log(LoggedVote(self.last, encode(message)), self.last)
        effects.broadcast(message)

    def applied(self, height: int, round_: int, block_hash: bytes, effects: Effects) -> None:
        """A height is decided; entered before the store commits it, so an older sign-state proves a rollback."""
        wanted = SignRecord(height, round_, int(Step.APPLIED), block_hash)
        if wanted.place > self.last.place:
            self.last = wanted
            effects.signed(self.last)


def _record_of(height: int, vote: HeardVote) -> SignRecord:
    return SignRecord(height, vote.round, int(STEP_OF[VoteKind(vote.kind)]), vote.value)
