"""Counts the pulses of an S0 output that is wired to a serial port's receive line: each pulse is a byte, or a few.

The count is on the disk before it is shown, so a reading never falls after a power cut; in between it is written every
`WRITE_PULSES` pulses, so a cut loses at most so many, and never counts one twice. What arrives within the length of a
pulse is one pulse: contacts bounce. Two pulses that are read together because the computer was busy are one as well:
rather too little is counted than too much.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Final

from devices.drivers.driver import Confirmation, Counters
from devices.durable_database import DurableDatabase, Form
from devices.errors import EnvironmentFault, LinkTimeout, OutboxMisuse
from devices.links.bytes import ByteLink
from devices.protocols.registers import checked_energy
from devices.pulse_profile import PulseProfile
from devices.sample import Sample

PULSES: Final = Form("count of pulses", 0x6E63_7073, 1, "")
COUNT: Final = "count"
PROFILE: Final = "profile"
WRITE_PULSES: Final = 10
QUIET_S: Final = 600.0
"""Without a pulse the line is opened anew: an adapter that was pulled looks just like this."""
REOPEN_S: Final = 1.0
PULSE_S: Final = 0.03
"""A pulse's length, and its pause, at least (EN 62053-31)."""


class PulseCount(DurableDatabase):
    """How many pulses came, over restarts; one file for one output."""

    def __init__(self, path: Path, profile: PulseProfile) -> None:
        super().__init__(path, PULSES)
        known = self.fact(PROFILE)
        if known is not None and known.decode() != profile.id:
            self.close()
            raise OutboxMisuse(f"{path} counts {known.decode()}, not {profile.id}", code="other_count")
        stored = self.fact(COUNT)
        self.pulses = 0 if stored is None else int(stored)
        self._written = self.pulses if stored is not None else -1
        self._profile = profile

    def add(self) -> None:
        """One more."""
        self.pulses += 1
        if self.pulses - self._written >= WRITE_PULSES:
            self.write()

    def write(self) -> None:
        """Bring the count to the disk, if it is not there."""
        if self.pulses != self._written:
            self.remember({COUNT: str(self.pulses).encode(), PROFILE: self._profile.id.encode()})
            self._written = self.pulses


class Debounce:
    """Tells pulses from their bouncing: times in seconds, rising."""

    def __init__(self) -> None:
        self._last_s = float("-inf")

    def is_new(self, time_s: float) -> bool:
        """Whether an edge begins a new pulse."""
        new = time_s - self._last_s >= PULSE_S
        self._last_s = time_s if new else self._last_s
        return new


def take_all(buffer: bytearray) -> bytes | None:
    """Everything that arrived, if anything did."""
    if not buffer:
        return None
    found = bytes(buffer)
    buffer.clear()
    return found


class PulseDriver:
    """One output behind a line. It listens from the first reading on, and between readings."""

    def __init__(
        self,
        link: ByteLink,
        profile: PulseProfile,
        confirmation: Confirmation,
        count: PulseCount,
        *,
        counters: tuple[str, ...] = ("energy_import",),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.profile = profile
        self._link = link
        self._confirmation = confirmation
        self._count = count
        self._counters = tuple(profile.register(name) for name in counters)
        self._monotonic = monotonic
        self._listening: asyncio.Task[None] | None = None
        self._fault: EnvironmentFault | None = None
        self._debounce = Debounce()

    @property
    def name(self) -> str:
        """See `MeterDriver.name`."""
        return self.profile.id

    @property
    def identity(self) -> str:
        """See `MeterDriver.identity`: pulses have none."""
        return ""

    @property
    def profile_hash(self) -> bytes:
        """See `MeterDriver.profile_hash`."""
        return self.profile.hash()

    async def read_counters(self) -> tuple[Sample, ...]:
        """See `MeterDriver.read_counters`; raises an `EnvironmentFault` while the line or the disk fails."""
        if self._listening is None:
            await self._link.open()
            self._listening = asyncio.create_task(self._listen())
        if self._fault is not None:
            raise self._fault
        return await self._confirmation.read(self.name, self._read_once)

    async def read_gauges(self) -> dict[str, Decimal]:
        """An S0 output shows none."""
        return {}

    async def close(self) -> None:
        """Stop listening and keep the count."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            self._listening = None
        self._count.write()
        self._count.close()
        await self._link.close()

    async def _read_once(self) -> Counters:
        self._count.write()
        energy = checked_energy(self.profile.energy_wh(self._count.pulses), 0)
        return {counter.obis_bytes: energy for counter in self._counters}

    async def _listen(self) -> None:
        while True:
            try:
                await self._link.open()
                self._fault = None
                # No pulse for long is no fault; the line is opened anew by the next turn.
                with suppress(LinkTimeout):
                    await self._link.take(take_all, QUIET_S)
                    if self._debounce.is_new(self._monotonic()):
                        self._count.add()
            except EnvironmentFault as fault:
                self._fault = fault
                await asyncio.sleep(REOPEN_S)
