"""Voting (rules O1 to O8, P1, P2): majority, repetition, failure without trace, voters that come and go, expiry."""

from __future__ import annotations

import pytest

from harness.chain import ChainFixture, address, make_genesis, rules_of
from harness.energy import actual, events, produce
from ledger.bank.payloads import SetBanker
from ledger.bank.schema import BANKER, Banker
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS, PARTS
from ledger.encoding.codec import Value, encode
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import RegisterUnit, ReinstateUnit, RemoveUnit
from ledger.energy.schema import UNITS, UnitStatus
from ledger.governance.events import ParameterChanged, VoteCast, VoteClosed, VoteOpened, VoterChanged
from ledger.governance.limits import MAX_OPEN_VOTES
from ledger.governance.payloads import AddVoter, AdmitMember, CastVote, RemoveVoter, SetParameter
from ledger.governance.schema import VOTERS, VOTES, Vote, VoteOutcome
from ledger.modules import LEDGER_MODULES
from ledger.state.table import big_endian

LEDGER_PARAMETERS = rules_of(LEDGER_MODULES)

NAMES = ("A", "B", "C", "D", "E")


def chain_with(voters: int, **parameters: int) -> ChainFixture:
    """The first of A, B, C, D, E vote."""
    named = tuple(address(name) for name in NAMES[:voters])
    return ChainFixture(make_genesis(voters=named, parameters=tuple(parameters.items())))


def cast(chain: ChainFixture, who: str, action: Value, approve: bool = True) -> str:
    return chain.try_(who, CastVote(action, approve)).code


def open_votes(chain: ChainFixture) -> list[Vote]:
    found = [chain.state.get(VOTES, key) for key in chain.state.scan(VOTES)]
    return [vote for vote in found if vote is not None]


def outcomes(chain: ChainFixture) -> list[tuple[int, int, str]]:
    """Number, outcome and code of the votes that the head's block closed."""
    return [
        (event.number, event.outcome, event.code)
        for receipt in chain.blocks[-1].executed.receipts
        for event in events(receipt, VoteClosed)
    ]


# --- majority --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("voters", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_a_vote_passes_when_twice_its_yes_exceed_the_voters(voters: int, needed: int) -> None:
    chain = chain_with(voters)
    action = AdmitMember(address("X"))
    for index, name in enumerate(NAMES[:needed], 1):
        receipt = chain.do(name, CastVote(action, True))
        assert bool(events(receipt, VoteClosed)) == (index == needed)
    assert outcomes(chain) == [(1, VoteOutcome.PASSED, "")]
    assert open_votes(chain) == []


def test_the_first_yes_opens_the_vote_and_all_is_reported() -> None:
    chain = chain_with(2)
    action = SetParameter("M", 7)
    receipt = chain.do("A", CastVote(action, True))
    expires_ms = chain.time_ms + 30 * DAY_MS
    assert receipt.events == (VoteOpened(1, address("A"), encode(action), expires_ms), VoteCast(1, address("A"), True))
    receipt = chain.do("B", CastVote(action, True))
    assert receipt.events == (
        VoteCast(1, address("B"), True),
        ParameterChanged("M", 7),
        VoteClosed(1, encode(action), VoteOutcome.PASSED, ""),
    )


def test_only_voters_vote() -> None:
    chain = chain_with(2)
    assert cast(chain, "D", AdmitMember(address("X"))) == "not_a_voter"
    assert cast(chain, "D", AdmitMember(address("X")), False) == "not_a_voter"


def test_saying_the_same_again_changes_nothing() -> None:
    chain = chain_with(3)
    action = AdmitMember(address("X"))
    assert cast(chain, "A", action) == ""
    before = open_votes(chain)
    again = chain.do("A", CastVote(action, True))
    assert again.events == ()
    assert open_votes(chain) == before
    assert cast(chain, "B", SetParameter("M", 1)) == ""
    assert chain.do("A", CastVote(SetParameter("M", 1), False)).events == ()


