"""What the ledger's execution costs alone: `python -m bench.execution [--accounts 10000] [--runs 5] [--profile NAME]`.

One process, state in memory, blocks of 1,000 transactions (meters: 100 of 96 readings each). Signatures were verified
before, as in a node that took the transactions in; what decoding and verifying cost is measured apart. `execute` is
inclusion rules, rules and events; `+ changes` encodes the block's changes; `+ roots` adds transaction, receipt and
state roots, so it is all that `check_block` does but decoding. Medians; CPU time holds when the machine is busy.

(It is not called `ledger.py`: a script beside it would import it in the place of the package.)
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import os
import platform
import pstats
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ledger.agents.genesis import AGENTS_SECTION, AgentsSection
from ledger.bank.assets import CURRENCY_ASSET, THESIS_ASSETS
from ledger.bank.balances import mint
from ledger.bank.genesis import BANK_SECTION, BankSection
from ledger.bank.payloads import BankTypeNumber, Transfer
from ledger.certificates.genesis import CERTIFICATES_SECTION, CertificatesSection
from ledger.chain.envelope import Signature, Transaction, assemble, sign_message, unsigned
from ledger.chain.execution import Executed, Execution
from ledger.chain.genesis import ConsensusMode, Genesis, GenesisValidator
from ledger.chain.origin import first_state
from ledger.chain.parameters import DAY_MS, HOUR_MS, MINUTE_MS, PARTS
from ledger.chain.schema import Link
from ledger.chain.section import sections_of
from ledger.deals.genesis import DEALS_SECTION, DealsSection
from ledger.encoding.codec import Value, encode
from ledger.energy.genesis import ENERGY_SECTION, EnergySection, GenesisUnit, RateRule, SurplusRule
from ledger.energy.payloads import CloseSession, EnergyProduced, EnergyTypeNumber, OpenSession
from ledger.feeds.genesis import FEEDS_SECTION, FeedsSection
from ledger.governance.genesis import GOVERNANCE_SECTION, Access, GovernanceSection
from ledger.keys.address import address_of
from ledger.keys.crypto import Ed25519SecretKey
from ledger.metering.bindings import binding_key, meter_of
from ledger.metering.payloads import MeteringTypeNumber, MeterTerms, ReadingStep, SubmitReadings
from ledger.metering.schema import BINDINGS, METER_ADDRESSES, METERS, MeterKind
from ledger.resolutions.genesis import RESOLUTIONS_SECTION, Openers, ResolutionsSection
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.schema import OffsetChange
from ledger.state.merkle import list_root
from ledger.state.overlay import MemoryReader, State
from ledger.state.tree import InMemoryTreeStorage, StateTree
from market.genesis import MARKET_SECTION, GenesisProduct, MarketSection
from nodechain.modules import REGISTRY

NOW_MS = 1_700_000_000_000
QUARTER_MS = 900_000
BLOCK = 1_000
UNITS = 20
METERS_IN_BLOCK = 100
READINGS = 96
ENT = 10**9
PROFILE = bytes(32)


@dataclass
class Community:
    """Members with tokens, unlimited units with energy, bound meters; its committed state and tree.

    `sections`: of modules beside those that every bench has.
    """

    accounts: int
    sections: tuple[tuple[str, bytes], ...] = ()
    nonces: dict[bytes, int] = field(default_factory=dict)
    last_weight: int = 0
    """Of the block whose stages were measured last."""

    def __post_init__(self) -> None:
        self.members = [_secret(b"member %d" % number) for number in range(self.accounts)]
        self.units = [_secret(b"unit %d" % number) for number in range(UNITS)]
        self.producers = [_secret(b"producer %d" % number) for number in range(METERS_IN_BLOCK)]
        self.consumers = [_secret(b"consumer %d" % number) for number in range(METERS_IN_BLOCK)]
        self.addresses = [address_of(key.public_key) for key in self.members]
        self.height, self.time_ms = 0, NOW_MS
        owner = self.addresses[0]
        units = tuple(GenesisUnit(address_of(unit.public_key), owner, 0, 0) for unit in self.units)
        self.genesis = Genesis(
            version=1, name="bench", time_ms=NOW_MS, mode=ConsensusMode.PBFT, min_interval_ms=0,
            heartbeat_ms=1000, drift_ms=2000, max_validators=4, simulated_clock=False, block_weight=10**9,
            tree_bits=14, validators=(GenesisValidator(bytes(32), owner, "v"),), parameters=(),
            sections=sections_of(
                GOVERNANCE_SECTION.holding(
                    GovernanceSection(Access.MEMBERS, (owner,), tuple(sorted(self.addresses)))
                ),
                BANK_SECTION.holding(BankSection(THESIS_ASSETS, CURRENCY_ASSET, 0, owner, ())),
                ENERGY_SECTION.holding(EnergySection(SurplusRule.SHARE, RateRule.MONOTONE, 20_000_000, units)),
                AGENTS_SECTION.holding(AgentsSection(PARTS, 0)),
                MARKET_SECTION.holding(MarketSection((GenesisProduct("cda", 1, 2),))),
                FEEDS_SECTION.holding(FeedsSection(())),
                CERTIFICATES_SECTION.holding(CertificatesSection(CURRENCY_ASSET, 365 * 86_400_000)),
                SLOTS_SECTION.holding(
                    SlotsSection(QUARTER_MS, "UTC", (OffsetChange(0, 0),), (), (owner,), (owner,))
                ),
                RESOLUTIONS_SECTION.holding(ResolutionsSection(Openers.MEMBERS)),
                DEALS_SECTION.holding(DealsSection(PARTS // 10)),
                *self.sections,
            ),
        )  # fmt: skip
        self.reader = MemoryReader()
        self.tree, self.storage = StateTree.load(self.genesis.tree_bits, ()), InMemoryTreeStorage()
        self.commit(first_state(REGISTRY, self.genesis).changes)
        state = State(self.reader)
        for address in self.addresses:
            mint(state, address, CURRENCY_ASSET, 1_000 * ENT)
        for kind, meters in ((MeterKind.PRODUCTION, self.producers), (MeterKind.CONSUMPTION, self.consumers)):
            for number, key in enumerate(meters):
                self._bind(state, key.public_key, kind, number)
        self.commit(state.changes())
        for unit in self.units:  # every member gets ENT for the sessions
            share = self.addresses[self.units.index(unit) :: UNITS]
            for start in range(0, len(share), 60):
                payloads = [
                    (address, EnergyProduced(self.next_number(unit), address, 20_000)) for address in share[start:][:60]
                ]
                self.run([self.signed(unit, EnergyTypeNumber.ENERGY_PRODUCED, payload) for _, payload in payloads])
        self.time_ms += 2 * HOUR_MS
        while self.run([]).receipts[0].weight:
            pass  # the reports by hand are forgotten, until nothing is due any more

    def _bind(self, state: State, key: bytes, kind: MeterKind, number: int) -> None:
        unit, account = address_of(self.units[(number + 1) % UNITS].public_key), self.addresses[number]
        terms = MeterTerms(
            unit, account, kind, key, bytes(32), PROFILE, bytes(6), 0, 1, 0, 10**6, NOW_MS - DAY_MS * 400, 0, 0
        )
        state.put(METERS, key, meter_of(terms))
        state.put(BINDINGS, binding_key(unit, account, kind), Link(key))
        state.put(METER_ADDRESSES, address_of(key), Link(key))

    def next_number(self, key: Ed25519SecretKey) -> int:
        """The next nonce of a member, or sequence of a unit."""
        self.nonces[key.public_key] = number = self.nonces.get(key.public_key, 0) + 1
        return number

    def commit(self, changes: dict[bytes, bytes | None]) -> None:
        """Take changes over into state and tree."""
        update = self.tree.plan(changes, self.storage)
        self.reader.apply(changes)
        self.storage.write(update)
        self.tree.apply(update)

    def signed(
        self, key: Ed25519SecretKey, number: int, payload: Value, nonce: int | None = None, fee: int = 0
    ) -> Transaction:
        """A signed transaction; a unit's reports carry their sequence as nonce."""
        sequence = getattr(payload, "sequence", None)
        if nonce is None:
            nonce = sequence if sequence is not None else self.next_number(key)
        envelope = unsigned(self.genesis.chain_id, number, key.public_key, nonce, payload, fee=fee)
        return REGISTRY.decode(assemble(envelope, (Signature(0, key.sign(sign_message(envelope, self.genesis.hash))),)))

    def execution(self, verified: frozenset[bytes]) -> Execution:
        """The next block."""
        return Execution(
            REGISTRY, self.genesis, self.reader, height=self.height + 1, time_ms=self.time_ms + MINUTE_MS,
            fee_account=self.addresses[0], verified=verified,
        )  # fmt: skip

    def run(self, transactions: list[Transaction]) -> Executed:
        """Execute a block and commit it; everything must be applied."""
        execution = self.execution(frozenset(entry.full_hash for entry in transactions))
        for entry in transactions:
            receipt = execution.apply(entry)
            if receipt.code:
                raise SystemExit(f"a transaction of the benchmark failed: {receipt.code}")
        executed = execution.finish()
        self.height, self.time_ms = self.height + 1, self.time_ms + MINUTE_MS
        self.commit(executed.changes)
        return executed


