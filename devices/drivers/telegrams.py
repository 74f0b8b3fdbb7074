"""Reads meters that send telegrams: by themselves (P1, SML), or when asked (IEC 62056-21 mode C).

What a counter shows is believed when two telegrams agree (`Confirmation`), both begun after they were waited for, both
of the same meter, the second later than the first by the meter's own clock where it tells the time. So an old telegram
that a buffer kept, or a gateway that repeats its last one for ever, is never a reading.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, Protocol

import msgspec

from devices.drivers.driver import Confirmation, Counters
from devices.errors import BadReply, LinkFault, Misuse, WrongMeter
from devices.links.bytes import ByteLink, Take
from devices.protocols import iec62056, p1, sml_frame
from devices.protocols.telegram import Telegram
from devices.sample import Sample
from devices.telegram_profile import TelegramProfile, TelegramProtocol

OLD_TELEGRAMS: Final = 3
"""Telegrams that are not later than the one before, until the meter (or what stands before it) is called stuck."""


class TelegramTiming(msgspec.Struct, frozen=True):
    """Seconds: `timeout_s` for one telegram or answer, `readout_s` at least for all of a readout.

    `quiet_s` without a byte is the end of what is old. A damaged telegram is waited for again `retries` times.
    """

    timeout_s: float = 12.0
    quiet_s: float = 0.05
    readout_s: float = 90.0
    retries: int = 1


DEFAULT_TIMINGS: Final = {
    TelegramProtocol.P1: TelegramTiming(),
    TelegramProtocol.SML: TelegramTiming(),
    TelegramProtocol.IEC62056_21: TelegramTiming(timeout_s=3.0, quiet_s=0.2),
}
"""DSMR 4 sends every 10 s. A meter of IEC 62056-21 answers within 1.5 s and pauses no longer inside an answer."""


class TelegramSource(Protocol):
    """Where telegrams come from."""

    async def next(self) -> bytes:
        """A whole telegram that was begun after this call; raises a `LinkFault` or `BadReply`."""


class PushedTelegrams:
    """A meter that sends by itself: what is on its way when somebody begins to listen is let go."""

    def __init__(self, link: ByteLink, take: Take, timing: TelegramTiming) -> None:
        self._link = link
        self._take = take
        self._timing = timing

    async def next(self) -> bytes:
        """See `TelegramSource.next`."""
        await self._link.settle(self._timing.quiet_s, self._timing.timeout_s)
        return await self._link.take(self._take, self._timing.timeout_s)


class AskedReadouts:
    """A meter that is asked, mode C. `address`: of one meter among several on the line; empty: of any."""

    def __init__(self, link: ByteLink, timing: TelegramTiming, address: str = "") -> None:
        self._link = link
        self._timing = timing
        self._question = iec62056.request(address)

    async def next(self) -> bytes:
        """See `TelegramSource.next`: the identification's line and the data block."""
        link, timeout_s = self._link, self._timing.timeout_s
        await link.set_baudrate(iec62056.FIRST_BAUDRATE)
        await link.settle(self._timing.quiet_s, self._timing.readout_s)
        await link.write(self._question)
        line = await link.take(iec62056.take_identification, timeout_s)
        identification = iec62056.parse_identification(line)
        await link.write(iec62056.acknowledge(identification))
        # The meter may answer at once: the rate changes under an open port, and nothing that came is dropped.
        await link.set_baudrate(identification.baudrate)
        # The largest readout at that rate, ten bits a byte: at 300 baud that is long, and silence ends it sooner.
        longest_s = iec62056.MAX_BLOCK_BYTES * 10 / identification.baudrate
        return line + await link.take(iec62056.take_block, max(self._timing.readout_s, longest_s), idle_s=timeout_s)


class TelegramDriver:
    """One meter behind a line. `counters`: names or OBIS codes of the registers to read.

    `meter_id`: the only meter that is read here; None: any, but the same in both telegrams of a reading.
    """

    def __init__(
        self,
        link: ByteLink,
        source: TelegramSource,
        profile: TelegramProfile,
        confirmation: Confirmation,
        *,
        counters: tuple[str, ...] = ("energy_import",),
        meter_id: str | None = None,
        retries: int = 1,
    ) -> None:
        self.profile = profile
        self.damaged = 0
        """How many telegrams were damaged or did not come."""
        self.line = link
        self._source = source
        self._confirmation = confirmation
        self._counters = tuple(profile.register(name) for name in counters)
        self._meter_id = meter_id
        self._retries = retries
        self._last: Telegram | None = None

    @property
    def name(self) -> str:
        """See `MeterDriver.name`."""
        known = self._meter_id or (self._last.meter_id if self._last is not None else "")
        return f"{self.profile.id} meter {known or '(not known yet)'}"

    @property
    def identity(self) -> str:
        """See `MeterDriver.identity`."""
        return "" if self._last is None else self._last.meter_id

    @property
    def profile_hash(self) -> bytes:
        """See `MeterDriver.profile_hash`."""
        return self.profile.hash()

    async def read_counters(self) -> tuple[Sample, ...]:
        """See `MeterDriver.read_counters`; in the order chosen. Raises `WrongMeter`, `MissingRegister` too."""
        async with self.line.lock:
            self._last = None
            return await self._confirmation.read(self.name, self._read_once)

    async def read_gauges(self) -> dict[str, Decimal]:
        """See `MeterDriver.read_gauges`: all of the profile that this meter shows."""
        async with self.line.lock:
            self._last = None
            return self.profile.gauge_values(await self._fresh())

    async def _read_once(self) -> Counters:
        telegram = await self._fresh()
        return {register.obis_bytes: self.profile.energy(register, telegram) for register in self._counters}

    async def _fresh(self) -> Telegram:
        """The next telegram that is later than the last one of this reading."""
        for _ in range(OLD_TELEGRAMS):
            telegram = await self._telegram()
            expected = self._last.meter_id if self._meter_id is None and self._last is not None else self._meter_id
            if expected is not None and telegram.meter_id != expected:
                raise WrongMeter(f"meter {telegram.meter_id or '(without id)'} answers, {expected} was expected")
            if self._last is None or _is_later(telegram, self._last):
                self._last = telegram
                return telegram
        raise BadReply(f"{self.name}: its clock stands still or falls, these are old telegrams")

    async def _telegram(self) -> Telegram:
        for _ in range(self._retries):
            try:
                return await self._receive()
            except (BadReply, LinkFault):
                self.damaged += 1
        return await self._receive()

    async def _receive(self) -> Telegram:
        return self.profile.protocol.decode(await self._source.next())


def _is_later(telegram: Telegram, last: Telegram) -> bool:
    return telegram.clock_s is None or last.clock_s is None or telegram.clock_s > last.clock_s


_TAKES: Final[dict[TelegramProtocol, Callable[[bytearray], bytes | None]]] = {
    TelegramProtocol.P1: p1.take_telegram,
    TelegramProtocol.SML: sml_frame.take_frame,
}


def telegram_source(
    link: ByteLink, protocol: TelegramProtocol, timing: TelegramTiming, address: str = ""
) -> TelegramSource:
    """How this protocol's telegrams are got; raises `Misuse` for an address where none can be asked."""
    if protocol is TelegramProtocol.IEC62056_21:
        return AskedReadouts(link, timing, address)
    if address:
        raise Misuse(f"a meter that sends {protocol.value} has no address to be asked by")
    return PushedTelegrams(link, _TAKES[protocol], timing)