def test_a_withdrawn_yes_does_not_count_and_a_vote_without_yes_is_closed() -> None:
    chain = chain_with(5)
    action = AdmitMember(address("X"))
    assert cast(chain, "A", action) == ""
    assert cast(chain, "B", action) == ""
    assert cast(chain, "A", action, False) == ""
    assert open_votes(chain)[0].yes == (address("B"),)
    assert cast(chain, "C", action) == ""
    assert open_votes(chain) != []
    assert cast(chain, "C", action, False) == ""
    receipt = chain.do("B", CastVote(action, False))
    assert outcomes(chain) == [(1, VoteOutcome.WITHDRAWN, "")]
    assert events(receipt, VoteCast) == [VoteCast(1, address("B"), False)]
    assert cast(chain, "B", action, False) == "no_vote"


def test_votes_on_different_actions_are_different_votes() -> None:
    chain = chain_with(2)
    assert cast(chain, "A", SetParameter("M", 1)) == ""
    assert cast(chain, "B", SetParameter("M", 2)) == ""
    assert len(open_votes(chain)) == 2


def test_a_passed_vote_is_closed_and_may_be_opened_anew() -> None:
    chain = chain_with(1)
    for value in (1, 2, 1):
        chain.vote(SetParameter("M", value))
        assert outcomes(chain)[0][1:] == (VoteOutcome.PASSED, "")
    assert open_votes(chain) == []


# --- what cannot be done any more ------------------------------------------------------------------------------------


def test_a_passing_vote_that_fails_leaves_no_trace_but_its_end() -> None:
    chain = chain_with(2)
    assert cast(chain, "A", RegisterUnit(address("U3"), address("C"), 0, 0)) == ""
    assert cast(chain, "A", RegisterUnit(address("U3"), address("D"), 0, 0)) == ""
    assert cast(chain, "B", RegisterUnit(address("U3"), address("C"), 0, 0)) == ""
    unit = chain.unit("U3")
    receipt = chain.do("B", CastVote(RegisterUnit(address("U3"), address("D"), 0, 0), True))
    assert outcomes(chain) == [(2, VoteOutcome.FAILED, "unit_registered")]
    assert [type(event) for event in receipt.events] == [VoteCast, VoteClosed]
    assert chain.unit("U3") == unit
    assert open_votes(chain) == []