def _secret(name: bytes) -> Ed25519SecretKey:
    return Ed25519SecretKey(hashlib.sha256(name).digest())


# --- blocks ----------------------------------------------------------------------------------------------------------


def _senders(community: Community, block: int) -> list[int]:
    return [(block * BLOCK + place) % community.accounts for place in range(BLOCK)]


def transfers(community: Community, block: int) -> list[Transaction]:
    count, addresses = community.accounts, community.addresses
    return [
        community.signed(
            community.members[number], BankTypeNumber.TRANSFER, Transfer(2, addresses[(number * 7 + 1) % count], 1_000)
        )
        for number in _senders(community, block)
    ]


def openings(community: Community, block: int) -> list[Transaction]:
    units = [address_of(unit.public_key) for unit in community.units]
    return [
        community.signed(
            community.members[number], EnergyTypeNumber.OPEN_SESSION, OpenSession(units[number % UNITS], 10**9, 0)
        )
        for number in _senders(community, block)
    ]


def closings(community: Community, block: int) -> list[Transaction]:
    units = [address_of(unit.public_key) for unit in community.units]
    return [
        community.signed(community.members[number], EnergyTypeNumber.CLOSE_SESSION, CloseSession(units[number % UNITS]))
        for number in _senders(community, block)
    ]


