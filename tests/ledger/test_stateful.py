"""The whole ledger under any sequence of any commands by any accounts: it never contradicts itself.

The machine draws commands of every family (`tests.support.commands`) into blocks; `tests.support.world` checks after
each block. A long chain made from a seed is exported and replayed in other processes with other hash seeds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.chain.postings import nothing
from ledger.energy.genesis import SurplusRule
from ledger.errors import InvalidBlock
from ledger.limits import MAX_ENDINGS_PER_TRANSACTION
from market.cda.types import ExecutionPrice
from nodechain.modules import MODULES
from tests.support.commands import COMMANDS, DELAYS_MS, Seeded, offer
from tests.support.replay import export, replay
from tests.support.world import World, wide_genesis

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
FAMILIES = tuple(COMMANDS)


class Drawn:
    """Chance drawn by hypothesis."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def one(self, options: Sequence[T]) -> T:
        """See `Pick`."""
        return self._data.draw(st.sampled_from(options))


class Ledger(RuleBasedStateMachine):
    """A chain, the transactions that wait for its next block, and all that people do to it."""

    @initialize(
        surplus=st.sampled_from(SurplusRule),
        fee=st.sampled_from([(CURRENCY_ASSET, 0), (CURRENCY_ASSET, 5), (ENERGY_ASSET, 0)]),
        weight=st.sampled_from([1_000_000, 20_000]),
        price=st.sampled_from(ExecutionPrice),
        endings=st.sampled_from([MAX_ENDINGS_PER_TRANSACTION, 0, 1]),
    )
    def begin(
        self, surplus: SurplusRule, fee: tuple[int, int], weight: int, price: ExecutionPrice, endings: int
    ) -> None:
        """`endings`: at most so many in a transaction, so that sweeps are seen with a handful of sessions."""
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("ledger.chain.context.MAX_ENDINGS_PER_TRANSACTION", endings)
        asset, least = fee
        genesis = wide_genesis(
            surplus=int(surplus),
            fee_asset=int(asset),
            minimum_fee=least,
            block_weight=weight,
            tree_bits=4,
            parameters=(("execution_price", int(price)), ("reservation_rate", 10_000_000 * int(price))),
        )
        self.world = World(genesis, MODULES)

    @rule(data=st.data())
    def tokens(self, data: st.DataObject) -> None:
        offer(self.world, Drawn(data), "tokens")

    @rule(data=st.data())
    def energy(self, data: st.DataObject) -> None:
        offer(self.world, Drawn(data), "energy")

    @rule(data=st.data())
    def more_energy(self, data: st.DataObject) -> None:
        offer(self.world, Drawn(data), "energy")

    @rule(data=st.data())
    def sessions(self, data: st.DataObject) -> None:
        offer(self.world, Drawn(data), "sessions")

    @rule(data=st.data())
    def meters(self, data: st.DataObject) -> None:
        offer(self.world, Drawn(data), "meters")

    @rule(data=st.data())
    def orders(self, data: st.DataObject) -> None:
        offer(self.world, Drawn(data), "orders")

    @rule(data=st.data())
    def votes(self, data: st.DataObject) -> None:
        offer(self.world, Drawn(data), "votes")

    @rule(data=st.data())
    def forbidden(self, data: st.DataObject) -> None:
        offer(self.world, Drawn(data), "forbidden")

    @rule(after_ms=st.sampled_from(DELAYS_MS), proposer=st.integers(0, 3))
    def block(self, after_ms: int, proposer: int) -> None:
        self.world.close(after_ms, proposer)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.world.close(1)
            finally:
                self.patch.undo()


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=200, stateful_step_count=60)

CHAINS: tuple[tuple[int, dict[str, object]], ...] = (
    (11, {}),
    (15, {"parameters": (("reservation_rate", 10_000_000),)}),
    (53, {}),
    (58, {}),
    (12, {"surplus": int(SurplusRule.CHARGE), "minimum_fee": 5, "parameters": (("execution_price", 2),)}),
    (13, {"fee_asset": ENERGY_ASSET, "block_weight": 20_000, "tree_bits": 4}),
)
"""Seeds, and what their genesis has otherwise: together they apply every type of transaction."""


