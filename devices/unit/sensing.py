"""One channel of a unit: its meter is read, what it shows is judged, watched and added up."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from devices.drivers.driver import MeterDriver
from devices.errors import BadData, LinkFault
from devices.meter import MeterLimits, judge
from devices.sample import Sample
from devices.unit.alarms import Alarm, ChannelWatch, Observation
from devices.unit.gauges import with_derived
from devices.unit.reports import Item, ItemKind, Reports
from devices.unit.setup import Channel


class Sensed(msgspec.Struct, frozen=True):
    """What one poll of a channel brought. `counted_wh`: all that it ever counted here, None where that is not known."""

    time_ms: int
    gauges: dict[str, Decimal]
    counted_wh: int | None
    alarms: tuple[Alarm, ...]


class SensedChannel:
    """A channel with its driver and its watch; what is counted stands in `reports`."""

    def __init__(self, channel: Channel, driver: MeterDriver, reports: Reports, started_ms: int) -> None:
        self.channel = channel
        self._driver = driver
        self._reports = reports
        self._watch = ChannelWatch(channel.name, channel.alarms, started_ms)
        level = channel.kind is ItemKind.STORAGE
        rollover = channel.profile.counters.rollover or 0
        self._limits = MeterLimits(channel.entry.max_power_w, 0 if level else rollover, level=level)
        self._sample: Sample | None = None
        self._step_wh = 0

    @property
    def ringing(self) -> tuple[str, ...]:
        """What is wrong now, for people."""
        return tuple(f"{kind.value} {subject}".strip() for kind, subject in self._watch.ringing)

    async def poll(self, now_ms: int) -> Sensed:
        """Read counter and gauges; what fails is an alarm, never an end."""
        try:
            (sample,) = await self._driver.read_counters()
            gauges = with_derived(await self._driver.read_gauges())
        except LinkFault:
            return Sensed(now_ms, {}, None, self._watch.tick(now_ms))
        except BadData as error:
            return self._refused(now_ms, f"{error.code}: {error.detail}")
        last = self._reports.last(self.channel.name)
        verdict = judge(None if last is None else last[0], sample, self._limits)
        if not verdict.state.accepted:
            return self._refused(now_ms, verdict.reason)
        self._sample, self._step_wh = sample, 0 if last is None else verdict.step_wh
        counted = (0 if last is None else last[1]) + self._step_wh
        level = self.channel.kind is ItemKind.STORAGE
        observed = Observation(sample.time_ms, None if level else counted, gauges, "", self.channel.exports)
        return Sensed(sample.time_ms, gauges, counted, self._watch.observe(observed))

    def _refused(self, now_ms: int, reason: str) -> Sensed:
        return Sensed(now_ms, {}, None, self._watch.observe(Observation(now_ms, refused=reason)))

    def due(self) -> tuple[str, Sample, int, Item | None] | None:
        """What was sensed since the last time and is to be stored now; None where nothing is new."""
        sample, step_wh = self._sample, self._step_wh
        if sample is None:
            return None
        self._sample, self._step_wh = None, 0
        channel, first = self.channel, self._reports.last(self.channel.name) is None
        if channel.kind is ItemKind.STORAGE:
            item = Item(channel.name, channel.kind, b"", sample.energy_wh, sample.time_ms)
            return channel.name, sample, step_wh, item if first or step_wh else None
        item = Item(channel.name, channel.kind, channel.account, step_wh, sample.time_ms)
        return channel.name, sample, step_wh, item if step_wh > 0 else None
