"""Resolutions: who asks, who votes, what decides, what stays (rules RE1 to RE8)."""

from __future__ import annotations

import pytest

from harness.chain import address
from ledger.errors import BrokenInvariant
from ledger.governance.payloads import CastVote, ExpelMember, RemoveVoter
from ledger.resolutions.ballots import outcome_of
from ledger.resolutions.events import (
    BallotCast,
    BallotVoid,
    ResolutionClosed,
    ResolutionOpened,
    ResolutionWithdrawn,
)
from ledger.resolutions.genesis import Openers
from ledger.resolutions.invariants import check_resolutions
from ledger.resolutions.limits import KEPT_MS, MIN_VOTING_MS
from ledger.resolutions.payloads import Majority, WithdrawResolution
from ledger.resolutions.queries import ballot_of, resolution_of
from ledger.resolutions.schema import BALLOTS, Ballot, ResolutionOutcome
from ledger.state.table import big_endian
from tests.support.resolution_chain import TEXT_HASH, ResolutionChain

DECIDED, NO_QUORUM, NO_MAJORITY = (
    ResolutionOutcome.DECIDED,
    ResolutionOutcome.NO_QUORUM,
    ResolutionOutcome.NO_MAJORITY,
)


def test_re1_a_voter_asks_and_others_where_the_genesis_says_so() -> None:
    chain = ResolutionChain()
    deadline = chain.time_ms + 2 * MIN_VOTING_MS
    assert chain.do("A", chain.asked()).events[-1] == ResolutionOpened(
        1, address("A"), "A new roof", TEXT_HASH, deadline
    )
    assert chain.try_("B", chain.asked()).code == "not_an_opener"
    open_to_members = ResolutionChain(Openers.MEMBERS)
    assert open_to_members.ask("B") == 1
    assert open_to_members.try_("U1", open_to_members.asked()).code == "not_an_opener", "a unit is nobody's voice"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"options": ("yes", "Yes ")}, "bad_options"),
        ({"options": ("yes", " ")}, "bad_options"),
        ({"deadline_ms": 0}, "bad_deadline"),
    ],
)
def test_re1_what_cannot_be_asked(changes: dict[str, object], code: str) -> None:
    chain = ResolutionChain()
    assert chain.try_("A", chain.asked(**changes)).code == code
    assert resolution_of(chain.state, 1) is None


def test_re2_after_its_deadline_it_is_closed_also_before_that_is_handled() -> None:
    chain = ResolutionChain()
    chain.ask()
    receipt = chain.ballot("B", 1, after_ms=2 * MIN_VOTING_MS)
    assert receipt.code == "resolution_closed"


def test_re3_each_member_has_one_ballot_and_the_last_one_counts() -> None:
    chain = ResolutionChain()
    chain.ask()
    assert chain.ballot("B", 1).events[-1] == BallotCast(1, address("B"), 1)
    assert chain.ballot("C", 1).code == chain.ballot("A", 3).code == ""
    assert chain.found().ballots == (2, 0, 1)
    assert chain.ballot("B", 2).code == ""
    assert chain.ballot("C", 0).code == ""
    assert (chain.found().ballots, chain.found().abstentions) == ((0, 1, 1), 1)
    assert not [event for event in chain.ballot("C", 0).events if isinstance(event, BallotCast)]
    assert (ballot_of(chain.state, 1, address("B")), ballot_of(chain.state, 1, address("D"))) == (2, None)


def test_re3_roles_alone_give_no_ballot() -> None:
    chain = ResolutionChain()
    chain.ask()
    for name in ("U1", "bank", "V"):
        assert chain.ballot(name, 1).code == "no_ballot", name
    assert chain.ballot("B", 4).code == "unknown_option"
    assert chain.ballot("B", 1, number=9).code == "unknown_resolution"
    assert chain.found().ballots == (0, 0, 0)


def test_re4_who_asked_takes_it_back_while_nobody_else_has_voted() -> None:
    chain = ResolutionChain(Openers.MEMBERS)
    chain.ask("B")
    assert chain.try_("A", WithdrawResolution(1)).code == "not_yours"
    chain.ballot("B", 1)
    assert chain.do("B", WithdrawResolution(1)).events[-1] == ResolutionWithdrawn(1, address("B"))
    assert resolution_of(chain.state, 1) is None
    assert chain.ask("B") == 2, "a number is given once"
    chain.ballot("C", 0, number=2)
    assert chain.try_("B", WithdrawResolution(2)).code == "ballots_cast"