def long_chain(seed: int, blocks: int, **changes: object) -> World:
    """A chain of some commands a block, the same for the same seed."""
    world, pick = World(wide_genesis(**changes), MODULES), Seeded(seed)
    for _ in range(blocks):
        for _ in range(pick.one((4, 8, 1))):
            offer(world, pick, pick.one(FAMILIES))
        world.close(pick.one(DELAYS_MS), pick.one((0, 1)))
    return world


@pytest.fixture(scope="module")
def chains() -> list[World]:
    return [long_chain(seed, 200, **changes) for seed, changes in CHAINS]


def test_the_long_chains_do_everything(chains: list[World]) -> None:
    """Otherwise what is compared below would say little."""
    applied = {
        transaction.envelope.type
        for world in chains
        for block in world.blocks
        for transaction, receipt in zip(block.transactions, block.executed.receipts[1:], strict=True)
        if receipt.applied
    }
    sections = tuple(sorted(name for name, _content in chains[0].genesis.sections))
    on = chains[0].registry.in_force(1, sections)
    assert applied == set(on.handlers)
    assert sum(len(block.transactions) for world in chains for block in world.blocks) > 2_500
    seen = {kind for world in chains for kind in world.kinds}
    # More sessions at a unit than a transaction ends are seen above, where fewer are enough; no rule is meant to refuse
    # the block's own work; readings that come after levels are played in `test_faults_energy_for_nothing`;
    # plans of upgrades name a height and find no majority by chance: `test_rules_upgrades` plays them; where somebody
    # is drawn for each block nobody misses a turn thrice: `test_rules_proposers`; without a fund the market takes no
    # commission: `fund/test_fund_properties`; only voters who admit by a request bind a meter before it is read:
    # `joining/test_joining_properties`; nobody proposes priority here: `test_rules_priority`.
    elsewhere = {
        "EnergyUncovered", "OwnWorkRefused", "SuspensionLifted",
        "UpgradePlanned", "UpgradeActivated", "UpgradeLapsed", "UpgradeCancelled", "ProposerMuted", "ProposerRestored",
        "CommissionPaid", "MeterOpened", "PriorityChanged",
    }  # fmt: skip
    events = {kind.__name__ for module in MODULES if module.name in on.modules for kind in module.events}
    assert len(events - seen - elsewhere) <= 3


def test_a_class_of_events_that_moves_something_is_missed(chains: list[World]) -> None:
    """Each block above was compared with the fold of all postings; without those of one class it would not agree."""
    moved: dict[str, Counter[object]] = {}
    for world in chains:
        for block in world.blocks:
            for receipt in block.executed.receipts:
                for event in receipt.events:
                    sums = moved.setdefault(type(event).__name__, Counter())
                    for line in world.registry.postings_of(event, world.statement.fee_asset):
                        sums[id(world), line.holder, line.measure, line.bucket] += line.amount
    unmoved = {name for name, sums in moved.items() if not any(sums.values())}
    still = {event.__name__ for module in MODULES for event, post in module.postings.items() if post is nothing}
    assert still & set(moved) <= unmoved
    # A unit that is reinstated moves energy only where voters accept some of its gain.
    assert unmoved - still <= {"UnitReinstated"}


def test_replay_in_other_processes_with_other_hash_seeds(chains: list[World], tmp_path: Path) -> None:
    """Genesis, headers and raw transactions give every root again, whatever order Python's sets have."""
    files, expected = [], []
    for number, world in enumerate(chains):
        files.append(tmp_path / str(number))
        files[-1].write_bytes(export(world.genesis, world.blocks))
        expected.append([[block.header.state_root.hex(), block.header.receipts_root.hex()] for block in world.blocks])
    for hash_seed in ("1", "4294967295"):
        outcome = subprocess.run(
            [sys.executable, "-m", "tests.support.replay", *map(str, files)],
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert outcome.returncode == 0, outcome.stderr
        assert json.loads(outcome.stdout) == expected


def test_a_changed_export_does_not_replay(chains: list[World]) -> None:
    """The replay compares: a block left out, or another genesis, is noticed."""
    world = chains[0]
    blocks = [*world.blocks[:20], *world.blocks[21:40]]
    with pytest.raises(InvalidBlock):
        replay(export(world.genesis, blocks))
    genesis = msgspec.structs.replace(world.genesis, time_ms=world.genesis.time_ms + 1)
    with pytest.raises(InvalidBlock):
        replay(export(genesis, world.blocks[:3]))
