"""Whether a message is one that an honest validator may have sent: indexes, signatures, proofs (rules J1-J6).

Nothing here knows what the engine wants now; a message that is valid may still be useless.
"""

from __future__ import annotations

import msgspec

from consensus.messages import Claim, Commit, Prepare, Prepared, Proposal, ProvenRoundChange, RoundChange, Status
from ledger.chain.certificate import check_certificate, is_quorum
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import Certificate, Header
from ledger.chain.proposer import proposer
from ledger.chain.validator_set import ValidatorSet
from ledger.chain.votes import VoteKind, vote_message
from ledger.errors import CertificateError
from ledger.keys.crypto import verify_ed25519
from ledger.light.freshness import status_message


class Rules(msgspec.Struct, frozen=True):
    """What messages of one height are held against."""

    genesis_hash: bytes
    mode: ConsensusMode
    validators: ValidatorSet
    height: int

    def signed(self, kind: VoteKind, validator: int, round_: int, value: bytes, signature: bytes) -> bool:
        """Whether a member of the set signed this vote (J1)."""
        members = self.validators.members
        if validator >= len(members):
            return False
        message = vote_message(kind, self.genesis_hash, self.height, round_, value)
        return verify_ed25519(members[validator].key, message, signature)

    def vote(self, kind: VoteKind, message: Prepare | Commit) -> bool:
        """A PREPARE or COMMIT of this height (J1)."""
        return message.height == self.height and self.signed(
            kind, message.validator, message.round, message.block_hash, message.signature
        )

    def request(self, message: RoundChange) -> bool:
        """A round change of this height: above round 0, prepared in a round below it (J2)."""
        claim = message.claim
        if message.height != self.height or message.round == 0:
            return False
        if claim is not None and claim.round >= message.round:
            return False
        return self.signed(VoteKind.ROUND_CHANGE, message.validator, message.round, message.value, message.signature)

    def proven_round_change(self, message: ProvenRoundChange, known: frozenset[Claim]) -> bool:
        """A round change whose claim is proven, here or before (J3)."""
        claim, proof = message.request.claim, message.proof
        if not self.request(message.request):
            return False
        if claim is None:
            return proof is None
        if proof is None or proof.claim != claim:
            return False
        return claim in known or self.prepared(proof)

    def prepared(self, proof: Prepared) -> bool:
        """PBFT: a quorum of distinct PREPAREs of that round; PoA: its proposer's PROPOSAL (J4)."""
        block_hash = proof.header.hash()
        if proof.header.height != self.height:
            return False
        if self.mode is ConsensusMode.POA:
            if len(proof.signatures) != 1:
                return False
            (only,) = proof.signatures
            if only.validator != proposer(self.validators, self.height, proof.round):
                return False
            return self.signed(VoteKind.PROPOSAL, only.validator, proof.round, block_hash, only.signature)
        if not self._is_quorum([entry.validator for entry in proof.signatures]):
            return False
        return all(
            self.signed(VoteKind.PREPARE, entry.validator, proof.round, block_hash, entry.signature)
            for entry in proof.signatures
        )

    def proposal(self, message: Proposal) -> bool:
        """Signed by the proposer of its round and height (J5)."""
        if message.validator != proposer(self.validators, self.height, message.round):
            return False
        block_hash = message.header.hash()
        return message.height == self.height and self.signed(
            VoteKind.PROPOSAL, message.validator, message.round, block_hash, message.signature
        )

    def justified(self, message: Proposal, known: frozenset[Claim]) -> bool:
        """Above round 0: a quorum of distinct round changes for it; its block is the highest one claimed (J6)."""
        if message.round == 0:
            return not message.round_changes and message.proof is None
        if not self._is_quorum([request.validator for request in message.round_changes]):
            return False
        if any(request.round != message.round or not self.request(request) for request in message.round_changes):
            return False
        claims = [request.claim for request in message.round_changes if request.claim is not None]
        if not claims:
            return message.proof is None
        highest = max(claim.round for claim in claims)
        proof = message.proof
        if proof is None or proof.round != highest or proof.claim not in claims or proof.header != message.header:
            return False
        return proof.claim in known or self.prepared(proof)

    def _is_quorum(self, signers: list[int]) -> bool:
        """Whether these are members in rising order, so each once, and together a quorum."""
        members = self.validators.members
        if signers != sorted(set(signers)) or (signers and signers[-1] >= len(members)):
            return False
        return is_quorum(self.mode, sum(members[index].power for index in signers), self.validators)

    def decided(self, header: Header, certificate: Certificate) -> bool:
        """A quorum of this height's set committed to the block (Q3)."""
        try:
            check_certificate(certificate, self.genesis_hash, self.mode, self.validators, self.height, header.hash())
        except CertificateError:
            return False
        return header.height == self.height


def is_status_signed(genesis_hash: bytes, status: Status) -> bool:
    """Whether the key that a status names signed it."""
    message = status_message(genesis_hash, status.nonce, status.round, status.head.hash(), status.time_ms)
    return verify_ed25519(status.key, message, status.signature)