@pytest.mark.parametrize(
    ("ballots", "abstentions", "quorum", "majority", "outcome", "decided"),
    [
        ((3, 2), 0, 5, Majority.MOST, DECIDED, 1),
        ((3, 2), 0, 6, Majority.MOST, NO_QUORUM, 0),
        ((3, 2), 1, 6, Majority.MOST, DECIDED, 1),
        ((2, 2), 0, 0, Majority.MOST, NO_MAJORITY, 0),
        ((0, 0), 9, 1, Majority.MOST, NO_QUORUM, 0),
        ((2, 3, 1), 0, 0, Majority.HALF, NO_MAJORITY, 0),
        ((2, 4, 1), 9, 0, Majority.HALF, DECIDED, 2),
        ((4, 2), 9, 0, Majority.TWO_THIRDS, DECIDED, 1),
        ((5, 3), 0, 0, Majority.TWO_THIRDS, NO_MAJORITY, 0),
    ],
)
def test_re5_quorum_and_majority(
    ballots: tuple[int, ...],
    abstentions: int,
    quorum: int,
    majority: Majority,
    outcome: ResolutionOutcome,
    decided: int,
) -> None:
    assert outcome_of(ballots, abstentions, quorum, majority) == (outcome, decided)


def test_re5_the_deadline_counts() -> None:
    chain = ResolutionChain()
    chain.ask(quorum=2, majority=Majority.HALF)
    chain.ballot("B", 2)
    chain.ballot("C", 2)
    chain.ballot("D", 0)
    chain.pass_by()
    closed = chain.blocks[-1].executed.receipts[0].events
    assert ResolutionClosed(1, DECIDED, 2, (0, 2, 0), 1) in closed
    assert (chain.found().outcome, chain.found().decided) == (DECIDED, 2)


def test_re6_an_expelled_members_ballot_counts_no_more_and_a_closed_one_stays_as_it_is() -> None:
    chain = ResolutionChain()
    chain.ask()
    chain.ballot("B", 1)
    chain.pass_by()
    chain.ask()
    chain.ballot("B", 1, number=2)
    chain.ballot("C", 3, number=2)
    chain.expel("B")
    assert BallotVoid(2, address("B")) in chain.blocks[-1].executed.receipts[1].events
    assert (chain.found(1).ballots, chain.found(2).ballots) == ((1, 0, 0), (0, 0, 1))


def test_re6_a_ballot_stays_when_its_voter_is_expelled_while_counting_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the outcome would depend on how many other things fell due in that block (D1)."""
    chain = ResolutionChain()
    chain.ask()
    assert chain.ballot("B", 2).applied
    monkeypatch.setattr("ledger.chain.expiries.MAX_EXPIRIES_PER_BLOCK", 0)
    chain.do("A", CastVote(ExpelMember(address("B")), True), after_ms=2 * MIN_VOTING_MS)
    assert chain.found().outcome == ResolutionOutcome.OPEN
    monkeypatch.undo()
    chain.pass_by(1_000)
    assert (chain.found().outcome, chain.found().decided, chain.found().ballots) == (DECIDED, 2, (0, 1, 0))


def test_re6_who_is_a_voter_no_more_keeps_what_it_said() -> None:
    chain = ResolutionChain(voters=(address("A"), address("X")))
    chain.ask()
    assert chain.ballot("X", 1).code == ""
    chain.do("A", CastVote(RemoveVoter(address("X")), True))
    chain.do("X", CastVote(RemoveVoter(address("X")), True))
    assert chain.found().ballots == (1, 0, 0)


def test_re7_ballots_are_forgotten_at_once_and_the_outcome_after_400_days() -> None:
    chain = ResolutionChain()
    chain.ask()
    for name in "BCD":
        chain.ballot(name, 1)
    chain.pass_by()
    chain.block()
    assert ballot_of(chain.state, 1, address("B")) is None
    chain.pass_by(KEPT_MS - MIN_VOTING_MS)
    assert chain.found().decided == 1
    chain.pass_by(MIN_VOTING_MS)
    assert resolution_of(chain.state, 1) is None


def test_re8_a_ballot_that_nobody_counted_breaks_the_invariant() -> None:
    chain = ResolutionChain()
    chain.ask()
    state = chain.state
    state.put(BALLOTS, big_endian(1) + address("D"), Ballot(1))
    chain.reader.apply(state.changes())
    with pytest.raises(BrokenInvariant, match="ballots are not what is counted"):
        check_resolutions(chain.reader)
