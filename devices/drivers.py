"""Reads a meter by its profile: which registers, in which blocks, and twice, so that a torn value never gets out.

Knows profiles and links; knows nothing of chains, keys or what the meter counted before.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from devices.errors import BadProfile, UnsteadyCounter
from devices.links.link import Link
from devices.profile import Register, RegisterProfile
from devices.protocols.registers import Energy, decode_gauge, in_wh
from devices.sample import Quality, Sample

WH_MS_PER_W: Final = 3_600_000
"""Milliseconds in which one watt makes one watt-hour."""


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring registers that one question reads: `count` words from `address`."""

    address: int
    count: int
    registers: tuple[Register, ...]


def plan_blocks(registers: tuple[Register, ...], max_words: int) -> tuple[Block, ...]:
    """The questions that read these registers: only what touches is joined, because gaps may be illegal to read."""
    blocks: list[Block] = []
    for register in sorted(registers, key=lambda register: register.address):
        words = register.type.words
        if blocks:
            last = blocks[-1]
            if register.address == last.address + last.count and last.count + words <= max_words:
                blocks[-1] = Block(last.address, last.count + words, (*last.registers, register))
                continue
        blocks.append(Block(register.address, words, (register,)))
    return tuple(blocks)


class ModbusDriver:
    """One meter behind a link.

    `counters`: names or OBIS codes of the billing counters to read. `max_power_w`: what the connection can carry at
    most. `now_ms` is the device's clock, `monotonic` (seconds) times the two readings.
    """

    def __init__(
        self,
        link: Link,
        profile: RegisterProfile,
        *,
        now_ms: Callable[[], int],
        max_power_w: int,
        counters: tuple[str, ...] = ("energy_import",),
        device_id: int | None = None,
        attempts: int = 3,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        chosen = tuple(profile.register(name) for name in counters)
        for register in chosen:
            if not register.billable:
                raise BadProfile(f"{register.name} of {profile.id} is not for billing")
        self.profile = profile
        self.device_id = profile.link.default_device_id if device_id is None else device_id
        self._link = link
        self._counters = chosen
        self._now_ms = now_ms
        self._max_power_w = max_power_w
        self._attempts = attempts
        self._monotonic = monotonic
        self._blocks = plan_blocks(chosen, self._max_words)

    @property
    def _max_words(self) -> int:
        # Where the sources state no limit, a single value is the only length known to work.
        return self.profile.max_registers_per_read or 4

    async def read_counters(self) -> tuple[Sample, ...]:
        """The chosen counters, in the order chosen, each read twice; the second reading counts.

        Raises a `LinkFault`, a `BadData`, or `UnsteadyCounter` when no pair agrees in `attempts` tries.
        """
        fault = UnsteadyCounter("never read")
        for _ in range(self._attempts):
            begun = self._monotonic()
            first = await self._read_once()
            second = await self._read_once()
            time_ms = self._now_ms()
            elapsed_ms = int((self._monotonic() - begun) * 1000)
            wrong = [
                register.name
                for register in self._counters
                if not self._steady(first[register.name], second[register.name], elapsed_ms)
            ]
            if not wrong:
                return tuple(
                    Sample(
                        register.obis_bytes,
                        second[register.name].raw,
                        second[register.name].exponent,
                        register.unit,
                        Quality.CONFIRMED,
                        time_ms,
                    )
                    for register in self._counters
                )
            fault = UnsteadyCounter(
                f"{self.profile.id} device {self.device_id}: {', '.join(wrong)} jumped between readings"
            )
        raise fault

    async def read_gauges(self) -> dict[str, Decimal]:
        """All momentary values of the profile by name, read once; for people and alarms."""
        gauges = tuple(register for register in self.profile.registers if register.kind == "gauge")
        words = await self._read_blocks(plan_blocks(gauges, self._max_words))
        return {
            register.name: decode_gauge(
                register.type,
                words[register.name],
                self.profile.word_order,
                register.exponent,
                self.profile.no_values(),
            )
            for register in gauges
        }

    def _steady(self, first: Energy, second: Energy, elapsed_ms: int) -> bool:
        """Forward by what the connection can carry in that time, and one step of the counter, or equal."""
        step_wh = in_wh(second) - in_wh(first)
        one_step_wh = in_wh(Energy(1, max(second.exponent, 0)))
        return 0 <= step_wh <= self._max_power_w * elapsed_ms // WH_MS_PER_W + one_step_wh

    async def _read_once(self) -> dict[str, Energy]:
        words = await self._read_blocks(self._blocks)
        return {register.name: self.profile.decode(register, words[register.name]) for register in self._counters}

    async def _read_blocks(self, blocks: tuple[Block, ...]) -> dict[str, tuple[int, ...]]:
        found = {}
        for block in blocks:
            words = await self._link.read(self.device_id, self.profile.function_code, block.address, block.count)
            for register in block.registers:
                place = register.address - block.address
                found[register.name] = words[place : place + register.type.words]
        return found
