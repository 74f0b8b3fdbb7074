"""Whatever is done with deals and swaps, in whatever order: nothing is lost, and each ends once.

Parties and third ones try everything at any time; the invariants of all modules are checked after each block
(`harness.chain`), here all money, and that what went out of each deal is what went in.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.header import Event
from ledger.deals.events import DealEnded, DealOpened, SwapEnded, SwapOffered, SwapPaid, SwapPriced, SwapTaken
from ledger.deals.payloads import CancelDeal, CancelSwap, DisputeDeal, ReleaseDeal, RuleDeal, TakeSwap
from ledger.deals.queries import lot_of
from tests.support.deal_chain import FRANC_ASSET, FUNDS, HOUR_MS, NAMES, PROOF, DealChain

NAME = st.sampled_from(NAMES)
NUMBER = st.integers(1, 6)
AMOUNT = st.one_of(st.integers(1, 40), st.integers(1, 200 * ENT))


@given(amount=st.integers(1, 60), price=st.integers(1, 60), parts=st.lists(st.integers(1, 60), max_size=6))
@settings(max_examples=40, deadline=None)
def test_every_part_has_the_exact_price_and_the_last_one_too(amount: int, price: int, parts: list[int]) -> None:
    chain = DealChain()
    assert chain.offer(amount=amount, price=price).applied
    swap = chain.swap()
    assert swap is not None
    lot, left = lot_of(swap), amount
    for part in parts:
        receipt = chain.try_("C", TakeSwap(1, CURRENCY_ASSET, part))
        fits = part <= left and part % lot == 0
        assert receipt.applied == fits, (part, lot, left)
        left -= part if fits else 0
    if left:
        assert chain.try_("C", TakeSwap(1, CURRENCY_ASSET, left)).applied, "what is left always has a price"
    assert chain.has("C", FRANC_ASSET) == FUNDS - price
    assert chain.has("C") == FUNDS + amount


class Deals(RuleBasedStateMachine):
    """Deals and swaps of four accounts; a command that is refused leaves no trace."""

    @initialize()
    def begin(self) -> None:
        self.chain = DealChain()
        self.seen = 0
        self.held: Counter[tuple[str, int]] = Counter()
        self.prices: dict[int, Fraction] = {}
        self.taken: Counter[int] = Counter()

    @rule(buyer=NAME, seller=NAME, arbiter=NAME, amount=AMOUNT, fee=st.integers(0, 3), hours=st.integers(0, 400))
    def open_deal(self, buyer: str, seller: str, arbiter: str, amount: int, fee: int, hours: int) -> None:
        self.chain.open(
            buyer, amount, fee, seller=address(seller), arbiter=address(arbiter),
            deadline_ms=self.chain.time_ms + hours * HOUR_MS,
        )  # fmt: skip

    @rule(name=NAME, number=NUMBER)
    def release(self, name: str, number: int) -> None:
        self.chain.try_(name, ReleaseDeal(number))

    @rule(name=NAME, number=NUMBER)
    def cancel(self, name: str, number: int) -> None:
        self.chain.try_(name, CancelDeal(number))

    @rule(name=NAME, number=NUMBER)
    def dispute(self, name: str, number: int) -> None:
        self.chain.try_(name, DisputeDeal(number, PROOF))

    @rule(name=NAME, number=NUMBER, amount=AMOUNT)
    def rule_deal(self, name: str, number: int, amount: int) -> None:
        self.chain.try_(name, RuleDeal(number, CURRENCY_ASSET, amount))

    @rule(owner=NAME, taker=NAME, amount=AMOUNT, price=AMOUNT)
    def offer(self, owner: str, taker: str, amount: int, price: int) -> None:
        self.chain.offer(owner, amount, price, taker=address(taker))

    @rule(name=NAME, number=NUMBER, amount=AMOUNT)
    def take(self, name: str, number: int, amount: int) -> None:
        self.chain.try_(name, TakeSwap(number, CURRENCY_ASSET, amount))

    @rule(name=NAME, number=NUMBER, lots=st.integers(1, 3))
    def take_lots(self, name: str, number: int, lots: int) -> None:
        swap = self.chain.swap(number)
        if swap is not None:
            self.chain.try_(name, TakeSwap(number, CURRENCY_ASSET, lots * lot_of(swap)))

    @rule(name=NAME, number=NUMBER)
    def cancel_swap(self, name: str, number: int) -> None:
        self.chain.try_(name, CancelSwap(number))

    @rule(hours=st.sampled_from([0, 1, 30, 14 * 24, 400]))
    def wait(self, hours: int) -> None:
        self.chain.block(after_ms=1000 + hours * HOUR_MS)

    def _fold(self, event: Event) -> None:
        match event:
            case DealOpened():
                self.held["deal", event.deal] += event.amount
            case DealEnded():
                assert self.held["deal", event.deal] == event.to_seller + event.to_buyer + event.to_arbiter
                del self.held["deal", event.deal]
            case SwapOffered():
                self.held["swap", event.swap] += event.amount
                self.prices[event.swap] = Fraction(1, event.amount)
            case SwapPriced():
                self.prices[event.swap] *= event.amount
            case SwapTaken():
                self.held["swap", event.swap] -= event.amount
                assert self.held["swap", event.swap] == event.left
                self.taken[event.swap] = event.amount
            case SwapPaid():
                assert event.amount == self.prices[event.swap] * self.taken[event.swap]
            case SwapEnded():
                assert self.held.pop(("swap", event.swap)) == event.amount

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "chain"):
            return
        chain = self.chain
        for block in chain.blocks[self.seen :]:
            for receipt in block.executed.receipts:
                for event in receipt.events:
                    self._fold(event)
        self.seen = len(chain.blocks)
        for asset in (CURRENCY_ASSET, FRANC_ASSET):
            assert sum(chain.has(name, asset) + chain.held(name, asset) for name in NAMES) == len(NAMES) * FUNDS
        assert sum(chain.held(name) for name in NAMES) == sum(self.held.values())

    def teardown(self) -> None:
        if hasattr(self, "chain"):
            for _ in range(4):
                self.chain.block(after_ms=401 * 24 * HOUR_MS)
            self.nothing_is_lost()
            assert not self.held, "every deal and swap comes to its end"


TestDeals = Deals.TestCase
TestDeals.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
