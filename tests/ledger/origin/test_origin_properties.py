"""Whatever goes into a unit, is drawn, lost or found: its lots are never more than its books, each Wh is told once.

The invariants of all modules are checked after each block (`harness.chain`). Few lots are allowed, so that they become
one often.
"""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.chain import address
from harness.energy import actual, consume, events
from ledger.chain.header import Receipt
from ledger.chain.parameters import DAY_MS
from ledger.energy.events import EnergyDrawn, EnergyStored
from ledger.energy.payloads import CloseSession, RemoveUnit
from ledger.origin import lots
from ledger.origin.events import OriginDrawn
from ledger.origin.payloads import ReserveOrigin
from ledger.origin.queries import drawn_by_source
from ledger.origin.terms import TakingOrder
from tests.support.origin_chain import OriginChain

FEW = 4
NAMES = ("A", "B", "D")
WHO = st.sampled_from(NAMES)
ENERGY_WH = st.integers(1, 3_000)


class Origins(RuleBasedStateMachine):
    """Three producers who draw too, at one unit, in either order."""

    @initialize(order=st.sampled_from(TakingOrder))
    def begin(self, order: TakingOrder) -> None:
        self.limit = patch.object(lots, "MAX_ORIGIN_LOTS", FEW)
        self.limit.start()
        self.chain = OriginChain(order)
        self.drawn: Counter[bytes] = Counter()
        self.told: Counter[bytes] = Counter()
        self.removed = False

    def teardown(self) -> None:
        if hasattr(self, "limit"):
            self.limit.stop()

    def _seen(self, receipt: Receipt) -> None:
        """Each draw from the books is told once, with all its energy."""
        for event in events(receipt, EnergyDrawn):
            self.drawn[event.consumer] += event.energy_wh - event.lost_wh
        for told in events(receipt, OriginDrawn):
            self.told[told.consumer] += sum(part.energy_wh for part in told.parts)

    @rule(who=WHO, energy_wh=ENERGY_WH, days=st.integers(0, 2))
    def put_in(self, who: str, energy_wh: int, days: int) -> None:
        if not self.removed:
            receipt = self.chain.put_in(who, energy_wh, after_ms=3_600_000 + days * DAY_MS)
            assert events(receipt, EnergyStored) or not receipt.applied

    @rule(who=WHO, energy_wh=ENERGY_WH)
    def open(self, who: str, energy_wh: int) -> None:
        self.chain.open(who, energy_wh)

    @rule(who=WHO, energy_wh=ENERGY_WH)
    def draw(self, who: str, energy_wh: int) -> None:
        if not self.removed:
            self._seen(consume(self.chain, "U1", who, energy_wh))

    @rule(who=WHO)
    def reserve(self, who: str) -> None:
        self.chain.try_(who, ReserveOrigin(address("U1")))

    @rule(who=WHO)
    def close(self, who: str) -> None:
        self.chain.try_(who, CloseSession(address("U1")))

    @rule(change_wh=st.integers(-2_000, 500))
    def level(self, change_wh: int) -> None:
        if not self.removed:
            unit = self.chain.unit("U1")
            actual(self.chain, "U1", max(unit.available_wh + unit.locked_wh + change_wh, 0))

    @rule(sure=st.integers(0, 9))
    def remove(self, sure: int) -> None:
        if sure == 0 and not self.removed:
            self.chain.vote(RemoveUnit(address("U1")))
            self.removed = True

    @invariant()
    def sums_are_what_was_told(self) -> None:
        for name in NAMES if hasattr(self, "chain") else ():
            who = address(name)
            summed = sum(each.energy_wh for each in drawn_by_source(self.chain.state, who))
            assert summed == self.told[who] >= self.drawn[who]

    @invariant()
    def the_books_are_lots_and_what_is_unknown(self) -> None:
        if hasattr(self, "chain"):
            unit, found = self.chain.unit("U1"), self.chain.origin()
            held = sum(each.lot.energy_wh for each in found.lots)
            assert held == found.renewable_wh + found.other_wh
            assert held + found.unknown_wh == unit.available_wh + unit.locked_wh
            assert found.unknown_wh >= 0
            assert len(found.lots) <= FEW


TestOrigins = Origins.TestCase
TestOrigins.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