def test_half_carried_out_actions_are_undone() -> None:
    """Reinstating clears the unit's record, then finds that the energy does not fit the range of stored numbers."""
    units = (GenesisUnit(address("U1"), address("C"), 100_000, 0), GenesisUnit(address("U2"), address("C"), 0, 0))
    chain = ChainFixture(make_genesis(units=units, parameters=(("max_report", 10**13),)))
    assert actual(chain, "U1", 40_000).applied
    assert produce(chain, "U2", "A", (2**63 - 1) // 10**6 - 2_000).applied
    before = chain.unit("U1")
    assert before.quarantined_wh == 38_000
    chain.vote(ReinstateUnit(address("U1"), 38_000))
    assert outcomes(chain) == [(1, VoteOutcome.FAILED, "out_of_range")]
    assert chain.unit("U1") == before


def test_what_can_never_be_done_is_refused_when_opened() -> None:
    chain = chain_with(1)
    for action, code in (
        (AddVoter(address("A")), "already_voter"),
        (RemoveVoter(address("A")), "last_voter"),
        (RemoveVoter(address("B")), "unknown_voter"),
        (RegisterUnit(address("U1"), address("C"), 0, 0), "unit_registered"),
        (RemoveUnit(address("U3")), "unknown_unit"),
        (SetBanker(address("bank")), "already_banker"),
        (SetParameter("nothing", 1), "unknown_parameter"),
        (AdmitMember(address("A")), "already_a_member"),
    ):
        assert cast(chain, "A", action) == code
        assert open_votes(chain) == []


# --- voters that come and go -----------------------------------------------------------------------------------------


def test_removing_a_voter_takes_its_yes_from_every_vote() -> None:
    chain = chain_with(5)
    assert cast(chain, "D", SetParameter("M", 1)) == ""
    assert cast(chain, "E", SetParameter("M", 1)) == ""
    assert cast(chain, "E", SetParameter("B", 2)) == ""
    for name in ("A", "B", "C"):
        assert cast(chain, name, RemoveVoter(address("E"))) == ""
    assert outcomes(chain) == [(3, VoteOutcome.PASSED, ""), (2, VoteOutcome.WITHDRAWN, "")]
    assert [vote.yes for vote in open_votes(chain)] == [(address("D"),)]
    assert chain.state.get(VOTERS, address("E")) is None


def test_after_a_change_of_voters_all_votes_are_judged_again_in_order_of_opening() -> None:
    """With four voters two yes are not enough; with three they are: both votes pass in the same transaction."""
    chain = chain_with(4)
    for action in (SetParameter("M", 1), SetParameter("B", 2)):
        for name in ("A", "B"):
            assert cast(chain, name, action) == ""
    for name in ("A", "B", "C"):
        assert cast(chain, name, RemoveVoter(address("D"))) == ""
    passed = VoteOutcome.PASSED
    assert outcomes(chain) == [(3, passed, ""), (1, passed, ""), (2, passed, "")]
    assert len([e for r in chain.blocks[-1].executed.receipts for e in events(r, ParameterChanged)]) == 2


def test_removals_may_follow_from_each_other() -> None:
    chain = chain_with(5)
    for name in ("A", "B"):
        assert cast(chain, name, RemoveVoter(address("C"))) == ""
    assert cast(chain, "A", SetParameter("M", 1)) == ""
    assert cast(chain, "B", SetParameter("M", 1)) == ""
    assert cast(chain, "C", SetParameter("M", 1), False) == ""
    for name in ("A", "B", "D"):
        assert cast(chain, name, RemoveVoter(address("E"))) == ""
    # four voters left: two yes against C are not enough
    assert outcomes(chain) == [(3, VoteOutcome.PASSED, "")]
    for name in ("A", "B", "C"):
        assert cast(chain, name, RemoveVoter(address("D"))) == ""
    # three left: C goes, and with it nothing hinders the parameter
    assert outcomes(chain) == [(4, VoteOutcome.PASSED, ""), (1, VoteOutcome.PASSED, ""), (2, VoteOutcome.PASSED, "")]
    assert [name for name in NAMES if chain.state.get(VOTERS, address(name)) is not None] == ["A", "B"]


def test_adding_a_voter_raises_the_bar() -> None:
    chain = chain_with(1)
    receipt = chain.vote(AddVoter(address("B")))
    assert events(receipt, VoterChanged) == [VoterChanged(address("B"), True)]
    assert cast(chain, "A", SetParameter("M", 1)) == ""
    assert len(open_votes(chain)) == 1
    assert cast(chain, "B", SetParameter("M", 1)) == ""
    assert open_votes(chain) == []


def test_a_voter_may_help_to_remove_itself() -> None:
    chain = chain_with(2)
    for name in ("B", "A"):
        assert cast(chain, name, RemoveVoter(address("B"))) == ""
    assert outcomes(chain) == [(1, VoteOutcome.PASSED, "")]
    assert cast(chain, "A", RemoveVoter(address("A"))) == "last_voter"


# --- time and number -------------------------------------------------------------------------------------------------


def test_votes_expire() -> None:
    chain = chain_with(2, vote_lifetime=HOUR_MS)
    assert cast(chain, "A", SetParameter("M", 1)) == ""
    chain.block(after_ms=HOUR_MS - 1)
    assert len(open_votes(chain)) == 1
    chain.block(after_ms=1)
    assert outcomes(chain) == [(1, VoteOutcome.EXPIRED, "")]
    assert chain.blocks[-1].executed.receipts[0].events
    assert cast(chain, "B", SetParameter("M", 1)) == ""
    assert open_votes(chain)[0].yes == (address("B"),)


def test_sixteen_open_votes_of_one_voter() -> None:
    chain = chain_with(2)
    for value in range(MAX_OPEN_VOTES):
        assert cast(chain, "A", SetParameter("M", value)) == ""
    assert cast(chain, "A", SetParameter("M", 99)) == "too_many_votes"
    assert cast(chain, "B", SetParameter("M", 99)) == ""
    assert cast(chain, "A", SetParameter("M", 99)) == ""
    assert cast(chain, "A", SetParameter("M", 0), False) == ""
    assert cast(chain, "A", SetParameter("M", 98)) == ""


def test_open_votes_stand_in_order_of_opening() -> None:
    chain = chain_with(2)
    for value in (5, 3, 4):
        assert cast(chain, "A", SetParameter("M", value)) == ""
    assert list(chain.state.scan(VOTES)) == [big_endian(number) for number in (1, 2, 3)]


# --- parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [rule.name for rule in LEDGER_PARAMETERS])
def test_the_bounds_of_parameters_are_checked_when_a_vote_is_opened(name: str) -> None:
    chain = chain_with(1)
    (rule,) = (rule for rule in LEDGER_PARAMETERS if rule.name == name)
    assert cast(chain, "A", SetParameter(name, rule.maximum + 1)) == "parameter_out_of_bounds"
    if rule.minimum:
        assert cast(chain, "A", SetParameter(name, rule.minimum - 1)) == "parameter_out_of_bounds"
    for value in sorted({rule.minimum, rule.maximum}, key=lambda value: value == rule.default):
        chain.vote(SetParameter(name, value))
        assert outcomes(chain)[0][1:] == (VoteOutcome.PASSED, "")


def test_the_parameters_of_the_design() -> None:
    found = {rule.name: (rule.default, rule.minimum, rule.maximum) for rule in LEDGER_PARAMETERS}
    assert found == {
        "reading_interval": (60_000, 1_000, 3_600_000),
        "M": (PARTS // 2, 0, PARTS - 1),
        "B": (PARTS // 2, 0, PARTS - 1),
        "C": (PARTS // 20, 1, PARTS - 1),
        "H": (2 * HOUR_MS, MINUTE_MS, 30 * DAY_MS),
        "F": (PARTS // 5, 0, PARTS),
        "close_notice": (10 * MINUTE_MS, 0, 30 * DAY_MS),
        "silent_lock": (30 * DAY_MS, HOUR_MS, 365 * DAY_MS),
        "reservation_rate": (0, 0, PARTS),
        "max_session_share": (PARTS, 1, PARTS),
        "vote_lifetime": (30 * DAY_MS, MINUTE_MS, 365 * DAY_MS),
        "loss_limit": (PARTS // 5, 0, PARTS),
        "loss_window": (30 * DAY_MS, DAY_MS, 30 * DAY_MS),
        "loss_rule": (0, 0, 1),
        "level_band": (PARTS // 50, 0, PARTS // 2),
        "slot_grace": (5 * MINUTE_MS, 0, DAY_MS),
        "late": (HOUR_MS, 0, 3_650 * DAY_MS),
        "max_report": (10**9, 1, 10**13),
    }


def test_a_change_of_parameters_changes_their_hash_in_the_header() -> None:
    chain = chain_with(1)
    before = chain.blocks[-1].header.parameters_hash
    chain.block()
    assert chain.blocks[-1].header.parameters_hash == before
    chain.vote(SetParameter("F", 1))
    changed = chain.blocks[-1].header.parameters_hash
    assert changed != before
    chain.vote(SetParameter("F", PARTS // 5))
    assert chain.blocks[-1].header.parameters_hash == before


# --- what votes do ---------------------------------------------------------------------------------------------------


def test_actions_are_carried_out_by_the_passing_transaction() -> None:
    chain = chain_with(2)
    action = SetBanker(address("D"))
    assert cast(chain, "A", action) == ""
    assert chain.state.get(BANKER, b"") == Banker(address("bank"))
    assert cast(chain, "B", action) == ""
    assert chain.state.get(BANKER, b"") == Banker(address("D"))
    for name in ("A", "B"):
        assert cast(chain, name, RemoveUnit(address("U1"))) == ""
    unit = chain.state.get(UNITS, address("U1"))
    assert unit is not None
    assert unit.status == UnitStatus.REMOVED
