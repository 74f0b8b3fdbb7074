"""Everything that was said at one height: tables of verified messages, and the proofs of what may not be said twice.

Bounded whatever arrives: one vote of a validator in a round (a second, different one is evidence), rounds from
`PAST_ROUNDS` below the running one, and of the rounds above it the `FUTURE_ROUNDS` latest of each validator; of round
changes the latest of each validator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from consensus.events import Effects, ReportEvidence
from consensus.limits import FUTURE_ROUNDS, PAST_ROUNDS, REPORTED_OFFENCES
from consensus.messages import Claim, Commit, HeardVote, Prepare, Prepared, Proposal, ProvenRoundChange, RoundChange
from consensus.validation import Rules
from ledger.chain.certificate import is_quorum
from ledger.chain.genesis import ConsensusMode
from ledger.chain.header import CommitSignature
from ledger.chain.validator_set import ValidatorSet
from ledger.chain.votes import VoteKind
from ledger.validators.payloads import Evidence


def power_of(signers: Iterable[int], validators: ValidatorSet) -> int:
    """The power of distinct signers, given by index."""
    return sum(validators.members[index].power for index in sorted(set(signers)))


def one_honest(power: int, validators: ValidatorSet) -> bool:
    """Whether signers with this power cannot all be faulty: 3p >= T."""
    return 3 * power >= validators.total_power


class SignedValue(msgspec.Struct, frozen=True):
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


class Tally:
    """Tables of verified messages; `running` is the round that the height is in."""

    def __init__(self, rules: Rules, effects: Effects) -> None:
        self._rules = rules
        self._effects = effects
        self._reported: Counter[int] = Counter()
        self.proposals = VoteTable(rules.mode, rules.validators)
        self.prepares = VoteTable(rules.mode, rules.validators)
        self.commits = VoteTable(rules.mode, rules.validators)
        self.round_changes = RoundChanges(rules.mode, rules.validators)

    def add_proposal(self, message: Proposal, running: int) -> bool:
        """Whether the message was new and valid."""
        signed = SignedValue(message.header.hash(), message.signature)
        before = self.proposals.value_of(message.round, message.validator)
        if before is not None and before.value == signed.value:
            return True
        if not self._rules.proposal(message):
            return False
        return self._add(self.proposals, VoteKind.PROPOSAL, message.round, message.validator, signed, running)

    def add_vote(self, kind: VoteKind, message: Prepare | Commit, running: int) -> bool:
        """Whether the message is valid; nothing that is known already is verified again."""
        table = self.prepares if kind is VoteKind.PREPARE else self.commits
        signed = SignedValue(message.block_hash, message.signature)
        before = table.value_of(message.round, message.validator)
        if before == signed:
            return True
        if not table.wants(message.round, running):
            return True
        if not self._rules.vote(kind, message):
            return False
        self._add(table, kind, message.round, message.validator, signed, running)
        return True

    def add_round_change(self, message: ProvenRoundChange) -> bool:
        """Whether the message is valid, or too old to look at."""
        request = message.request
        before = self.round_changes.of(request.validator)
        if before is not None and (request.round < before.round or request == before):
            return True
        if not self._rules.proven_round_change(message, self.round_changes.proven):
            return False
        if before is not None and request.round == before.round and request.value != before.value:
            first, second = SignedValue(before.value, before.signature), SignedValue(request.value, request.signature)
            self._report(VoteKind.ROUND_CHANGE, request.round, request.validator, first, second)
            return True
        self.round_changes.add(message)
        return True

    def _add(
        self, table: VoteTable, kind: VoteKind, round_: int, validator: int, signed: SignedValue, running: int
    ) -> bool:
        before = table.value_of(round_, validator)
        if before is not None and before.value != signed.value:
            self._report(kind, round_, validator, before, signed)
            return False
        table.add(round_, validator, signed, running)
        return True

    def _report(self, kind: VoteKind, round_: int, validator: int, first: SignedValue, second: SignedValue) -> None:
        if self._reported[validator] >= REPORTED_OFFENCES:
            return
        self._reported[validator] += 1
        key = self._rules.validators.members[validator].key
        one, other = sorted((first, second), key=lambda signed: signed.value)
        self._effects.add(
            ReportEvidence(
                Evidence(
                    key, int(kind), self._rules.height, round_, one.value, one.signature, other.value, other.signature
                )
            )
        )

    def has_reached(self, round_: int) -> bool:
        """Whether a quorum is in this round or a later one, by whatever it said there.

        Who came by a justified proposal never asked for its round: its PREPARE shows that it is there.
        """
        tables = (self.round_changes, self.proposals, self.prepares, self.commits)
        there = sorted(set[int]().union(*(table.reached(round_) for table in tables)))
        return is_quorum(self._rules.mode, power_of(there, self._rules.validators), self._rules.validators)

    def heard_from(self, validator: int) -> tuple[HeardVote, ...]:
        """The latest vote of each kind of a validator."""
        found = []
        for kind, table in (
            (VoteKind.PROPOSAL, self.proposals),
            (VoteKind.PREPARE, self.prepares),
            (VoteKind.COMMIT, self.commits),
        ):
            latest = table.latest(validator)
            if latest is not None:
                found.append(HeardVote(int(kind), latest[0], latest[1].value, latest[1].signature))
        request = self.round_changes.of(validator)
        if request is not None:
            found.append(HeardVote(int(VoteKind.ROUND_CHANGE), request.round, request.value, request.signature))
        return tuple(found)

    def forget_before(self, running: int) -> None:
        """Drop the rounds that are too old now."""
        for table in (self.proposals, self.prepares, self.commits):
            table.forget_before(running)
