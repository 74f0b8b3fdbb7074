"""Everything that was said at one height, and the proofs of what may not be said twice (evidence)."""

from __future__ import annotations

from collections import Counter

from consensus.effects import Effects
from consensus.events import ReportEvidence
from consensus.limits import REPORTED_OFFENCES
from consensus.messages import Commit, HeardVote, Prepare, Proposal, ProvenRoundChange
from consensus.quorum import is_quorum, power_of
from consensus.round_change import RoundChanges
from consensus.validation import Rules
from consensus.votes import SignedValue, VoteTable
from ledger.chain.votes import VoteKind
from ledger.validators.payloads import Evidence


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
