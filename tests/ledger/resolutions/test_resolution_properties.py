"""Whatever is asked, voted, withdrawn and expelled, in whatever order: what is counted is what was said last.

The invariants of all modules are checked after each block (`harness.chain`); here a slow twin counts beside them.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from harness.chain import address
from ledger.encoding.codec import Value
from ledger.governance.payloads import AdmitMember, CastVote, ExpelMember
from ledger.resolutions.ballots import outcome_of
from ledger.resolutions.genesis import Openers
from ledger.resolutions.limits import MIN_VOTING_MS
from ledger.resolutions.payloads import Majority, WithdrawResolution
from ledger.resolutions.queries import ballot_of, resolution_of
from ledger.resolutions.schema import ResolutionOutcome
from tests.support.resolution_chain import ResolutionChain

NAMES = st.sampled_from("ABCD")


@given(
    ballots=st.lists(st.integers(0, 9), min_size=2, max_size=10),
    abstentions=st.integers(0, 9),
    quorum=st.integers(0, 20),
    majority=st.sampled_from(Majority),
)
@settings(max_examples=300, deadline=None)
def test_what_decides_is_what_a_person_would_count(
    ballots: list[int], abstentions: int, quorum: int, majority: Majority
) -> None:
    outcome, decided = outcome_of(ballots, abstentions, quorum, majority)
    cast, ahead = sum(ballots), max(ballots)
    if not cast or cast + abstentions < quorum:
        assert (outcome, decided) == (ResolutionOutcome.NO_QUORUM, 0)
        return
    alone = sum(1 for ballot in ballots if ballot == ahead) == 1
    needs = {Majority.MOST: Fraction(0), Majority.HALF: Fraction(1, 2), Majority.TWO_THIRDS: Fraction(2, 3)}[majority]
    share = Fraction(ahead, cast)
    wins = alone and (share > needs or (majority == Majority.TWO_THIRDS and share == needs))
    assert (outcome == ResolutionOutcome.DECIDED) == wins
    assert decided == (ballots.index(ahead) + 1 if wins else 0)


class Resolutions(RuleBasedStateMachine):
    """Members ask, vote, change their mind, are expelled and admitted again."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = ResolutionChain(Openers.MEMBERS)
        self.said: dict[int, dict[bytes, int]] = {}
        self.expelled: set[str] = set()

    @rule(name=NAMES, options=st.integers(2, 4), hours=st.integers(1, 3))
    def ask(self, name: str, options: int, hours: int) -> None:
        deadline = self.chain.time_ms + 1_000 + hours * MIN_VOTING_MS
        asked = self.chain.asked(options=tuple("abcd"[:options]), deadline_ms=deadline)
        code = self._try(name, asked)
        if not code:
            self.said[len(self.said) + 1] = {}

    @rule(name=NAMES, number=st.integers(1, 6), option=st.integers(0, 4))
    def vote(self, name: str, number: int, option: int) -> None:
        if name in self.expelled:
            return
        found = resolution_of(self.chain.state, number)
        is_open = found is not None and found.outcome == 0 and found.deadline_ms > self.chain.time_ms + 1_000
        code = self.chain.ballot(name, option, number).code
        assert (code == "") == (is_open and found is not None and option <= len(found.options)), code
        if not code:
            self.said[number][address(name)] = option

    @rule(name=NAMES, number=st.integers(1, 6))
    def withdraw(self, name: str, number: int) -> None:
        before = resolution_of(self.chain.state, number)
        if not self._try(name, WithdrawResolution(number)):
            assert before is not None
            assert before.opened_by == address(name)
            assert set(self.said[number]) <= {address(name)}
            self.said[number] = {}

    @rule(name=st.sampled_from("BD"))
    def expel_or_admit(self, name: str) -> None:
        out = name in self.expelled
        action = AdmitMember(address(name)) if out else ExpelMember(address(name))
        self.chain.do("A", CastVote(action, True))
        if out:
            self.expelled.discard(name)
            return
        self.expelled.add(name)
        for number, said in self.said.items():
            found = resolution_of(self.chain.state, number)
            if found is not None and found.outcome == ResolutionOutcome.OPEN:
                said.pop(address(name), None)

    @rule(hours=st.integers(1, 2))
    def time_passes(self, hours: int) -> None:
        self.chain.pass_by(hours * MIN_VOTING_MS)

    def _try(self, name: str, payload: Value) -> str:
        if name in self.expelled:
            return "expelled"
        return self.chain.try_(name, payload).code

    @invariant()
    def counts_are_what_was_said(self) -> None:
        for number, said in self.said.items():
            found = resolution_of(self.chain.state, number)
            if found is None:
                continue
            counts = [sum(1 for option in said.values() if option == at) for at in range(len(found.options) + 1)]
            assert [found.abstentions, *found.ballots] == counts
            if found.outcome == ResolutionOutcome.OPEN:
                assert all(ballot_of(self.chain.state, number, who) == option for who, option in said.items())


Resolutions.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestResolutions = Resolutions.TestCase
