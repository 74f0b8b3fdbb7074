"""Orders per second on the ledger: `python bench/market_ledger.py [--orders 20000] [--runs 5] [--profile]`.

One process, in memory, one block: every order is a transaction that was decoded and whose signature was verified
before; it is executed whole: inclusion rules, nonce, escrow, matching, check, settlement, events. `resting`: what
rests in the committed state before. Half of the orders rest, half cross and eat what rests, so the book keeps its
size; prices over 200 ticks a side (`levels`: 10^6). `+ changes`: with the block's changes encoded. Medians of runs;
CPU time per order holds when the machine is busy.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import os
import platform
import pstats
import random
import statistics
import time
from dataclasses import dataclass

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET, THESIS_ASSETS
from ledger.bank.balances import mint
from ledger.bank.genesis import BANK_SECTION, BankSection
from ledger.chain.envelope import Signature, Transaction, assemble, unsigned
from ledger.chain.execution import Execution
from ledger.chain.genesis import ConsensusMode, Genesis, GenesisValidator
from ledger.chain.header import Receipt
from ledger.chain.origin import first_state
from ledger.chain.section import sections_of
from ledger.energy.genesis import ENERGY_SECTION, EnergySection, RateRule, SurplusRule
from ledger.governance.genesis import GOVERNANCE_SECTION, Access, GovernanceSection
from ledger.governance.schema import MEMBERS, Member, MemberStatus
from ledger.keys.address import address_of
from ledger.state.overlay import MemoryReader, State
from market.events import Traded
from market.genesis import MARKET_SECTION, GenesisProduct, MarketSection
from market.schema import ORDERS
from market.transactions import MarketTypeNumber, PlaceOrder
from market.types import BUY, SELL, OrderKind
from nodechain.modules import REGISTRY

TICK = 1_000
SMALLEST_ORDER = 100_000_000
MIDDLE = 2_000_000_000
NOW_MS = 1_700_000_000_000
NO_SIGNATURE = (Signature(0, bytes(64)),)
"""What is in the set of verified transactions is not verified again, so nothing needs to be signed here."""


class Verified:
    """As if every signature had been verified when the transaction came in."""

    def __contains__(self, full_hash: object) -> bool:
        return True


def key_of(number: int) -> bytes:
    return b"\x01" + hashlib.sha256(b"trader %d" % number).digest()


def make_genesis(members: tuple[bytes, ...]) -> Genesis:
    return Genesis(
        version=1, name="bench", time_ms=NOW_MS, mode=ConsensusMode.PBFT, min_interval_ms=0, heartbeat_ms=1000,
        drift_ms=2000, max_validators=4, simulated_clock=False, block_weight=10**9, tree_bits=8,
        validators=(GenesisValidator(bytes(32), members[0], "v"),), parameters=(),
        sections=sections_of(
            GOVERNANCE_SECTION.holding(GovernanceSection(Access.MEMBERS, (members[0],), members)),
            BANK_SECTION.holding(BankSection(THESIS_ASSETS, CURRENCY_ASSET, 0, members[0], ())),
            ENERGY_SECTION.holding(EnergySection(SurplusRule.SHARE, RateRule.MONOTONE, 20_000_000, ())),
            MARKET_SECTION.holding(MarketSection((GenesisProduct("cda", 1, 2),))),
        ),
    )  # fmt: skip


@dataclass
class Market:
    """Traders with funds, a committed state, and orders made for it."""

    traders: int
    spread: int
    seed: int

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.keys = [key_of(number) for number in range(self.traders)]
        addresses = tuple(sorted(address_of(key) for key in self.keys))
        self.genesis = make_genesis(addresses[:1])
        self.reader = MemoryReader()
        self.reader.apply(first_state(REGISTRY, self.genesis).changes)
        state = State(self.reader)
        for address in addresses:
            state.put(MEMBERS, address, Member(MemberStatus.ADMITTED, 0))
            mint(state, address, ENERGY_ASSET, 10**15)
            mint(state, address, CURRENCY_ASSET, 10**15)
        self.reader.apply(state.changes())
        self.nonces = [0] * self.traders
        self.height = 0

    def order(self, number: int, *, crossing: bool) -> Transaction:
        """The next order, of the traders in turn (64 of each fit into a block)."""
        who = number % self.traders
        self.nonces[who] += 1
        chance = self.chance
        side = BUY if chance.random() < 0.5 else SELL
        away = -self.spread * TICK if crossing else chance.randint(1, self.spread) * TICK
        price = MIDDLE - away if side is BUY else MIDDLE + away
        kind = OrderKind.IOC if crossing and chance.random() < 0.5 else OrderKind.LIMIT
        payload = PlaceOrder(1, side, kind, price, chance.randint(1, 10) * SMALLEST_ORDER, 0)
        envelope = unsigned(
            self.genesis.chain_id, MarketTypeNumber.PLACE_ORDER, self.keys[who], self.nonces[who], payload
        )
        return REGISTRY.decode(assemble(envelope, NO_SIGNATURE))

    def execution(self) -> Execution:
        """The next block."""
        self.height += 1
        return Execution(
            REGISTRY, self.genesis, self.reader, height=self.height, time_ms=NOW_MS + 1000 * self.height,
            fee_account=address_of(self.keys[0]), verified=Verified(),
        )  # fmt: skip

    def fill(self, resting: int) -> None:
        """Commit a block after which so many orders rest."""
        for start in range(0, resting, 32 * self.traders):
            execution = self.execution()
            for number in range(start, min(resting, start + 32 * self.traders)):
                assert execution.apply(self.order(number, crossing=False)).applied
            self.reader.apply(execution.finish().changes)

    @property
    def resting(self) -> int:
        """Orders in the committed book."""
        return sum(1 for _ in self.reader.scan(ORDERS.number, b"", None))


def run(resting: int, count: int, spread: int, seed: int, profile: cProfile.Profile | None) -> tuple[float, ...]:
    """Seconds of wall and CPU for the orders, CPU with their changes, trades, refusals, resting at the end."""
    market = Market(1_000, spread, seed)
    market.fill(resting)
    orders = [market.order(number, crossing=market.chance.random() < 0.5) for number in range(count)]
    execution = market.execution()
    receipts: list[Receipt] = []
    if profile:
        profile.enable()
    cpu, wall = time.process_time(), time.perf_counter()
    receipts.extend(map(execution.apply, orders))
    wall, applied = time.perf_counter() - wall, time.process_time() - cpu
    executed = execution.finish()
    finished = time.process_time() - cpu
    if profile:
        profile.disable()
    trades = sum(isinstance(event, Traded) for receipt in receipts for event in receipt.events)
    refused = sum(not receipt.applied for receipt in receipts)
    market.reader.apply(executed.changes)
    return wall, applied, finished, trades, refused, market.resting


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="of one run with 1,000 resting")
    options = parser.parse_args()
    if options.profile:
        profile = cProfile.Profile()
        run(1_000, options.orders, 200, 0, profile)
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    print(f"median of {options.runs} runs of {options.orders} orders")
    for name, spread in (("mixed", 200), ("levels", 1_000_000)):
        for resting in (0, 1_000, 10_000):
            runs = [run(resting, options.orders, spread, seed, None) for seed in range(options.runs)]
            wall, applied, finished, trades, refused, left = (
                statistics.median(each[index] for each in runs) for index in range(6)
            )
            print(
                f"{name:6} {resting:6} resting (at the end {left:6.0f}): {options.orders / wall:7,.0f} orders/s, "
                f"{applied / options.orders * 1e6:5.1f} us CPU an order ({finished / options.orders * 1e6:5.1f} "
                f"+ changes), {trades:6.0f} trades, {refused:.0f} refused"
            )


if __name__ == "__main__":
    main()