def productions(community: Community, block: int) -> list[Transaction]:
    made = []
    for place, number in enumerate(_senders(community, block)):
        unit = community.units[place % UNITS]
        payload = EnergyProduced(community.next_number(unit), community.addresses[number], 1_000)
        made.append(community.signed(unit, EnergyTypeNumber.ENERGY_PRODUCED, payload))
    return made


def _readings(community: Community, meters: list[Ed25519SecretKey], block: int) -> list[Transaction]:
    first = NOW_MS - DAY_MS * 400 + (block * READINGS + 1) * QUARTER_MS
    steps = tuple(ReadingStep(1, QUARTER_MS, 250 + place) for place in range(READINGS - 1))
    rise = 250 + sum(step.register for step in steps)
    payload = SubmitReadings(PROFILE, 1, 2, 0, bytes(6), 0, first, block * rise + 250, steps)
    nonce = (block + 1) * READINGS
    return [community.signed(meter, MeteringTypeNumber.SUBMIT_READINGS, payload, nonce) for meter in meters]


def metered_production(community: Community, block: int) -> list[Transaction]:
    return _readings(community, community.producers, block)


def metered_consumption(community: Community, block: int) -> list[Transaction]:
    return _readings(community, community.consumers, block)


CASES: dict[str, tuple[Callable[[Community, int], list[Transaction]], int, str]] = {
    "transfers": (transfers, 1, "transfers"),
    "sessions opened": (openings, 1, "sessions"),
    "sessions closed": (closings, 1, "sessions"),
    "productions": (productions, 1, "reports"),
    "readings, production": (metered_production, READINGS, "readings"),
    "readings, grid import": (metered_consumption, READINGS, "readings"),
}


