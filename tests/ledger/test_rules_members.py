"""Members (rules N1 to N5): admission, roles, expulsion, leaving, open access."""

from __future__ import annotations

from typing import Any

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis, secret
from harness.energy import MeterFixture, closed, events, produce
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import LockWithdrawal, MintCurrency, SetBanker, Transfer, UnlockCurrency
from ledger.chain.context import Context
from ledger.chain.genesis import GenesisValidator
from ledger.chain.numbers import Places
from ledger.chain.registry import Module
from ledger.chain.validator_set import validator_address
from ledger.encoding.codec import Value
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import CloseSession, EnergyProduced, OpenSession, RegisterUnit, RemoveUnit
from ledger.energy.schema import SessionEnd
from ledger.errors import InclusionError
from ledger.governance.events import MemberChanged
from ledger.governance.genesis import Access
from ledger.governance.payloads import AddVoter, AdmitMember, CastVote, ExpelMember, RemoveVoter, SetParameter
from ledger.governance.points import MEMBER_EXPELLED
from ledger.modules import LEDGER_MODULES
from ledger.validators.payloads import RemoveValidator

PAY_A = Transfer(CURRENCY_ASSET, address("A"), 1)
PAY_D = Transfer(CURRENCY_ASSET, address("D"), 1)


def chain_with(**genesis: Any) -> ChainFixture:
    names = ("A", "B", "D", "X", "U1", "U9", "V", "bank", "owner")
    return ChainFixture(
        make_genesis(
            balances=tuple(GenesisBalance(address(name), CURRENCY_ASSET, 10 * ENT) for name in names), **genesis
        )
    )


def may_send(chain: ChainFixture, name: str) -> bool:
    """Whether it may use the ledger as a member does: the smallest session is refused by its rule, not by right."""
    try:
        chain.block([chain.tx(name, OpenSession(address("U1"), 1, 0))])
    except InclusionError as error:
        return error.code not in ("sender_not_a_member", "expelled")
    return True


def left(chain: ChainFixture, name: str) -> str:
    """The inclusion code that the account meets where a member meets none."""
    with pytest.raises(InclusionError) as refusal:
        chain.block([chain.tx(name, OpenSession(address("U1"), 1, 0))])
    return refusal.value.code


def may_receive(chain: ChainFixture, name: str) -> bool:
    code = chain.try_("D", Transfer(CURRENCY_ASSET, address(name), 1)).code
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
    """Voter, banker, unit, owner, validator's account; but not the address of a bound meter's key."""
    chain = chain_with(members=(address("D"),), units=(GenesisUnit(address("U1"), address("owner"), 0, 0),))
    for name in ("A", "bank", "U1", "owner", "V"):
        assert may_send(chain, name), name
        assert may_receive(chain, name)
    assert not may_receive(chain, "M")
    MeterFixture(chain, account="D").bound()
    assert chain.try_("A", Transfer(CURRENCY_ASSET, address("M"), 1)).code == "is_a_meter"


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


# --- leaving: money stays its holder's -------------------------------------------------------------------------------


def takes_its_money(chain: ChainFixture, name: str) -> None:
    """No member any more: what it holds it may transfer and withdraw, and that alone."""
    assert left(chain, name) == "sender_not_a_member"
    before = chain.balance(name, CURRENCY_ASSET).available
    assert before > 2
    chain.do(name, Transfer(CURRENCY_ASSET, address("D"), 1))
    chain.do(name, LockWithdrawal(CURRENCY_ASSET, before - 1))
    for payload in (MintCurrency(CURRENCY_ASSET, address("D"), 1), CastVote(SetParameter("M", 1), True)):
        with pytest.raises(InclusionError) as refusal:
            chain.try_(name, payload)
        assert refusal.value.code == "sender_not_a_member"
    assert not may_receive(chain, name)


def test_l5a_a_removed_unit_takes_its_money_along() -> None:
    chain = chain_with(members=(address("D"),))
    chain.vote(RemoveUnit(address("U1")))
    takes_its_money(chain, "U1")


def test_l5b_a_former_banker_takes_its_money_along() -> None:
    chain = chain_with(members=(address("D"),))
    chain.vote(SetBanker(address("D")))
    takes_its_money(chain, "bank")


