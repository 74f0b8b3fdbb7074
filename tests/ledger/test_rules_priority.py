"""Priority (rule C11): whose sessions end last where a unit holds too little."""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import actual, closed, events, produce
from ledger.chain.protocol import context_at
from ledger.energy import limits
from ledger.energy.events import PriorityChanged
from ledger.energy.payloads import OpenSession, SetPriority
from ledger.energy.priority import PRIORITY_COUNT, check_priority
from ledger.energy.queries import priority_accounts
from ledger.errors import Refused
from ledger.governance.payloads import CastVote, ExpelMember


def chain_with(*names: str) -> ChainFixture:
    """A, B and D have 10 ENT of 30 kWh in U1; these have priority."""
    chain = ChainFixture(make_genesis(parameters=(("F", 0), ("close_notice", 0))))
    for who in ("A", "B", "D"):
        assert produce(chain, "U1", who, 10_000).applied
    for name in names:
        chain.vote(SetPriority(address(name), True))
    return chain


def opened(chain: ChainFixture, *names: str) -> None:
    for name in names:
        chain.do(name, OpenSession(address("U1"), 2 * ENT, 0))


def ended(chain: ChainFixture, level_wh: int) -> list[int]:
    """The numbers of the sessions that end where the unit holds only so much."""
    receipt = actual(chain, "U1", level_wh)
    assert receipt.applied
    return [number for number, _reason in closed(receipt)]


def test_sessions_with_priority_end_after_all_others_the_latest_first() -> None:
    chain = chain_with("B", "D")
    opened(chain, "B", "A", "D")
    assert ended(chain, 4_000) == [2], "A's, though D's is newer"
    assert ended(chain, 2_000) == [3]
    assert ended(chain, 0) == [1]


def test_without_priority_the_latest_opened_ends_first() -> None:
    chain = chain_with()
    opened(chain, "B", "A", "D")
    assert ended(chain, 4_000) == [3]
    assert ended(chain, 2_000) == [2]


def test_a_session_keeps_what_it_had_when_it_was_opened() -> None:
    chain = chain_with("B")
    opened(chain, "B", "A")
    chain.vote(SetPriority(address("B"), False))
    chain.vote(SetPriority(address("A"), True))
    assert ended(chain, 2_000) == [2]
    session = chain.session("B", "U1")
    assert session is not None
    assert session.has_priority


def test_voters_give_priority_and_take_it_and_an_expelled_member_has_none() -> None:
    chain = chain_with()
    receipt = chain.vote(SetPriority(address("B"), True))
    assert PriorityChanged(address("B"), True) in events(receipt, PriorityChanged)
    assert [account for account, _entry in priority_accounts(chain.state)] == [address("B")]
    assert chain.try_("A", CastVote(SetPriority(address("B"), True), True)).code == "unchanged"
    assert chain.try_("A", CastVote(SetPriority(address("D"), False), True)).code == "unchanged"
    assert chain.try_("A", CastVote(SetPriority(address("X"), True), True)).code == "not_a_member"
    chain.vote(ExpelMember(address("B")))
    assert priority_accounts(chain.state) == ()


def max_priority_accounts() -> None:
    chain = chain_with()
    context = context_at(chain.registry, chain.state, chain.genesis, 9, chain.time_ms)
    context.change_count(PRIORITY_COUNT, limits.MAX_PRIORITY_ACCOUNTS - 1)
    check_priority(context, address("B"), wanted=True)
    context.change_count(PRIORITY_COUNT, 1)
    with pytest.raises(Refused) as refused:
        check_priority(context, address("B"), wanted=True)
    assert refused.value.code == "too_many_priorities"
