"""The votes of one kind at one height: who signed what in which round, and how much power stands behind each block.

Bounded whatever arrives: one vote of a validator in a round (a second, different one is evidence), rounds from
`PAST_ROUNDS` below the running one, and of the rounds above it the `FUTURE_ROUNDS` latest of each validator.
"""

from __future__ import annotations

from dataclasses import dataclass

from consensus.limits import FUTURE_ROUNDS, PAST_ROUNDS
from ledger.chain.certificate import is_quorum
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import CommitSignature
from ledger.chain.validator_set import ValidatorSet


@dataclass(frozen=True, slots=True)
class SignedValue:
    """What one validator signed in one round."""

    value: bytes
    signature: bytes


class VoteTable:
    """PREPAREs or COMMITs. Signatures were verified before; indexes lie in the set."""

    def __init__(self, mode: ConsensusMode, validators: ValidatorSet) -> None:
        self._mode = mode
        self._validators = validators
        self._rounds: dict[int, dict[int, SignedValue]] = {}

    def value_of(self, round_: int, validator: int) -> SignedValue | None:
        """What a validator signed in a round, if it is known."""
        return self._rounds.get(round_, {}).get(validator)

    def latest(self, validator: int) -> tuple[int, SignedValue] | None:
        """What a validator signed in the highest round that is known."""
        rounds = [number for number, row in self._rounds.items() if validator in row]
        return (max(rounds), self._rounds[max(rounds)][validator]) if rounds else None

    def reached(self, round_: int) -> set[int]:
        """Who signed something in this round or a later one."""
        return {validator for number, row in self._rounds.items() if number >= round_ for validator in row}

    def wants(self, round_: int, running: int) -> bool:
        """Whether a vote of this round would be kept now."""
        return round_ >= running - PAST_ROUNDS

    def add(self, round_: int, validator: int, signed: SignedValue, running: int) -> None:
        """Take a first vote; what is too old is dropped, and of what is early the oldest."""
        if not self.wants(round_, running):
            return
        self._rounds.setdefault(round_, {})[validator] = signed
        if round_ > running:
            early = sorted(number for number, row in self._rounds.items() if number > running and validator in row)
            for number in early[:-FUTURE_ROUNDS]:
                self._drop(number, validator)

    def _drop(self, round_: int, validator: int) -> None:
        row = self._rounds[round_]
        del row[validator]
        if not row:
            del self._rounds[round_]

    def forget_before(self, running: int) -> None:
        """Drop the rounds that are too old now."""
        for number in [number for number in self._rounds if not self.wants(number, running)]:
            del self._rounds[number]

    def has_quorum(self, round_: int, value: bytes) -> bool:
        """Whether a quorum signed this in this one round: rounds are never added up."""
        members = self._validators.members
        row = self._rounds.get(round_, {})
        power = sum(members[index].power for index, signed in row.items() if signed.value == value)
        return is_quorum(self._mode, power, self._validators)

    def decided(self) -> tuple[int, bytes] | None:
        """A round, whichever it is, in which a quorum signed the same thing, and that thing."""
        for number, row in self._rounds.items():
            for value in sorted({signed.value for signed in row.values()}):
                if self.has_quorum(number, value):
                    return number, value
        return None

    def signatures(self, round_: int, value: bytes) -> tuple[CommitSignature, ...]:
        """All signatures of a value in a round, by rising index: the form of certificates and proofs."""
        row = self._rounds.get(round_, {})
        return tuple(CommitSignature(index, row[index].signature) for index in sorted(row) if row[index].value == value)

    def __len__(self) -> int:
        return sum(len(row) for row in self._rounds.values())
