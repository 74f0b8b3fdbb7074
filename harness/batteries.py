"""A battery in daily use on a chain: what its books say, what it really holds, and what becomes of it.

A household charges it by day through its production meter and draws in the evening by a session; a storage meter reads
its level with noise and coarse steps. Chance comes from a seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from harness.chain import ChainFixture, address, make_genesis
from harness.energy import MeterFixture
from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import Transaction
from ledger.chain.execution import Execution
from ledger.chain.header import Receipt
from ledger.chain.parameters import DAY_MS, HOUR_MS
from ledger.energy.events import LossesNoticed, UnitSuspended
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import OpenSession
from ledger.energy.storage_terms import StorageTerms, Technology
from ledger.energy.terms import standing_until
from ledger.metering.schema import MeterKind

CAPACITY_WH = 10_000
STEP_WH = CAPACITY_WH // 100
NOISE_WH = CAPACITY_WH / 200
"""Of a level: its resolution, and the standard deviation of its noise."""
FULL_WH, EMPTY_WH = 9_500, 500
BAND_BASE = CAPACITY_WH * 20_000  # 2 % of the capacity, in base units of ENT


class Everything:
    """Whatever is asked for is in it: signatures were verified before."""

    def __contains__(self, item: object) -> bool:
        return True


@dataclass
class Year:
    """What became of a battery. Days count from 1; 0: never. `beyond_base`: the most by which |D| exceeded
    `level_band` of the capacity and the standing loss that was not booked yet, in base units (negative: never)."""

    days: int = 0
    named_day: int = 0
    suspended_day: int = 0
    largest_gap_base: int = 0
    beyond_base: int = -BAND_BASE
    lost_wh: int = 0
    drawn_wh: int = 0


@dataclass
class Battery:
    """One unit U1 of C with a capacity of 10 kWh, A's meters, its storage meter; default parameters."""

    efficiency: float
    standing_wh: int = 0
    stolen_wh: int = 0
    seed: int = 1
    year: Year = field(default_factory=Year)

    def __post_init__(self) -> None:
        terms = StorageTerms(
            int(Technology.LITHIUM_ION), 11_000, 5_000, round(self.efficiency * 10**9), self.standing_wh, 0
        )
        units = (GenesisUnit(address("U1"), address("C"), CAPACITY_WH, 5_000, terms),)
        self.chain = ChainFixture(make_genesis(units=units))
        self.random = random.Random(self.seed)
        self.real_wh = 0.0
        self.put_in = self.taken = self.last_level = 0
        self.level = MeterFixture(self.chain, name="S", account="U1", kind=MeterKind.STORAGE).bound()
        self.sun = MeterFixture(self.chain).bound()
        self.home = MeterFixture(self.chain, name="H", kind=MeterKind.CONSUMPTION).bound()
        self.midnight_ms = self.chain.time_ms

    def run(self, days: int) -> Year:
        """So many days, each with a charge and a discharge, or until the unit is suspended."""
        while self.year.days < days and not self.year.suspended_day:
            self.year.days += 1
            self._lose(8)
            books = self.chain.unit("U1").available_wh
            wanted_wh = (FULL_WH - books) / self.efficiency * self.random.uniform(0.7, 1.0)
            self.put_in += max(int(wanted_wh), 0)
            self.real_wh = min(self.real_wh + max(int(wanted_wh), 0) * self.efficiency, CAPACITY_WH)
            self._block(14, [self._read(self.sun, 14, self.put_in), self._level(14)])
            self._open_session(15)
            self._lose(12)
            session = self.chain.session("A", "U1")
            granted = 0 if session is None else session.energy_wh
            drawn = max(min(int(granted * self.random.uniform(0.8, 1.0)), int(self.real_wh) - EMPTY_WH), 0)
            self.real_wh -= drawn
            self.taken += drawn
            self.year.drawn_wh += drawn
            self._block(17, [self._read(self.home, 17, self.taken), self._level(17)])
            # The first reading after the session's deadline settles it.
            self._block(18, [self._read(self.home, 18, self.taken)])
            self._lose(4)
            self.real_wh = max(self.real_wh - self.stolen_wh, 0.0)
            self._block(24, [self._level(24)])
            self.midnight_ms += DAY_MS
        return self.year

    def _lose(self, hours: int) -> None:
        self.real_wh = max(self.real_wh - self.standing_wh * hours / 24, 0.0)

    def _at(self, hour: int) -> int:
        return self.midnight_ms + hour * HOUR_MS

    def _read(self, meter: MeterFixture, hour: int, register: int) -> Transaction:
        payload = meter.readings((self._at(hour), register))
        return self.chain.tx(meter.name, payload, nonce=meter.known.sequence + 1)

    def _level(self, hour: int) -> Transaction:
        measured = (self.real_wh + self.random.gauss(0, NOISE_WH)) / STEP_WH
        self.last_level = min(max(round(measured) * STEP_WH, 0), CAPACITY_WH)
        return self._read(self.level, hour, self.last_level)

    def _open_session(self, hour: int) -> None:
        """Once the level is settled, the owner hands its share to the household, which locks what it can."""
        self._block(hour, [])
        share = self.chain.balance("C").available
        given = [self.chain.tx("C", Transfer(ENERGY_ASSET, address("A"), share))] if share else []
        amount = min(self.chain.balance("A").available + share, self.chain.unit("U1").available_wh * 10**6)
        if amount >= 10**7 and not self.year.suspended_day and self.chain.session("A", "U1") is None:
            given.append(self.chain.tx("A", OpenSession(address("U1"), amount, 0)))
        self._block(hour, given)
        # What is drawn is measured from the opening on: of an earlier interval only a share by time would count.
        opened = self.home.readings((self.chain.time_ms, self.taken))
        self._block(hour, [self.chain.tx(self.home.name, opened, nonce=self.home.known.sequence + 1)])

    def _block(self, hour: int, transactions: list[Transaction]) -> None:
        """A block a minute after the readings: executed once, as a proposer does."""
        chain = self.chain
        chain.time_ms = max(self._at(hour) + 60_000, chain.time_ms + 1_000)
        execution = Execution(
            chain.registry, chain.genesis, chain.reader, height=len(chain.blocks), time_ms=chain.time_ms,
            fee_account=address("V"), verified=Everything(),
        )  # fmt: skip
        receipts = [execution.apply(transaction) for transaction in transactions]
        executed = execution.finish()
        chain.reader.apply(executed.changes)
        for receipt in (*executed.receipts, *receipts):
            self._note(receipt)
        unit = chain.unit("U1")
        gap = abs(chain.gap)
        allowed = BAND_BASE + standing_until(unit, chain.time_ms) * 10**6
        self.year.largest_gap_base = max(self.year.largest_gap_base, gap)
        self.year.beyond_base = max(self.year.beyond_base, gap - allowed)

    def _note(self, receipt: Receipt) -> None:
        assert receipt.code == "", receipt.code
        for event in receipt.events:
            if isinstance(event, LossesNoticed):
                self.year.named_day = self.year.named_day or self.year.days
            if isinstance(event, UnitSuspended):
                self.year.suspended_day = self.year.suspended_day or self.year.days
