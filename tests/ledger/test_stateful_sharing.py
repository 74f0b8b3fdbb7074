"""The whole ledger with slots, sharing and billing switched on, under any sequence of their commands.

Points are registered and closed, own meters bound and read, operators' files imported and corrected, schemes opened and
changed, bills numbered, corrected and paid, money moved beside; `tests.support.world` checks after each block.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from ledger.billing.payloads import BillingTypeNumber
from ledger.sharing.payloads import SharingTypeNumber
from ledger.sharing.rows_payloads import RowsTypeNumber
from ledger.slots.payloads import SlotsTypeNumber
from nodechain.modules import MODULES
from tests.ledger.test_stateful import Drawn
from tests.support.commands import Seeded, offer
from tests.support.sharing_commands import DELAYS_MS, SHARING_COMMANDS, offer_sharing, sharing_genesis
from tests.support.world import World

FAMILIES = (*SHARING_COMMANDS, "files", "meters of points", "tokens")


class Sharing(RuleBasedStateMachine):
    """A chain of a community that shares, and all that its people do to it."""

    @initialize(weight=st.sampled_from([1_000_000, 20_000]))
    def begin(self, weight: int) -> None:
        self.world = World(sharing_genesis(block_weight=weight, tree_bits=4), MODULES)

    @rule(data=st.data(), family=st.sampled_from(FAMILIES))
    def command(self, data: st.DataObject, family: str) -> None:
        (offer if family == "tokens" else offer_sharing)(self.world, Drawn(data), family)

    @rule(after_ms=st.sampled_from(DELAYS_MS))
    def block(self, after_ms: int) -> None:
        self.world.close(after_ms)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close(1)


TestSharing = Sharing.TestCase
TestSharing.settings = settings(max_examples=25, stateful_step_count=50)


TYPES = {*SlotsTypeNumber, *SharingTypeNumber, *RowsTypeNumber, *BillingTypeNumber}
EVENTS = {
    "PointRegistered", "PointChanged", "PointClosed", "SlotsChanged", "FilePartImported", "ReadingsAccepted",
    "SourcesDiffer", "SchemeChanged", "SlotSettled", "ShareBooked", "BillsFinalised", "BillCorrected", "BillPaid",
    "PaymentRecorded", "SlotRowsImported",
}  # fmt: skip
"""What is owed and paid later is played in `test_rules_debts`."""


def long_chain(seed: int) -> World:
    """A hundred blocks, the same for the same seed."""
    world, pick = World(sharing_genesis(tree_bits=4), MODULES), Seeded(seed)
    for _ in range(100):
        for _ in range(pick.one((3, 1, 6))):
            family = pick.one(FAMILIES)
            (offer if family == "tokens" else offer_sharing)(world, pick, family)
        world.close(pick.one(DELAYS_MS))
    return world


def test_a_few_long_chains_do_everything() -> None:
    """Otherwise the machine above would say little: the same commands apply each type of transaction."""
    applied: set[int] = set()
    seen: set[str] = set()
    for seed in range(16, 22):
        world = long_chain(seed)
        seen |= set(world.kinds)
        applied |= {
            transaction.envelope.type
            for block in world.blocks
            for transaction, receipt in zip(block.transactions, block.executed.receipts[1:], strict=True)
            if receipt.applied
        }
        if applied >= TYPES and seen >= EVENTS:
            return
    assert (TYPES - applied, EVENTS - seen) == (set(), set())