# --- measuring -------------------------------------------------------------------------------------------------------


def _cpu_us(work: Callable[[], object]) -> float:
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / 1_000


def stages(community: Community, block: list[Transaction]) -> Iterator[tuple[str, float]]:
    """CPU microseconds of each stage of a block; the block is committed at the end."""
    raws = [entry.raw for entry in block]
    yield "decode", _cpu_us(lambda: [REGISTRY.decode(raw) for raw in raws])
    yield "verify", _cpu_us(lambda: [entry.verify_signatures(community.genesis.hash) for entry in block])
    begun: list[Execution] = []
    verified = frozenset(entry.full_hash for entry in block)
    yield "begin", _cpu_us(lambda: begun.append(community.execution(verified)))
    execution = begun[0]
    yield "execute", _cpu_us(lambda: [execution.apply(entry) for entry in block])
    executed: list[Executed] = []
    yield "changes", _cpu_us(lambda: executed.append(execution.finish()))
    yield (
        "lists",
        _cpu_us(
            lambda: (
                list_root([entry.full_hash for entry in block]),
                list_root([encode(receipt) for receipt in executed[0].receipts]),
            )
        ),
    )
    yield "state root", _cpu_us(lambda: community.tree.plan(executed[0].changes, community.storage))
    if codes := {receipt.code for receipt in executed[0].receipts if receipt.code}:
        raise SystemExit(f"a transaction of the benchmark failed: {codes}")
    community.last_weight = sum(receipt.weight for receipt in executed[0].receipts)
    community.height, community.time_ms = community.height + 1, community.time_ms + MINUTE_MS
    community.commit(executed[0].changes)


def measure(community: Community, name: str, runs: int) -> None:
    """Blocks of one kind; the first one warms up."""
    make, size, what = CASES[name]
    taken: dict[str, list[float]] = {}
    operations = 0
    for block in range(runs + 1):
        transactions = make(community, block)
        operations = len(transactions) * size
        for stage, cpu_us in stages(community, transactions):
            if block:
                taken.setdefault(stage, []).append(cpu_us / operations)
    cost = {stage: statistics.median(values) for stage, values in taken.items()}
    execute = cost["begin"] + cost["execute"]
    changed = execute + cost["changes"]
    rooted = changed + cost["lists"] + cost["state root"]
    print(
        f"{name:22} execute {execute:6.2f} us  {1e6 / execute:8,.0f}/s | + changes {changed:6.2f} us  "
        f"{1e6 / changed:8,.0f}/s | + roots {rooted:6.2f} us  {1e6 / rooted:8,.0f} {what}/s | apart: "
        f"decode {cost['decode']:5.2f}, verify {cost['verify']:5.2f} us"
    )


def profile(community: Community, name: str) -> None:
    """Where the time goes: twenty blocks of one kind, by time in each function."""
    blocks = [CASES[name][0](community, block) for block in range(10)]
    profiler = cProfile.Profile()
    profiler.enable()
    for block in blocks:
        community.run(block)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def main() -> None:
    parser = argparse.ArgumentParser(description="measure the ledger's execution")
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--profile", choices=CASES)
    chosen = parser.parse_args()
    community = Community(chosen.accounts)
    if chosen.profile:
        profile(community, chosen.profile)
        return
    print(
        f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {chosen.accounts} accounts, "
        f"CPU time an operation, medians of {chosen.runs} blocks"
    )
    for name in CASES:
        measure(community, name, chosen.runs)


if __name__ == "__main__":
    main()
