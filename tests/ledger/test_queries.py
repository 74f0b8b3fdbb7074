"""Queries of the subjects: pages, and what a route asks of sessions, votes and holdings."""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis, rules_of
from harness.energy import produce
from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.queries import holdings_of, is_banker
from ledger.chain.context import Context
from ledger.chain.queries import parameters_in_force
from ledger.energy.payloads import CloseSession, OpenSession
from ledger.energy.queries import household_of, is_unit, open_sessions, sessions_at, units, waiting_sessions
from ledger.energy.schema import UNITS, Unit
from ledger.governance.payloads import AddVoter, AdmitMember, CastVote, ExpelMember
from ledger.governance.queries import count_of_voters, open_votes, standing_of, voters, yes_needed
from ledger.governance.schema import MemberStatus
from ledger.modules import LEDGER_MODULES
from ledger.state.overlay import State
from ledger.state.paging import page_of
from nodechain.modules import REGISTRY


def energised() -> ChainFixture:
    """A, B and D have 10 ENT each from U1; a closed session waits."""
    chain = ChainFixture(make_genesis())
    for who in ("A", "B", "D"):
        assert produce(chain, "U1", who, 10_000).applied
    return chain


def context_of(chain: ChainFixture) -> Context:
    return Context(State(chain.reader), chain.genesis, REGISTRY.hooks, len(chain.blocks), chain.time_ms, b"")


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_of_a_table_come_to_all_of_it(limit: int) -> None:
    chain = energised()
    found: list[tuple[bytes, Unit]] = []
    cursor: bytes | None = None
    pages = 0
    while not pages or cursor is not None:
        page = page_of(chain.reader, UNITS, b"", cursor, limit)
        assert len(page.entries) <= limit
        found += page.entries
        cursor, pages = page.cursor, pages + 1
    assert dict(found) == chain.entries(UNITS)
    assert [key for key, _unit in found] == sorted(key for key, _unit in found)
    assert pages == max(1, -(-len(found) // limit))


def test_a_page_keeps_to_its_prefix() -> None:
    chain = energised()
    unit = address("U1")
    assert [key for key, _unit in page_of(chain.reader, UNITS, unit, None, 10).entries] == [unit]
    assert page_of(chain.reader, UNITS, b"\xff" * 21, None, 10).entries == ()


def test_sessions_are_found_by_consumer_and_unit_open_and_waiting() -> None:
    chain = energised()
    a, b, u1 = (address(name) for name in ("A", "B", "U1"))
    for who in ("A", "B"):
        chain.do(who, OpenSession(u1, 2 * ENT, 0))
    chain.do("B", CloseSession(u1))
    context = context_of(chain)
    assert [grant.consumer for grant in open_sessions(chain.reader, None, None, None, 10).entries] == [a]
    assert open_sessions(chain.reader, b, None, None, 10).entries == ()
    assert [grant.consumer for grant in waiting_sessions(chain.reader, b, u1, None, 10).entries] == [b]
    held = {waiting: sessions_at(chain.reader, context, u1, None, 10, waiting=waiting) for waiting in (False, True)}
    assert [grant.consumer for grant in held[False].entries] == [a]
    assert [grant.consumer for grant in held[True].entries] == [b]
    first = sessions_at(chain.reader, context, u1, None, 1, waiting=False)
    assert first.cursor is not None
    following = sessions_at(chain.reader, context, u1, first.cursor, 1, waiting=False)
    assert len(first.entries) + len(following.entries) == 1


def test_holdings_are_available_and_locked_by_purpose() -> None:
    chain = energised()
    chain.do("A", OpenSession(address("U1"), 2 * ENT, 0))
    held = {each.asset: each for each in holdings_of(chain.state, address("A"), 2, REGISTRY.purposes.values())}
    before = chain.balance("B").available
    assert held[ENERGY_ASSET].locked["session"] == 2 * ENT
    assert held[ENERGY_ASSET].total == before
    assert held[ENERGY_ASSET].available == before - 2 * ENT - held[ENERGY_ASSET].locked["reservation"]
    unknown = holdings_of(chain.state, bytes(20), 2, REGISTRY.purposes.values())
    assert [each.total for each in unknown] == [0, 0]


def test_votes_voters_and_standing() -> None:
    chain = energised()
    context = context_of(chain)
    all_of_them = [key for key, _voter in voters(chain.reader, None, 100).entries]
    assert len(all_of_them) == count_of_voters(context)
    assert yes_needed(context) == len(all_of_them) // 2 + 1
    stranger = bytes(range(20))
    assert standing_of(chain.state, stranger) is None
    chain.vote(AdmitMember(stranger))
    assert standing_of(chain.state, stranger) is MemberStatus.ADMITTED
    chain.vote(ExpelMember(stranger))
    assert standing_of(chain.state, stranger) is MemberStatus.EXPELLED
    assert open_votes(chain.reader) == ()
    chain.vote(AddVoter(address("B")))
    chain.do("B", CastVote(AdmitMember(stranger), True))
    assert [vote.yes for vote in open_votes(chain.reader)] == [(address("B"),)]


def test_units_banker_household_and_parameters() -> None:
    chain = energised()
    assert is_unit(chain.state, address("U1"))
    assert not is_unit(chain.state, address("A"))
    assert address("U1") in [key for key, _unit in units(chain.reader, None, 100).entries]
    assert is_banker(chain.state, address("bank"))
    assert not is_banker(chain.state, address("A"))
    assert household_of(chain.state, address("A")).produced_wh == 10_000
    assert household_of(chain.state, bytes(20)).produced_wh == 0
    context = context_of(chain)
    found = dict(parameters_in_force(chain.state, REGISTRY.parameters.values()))
    assert [rule.name for rule in found] == sorted(rule.name for rule in rules_of(LEDGER_MODULES))
    assert all(value == context.parameter(rule.name) for rule, value in found.items())
