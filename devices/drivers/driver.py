"""What every driver offers, and the rule they share: a counter is believed when two readings of it agree."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Protocol

import msgspec

from devices.errors import UnsteadyCounter
from devices.protocols.registers import RegisterEnergy, in_wh
from devices.sample import WH_MS_PER_W, Quality, Sample

ATTEMPTS = 3
"""Pairs of readings before a counter is given up for this time."""


class MeterDriver(Protocol):
    """One meter behind a link; knows nothing of chains, keys or what the meter counted before."""

    @property
    def name(self) -> str:
        """Which meter this is, for people."""

    @property
    def identity(self) -> str:
        """How the meter that was read last calls itself, its serial number mostly; empty where it does not say."""

    @property
    def profile_hash(self) -> bytes:
        """32 bytes over what decides a billed value; signed with every reading, named by the meter's binding."""

    async def read_counters(self) -> tuple[Sample, ...]:
        """The billing counters, confirmed; raises a `LinkFault`, a `BadData`, or `UnsteadyCounter`."""

    async def read_gauges(self) -> dict[str, Decimal]:
        """Momentary values by name, read once; for people and alarms, never for a bill."""


Counters = dict[bytes, RegisterEnergy]
"""What one reading shows, by OBIS code (six bytes)."""


class Confirmation(msgspec.Struct, frozen=True):
    """How two readings are compared. `now_ms`: the device's clock; `monotonic` (seconds) times the two readings.

    `max_power_w`: what the connection can carry at most.
    """

    now_ms: Callable[[], int]
    max_power_w: int
    attempts: int = ATTEMPTS
    monotonic: Callable[[], float] = time.monotonic

    async def read(self, name: str, read_once: Callable[[], Awaitable[Counters]]) -> tuple[Sample, ...]:
        """Read twice; the second reading counts. Raises `UnsteadyCounter` when no pair of readings agrees."""
        wrong = ["nothing was read"]
        for _ in range(self.attempts):
            begun = self.monotonic()
            first = await read_once()
            second = await read_once()
            time_ms = self.now_ms()
            elapsed_ms = int((self.monotonic() - begun) * 1000)
            wrong = [
                obis.hex()
                for obis in second
                if obis not in first or not self._steady(first[obis], second[obis], elapsed_ms)
            ]
            if not wrong:
                return tuple(
                    Sample(obis, energy.raw, energy.exponent, "Wh", Quality.CONFIRMED, time_ms)
                    for obis, energy in second.items()
                )
        raise UnsteadyCounter(f"{name}: {', '.join(wrong)} jumped between readings")

    def _steady(self, first: RegisterEnergy, second: RegisterEnergy, elapsed_ms: int) -> bool:
        """Forward by what the connection can carry in that time, and one step of the counter, or equal."""
        step_wh = in_wh(second) - in_wh(first)
        one_step_wh = in_wh(RegisterEnergy(1, max(second.exponent, 0)))
        return 0 <= step_wh <= self.max_power_w * elapsed_ms // WH_MS_PER_W + one_step_wh
