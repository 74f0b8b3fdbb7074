"""Nothing an agent's key does exceeds its limits, in whatever order, over days, restarts and several agents.

Owners, agents and strangers try everything at any time. What agents did is told by events alone, and summed up here by
day in the plainest way; the invariants of all modules are checked after each block (`harness.chain`), and after a
restart the whole chain is executed again from its bytes.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.chain import ENT, address
from ledger.agents.events import ActedForOwner, AgentPaid, AuthorisationEnded, SweepAsked
from ledger.agents.payloads import SweepForOwner
from ledger.agents.terms import DayLimit, OfferSide, PriceBound, SweepTerms
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.events import Transferred, WithdrawalLocked
from ledger.bank.payloads import LockWithdrawal, Transfer, UnlockCurrency
from ledger.chain.blocks import check_block
from ledger.chain.header import Event, Receipt
from ledger.encoding.codec import Value
from ledger.energy.events import SessionOpened
from ledger.energy.payloads import CloseSession, OpenSession
from ledger.errors import InclusionError
from market.events import OrderPlaced, OrderReplaced, Traded
from market.schema import ORDERS
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import Side
from tests.support.agent_chain import DAY_MS, HOUR_MS, NAMES, AgentChain, order, type_number

OWNER = st.sampled_from(["A", "B"])
AGENT = st.sampled_from(["R", "D"])
NAME = st.sampled_from(NAMES)
NUMBER = st.integers(1, 8)
QUANTITY = st.integers(1, 40).map(lambda tenths: tenths * ENT // 10)
PRICE = st.integers(1, 6).map(lambda tenths: tenths * 100_000_000)
ALL_TYPES = tuple(
    sorted(
        type_number(kind)
        for kind in (PlaceOrder, CancelOrder, ReplaceOrder, Transfer, LockWithdrawal, OpenSession, CloseSession)
    )
)
NAME_OF = {address(name): name for name in ("A", "B", "C", "D", "R", "U1", "U2", "V", "bank")}


@given(payment=st.integers(1, 10**7), commission=st.integers(1, 100_000_000))
@settings(max_examples=20, deadline=None)
def test_a_commission_is_never_more_than_its_part(payment: int, commission: int) -> None:
    chain = AgentChain()
    price = payment * 1000
    bound = (PriceBound(1, OfferSide.SELL, 0),)
    assert chain.authorise(agent="D", commission=commission, prices=bound).applied
    assert chain.sell(price, ENT, agent="D").applied
    before = chain.has("A"), chain.has("D"), chain.has("B")
    chain.do("B", order(Side.BUY, price, ENT))
    part = price * commission // 10**9
    assert (chain.has("A"), chain.has("D"), chain.has("B")) == (
        before[0] + price - part, before[1] + part, before[2] - price,
    )  # fmt: skip


class Agents(RuleBasedStateMachine):
    """Two owners, two agents, and others; a command that is refused leaves no trace."""

    @initialize()
    def begin(self) -> None:
        self.chain = AgentChain()
        self.seen = 0
        self.used: Counter[tuple[str, str, int, int]] = Counter()
        self.swept: set[tuple[str, str, int]] = set()
        self.terms: dict[tuple[str, str], tuple[dict[int, int], int]] = {}
        for owner in ("A", "B"):
            self.authorise(owner, "R", 5, 3, 0, 1000)
            self.authorise(owner, "D", 5, 3, 3, 1000)

    @rule(
        owner=OWNER, agent=AGENT, energy=st.integers(0, 5), money=st.integers(0, 3),
        percent=st.sampled_from([0, 0, 0, 3, 10, 11]), hours=st.sampled_from([1, 30, 1000]),
    )  # fmt: skip
    def authorise(self, owner: str, agent: str, energy: int, money: int, percent: int, hours: int) -> None:
        limits = {ENERGY_ASSET: energy * ENT, CURRENCY_ASSET: money * ENT}
        commission = percent * 10_000_000
        receipt = self.chain.authorise(
            owner, agent, types=ALL_TYPES, commission=commission,
            day_limits=tuple(DayLimit(asset, most) for asset, most in limits.items() if most),
            sweeps=(SweepTerms(CURRENCY_ASSET, 90 * ENT, "ref"),), expires_ms=self.chain.time_ms + hours * HOUR_MS,
        )  # fmt: skip
        if receipt.applied:
            self.terms[owner, agent] = limits, commission

    @rule(owner=OWNER, agent=AGENT)
    def revoke(self, owner: str, agent: str) -> None:
        if self.chain.revoke(owner, agent).applied:
            today = self.chain.time_ms // DAY_MS
            for asset in (ENERGY_ASSET, CURRENCY_ASSET):
                del self.used[owner, agent, asset, today]

    @rule(owner=OWNER, agent=AGENT, side=st.sampled_from(list(Side)), price=PRICE, quantity=QUANTITY)
    def place(self, owner: str, agent: str, side: Side, price: int, quantity: int) -> None:
        self._try(agent, self.chain.wrapped(order(side, price, quantity), owner))

    @rule(owner=OWNER, agent=AGENT, number=NUMBER, price=PRICE, quantity=QUANTITY)
    def replace(self, owner: str, agent: str, number: int, price: int, quantity: int) -> None:
        """Of the owner's open orders any, also one that it placed itself."""
        mine = [each.number for each in self.chain.entries(ORDERS).values() if each.owner == address(owner)]
        if mine:
            number = mine[number % len(mine)]
            self._try(agent, self.chain.wrapped(ReplaceOrder(1, number, price, quantity, 0), owner))

    @rule(owner=OWNER, agent=AGENT, number=NUMBER)
    def cancel(self, owner: str, agent: str, number: int) -> None:
        self._try(agent, self.chain.wrapped(CancelOrder(1, number), owner))

    @rule(owner=OWNER, agent=AGENT, to=st.sampled_from(["C", "D"]), asset=st.integers(1, 2), amount=QUANTITY)
    def transfer(self, owner: str, agent: str, to: str, asset: int, amount: int) -> None:
        self._try(agent, self.chain.wrapped(Transfer(asset, address(to), amount), owner))

    @rule(owner=OWNER, agent=AGENT, amount=QUANTITY)
    def withdraw(self, owner: str, agent: str, amount: int) -> None:
        self._try(agent, self.chain.wrapped(LockWithdrawal(CURRENCY_ASSET, amount), owner))

    @rule(owner=OWNER, agent=AGENT, amount=QUANTITY, more=st.integers(0, 2))
    def session(self, owner: str, agent: str, amount: int, more: int) -> None:
        self._try(agent, self.chain.wrapped(OpenSession(address("U1"), amount, more * ENT), owner))
        self._try(agent, self.chain.wrapped(CloseSession(address("U1")), owner))

    @rule(owner=OWNER, agent=AGENT)
    def sweep(self, owner: str, agent: str) -> None:
        for _ in range(2):
            self._try(agent, SweepForOwner(address(owner), CURRENCY_ASSET))
            self._try("bank", UnlockCurrency(CURRENCY_ASSET, address(owner), ENT))

    @rule(name=st.sampled_from(["A", "B", "C"]), side=st.sampled_from(list(Side)), price=PRICE, quantity=QUANTITY)
    def own_order(self, name: str, side: Side, price: int, quantity: int) -> None:
        self._try(name, order(side, price, quantity))

    @rule(owner=OWNER, both=st.permutations(["R", "D"]), price=PRICE, quantity=QUANTITY)
    def both_at_once(self, owner: str, both: list[str], price: int, quantity: int) -> None:
        """Two agents of one owner in one block, in either order."""
        if all(self.chain.authorisation(owner, agent) is not None for agent in both):
            self.chain.block([self.chain.acting(order(Side.SELL, price, quantity), owner, agent) for agent in both],
                             after_ms=1)  # fmt: skip

    @rule(hours=st.sampled_from([1, 7, 24, 40]))
    def wait(self, hours: int) -> None:
        self.chain.block(after_ms=hours * HOUR_MS)

    @rule()
    def restart(self) -> None:
        """A node that begins again executes the same blocks to the same roots."""
        again = AgentChain.__new__(AgentChain)
        again.genesis, again.modules, again.newest = self.chain.genesis, self.chain.modules, self.chain.newest
        super(AgentChain, again).__post_init__()
        for block in self.chain.blocks[1:]:
            raws = [transaction.raw for transaction in block.transactions]
            made = check_block(again.chain, again.parent, block.header, raws, frozenset())
            assert made.header == block.header
            again._apply(made)
        again.time_ms = self.chain.time_ms
        self.chain = again

    def _try(self, name: str, payload: Value) -> None:
        try:
            self.chain.try_(name, payload, after_ms=60_000)
        except InclusionError:
            self.chain._nonces.clear()

    def _fold(self, receipt: Receipt, day: int) -> None:
        acted = next((event for event in receipt.events if isinstance(event, ActedForOwner)), None)
        pair = None if acted is None else (NAME_OF[acted.owner], NAME_OF[acted.agent])
        swept = any(isinstance(event, SweepAsked) for event in receipt.events)
        proceeds = sum(event.payment for event in receipt.events if isinstance(event, Traded))
        for event in receipt.events:
            if isinstance(event, AgentPaid):
                _limits, commission = self.terms[NAME_OF[event.owner], NAME_OF[event.agent]]
                assert event.amount <= proceeds * commission // 10**9
            if isinstance(event, SweepAsked):
                key = (NAME_OF[event.owner], NAME_OF[event.agent], day)
                assert key not in self.swept
                self.swept.add(key)
            if isinstance(event, AuthorisationEnded):
                for asset in (ENERGY_ASSET, CURRENCY_ASSET):
                    self.used.pop((NAME_OF[event.owner], NAME_OF[event.agent], asset, day), None)
                for gone in [key for key in self.swept if key[:2] == (NAME_OF[event.owner], NAME_OF[event.agent])]:
                    self.swept.discard(gone)
            if pair is not None and not swept:
                for asset, amount in _spent(event, pair[0]):
                    self.used[*pair, asset, day] += amount
                    assert self.used[*pair, asset, day] <= self.terms[pair][0][asset], "more than the owner let it"

    @invariant()
    def limits_hold(self) -> None:
        if not hasattr(self, "chain"):
            return
        for block in self.chain.blocks[self.seen :]:
            for receipt in block.executed.receipts:
                self._fold(receipt, block.header.time_ms // DAY_MS)
        self.seen = len(self.chain.blocks)


def _spent(event: Event, owner: str) -> list[tuple[int, int]]:
    """What an event takes of an owner, or lets be taken: an order its whole worth, a session its lock."""
    mine = address(owner)
    match event:
        case OrderPlaced() if event.owner == mine:
            return [(event.asset, event.locked)]
        case OrderReplaced() if event.owner == mine:
            return [(event.asset, event.locked)]
        case Transferred() if event.sender == mine:
            return [(event.asset, event.amount)]
        case WithdrawalLocked() if event.holder == mine:
            return [(event.asset, event.amount)]
        case SessionOpened() if event.consumer == mine:
            return [(ENERGY_ASSET, event.locked + event.reservation)]
    return []


TestAgents = Agents.TestCase
TestAgents.settings = settings(max_examples=12, stateful_step_count=30, deadline=None)
