"""The round changes of one height: the latest request of each validator, and what follows from them (rules 6 and 7)."""

from __future__ import annotations

from consensus.messages import Claim, Prepared, ProvenRoundChange, RoundChange
from consensus.quorum import is_quorum, one_honest, power_of
from ledger.chain.genesis import ConsensusMode
from ledger.chain.validator_set import ValidatorSet


class RoundChanges:
    """One entry a validator, its highest round; requests and proofs were verified before."""

    def __init__(self, mode: ConsensusMode, validators: ValidatorSet) -> None:
        self._mode = mode
        self._validators = validators
        self._latest: dict[int, ProvenRoundChange] = {}

    def of(self, validator: int) -> RoundChange | None:
        """The latest request of a validator."""
        entry = self._latest.get(validator)
        return None if entry is None else entry.request

    def add(self, message: ProvenRoundChange) -> None:
        """Take a request that is later than the one before.

        Of two proofs of one claim the first one stays: the second was not verified (`proven`).
        """
        request = message.request
        before = self.of(request.validator)
        if before is not None and request.round <= before.round:
            return
        proof = next(
            (entry.proof for entry in self._latest.values() if entry.request.claim == request.claim), message.proof
        )
        self._latest[request.validator] = ProvenRoundChange(request, proof)

    def round_to_join(self, running: int) -> int | None:
        """The highest round above `running` that 'one honest' power has reached (rule 6)."""
        later = sorted(
            (entry.request.round for entry in self._latest.values() if entry.request.round > running), reverse=True
        )
        for round_ in later:
            reached = [index for index, entry in self._latest.items() if entry.request.round >= round_]
            if one_honest(power_of(reached, self._validators), self._validators):
                return round_
        return None

    def reached(self, round_: int) -> set[int]:
        """Who requests for this round or a later one."""
        return {index for index, entry in self._latest.items() if entry.request.round >= round_}

    def justification(self, round_: int) -> tuple[tuple[RoundChange, ...], Prepared | None] | None:
        """A quorum of requests for exactly this round, with the proof of the highest claim; None without a quorum."""
        entries = [self._latest[index] for index in sorted(self._latest) if self._latest[index].request.round == round_]
        power = power_of((entry.request.validator for entry in entries), self._validators)
        if not is_quorum(self._mode, power, self._validators):
            return None
        proofs = [entry.proof for entry in entries if entry.proof is not None]
        highest = max(proofs, key=lambda proof: proof.round, default=None)
        return tuple(entry.request for entry in entries), highest

    @property
    def proven(self) -> frozenset[Claim]:
        """Claims whose proofs were verified: no need to do it again."""
        return frozenset(entry.request.claim for entry in self._latest.values() if entry.request.claim is not None)

    def __len__(self) -> int:
        return len(self._latest)
