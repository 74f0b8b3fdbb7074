"""The fund: gifts, payments by vote, budgets, who gets fees, what changes when (rules FU1 to FU6, FU13)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address, secret
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.events import FeePaid
from ledger.bank.payloads import Transfer
from ledger.chain.genesis import GenesisValidator
from ledger.chain.header import Event
from ledger.encoding.codec import encode
from ledger.errors import BrokenInvariant, GenesisError, InclusionError
from ledger.fund.account import FEE_ACCOUNT, FUND_ACCOUNT
from ledger.fund.events import CommitteeFeePaid, FeesDivided, FundBudgetSet, FundSpent, FundTermsSet
from ledger.fund.genesis import AS_ALWAYS, FUND_SECTION, FundSection
from ledger.fund.invariants import check_payments, check_terms
from ledger.fund.payloads import SetFeeSplit, SetFundBudget, SetMarketCommission, SetNewcomerTerms
from ledger.fund.queries import budgets_of_fund, fund_spends, fund_terms
from ledger.fund.schema import FUND_BUDGETS, FUND_SPENDS, FUND_SUMS
from ledger.fund.terms import MILLION, BudgetPeriod, FeeSplit, FundFlow, NewcomerTerms
from ledger.governance.events import VoteClosed
from ledger.governance.payloads import AddVoter, CastVote, ExpelMember
from ledger.governance.schema import VoteOutcome
from ledger.state.full_key import number_key
from ledger.state.overlay import MemoryReader
from ledger.state.table import big_endian
from ledger.upgrades.payloads import PlanUpgrade
from tests.support.fund_chain import FUNDS, HALF_TO_ALL, FundChain, terms

E = TypeVar("E", bound=Event)
DAY_MS = 86_400_000


def of(events: Iterable[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def funded(chain: FundChain, amount: int = 10 * ENT) -> FundChain:
    assert chain.try_("D", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, amount)).applied
    return chain


def code_of(chain: FundChain, action: Any) -> str:
    """Why a vote that has passed was not carried out; empty if it was."""
    receipt = chain.decide(action)
    assert receipt.applied, receipt.code
    (closed,) = of(receipt.events, VoteClosed)
    return closed.code


def opening_code(chain: FundChain, action: Any) -> str:
    return chain.try_("A", CastVote(action, True)).code


def test_fu1_everybody_may_give_to_the_fund_and_no_key_spends_from_it() -> None:
    chain = funded(FundChain())
    assert (chain.fund, chain.has("D")) == (10 * ENT, FUNDS - 10 * ENT)
    book = chain.book()
    assert (book.available, book.gifts, set(book.flows.values())) == (10 * ENT, 10 * ENT, {0})
    assert code_of(chain, AddVoter(address("D"))) == ""
    assert opening_code(chain, ExpelMember(FUND_ACCOUNT)) == "holds_a_role"
    assert chain.try_("D", Transfer(CURRENCY_ASSET, FEE_ACCOUNT, 1)).code == "not_a_member"


def test_fu1_without_the_module_the_account_is_nobodys() -> None:
    chain = FundChain(off=True)
    assert chain.try_("D", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, 1)).code == "not_a_member"
    with pytest.raises(InclusionError) as refusal:
        chain.try_("A", CastVote(chain.spend(), True))
    assert refusal.value.code == "module_off"


def test_fu3_without_a_vote_fees_go_to_the_proposer_as_on_a_chain_without_a_fund() -> None:
    receipts = []
    for chain in (FundChain(), FundChain(off=True)):
        receipt = chain.do("D", Transfer(CURRENCY_ASSET, address("A"), ENT), fee=777)
        assert of(receipt.events, FeePaid)[0].account == address(chain.proposer)
        assert chain.has(chain.proposer) == 777
        assert not of(chain.events(), FeesDivided)
        receipts.append(encode(receipt.events))
    assert receipts[0] == receipts[1]


def test_fu3_fees_of_a_block_are_divided_at_its_end_to_the_last_unit() -> None:
    chain = FundChain(terms(HALF_TO_ALL))
    chain.block()
    pay = [chain.tx(name, Transfer(CURRENCY_ASSET, address("D"), 1), fee=fee) for name, fee in (("A", 1_001), ("B", 6))]
    chain.block(pay)
    assert {event.account for event in of(chain.events(), FeePaid)} == {FEE_ACCOUNT}
    (divided,) = of(chain.events(), FeesDivided)
    committee = of(chain.events(), CommitteeFeePaid)
    # 503.5, 302.1 and 201.4 of 1007: the missing unit goes to the largest rest.
    assert divided.to_proposer == 504
    assert sum(event.amount for event in committee) == 302
    assert divided.to_fund == 201 == chain.fund == chain.book().flows[FundFlow.FEES]
    assert sorted(event.amount for event in committee) == [75, 75, 76, 76]
    assert sum(chain.has(name) for name in "VWXY") == 806


def test_fu4_who_did_not_commit_leaves_its_part_to_the_fund_and_not_to_the_others() -> None:
    chain = FundChain(terms(FeeSplit(0, MILLION, 0)))
    chain.block()
    chain.do("D", Transfer(CURRENCY_ASSET, address("A"), 1), fee=4_000)
    assert [chain.has(name) for name in "VWXY"] == [1_000] * 4
    chain.deaf = {"W"}
    chain.block()
    chain.do("D", Transfer(CURRENCY_ASSET, address("A"), 1), fee=4_000)
    assert sorted(chain.has(name) for name in "VWXY") == [1_000, 2_000, 2_000, 2_000]
    assert chain.fund == 1_000
    assert address("W") not in {event.recipient for event in of(chain.events(), CommitteeFeePaid)}


def test_fu4_in_the_first_block_nobody_has_committed_and_the_fund_has_it_all() -> None:
    chain = FundChain(terms(FeeSplit(0, MILLION, 0)))
    chain.do("D", Transfer(CURRENCY_ASSET, address("A"), 1), fee=9)
    assert chain.fund == 9


def test_fu3_a_transaction_that_fails_pays_its_fee_into_the_division_too() -> None:
    chain = FundChain(terms(FeeSplit(0, 0, MILLION)))
    assert chain.try_("D", Transfer(CURRENCY_ASSET, address("stranger"), 1), fee=5).code == "not_a_member"
    assert chain.fund == 5


def test_fu2_a_vote_changes_the_division_from_the_next_block_on() -> None:
    chain = FundChain()
    action = SetFeeSplit(FeeSplit(0, 0, MILLION))
    assert chain.try_("A", CastVote(action, True)).applied
    vote = chain.tx("B", CastVote(action, True), fee=3)
    after = chain.tx("D", Transfer(CURRENCY_ASSET, address("A"), 1), fee=4)
    block = chain.block([vote, after])
    assert (chain.has(chain.proposer), chain.fund) == (7, 0)
    (event,) = of(block.executed.receipts[1].events, FundTermsSet)
    assert event.since == block.header.height + 1
    assert fund_terms(chain.view).terms.fee_split == action.split
    chain.do("D", Transfer(CURRENCY_ASSET, address("A"), 1), fee=4)
    assert (chain.has(chain.proposer), chain.fund) == (7, 4)


def test_fu2_two_votes_in_one_block_change_nothing_before_its_end() -> None:
    chain = FundChain()
    first, second = SetFeeSplit(FeeSplit(0, 0, MILLION)), SetMarketCommission(5_000)
    for action in (first, second):
        assert chain.try_("A", CastVote(action, True)).applied
    chain.block([chain.tx("B", CastVote(first, True)), chain.tx("C", CastVote(second, True), fee=8)])
    assert (chain.has(chain.proposer), chain.fund) == (8, 0)
    found = fund_terms(chain.view)
    assert found.before == AS_ALWAYS
    assert (found.terms.fee_split, found.terms.commission) == (first.split, 5_000)


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (SetFeeSplit(FeeSplit(500_000, 400_000, 99_999)), "bad_fund_terms"),
        (SetFeeSplit(AS_ALWAYS.fee_split), "unchanged"),
        (SetMarketCommission(0), "unchanged"),
        (SetNewcomerTerms(NewcomerTerms(9, 1, 1, 1)), "bad_fund_terms"),
        (SetNewcomerTerms(AS_ALWAYS.newcomers), "unchanged"),
    ],
)
def test_fu2_terms_that_cannot_be_are_refused(action: Any, code: str) -> None:
    assert opening_code(FundChain(), action) == code


def test_fu2_a_genesis_whose_parts_are_not_the_whole_is_refused() -> None:
    for found in (terms(FeeSplit(1, 0, 0)), replace(AS_ALWAYS, newcomers=NewcomerTerms(7, 0, 0, 0))):
        with pytest.raises(GenesisError):
            FundChain(found)


def test_fu5_voters_spend_and_the_payment_names_its_vote() -> None:
    chain = funded(FundChain())
    receipt = chain.decide(chain.spend(3 * ENT))
    (event,) = of(receipt.events, FundSpent)
    assert (event.number, event.vote, event.amount, event.reference) == (1, 1, 3 * ENT, "invoice 1")
    assert (chain.fund, chain.has("D")) == (7 * ENT, FUNDS - 7 * ENT)
    assert chain.book().flows[FundFlow.SPENT] == 3 * ENT
    (entry,) = [spend for _key, spend in fund_spends(chain.reader, None, 10).entries]
    assert (entry.vote, entry.purpose, entry.time_ms) == (1, "repairs", chain.time_ms)


def test_fu5_a_reference_is_paid_once_whatever_is_decided_of_it_again() -> None:
    chain = funded(FundChain())
    assert code_of(chain, chain.spend()) == ""
    assert opening_code(chain, chain.spend()) == "reference_used"
    assert opening_code(chain, chain.spend(2 * ENT, to="C")) == "reference_used"
    # Two votes of one reference that are open together: the second one fails when it passes.
    one, two = chain.spend(reference="rent 2026-11"), chain.spend(reference="rent 2026-11", to="C")
    for action in (one, two):
        assert opening_code(chain, action) == ""
    assert chain.try_("B", CastVote(one, True)).applied
    receipt = chain.try_("B", CastVote(two, True))
    assert of(receipt.events, VoteClosed)[0].code == "reference_used"
    assert chain.fund == 8 * ENT


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 11 * ENT}, "fund_too_low"),
        ({"asset": ENERGY_ASSET}, "fund_too_low"),
        ({"asset": 7}, "unknown_asset"),
        ({"to": "stranger"}, "not_a_member"),
        ({"recipient": FUND_ACCOUNT}, "same_account"),
    ],
)
def test_fu5_what_cannot_be_paid_is_refused_when_the_vote_is_opened(changes: dict[str, Any], code: str) -> None:
    chain = funded(FundChain())
    assert opening_code(chain, chain.spend(**changes)) == code


def test_fu5_a_fund_that_is_empty_by_then_pays_nothing_and_the_vote_says_why() -> None:
    chain = funded(FundChain())
    first, second = chain.spend(8 * ENT), chain.spend(8 * ENT, "invoice 2")
    for action in (first, second):
        assert opening_code(chain, action) == ""
    assert chain.try_("B", CastVote(first, True)).applied
    (closed,) = of(chain.try_("B", CastVote(second, True)).events, VoteClosed)
    assert (closed.outcome, closed.code) == (VoteOutcome.FAILED, "fund_too_low")
    assert (chain.fund, chain.has("D")) == (2 * ENT, FUNDS - 2 * ENT)


def test_fu5_a_vote_that_expires_pays_nothing() -> None:
    chain = funded(FundChain())
    assert opening_code(chain, chain.spend()) == ""
    chain.block(after_ms=31 * DAY_MS)
    assert chain.try_("B", CastVote(chain.spend(), True)).applied, "opens it anew"
    assert (chain.fund, chain.has("D")) == (10 * ENT, FUNDS - 10 * ENT)


def test_fu6_a_payment_beyond_its_budget_is_refused_at_opening_and_at_decision() -> None:
    chain = funded(FundChain())
    assert code_of(chain, SetFundBudget("repairs", CURRENCY_ASSET, 5 * ENT, BudgetPeriod.MONTH)) == ""
    assert of(chain.events(), FundBudgetSet)[0].amount == 5 * ENT
    assert opening_code(chain, chain.spend(5 * ENT + 1)) == "over_fund_budget"
    one, two = chain.spend(3 * ENT), chain.spend(3 * ENT, "invoice 2")
    for action in (one, two):
        assert opening_code(chain, action) == ""
    assert chain.try_("B", CastVote(one, True)).applied
    (closed,) = of(chain.try_("B", CastVote(two, True)).events, VoteClosed)
    assert (closed.outcome, closed.code) == (VoteOutcome.FAILED, "over_fund_budget")
    assert code_of(chain, chain.spend(3 * ENT, "prizes 1", purpose="prizes")) == "", "another purpose has none"
    assert chain.fund == 4 * ENT


def test_fu6_a_new_month_has_its_budget_anew_and_a_quarter_has_not() -> None:
    chain = funded(FundChain(), 50 * ENT)
    for purpose, period in (
        ("repairs", BudgetPeriod.MONTH),
        ("rent", BudgetPeriod.QUARTER),
        ("car", BudgetPeriod.ONCE),
    ):
        assert code_of(chain, SetFundBudget(purpose, CURRENCY_ASSET, 5 * ENT, period)) == ""
        assert code_of(chain, chain.spend(5 * ENT, purpose, purpose=purpose)) == ""
    # The chain begins on 14 November 2023: 1 December is in the same quarter, 1 January is not.
    chain.block(after_ms=17 * DAY_MS)
    assert opening_code(chain, chain.spend(ENT, "r2", purpose="rent")) == "over_fund_budget"
    assert code_of(chain, chain.spend(5 * ENT, "m2")) == ""
    assert {budget.purpose: budget.spent for budget in budgets_of_fund(chain.view, chain.reader)} == {
        "repairs": 5 * ENT, "rent": 5 * ENT, "car": 5 * ENT,
    }  # fmt: skip
    chain.block(after_ms=31 * DAY_MS)
    assert code_of(chain, chain.spend(5 * ENT, "r2", purpose="rent")) == ""
    chain.block(after_ms=400 * DAY_MS)
    assert opening_code(chain, chain.spend(1, "c2", purpose="car")) == "over_fund_budget"
    assert {budget.purpose: budget.spent for budget in budgets_of_fund(chain.view, chain.reader)} == {
        "repairs": 0, "rent": 0, "car": 5 * ENT,
    }  # fmt: skip


def test_fu6_another_amount_keeps_what_was_spent_and_no_period_takes_the_budget_away() -> None:
    chain = funded(FundChain())
    assert code_of(chain, SetFundBudget("repairs", CURRENCY_ASSET, 5 * ENT, BudgetPeriod.YEAR)) == ""
    assert code_of(chain, chain.spend(4 * ENT)) == ""
    assert opening_code(chain, SetFundBudget("repairs", CURRENCY_ASSET, 5 * ENT, BudgetPeriod.YEAR)) == "unchanged"
    assert code_of(chain, SetFundBudget("repairs", CURRENCY_ASSET, 3 * ENT, BudgetPeriod.YEAR)) == ""
    assert opening_code(chain, chain.spend(1, "invoice 2")) == "over_fund_budget"
    assert code_of(chain, SetFundBudget("repairs", CURRENCY_ASSET, 0, BudgetPeriod.NONE)) == ""
    assert budgets_of_fund(chain.view, chain.reader) == ()
    assert code_of(chain, chain.spend(ENT, "invoice 2")) == ""
    assert opening_code(chain, SetFundBudget("repairs", CURRENCY_ASSET, 0, BudgetPeriod.NONE)) == "unchanged"
    assert opening_code(chain, SetFundBudget("repairs", 8, 1, BudgetPeriod.YEAR)) == "unknown_asset"


def test_fu13_a_false_sum_payment_or_budget_breaks_the_invariants() -> None:
    chain = funded(FundChain())
    assert code_of(chain, SetFundBudget("repairs", CURRENCY_ASSET, 5 * ENT, BudgetPeriod.YEAR)) == ""
    assert code_of(chain, chain.spend()) == ""
    entry = chain.state.get(FUND_SPENDS, big_endian(1))
    assert entry is not None
    key, budget = next(iter(chain.entries(FUND_BUDGETS).items()))
    (sum_key,) = chain.entries(FUND_SUMS)
    for table, at, value in (
        (FUND_SPENDS, big_endian(1), replace(entry, amount=1)),
        (FUND_SPENDS, big_endian(1), replace(entry, reference="other")),
        (FUND_SPENDS, big_endian(2), replace(entry, number=2)),
        (FUND_SUMS, sum_key, None),
        (FUND_BUDGETS, key, replace(budget, spent=0)),
        (FUND_BUDGETS, key, None),
    ):
        changed = MemoryReader({number_key(number) + k: v for number in chain.registry.tables
                                for k, v in chain.reader.scan(number, b"", None)})  # fmt: skip
        changed.apply({table.full_key(at): None if value is None else encode(value)})
        with pytest.raises(BrokenInvariant):
            check_payments(changed)
    check_payments(chain.reader)
    check_terms(chain.reader)


def test_a_vote_switches_the_fund_on() -> None:
    chain = FundChain(off=True, validators=(GenesisValidator(secret("V").public_key[1:], address("V"), "V"),))
    section = encode(FundSection(terms(FeeSplit(0, 0, MILLION)), False))
    action = PlanUpgrade(chain.blocks[-1].header.height + 110, 1, "fund", section, "")
    assert code_of(chain, action) == ""
    assert FUND_SECTION.optional
    while chain.blocks[-1].header.height < action.height:
        chain.block()
    chain.do("D", Transfer(CURRENCY_ASSET, address("A"), 1), fee=6)
    assert chain.fund == 6
