"""What falls due (rule D1): in order, so many a block, and dead meanwhile."""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import MeterFixture, closed, consume, events, produce
from ledger.chain import expiries
from ledger.chain.expiries import kind_of
from ledger.chain.header import Receipt
from ledger.chain.parameters import HOUR_MS, MINUTE_MS
from ledger.chain.schema import EXPIRIES
from ledger.energy.events import EnergyDrawn, ExcessDrawn
from ledger.energy.payloads import OpenSession
from ledger.energy.schema import SESSION_DUE, SessionEnd
from ledger.errors import InclusionError
from ledger.governance.events import VoteClosed, VoteOpened
from ledger.governance.payloads import CastVote, SetParameter
from ledger.governance.schema import VOTES, VoteOutcome
from ledger.metering.schema import MeterKind

EXPIRED = int(SessionEnd.EXPIRED)


@pytest.fixture(autouse=True)
def one_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tests/ledger/test_limits.py` holds the real number."""
    monkeypatch.setattr(expiries, "MAX_EXPIRIES_PER_BLOCK", 1)


def own(chain: ChainFixture) -> Receipt:
    return chain.blocks[-1].executed.receipts[0]


def chain_with(**parameters: int) -> ChainFixture:
    """Two voters; A, B and D have ENT."""
    values = {"F": 0, "H": MINUTE_MS, "reading_interval": 1_000, **parameters}
    chain = ChainFixture(make_genesis(voters=(address("A"), address("B")), parameters=tuple(values.items())))
    for who in ("A", "B", "D"):
        assert produce(chain, "U1", who, 10_000).applied
    return chain


def test_so_many_a_block_and_the_rest_in_the_next() -> None:
    chain = chain_with()
    chain.block([chain.tx(who, OpenSession(address("U1"), ENT, 0)) for who in ("D", "A", "B")])
    chain.block(after_ms=HOUR_MS)
    assert closed(own(chain)) == [(1, EXPIRED)]
    chain.block()
    assert closed(own(chain)) == [(2, EXPIRED)]
    chain.block()
    assert closed(own(chain)) == [(3, EXPIRED)]
    assert [key for key in chain.state.scan(EXPIRIES) if kind_of(key) == SESSION_DUE.number] == []


def test_sessions_and_votes_stand_in_one_queue_by_time() -> None:
    chain = chain_with(vote_lifetime=MINUTE_MS)
    chain.do("A", CastVote(SetParameter("M", 1), True))
    chain.do("D", OpenSession(address("U1"), ENT, 0))
    chain.do("A", CastVote(SetParameter("M", 2), True))
    kinds: list[list[str]] = []
    for _ in range(3):
        chain.block(after_ms=HOUR_MS if not kinds else 1)
        kinds.append([type(event).__name__ for event in own(chain).events])
    assert kinds == [["VoteClosed"], ["SessionClosed"], ["VoteClosed"]]


def test_a_session_that_waits_is_dead() -> None:
    chain = chain_with()
    chain.block([chain.tx(who, OpenSession(address("U1"), ENT, ENT)) for who in ("A", "B", "D")])
    chain.block(after_ms=MINUTE_MS - 1_000)
    assert not closed(own(chain))
    receipt = consume(chain, "U1", "D", 100)
    assert closed(own(chain)) == [(1, EXPIRED)]
    assert chain.session("D", "U1") is not None
    assert not events(receipt, EnergyDrawn)
    assert events(receipt, ExcessDrawn) == [ExcessDrawn(address("U1"), address("D"), 100, 0, 0, 100, True)]


def test_a_session_that_waits_does_not_stand_in_the_way_of_a_new_one() -> None:
    chain = chain_with()
    chain.block([chain.tx(who, OpenSession(address("U1"), ENT, 0)) for who in ("A", "B", "D")])
    chain.time_ms += HOUR_MS
    receipt = chain.do("D", OpenSession(address("U1"), 10 * ENT, 0))
    assert closed(receipt) == [(3, EXPIRED)]
    session = chain.session("D", "U1")
    assert session is not None
    assert session.number == 4
    chain.block()
    assert closed(own(chain)) == [(2, EXPIRED)]
    chain.block()
    assert closed(own(chain)) == []
    assert chain.session("D", "U1") is not None


def test_a_metered_session_that_waits_to_be_worked_off_draws_as_if_it_had_been() -> None:
    """Whether it was worked off yet makes no difference to a reading taken before its deadline."""
    chain = chain_with()
    chain.block([chain.tx(who, OpenSession(address("U1"), ENT, 0)) for who in ("A", "B", "D")])
    session = chain.session("D", "U1")
    assert session is not None
    found = MeterFixture(chain, account="D", kind=MeterKind.CONSUMPTION).bound()
    assert chain.time_ms < session.deadline_ms
    receipt = found.read((session.deadline_ms - 20_000, 70), after_ms=10 * MINUTE_MS)
    assert [event.energy_wh for event in events(receipt, EnergyDrawn)] == [70]
    assert chain.session("D", "U1") is not None
    late = found.read((session.deadline_ms, 80))
    assert [event.energy_wh for event in events(late, EnergyDrawn)] == [10]
    assert closed(late) == [(3, EXPIRED)]


def test_a_vote_that_waits_is_closed_by_whoever_meets_it() -> None:
    chain = chain_with(vote_lifetime=MINUTE_MS)
    for value in (1, 2, 3):
        chain.do("A", CastVote(SetParameter("M", value), True))
    chain.time_ms += HOUR_MS
    receipt = chain.do("B", CastVote(SetParameter("M", 3), True))
    assert [(event.number, event.outcome) for event in events(receipt, VoteClosed)] == [(3, VoteOutcome.EXPIRED)]
    assert [event.number for event in events(receipt, VoteOpened)] == [4]
    assert len(list(chain.state.scan(VOTES))) == 2
    assert chain.try_("B", CastVote(SetParameter("M", 2), False)).code == "no_vote"


def test_work_at_the_start_counts_against_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = chain_with()
    chain.do("A", OpenSession(address("U1"), ENT, 0))
    monkeypatch.setattr(expiries, "EXPIRY", chain.genesis.block_weight - 11)
    chain.time_ms += HOUR_MS
    with pytest.raises(InclusionError) as refusal:
        chain.block([chain.tx("D", OpenSession(address("U1"), ENT, 0))])
    assert refusal.value.code == "block_full"
