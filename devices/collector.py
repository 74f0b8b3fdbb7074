"""From a driver to the outbox: read, judge, and store what may be signed.

One physical meter may feed several meter keys, one a register (import and export are bound separately). A sample that
is not accepted is reported and left out; the next one is judged by the last that was accepted, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from devices.binding import below_jump, check_serial
from devices.clock import DeviceClock
from devices.drivers.driver import MeterDriver
from devices.errors import Misuse, WrongMeter
from devices.meter import Judgement, MeterLimits, MeterState, StatusFlag, judge
from devices.outbox import NewReading, Outbox
from devices.readings import ReadingHeader
from devices.sample import Quality, Sample
from ledger.metering.schema import Meter


class Stream(msgspec.Struct, frozen=True):
    """A register that is signed: its OBIS code (six bytes), the meter key it is bound as, and what is plausible.

    `binding`: what is known of the key from the chain.
    """

    obis: bytes
    meter: bytes
    limits: MeterLimits
    binding: Meter | None = None


class JudgedSample(msgspec.Struct, frozen=True):
    """A sample and what it means; `reading` is what to store, None when it was not accepted."""

    meter: bytes
    sample: Sample
    judgement: Judgement
    reading: NewReading | None


def no_flags() -> StatusFlag:
    """A device that has nothing to say beside its readings."""
    return StatusFlag(0)


class Collector:
    """Takes the samples of one physical meter.

    `boot`: the outbox's session. `flags`: what else the device has to say when a sample is taken (a tamper contact).
    `replaced`: the owner declared that the account goes on from the first sample, of another or a reset meter.

    How the meter calls itself is kept with the first sample that is stored; from then on another one is refused.
    """

    def __init__(
        self,
        driver: MeterDriver,
        outbox: Outbox,
        clock: DeviceClock,
        streams: tuple[Stream, ...],
        boot: int,
        *,
        flags: Callable[[], StatusFlag] = no_flags,
        replaced: bool = False,
    ) -> None:
        self._driver = driver
        self._outbox = outbox
        self._clock = clock
        self._streams = {stream.obis: stream for stream in streams}
        self._boot = boot
        self._flags = flags
        self._anew = {stream.meter for stream in streams} if replaced else set()
        self._profile = driver.profile_hash
        self._clock_stepped: set[bytes] = set()

    async def take(self) -> tuple[JudgedSample, ...]:
        """Read the meter and judge each sample; nothing is stored yet. Raises what the driver raises."""
        samples = await self._driver.read_counters()
        for stream in self._streams.values():
            check_serial(stream.binding, self._driver.identity)
            self._check_identity(stream.meter)
        return tuple(self._judge(sample) for sample in samples)

    async def collect(self) -> tuple[JudgedSample, ...]:
        """Take and store."""
        taken = await self.take()
        store(self._outbox, taken)
        self.keep_identity(taken)
        return taken

    def keep_identity(self, taken: Iterable[JudgedSample]) -> None:
        """After samples of this meter were stored: remember whose they are."""
        seen = self._driver.identity
        mine = {stream.meter for stream in self._streams.values()}
        for entry in taken:
            if entry.meter not in mine or entry.reading is None or not seen:
                continue
            if self._outbox.identity(entry.meter) != seen:
                self._outbox.remember_identity(entry.meter, seen)

    def _check_identity(self, meter: bytes) -> None:
        known, seen = self._outbox.identity(meter), self._driver.identity
        if known and seen != known and meter not in self._anew:
            raise WrongMeter(
                f"meter {seen or '(without id)'} answers, {known} was read before; "
                "after `unit replace`, --replaced says that another one begins"
            )

    def _judge(self, sample: Sample) -> JudgedSample:
        stream = self._streams.get(sample.obis)
        if stream is None:
            raise Misuse(f"nobody signs register {sample.obis.hex()}")
        anew = stream.meter in self._anew
        last = self._last_sample(stream)
        if anew and last is not None:
            # The owner's word overrules what is remembered, its time included: a wrong clock may have set that.
            last = replace(last, time_ms=-1)
        verdict = judge(last, sample, stream.limits, replaced=anew)
        if last is not None and verdict.state is MeterState.ROLLBACK:
            before = below_jump(self._outbox, stream.meter, last, sample.obis)
            verdict = verdict if before is None else judge(before, sample, stream.limits)
        if not verdict.state.accepted:
            if verdict.reason == "clock_not_later":
                self._clock_stepped.add(stream.meter)
            return JudgedSample(stream.meter, sample, verdict, None)
        self._anew.discard(stream.meter)
        flags = self._flags() | verdict.flags
        if stream.meter in self._clock_stepped:
            flags |= StatusFlag.CLOCK_STEPPED
            self._clock_stepped.discard(stream.meter)
        header = ReadingHeader(
            profile=self._profile,
            boot=self._boot,
            clock=int(self._clock.quality()),
            flags=int(flags),
            obis=sample.obis,
            scale=sample.scale_exponent,
        )
        reading = NewReading(stream.meter, sample.time_ms, sample.raw, header, anew)
        return JudgedSample(stream.meter, sample, verdict, reading)

    def _last_sample(self, stream: Stream) -> Sample | None:
        stored = self._outbox.last_reading(stream.meter)
        if stored is None:
            return None
        reading, header = stored
        return Sample(header.obis, reading.register, header.scale, "Wh", Quality.CONFIRMED, reading.time_ms)


def store(outbox: Outbox, taken: Iterable[JudgedSample]) -> tuple[int, ...]:
    """Store what was accepted, of any number of meters, in one write to the disk; returns the sequences."""
    return outbox.append([entry.reading for entry in taken if entry.reading is not None])