def test_l5c_a_former_owner_takes_its_money_along_and_ends_its_sessions() -> None:
    units = (GenesisUnit(address("U9"), address("owner"), 0, 0), GenesisUnit(address("U1"), address("A"), 0, 0))
    chain = chain_with(members=(address("D"),), units=units)
    assert produce(chain, "U1", "D", 1_000).applied
    chain.do("D", Transfer(ENERGY_ASSET, address("owner"), ENT // 10))
    chain.do("owner", OpenSession(address("U1"), ENT // 10, 0))
    chain.vote(RemoveUnit(address("U9")))
    chain.do("owner", CloseSession(address("U1")))
    takes_its_money(chain, "owner")


def test_l5d_a_former_validators_account_takes_its_money_along() -> None:
    validators = tuple(
        GenesisValidator(secret(name).public_key[1:], address(holder), name.lower())
        for name, holder in (("V", "A"), ("W", "X"))
    )
    chain = chain_with(members=(address("D"),), validators=validators)
    chain.vote(RemoveValidator(validator_address(validators[1].key)))
    takes_its_money(chain, "X")


def test_l5e_a_stranger_without_tokens_may_send_nothing() -> None:
    """A right that anybody had would fill blocks for nothing where the minimum fee is 0."""
    chain = chain_with()
    with pytest.raises(InclusionError) as refusal:
        chain.try_("stranger", PAY_A)
    assert refusal.value.code == "sender_not_a_member"


def test_l5f_a_voter_who_goes_and_an_emptied_account_end_the_right() -> None:
    chain = chain_with(members=(address("D"),))
    chain.vote(AddVoter(address("X")))
    chain.vote(RemoveVoter(address("X")), "A", "X")
    chain.do("X", Transfer(CURRENCY_ASSET, address("D"), 10 * ENT))
    with pytest.raises(InclusionError) as refusal:
        chain.try_("X", PAY_D)
    assert refusal.value.code == "sender_not_a_member"


def leaving_chain() -> ChainFixture:
    """D, expelled, and C, the units' owner no more, hold ENT alone where a transaction costs 1,000 of the currency."""
    chain = ChainFixture(
        make_genesis(
            minimum_fee=1_000,
            members=tuple(sorted(address(name) for name in "ABD")),
            balances=tuple(GenesisBalance(address(name), CURRENCY_ASSET, ENT) for name in ("A", "B", "bank", "U1")),
        )
    )
    chain.do("U1", EnergyProduced(1, address("D"), 10_000), fee=1_000)
    for action in (ExpelMember(address("D")), RemoveUnit(address("U1")), RemoveUnit(address("U2"))):
        chain.do("A", CastVote(action, True), fee=1_000)
    return chain


def left_out(chain: ChainFixture, name: str, payload: Value, fee: int = 0) -> str:
    """The code that keeps it out of the block."""
    with pytest.raises(InclusionError) as refusal:
        chain.try_(name, payload, fee=fee)
    return refusal.value.code


@pytest.mark.parametrize("name", ["D", "C"])
def test_break_10_who_leaves_without_the_asset_of_fees_takes_along_what_it_has(name: str) -> None:
    chain = leaving_chain()
    held = chain.balance(name).available
    assert held
    receipt = chain.do(name, Transfer(ENERGY_ASSET, address("B"), held))
    assert (receipt.fee, chain.balance(name).available, chain.balance("B").available) == (0, 0, held)
    code = left_out(chain, name, Transfer(ENERGY_ASSET, address("B"), held))
    assert code == ("expelled" if name == "D" else "sender_not_a_member"), "nothing is left to take along"


def test_break_10_for_nothing_goes_only_a_whole_asset_to_a_member_and_never_a_failure() -> None:
    chain = leaving_chain()
    held = chain.balance("D").available
    for payload in (
        Transfer(ENERGY_ASSET, address("B"), held - 1),
        Transfer(ENERGY_ASSET, address("B"), held + 1),
        Transfer(CURRENCY_ASSET, address("B"), 1),
        Transfer(3, address("B"), held),
        Transfer(ENERGY_ASSET, address("stranger"), held),
        Transfer(ENERGY_ASSET, address("D"), held),
        LockWithdrawal(ENERGY_ASSET, held),
        LockWithdrawal(CURRENCY_ASSET, 1),
    ):
        assert left_out(chain, "D", payload) == "fee_too_low"
    assert left_out(chain, "D", Transfer(ENERGY_ASSET, address("B"), held), fee=999) == "fee_too_low"
    assert left_out(chain, "B", Transfer(CURRENCY_ASSET, address("A"), ENT)) == "fee_too_low", "B is a member"
    assert chain.try_("B", Transfer(ENERGY_ASSET, address("D"), 1), fee=1_000).code == "not_a_member", (
        "no dust comes in"
    )


def test_break_10_who_can_pay_the_fee_pays_it_and_what_is_less_goes_along() -> None:
    chain = ChainFixture(
        make_genesis(
            minimum_fee=1_000,
            balances=tuple(GenesisBalance(address(name), CURRENCY_ASSET, 2_500) for name in ("A", "bank")),
        )
    )
    chain.do("A", CastVote(SetBanker(address("A")), True), fee=1_000)
    assert left_out(chain, "bank", Transfer(CURRENCY_ASSET, address("A"), 2_500)) == "fee_too_low"
    chain.do("bank", Transfer(CURRENCY_ASSET, address("A"), 900), fee=1_000)
    chain.do("bank", LockWithdrawal(CURRENCY_ASSET, 600))
    assert chain.balance("bank", CURRENCY_ASSET).available == 0
    assert left_out(chain, "bank", LockWithdrawal(CURRENCY_ASSET, 600)) == "fee_too_low"


# --- expulsion -------------------------------------------------------------------------------------------------------


def test_a_role_is_lost_before_its_holder_can_be_expelled() -> None:
    chain = chain_with()
    for name in ("A", "bank", "U1", "C", "V"):
        assert chain.try_("A", CastVote(ExpelMember(address(name)), True)).code == "holds_a_role"
    assert chain.try_("A", CastVote(ExpelMember(address("X")), True)).code == "not_a_member"
    chain.vote(ExpelMember(address("B")))
    assert chain.try_("A", CastVote(ExpelMember(address("B")), True)).code == "already_expelled"


def test_expulsion_closes_sessions_with_refunds() -> None:
    chain = chain_with(parameters=(("close_notice", 0),))
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

    market = Module("market", Places(9), hooks=(MEMBER_EXPELLED.by(note),))
    chain = ChainFixture(make_genesis(), (*LEDGER_MODULES, market))
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
        MintCurrency(CURRENCY_ASSET, address("A"), 1),
    ):
        with pytest.raises(InclusionError) as refusal:
            chain.try_("B", payload)
        assert refusal.value.code == "expelled"
    assert not may_receive(chain, "B")
    assert produce(chain, "U1", "B", 1).code == "not_a_member"
    chain.do("B", Transfer(ENERGY_ASSET, address("A"), 1))
    chain.do("B", Transfer(CURRENCY_ASSET, address("A"), 1))
    chain.do("B", LockWithdrawal(CURRENCY_ASSET, ENT))
    chain.do("bank", UnlockCurrency(CURRENCY_ASSET, address("B"), ENT))
    chain.vote(AdmitMember(address("B")))
    assert may_receive(chain, "B")


def test_break_23_an_expelled_member_without_tokens_sends_nothing() -> None:
    """64 transactions that had to fail stood in every block, for nothing."""
    chain = ChainFixture()
    chain.vote(ExpelMember(address("D")))
    for payload in (LockWithdrawal(CURRENCY_ASSET, 1), Transfer(ENERGY_ASSET, address("A"), 1)):
        with pytest.raises(InclusionError) as refusal:
            chain.try_("D", payload)
        assert refusal.value.code == "expelled"


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
    assert chain.try_("D", Transfer(CURRENCY_ASSET, address("nobody yet"), 1), fee=3).code == ""
    chain.do("A", CastVote(ExpelMember(address("X")), True), fee=3)
    assert chain.try_("D", Transfer(CURRENCY_ASSET, address("X"), 1), fee=3).code == "not_a_member"
    with pytest.raises(InclusionError) as refusal:
        chain.block([chain.tx("X", OpenSession(address("U1"), 1, 0), fee=3)])
    assert refusal.value.code == "expelled"
    chain.block([chain.tx("X", PAY_A, fee=3)])
