"""Members (rules N1 to N4): admission, roles, expulsion, open access."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.context import Context
from ledger.errors import InclusionError
from ledger.events import MemberChanged
from ledger.genesis import Access, GenesisBalance, GenesisUnit
from ledger.module import LEDGER
from ledger.registry import Module
from ledger.rules.sessions import SessionEnd
from ledger.schema import Asset
from ledger.transactions.actions import (
    AddVoter,
    AdmitMember,
    CastVote,
    ExpelMember,
    RegisterUnit,
    RemoveUnit,
    RemoveVoter,
    SetBanker,
    SetParameter,
)
from ledger.transactions.payloads import (
    CloseSession,
    LockWithdrawal,
    MintCurrency,
    OpenSession,
    Transfer,
    UnlockCurrency,
)
from tests.support.chain import ENT, ChainFixture, address, make_genesis
from tests.support.energy import MeterFixture, closed, events, produce

PAY_A = Transfer(Asset.EEURO, address("A"), 1)


def chain_with(**genesis: Any) -> ChainFixture:
    names = ("A", "B", "D", "X", "U1", "U9", "V", "bank", "owner")
    return ChainFixture(
        make_genesis(balances=tuple(GenesisBalance(address(name), 10 * ENT) for name in names), **genesis)
    )


def may_send(chain: ChainFixture, name: str) -> bool:
    payload = Transfer(Asset.EEURO, address("D" if name != "D" else "B"), 1)
    try:
        chain.block([chain.tx(name, payload)])
    except InclusionError as error:
        return error.code not in ("sender_not_a_member", "expelled")
    return True


def may_receive(chain: ChainFixture, name: str) -> bool:
    code = chain.try_("D", Transfer(Asset.EEURO, address(name), 1)).code
    assert code in ("", "not_a_member")
    return not code


# --- admission and roles ---------------------------------------------------------------------------------------------


def test_only_admitted_senders_are_let_in() -> None:
    chain = chain_with()
    assert not may_send(chain, "X")
    assert not may_receive(chain, "X")
    receipt = chain.vote(AdmitMember(address("X")))
    assert MemberChanged(address("X"), True) in receipt.events
    assert may_receive(chain, "X")
    assert may_send(chain, "X")


def test_roles_make_members() -> None:
    """Voter, banker, unit, owner, validator's account; and the address of a bound meter's key."""
    chain = chain_with(members=(address("D"),), units=(GenesisUnit(address("U1"), address("owner"), 0, 0),))
    for name in ("A", "bank", "U1", "owner", "V"):
        assert may_send(chain, name), name
        assert may_receive(chain, name)
    assert not may_receive(chain, "M")
    MeterFixture(chain, account="D").bound()
    assert may_receive(chain, "M")
    assert may_send(chain, "M")


def test_with_its_role_a_stranger_loses_its_membership() -> None:
    chain = chain_with(members=(address("D"),), units=())
    chain.vote(AddVoter(address("X")))
    chain.vote(RegisterUnit(address("U9"), address("owner"), 0, 0), "A", "X")
    assert may_send(chain, "X")
    assert may_send(chain, "U9")
    assert may_send(chain, "owner")
    chain.vote(RemoveUnit(address("U9")), "A", "X")
    chain.vote(SetBanker(address("D")), "A", "X")
    chain.vote(RemoveVoter(address("X")), "A", "X")
    for name in ("X", "U9", "owner", "bank"):
        assert not may_send(chain, name), name


def test_an_owner_of_two_units_stays_one_until_the_last_goes() -> None:
    units = tuple(GenesisUnit(address(name), address("owner"), 0, 0) for name in ("U1", "U2"))
    chain = chain_with(members=(address("D"),), units=units)
    chain.vote(RemoveUnit(address("U1")))
    assert may_send(chain, "owner")
    chain.vote(RemoveUnit(address("U2")))
    assert not may_send(chain, "owner")


# --- expulsion -------------------------------------------------------------------------------------------------------


def test_a_role_is_lost_before_its_holder_can_be_expelled() -> None:
    chain = chain_with()
    for name in ("A", "bank", "U1", "C", "V"):
        assert chain.try_("A", CastVote(ExpelMember(address(name)), True)).code == "holds_a_role"
    assert chain.try_("A", CastVote(ExpelMember(address("X")), True)).code == "not_a_member"
    chain.vote(ExpelMember(address("B")))
    assert chain.try_("A", CastVote(ExpelMember(address("B")), True)).code == "already_expelled"


def test_expulsion_closes_sessions_with_refunds() -> None:
    chain = chain_with()
    assert produce(chain, "U1", "B", 10_000).applied
    assert produce(chain, "U2", "B", 10_000).applied
    for unit in ("U1", "U2"):
        chain.do("B", OpenSession(address(unit), 2 * ENT, 0))
    receipt = chain.vote(ExpelMember(address("B")))
    assert sorted(closed(receipt)) == [(1, SessionEnd.EXPELLED), (2, SessionEnd.EXPELLED)]
    assert events(receipt, MemberChanged) == [MemberChanged(address("B"), False)]
    assert (chain.balance("B").available, chain.balance("B").session) == (16 * ENT, 0)


def test_expulsion_tells_other_modules() -> None:
    """The market cancels the orders of who is expelled; the ledger does not know how."""
    told: list[tuple[int, bytes]] = []

    def note(context: Context, who: bytes) -> None:
        told.append((context.height, who))

    market = Module("market", (), (), (), (), expelled=(note,))
    chain = ChainFixture(make_genesis(), (LEDGER, market))
    chain.vote(ExpelMember(address("B")))
    assert told == [(1, address("B"))] * 2  # proposed, then checked


def test_an_expelled_member_may_only_transfer_and_withdraw() -> None:
    chain = chain_with()
    assert produce(chain, "U1", "B", 1_000).applied
    chain.vote(ExpelMember(address("B")))
    for payload in (
        OpenSession(address("U1"), 1, 0),
        CloseSession(address("U1")),
        CastVote(SetParameter("M", 1), True),
        MintCurrency(address("A"), 1),
    ):
        with pytest.raises(InclusionError) as refusal:
            chain.try_("B", payload)
        assert refusal.value.code == "expelled"
    assert not may_receive(chain, "B")
    assert produce(chain, "U1", "B", 1).code == "not_a_member"
    chain.do("B", Transfer(Asset.ENT, address("A"), 1))
    chain.do("B", Transfer(Asset.EEURO, address("A"), 1))
    chain.do("B", LockWithdrawal(ENT))
    chain.do("bank", UnlockCurrency(address("B"), ENT))
    chain.vote(AdmitMember(address("B")))
    assert may_receive(chain, "B")


def test_a_role_given_to_an_expelled_member_makes_it_a_member() -> None:
    """Otherwise a voter could stand in the count whose vote is never let in."""
    chain = chain_with()
    chain.vote(ExpelMember(address("B")))
    chain.vote(AddVoter(address("B")))
    assert may_receive(chain, "B")
    chain.vote(SetParameter("M", 1), "A", "B")
    chain.vote(RemoveVoter(address("B")), "A", "B")
    assert not may_receive(chain, "B")
    with pytest.raises(InclusionError) as refusal:
        chain.try_("B", CastVote(SetParameter("M", 2), True))
    assert refusal.value.code == "expelled"


# --- open access -----------------------------------------------------------------------------------------------------


def test_open_access_admits_all_who_pay_and_still_expels() -> None:
    chain = chain_with(access=int(Access.OPEN), minimum_fee=3)
    chain.block([chain.tx("X", PAY_A, fee=3)])
    with pytest.raises(InclusionError) as refusal:
        chain.block([chain.tx("X", PAY_A, fee=2)])
    assert refusal.value.code == "fee_too_low"
    assert chain.try_("D", Transfer(Asset.EEURO, address("nobody yet"), 1), fee=3).code == ""
    chain.do("A", CastVote(ExpelMember(address("X")), True), fee=3)
    assert chain.try_("D", Transfer(Asset.EEURO, address("X"), 1), fee=3).code == "not_a_member"
    with pytest.raises(InclusionError) as refusal:
        chain.block([chain.tx("X", OpenSession(address("U1"), 1, 0), fee=3)])
    assert refusal.value.code == "expelled"
    chain.block([chain.tx("X", PAY_A, fee=3)])
