"""The market's commission, admission fees, rewards and grants, currency by vote (rules FU7 to FU12, Y25)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import pytest

from harness.chain import ENT, address
from harness.energy import produce
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance, locked, supply
from ledger.bank.payloads import LockWithdrawal, MintCurrency, SetBanker, Transfer
from ledger.bank.withdrawals import WITHDRAWAL_LOCK
from ledger.chain.header import Event
from ledger.chain.postings import TokenMeasure
from ledger.debts.queries import debt_to
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.events import (
    AdmissionDebtPaid,
    AdmissionFeeOwed,
    AdmissionFeePaid,
    AdmissionFeeReceived,
    NewcomerPaid,
    NewcomerUnpaid,
    SponsorshipSet,
)
from ledger.fund.newcomers import admission_pool
from ledger.fund.payloads import (
    AdmitSponsored,
    BurnByVote,
    MintByVote,
    RemoveBanker,
    ReturnByVote,
    SetMarketCommission,
    SetNewcomerTerms,
    SponsorAdmission,
)
from ledger.fund.queries import sponsorships_of
from ledger.fund.terms import FundFlow, NewcomerTerms
from ledger.governance.events import VoteClosed
from ledger.governance.payloads import AdmitMember, CastVote, ExpelMember
from market.escrow import ORDER_LOCK
from market.events import CommissionPaid, Traded
from market.transactions import PlaceOrder
from market.types import BUY, FIRST_PRODUCT, SELL, OrderKind, Side
from tests.support.fund_chain import FUNDS, FundChain, terms

E = TypeVar("E", bound=Event)
X, R = address("newcomer"), address("C")
FEE = 10 * ENT


def of(events: Iterable[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def code_of(chain: FundChain, action: Any) -> str:
    (closed,) = of(chain.decide(action).events, VoteClosed)
    return closed.code


def opening_code(chain: FundChain, action: Any) -> str:
    return chain.try_("A", CastVote(action, True)).code


class Trading(FundChain):
    """C has 10 ENT; the market takes 3 parts in a thousand."""

    def __init__(self, commission: int = 3_000, **changes: Any) -> None:
        super().__init__(terms(commission=commission), **changes)
        assert produce(self, "U1", "C", 10_000).applied
        self.energy = self.has("C", ENERGY_ASSET)

    def order(self, name: str, side: Side, price: int, quantity: int, kind: OrderKind = OrderKind.LIMIT) -> list[Event]:
        receipt = self.do(name, PlaceOrder(FIRST_PRODUCT, side, kind, price, quantity, 0))
        return list(receipt.events)


@pytest.mark.parametrize("seller_first", [True, False])
def test_fu7_the_commission_is_kept_of_the_sellers_proceeds_whoever_came_first(seller_first: bool) -> None:
    chain = Trading()
    orders = [("C", SELL, 2 * 10**8 + 1_000), ("B", BUY, 2 * 10**8 + 1_000)]
    events: list[Event] = []
    for name, side, price in orders if seller_first else orders[::-1]:
        events = chain.order(name, side, price, 1_001 * 10**6)
    (trade,) = of(events, Traded)
    (kept,) = of(events, CommissionPaid)
    assert kept.amount == trade.payment * 3_000 // 10**6 == chain.fund == chain.book().flows[FundFlow.COMMISSION]
    assert (kept.seller, kept.recipient, kept.asset) == (address("C"), FUND_ACCOUNT, CURRENCY_ASSET)
    assert chain.has("C") == FUNDS + trade.payment - kept.amount
    assert chain.has("B") == FUNDS - trade.payment
    lines = [line for event in events for line in chain.registry.postings_of(event, CURRENCY_ASSET)]
    money = TokenMeasure(CURRENCY_ASSET)
    of_seller = [line.amount for line in lines if line.holder == address("C") and line.measure == money]
    assert sum(of_seller) == trade.payment - kept.amount


def test_fu7_a_bids_lock_covers_it_and_price_improvement_comes_back_whole() -> None:
    chain = Trading(100_000)
    chain.order("B", BUY, 5 * 10**8, ENT)
    assert locked(chain.state, address("B"), CURRENCY_ASSET, ORDER_LOCK) == 5 * 10**8
    chain.order("A", BUY, 4 * 10**8, ENT)
    chain.order("C", SELL, 4 * 10**8, 2 * ENT)
    assert chain.has("B") == FUNDS - 5 * 10**8
    assert chain.has("A") == FUNDS - 4 * 10**8
    assert chain.has("C") == FUNDS + 81 * 10**7
    assert chain.fund == 9 * 10**7


def test_fu7_what_rounds_to_nothing_is_no_line_and_a_price_of_nothing_costs_nothing() -> None:
    chain = Trading(1)
    chain.order("C", SELL, 1_000, ENT // 10)
    events = chain.order("B", BUY, 1_000, ENT // 10)
    assert of(events, Traded)[0].payment == 100
    assert not of(events, CommissionPaid)
    chain.order("C", SELL, 0, ENT)
    assert not of(chain.order("B", BUY, 0, ENT), CommissionPaid)
    assert chain.fund == 0


def test_fu7_a_vote_changes_it_from_the_next_block_on_and_a_tenth_is_the_most() -> None:
    chain = Trading(0)
    action = SetMarketCommission(50_000)
    chain.order("C", SELL, 10**8, ENT)
    assert opening_code(chain, action) == ""
    vote = chain.tx("B", CastVote(action, True))
    buy = chain.tx("A", PlaceOrder(FIRST_PRODUCT, BUY, OrderKind.LIMIT, 10**8, ENT // 2, 0))
    chain.block([vote, buy])
    assert of(chain.events(), Traded)
    assert chain.fund == 0
    chain.order("A", BUY, 10**8, ENT // 2)
    assert chain.fund == 10**8 // 2 // 20


def test_fu7_many_trades_of_one_order_each_have_their_line() -> None:
    chain = Trading()
    for number in range(5):
        chain.order("C", SELL, 10**8 + number * 1_000, ENT // 10)
    events = chain.order("B", BUY, 2 * 10**8, ENT)
    trades, kept = of(events, Traded), of(events, CommissionPaid)
    assert [(line.buy, line.sell) for line in kept] == [(trade.buy, trade.sell) for trade in trades]
    assert [line.amount for line in kept] == [trade.payment * 3_000 // 10**6 for trade in trades]
    assert chain.fund == sum(line.amount for line in kept)


def agreed(chain: FundChain, most: int = FEE) -> FundChain:
    assert chain.try_("D", SponsorAdmission(X, CURRENCY_ASSET, most)).applied
    return chain


def owed(chain: FundChain) -> int:
    return debt_to(chain.state, X, admission_pool(CURRENCY_ASSET))


def test_fu9_the_sponsor_who_agreed_pays_the_fee() -> None:
    chain = agreed(FundChain(terms(fee=FEE)))
    receipt = chain.decide(AdmitSponsored(X, address("D"), X))
    (paid,) = of(receipt.events, AdmissionFeePaid)
    assert (paid.payer, paid.member, paid.amount) == (address("D"), X, FEE)
    assert (chain.fund, chain.has("D"), owed(chain)) == (FEE, FUNDS - FEE, 0)
    assert sponsorships_of(chain.reader, address("D"), None, 10).entries == ()
    assert chain.book().flows[FundFlow.ADMISSION] == FEE


@pytest.mark.parametrize("action", [AdmitMember(X), AdmitSponsored(X, X, X)])
def test_fu9_without_a_sponsor_the_newcomer_owes_it_and_pays_it_first(action: Any) -> None:
    chain = FundChain(terms(fee=FEE))
    receipt = chain.decide(action)
    assert of(receipt.events, AdmissionFeeOwed)[0].amount == FEE == owed(chain) == chain.book().is_owed
    chain.do("D", Transfer(CURRENCY_ASSET, X, 4 * ENT))
    assert of(chain.events(), AdmissionDebtPaid)[0].amount == 4 * ENT
    chain.block()
    assert of(chain.events(-1) + chain.events(-2), AdmissionFeeReceived)[0].amount == 4 * ENT
    assert (chain.fund, owed(chain)) == (4 * ENT, 6 * ENT)
    chain.do("D", Transfer(CURRENCY_ASSET, X, 9 * ENT))
    chain.block()
    assert (chain.fund, owed(chain), chain.has("newcomer")) == (FEE, 0, 3 * ENT)
    assert chain.book().flows[FundFlow.ADMISSION] == FEE
    assert chain.book().gifts == 0


def test_fu9_a_sponsor_that_cannot_pay_by_then_stops_nobody() -> None:
    chain = agreed(FundChain(terms(fee=FEE)))
    action = AdmitSponsored(X, address("D"), X)
    assert opening_code(chain, action) == ""
    chain.do("D", Transfer(CURRENCY_ASSET, address("A"), FUNDS - 1))
    assert chain.try_("B", CastVote(action, True)).applied
    assert owed(chain) == FEE
    assert chain.has("D") == 1


def test_fu8_nobody_pays_for_somebody_without_having_agreed() -> None:
    chain = FundChain(terms(fee=FEE))
    assert opening_code(chain, AdmitSponsored(X, address("D"), X)) == "not_a_sponsor"
    agreed(chain, FEE - 1)
    assert opening_code(chain, AdmitSponsored(X, address("D"), X)) == "not_a_sponsor"
    agreed(chain)
    assert opening_code(chain, AdmitSponsored(X, address("D"), X)) == ""
    receipt = chain.do("D", SponsorAdmission(X, CURRENCY_ASSET, 0))
    assert of(receipt.events, SponsorshipSet)[0].most == 0
    assert chain.try_("B", CastVote(AdmitSponsored(X, address("D"), X), True)).applied
    assert (owed(chain), chain.has("D")) == (FEE, FUNDS), "it took that back in time"


def test_fu8_what_a_sponsor_may_agree_to() -> None:
    chain = FundChain()
    assert chain.try_("D", SponsorAdmission(address("D"), CURRENCY_ASSET, 1)).code == "bad_admission"
    assert chain.try_("D", SponsorAdmission(X, 9, 1)).code == "unknown_asset"
    assert chain.try_("D", SponsorAdmission(X, CURRENCY_ASSET, 0)).code == "unchanged"
    agreed(chain)
    assert chain.try_("D", SponsorAdmission(X, CURRENCY_ASSET, FEE)).code == "unchanged"
    assert code_of(chain, ExpelMember(address("D"))) == ""
    assert sponsorships_of(chain.reader, address("D"), None, 10).entries == ()


@pytest.mark.parametrize(
    ("sponsor", "referrer", "code"),
    [
        (FUND_ACCOUNT, X, "bad_admission"),
        (X, FUND_ACCOUNT, "bad_admission"),
        (address("stranger"), X, "not_a_member"),
        (X, address("stranger"), "not_a_member"),
    ],
)
def test_fu8_who_cannot_be_named_is_refused_at_the_opening(sponsor: bytes, referrer: bytes, code: str) -> None:
    assert opening_code(FundChain(), AdmitSponsored(X, sponsor, referrer)) == code


def test_fu10_referrer_and_newcomer_are_paid_once_over_leaving_and_coming_back() -> None:
    chain = FundChain(terms(reward=2 * ENT, grant=3 * ENT))
    chain.do("D", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, 50 * ENT))
    receipt = chain.decide(AdmitSponsored(X, X, R))
    assert [(event.recipient, event.flow, event.amount) for event in of(receipt.events, NewcomerPaid)] == [
        (R, FundFlow.REFERRAL, 2 * ENT), (X, FundFlow.GRANT, 3 * ENT),
    ]  # fmt: skip
    assert (chain.has("C"), chain.has("newcomer"), chain.fund) == (FUNDS + 2 * ENT, 3 * ENT, 45 * ENT)
    assert code_of(chain, ExpelMember(X)) == ""
    receipt = chain.decide(AdmitSponsored(X, X, R))
    assert not of(receipt.events, NewcomerPaid)
    assert chain.fund == 45 * ENT
    assert opening_code(chain, AdmitSponsored(X, X, R)) == "already_a_member"


def test_fu10_what_the_fund_has_not_is_not_paid_and_nothing_is_minted() -> None:
    chain = FundChain(terms(reward=2 * ENT, grant=3 * ENT))
    chain.do("D", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, 2 * ENT))
    before = supply(chain.state, CURRENCY_ASSET)
    receipt = chain.decide(AdmitSponsored(X, X, R))
    assert [event.flow for event in of(receipt.events, NewcomerPaid)] == [FundFlow.REFERRAL]
    (unpaid,) = of(receipt.events, NewcomerUnpaid)
    assert (unpaid.recipient, unpaid.flow, unpaid.amount) == (X, FundFlow.GRANT, 3 * ENT)
    assert (chain.fund, supply(chain.state, CURRENCY_ASSET)) == (0, before)


def test_fu11_the_grant_of_who_owes_its_fee_pays_that_first() -> None:
    chain = FundChain(terms(fee=FEE, grant=3 * ENT))
    chain.do("D", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, 5 * ENT))
    chain.decide(AdmitMember(X))
    chain.block()
    assert (owed(chain), chain.has("newcomer"), chain.fund) == (7 * ENT, 0, 5 * ENT)


def test_fu9_the_genesis_members_pay_nothing_and_terms_by_vote_hold_from_the_next_block() -> None:
    chain = FundChain(terms(fee=FEE, grant=ENT))
    assert chain.fund == 0
    assert code_of(chain, SetNewcomerTerms(NewcomerTerms(CURRENCY_ASSET, 0, 0, 0))) == ""
    chain.decide(AdmitMember(X))
    assert owed(chain) == 0


def voters_only() -> FundChain:
    chain = FundChain(voters_issue=True)
    assert code_of(chain, RemoveBanker(address("bank"))) == ""
    return chain


def test_fu12_where_there_is_a_banker_voters_do_not_mint() -> None:
    mint = MintByVote(address("D"), CURRENCY_ASSET, ENT, "statement 1")
    assert opening_code(FundChain(), mint) == "voters_do_not_issue"
    assert opening_code(FundChain(), RemoveBanker(address("bank"))) == "voters_do_not_issue"
    chain = FundChain(voters_issue=True)
    assert opening_code(chain, mint) == "has_banker"
    assert opening_code(chain, RemoveBanker(address("A"))) == "no_banker"
    chain = voters_only()
    assert chain.try_("A", MintCurrency(CURRENCY_ASSET, address("D"), 1)).code == "not_the_banker"
    assert opening_code(chain, mint) == ""
    assert code_of(chain, SetBanker(address("D"))) == ""
    assert chain.try_("B", CastVote(mint, True)).applied
    assert (chain.has("D"), supply(chain.state, CURRENCY_ASSET)) == (FUNDS, 4 * FUNDS), "decided too late"


def test_fu12_voters_mint_and_burn_each_reference_once() -> None:
    chain = voters_only()
    mint = MintByVote(address("D"), CURRENCY_ASSET, ENT, "statement 1")
    assert code_of(chain, mint) == ""
    assert (chain.has("D"), supply(chain.state, CURRENCY_ASSET)) == (FUNDS + ENT, 4 * FUNDS + ENT)
    assert opening_code(chain, mint) == "reference_used"
    assert opening_code(chain, MintByVote(address("D"), ENERGY_ASSET, 1, "2")) == "not_a_currency"
    assert opening_code(chain, MintByVote(address("D"), 7, 1, "2")) == "unknown_asset"
    chain.do("D", LockWithdrawal(CURRENCY_ASSET, 3 * ENT))
    assert opening_code(chain, BurnByVote(address("D"), CURRENCY_ASSET, 4 * ENT, "3")) == "insufficient_lock"
    assert code_of(chain, BurnByVote(address("D"), CURRENCY_ASSET, ENT, "3")) == ""
    assert code_of(chain, ReturnByVote(address("D"), CURRENCY_ASSET, ENT)) == ""
    assert locked(chain.state, address("D"), CURRENCY_ASSET, WITHDRAWAL_LOCK) == ENT
    assert (chain.has("D"), supply(chain.state, CURRENCY_ASSET)) == (FUNDS - ENT, 4 * FUNDS)
    chain.do("D", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, 2 * ENT))
    assert opening_code(chain, BurnByVote(FUND_ACCOUNT, CURRENCY_ASSET, 3 * ENT, "4")) == "fund_too_low"
    assert code_of(chain, BurnByVote(FUND_ACCOUNT, CURRENCY_ASSET, ENT, "4")) == ""
    assert (chain.fund, supply(chain.state, CURRENCY_ASSET)) == (ENT, 4 * FUNDS - ENT)
    assert balance(chain.state, FUND_ACCOUNT, CURRENCY_ASSET).available == ENT
