"""Whatever is given, traded, decided and admitted, in whatever order: nothing is lost, and the books are the events'.

The invariants of all modules are checked after each block (`tests.support.fund_chain`); here all money, that a fold of
the postings gives every balance, that the fund's sums are those of its events, and that no reference pays twice.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.chain import ENT, address
from harness.energy import produce
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import supply
from ledger.bank.payloads import Transfer
from ledger.chain.postings import TokenMeasure
from ledger.encoding.codec import Value
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.events import (
    AdmissionFeePaid,
    AdmissionFeeReceived,
    FeesDivided,
    FundSpent,
    NewcomerPaid,
)
from ledger.fund.payloads import (
    AdmitSponsored,
    SetFeeSplit,
    SetFundBudget,
    SetMarketCommission,
    SetNewcomerTerms,
    SponsorAdmission,
)
from ledger.fund.terms import MILLION, BudgetPeriod, FeeSplit, FundFlow, NewcomerTerms
from ledger.governance.payloads import AdmitMember, CastVote, ExpelMember
from market.events import CommissionPaid
from market.transactions import PlaceOrder
from market.types import FIRST_PRODUCT, OrderKind, Side
from tests.support.fund_chain import NAMES, FundChain, terms

NAME = st.sampled_from(NAMES)
NEW = st.sampled_from(("X1", "X2", "X3"))
AMOUNT = st.one_of(st.integers(1, 40), st.integers(1, 20 * ENT))
DAY_MS = 86_400_000


def fee_split(proposer: int, committee: int) -> FeeSplit:
    """Parts that come to the whole."""
    committee = min(committee, MILLION - proposer)
    return FeeSplit(proposer, committee, MILLION - proposer - committee)


SPLIT = st.builds(fee_split, st.integers(0, MILLION), st.integers(0, MILLION))


@given(
    split=SPLIT, fees=st.lists(st.integers(1, 10_000), min_size=1, max_size=3), deaf=st.sets(st.sampled_from("VWXY"))
)
@settings(max_examples=25, deadline=None)
def test_every_unit_of_every_fee_goes_to_somebody_and_parts_are_right_to_a_unit(
    split: FeeSplit, fees: list[int], deaf: set[str]
) -> None:
    chain = FundChain(terms(split))
    if len(deaf) < 2:
        chain.deaf = deaf
    chain.block()
    before = {name: chain.has(name) for name in "VWXY"}
    chain.block([chain.tx("D", Transfer(CURRENCY_ASSET, address("A"), 1), fee=fee) for fee in fees])
    got = {name: chain.has(name) - before[name] for name in "VWXY"}
    whole = sum(fees)
    assert sum(got.values()) + chain.fund == whole
    silent = len(chain.deaf)
    for name in "VWXY":
        exact = whole * split.committee / MILLION / 4 * (name not in chain.deaf)
        exact += whole * split.proposer / MILLION * (name == chain.proposer)
        assert abs(got[name] - exact) < 3, (name, got, exact)
    assert abs(chain.fund - whole * (split.fund + split.committee * silent / 4) / MILLION) < 3 + silent


class FundMachine(RuleBasedStateMachine):
    """Three voters, members who trade, newcomers who come and go."""

    @initialize(split=SPLIT)
    def begin(self, split: FeeSplit) -> None:
        self.chain = FundChain(terms(split))
        assert produce(self.chain, "U1", "C", 100_000).applied
        self.seen = 0
        self.sums: Counter[FundFlow] = Counter()
        self.folded: Counter[bytes] = Counter()
        self.references: Counter[str] = Counter()
        self.whole = supply(self.chain.state, CURRENCY_ASSET)

    @rule(name=NAME, amount=AMOUNT, fee=st.integers(0, 5_000))
    def give(self, name: str, amount: int, fee: int) -> None:
        if self.chain.has(name) >= fee:
            self.chain.try_(name, Transfer(CURRENCY_ASSET, FUND_ACCOUNT, amount), fee=fee)

    @rule(name=NAME, to=NEW, amount=AMOUNT)
    def pay_newcomer(self, name: str, to: str, amount: int) -> None:
        self.chain.try_(name, Transfer(CURRENCY_ASSET, address(to), amount))

    @rule(seller=NAME, buyer=NAME, price=st.integers(1, 900_000), lots=st.integers(100, 3_000))
    def trade(self, seller: str, buyer: str, price: int, lots: int) -> None:
        for name, side in ((seller, Side.SELL), (buyer, Side.BUY)):
            order = PlaceOrder(FIRST_PRODUCT, side, OrderKind.LIMIT, price * 1_000, lots * 10**6, 0)
            self.chain.try_(name, order)

    @rule(split=SPLIT)
    def divide_otherwise(self, split: FeeSplit) -> None:
        self.decide(SetFeeSplit(split))

    @rule(parts=st.integers(0, 100_000))
    def commission(self, parts: int) -> None:
        self.decide(SetMarketCommission(parts))

    @rule(fee=st.integers(0, 2 * ENT), reward=st.integers(0, ENT), grant=st.integers(0, ENT))
    def newcomers(self, fee: int, reward: int, grant: int) -> None:
        self.decide(SetNewcomerTerms(NewcomerTerms(CURRENCY_ASSET, fee, reward, grant)))

    @rule(amount=AMOUNT, purpose=st.sampled_from(("repairs", "prizes")), number=st.integers(1, 6), to=NAME)
    def spend(self, amount: int, purpose: str, number: int, to: str) -> None:
        self.decide(self.chain.spend(amount, f"invoice {number}", to, purpose=purpose))

    @rule(amount=AMOUNT, purpose=st.sampled_from(("repairs", "prizes")), period=st.sampled_from(BudgetPeriod))
    def budget(self, amount: int, purpose: str, period: BudgetPeriod) -> None:
        self.decide(SetFundBudget(purpose, CURRENCY_ASSET, amount, period))

    @rule(name=NEW, sponsor=NAME, agreed=st.booleans(), most=st.integers(0, 2 * ENT))
    def admit(self, name: str, sponsor: str, agreed: bool, most: int) -> None:
        self.chain.try_(sponsor, SponsorAdmission(address(name), CURRENCY_ASSET, most))
        named = address(sponsor if agreed else name)
        self.decide(AdmitSponsored(address(name), named, address(sponsor)))

    @rule(name=NEW, out=st.booleans())
    def come_or_go(self, name: str, out: bool) -> None:
        self.decide(ExpelMember(address(name)) if out else AdmitMember(address(name)))

    @rule(days=st.sampled_from([0, 1, 31, 100]), deaf=st.sampled_from(("", "V", "W")))
    def wait(self, days: int, deaf: str) -> None:
        self.chain.deaf = set(deaf)
        self.chain.block(after_ms=1000 + days * DAY_MS)

    def decide(self, action: Value) -> None:
        for name in "AB":
            self.chain.try_(name, CastVote(action, True))

    @invariant()
    def the_books_are_those_of_the_events(self) -> None:
        if not hasattr(self, "chain"):
            return
        chain = self.chain
        for block in chain.blocks[self.seen :]:
            for event in (event for receipt in block.executed.receipts for event in receipt.events):
                for line in chain.registry.postings_of(event, CURRENCY_ASSET):
                    if line.measure == TokenMeasure(CURRENCY_ASSET):
                        self.folded[line.holder + line.bucket.encode()] += line.amount
                match event:
                    case FeesDivided():
                        self.sums[FundFlow.FEES] += event.to_fund
                    case CommissionPaid():
                        self.sums[FundFlow.COMMISSION] += event.amount
                    case AdmissionFeePaid() | AdmissionFeeReceived():
                        self.sums[FundFlow.ADMISSION] += event.amount
                    case FundSpent():
                        self.sums[FundFlow.SPENT] += event.amount
                        self.references[event.reference] += 1
                    case NewcomerPaid():
                        self.sums[FundFlow(event.flow)] += event.amount
                    case _:
                        pass
        self.seen = len(chain.blocks)
        held: Counter[bytes] = Counter()
        for line in chain.registry.holdings(chain.reader):
            if line.measure == TokenMeasure(CURRENCY_ASSET):
                held[line.holder + line.bucket.encode()] += line.amount
        assert +held == +self.folded
        assert sum(held.values()) == self.whole == supply(chain.state, CURRENCY_ASSET)
        book = chain.book()
        assert {flow: book.flows[flow] for flow in FundFlow} == {flow: self.sums[flow] for flow in FundFlow}
        assert book.gifts >= 0
        assert not [reference for reference, times in self.references.items() if times > 1]


TestFund = FundMachine.TestCase
TestFund.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
