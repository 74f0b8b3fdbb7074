"""A node as a meter sees it, behind which the ledger itself decides: bindings, quarantines, boot counters and all."""

from __future__ import annotations

import time
from typing import Any

from devices.catalogue import MeterProfile
from harness.chain import ChainFixture, make_genesis, secret
from harness.energy import MeterFixture
from harness.fake_chain import FakeChain
from harness.fake_node import FakeNode
from ledger.chain.envelope import Transaction

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


PACE_MS = 1_000
"""Between two transactions of a meter, the least that voters may allow: the chain's time goes on, nobody waits."""


def real_ms() -> int:
    """The true time, whatever a device believes."""
    return time.time_ns() // 1_000_000


class LedgerNode(FakeNode):
    """A chain of today with one meter key; a block for each transaction, at the true time."""

    def __init__(self, name: str = "M", *, idle_ms: int = 5_000) -> None:
        super().__init__()
        self.ledger = ChainFixture(
            make_genesis(
                time_ms=real_ms() - 2 * HOUR_MS, heartbeat_ms=idle_ms, parameters=(("reading_interval", PACE_MS),)
            )
        )
        self.genesis = self.ledger.chain.genesis
        self.identity = self.genesis.identity
        self.chain = FakeChain(self.identity)
        self.chain.time_ms = self.genesis.time_ms
        self.key = secret(name)
        self.meter = MeterFixture(self.ledger, name)

    def bind(self, profile: MeterProfile, register: int, *, hours_ago: float = 1, **changes: Any) -> None:
        """Bind the key from this raw register on, read so long ago."""
        opening_ms = real_ms() - int(hours_ago * HOUR_MS)
        self.tick(-int(hours_ago * HOUR_MS))
        obis = profile.register("energy_import").obis_bytes
        terms = {"profile": profile.hash(), "obis": obis, "serial": bytes(32), "opening_ms": opening_ms} | changes
        self.meter.bound(opening_register=register, **terms)
        self._shown()

    def tick(self, beside_ms: int = 0) -> None:
        """An empty block at the true time, or beside it."""
        self.ledger.block(after_ms=max(real_ms() + beside_ms - self.ledger.time_ms, 1))
        self._shown()

    def decide(self, raw: bytes) -> None:
        transaction = self.ledger.chain.registry.decode(raw)
        after_ms = max(real_ms() - self.ledger.time_ms, PACE_MS)
        receipt = self.ledger.block([transaction], after_ms=after_ms).executed.receipts[1]
        self._state()
        self.sequences[self.key.public_key] = self.meter.known.sequence
        self.chain.decide(raw, receipt.code, receipt.events)
        self.decided[Transaction(raw).id.hex()] = (self.chain.height, receipt.code)
        self.pending.pop(Transaction(raw).id.hex(), None)

    def _state(self) -> None:
        self.chain.time_ms = self.ledger.time_ms - len(self.chain.light)
        self.chain.meter_entry(self.key.public_key, self.meter.known)

    def _shown(self) -> None:
        if self.ledger.meter_sequence(self.key.public_key) or self._is_bound():
            self._state()
        else:
            self.chain.time_ms = self.ledger.time_ms - len(self.chain.light)
        self.chain.grow()

    def _is_bound(self) -> bool:
        try:
            return bool(self.meter.known.unit)
        except AssertionError:
            return False
