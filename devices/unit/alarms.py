"""What is wrong with a channel: watched from one observation to the next. Pure.

    range       a gauge left its limits (voltage, current, frequency, power factor, power)
    drift       what the counter counted is not what the power says
    dead        power flows and the counter stands still
    phase       one phase has no voltage while another one has
    silence     the meter has not answered for long
    refused     what the meter shows may not be believed (it fell, it jumped, it is another one)

An alarm is told when it begins and when it ends. It begins at once and ends only behind the limit (`HYSTERESIS`), so
that a value on the limit does not ring all night. Energy and power are compared over windows: both are rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Final

import msgspec

from devices.sample import WH_MS_PER_W

HYSTERESIS: Final = Decimal("0.02")
"""Of a limit: how far behind it a value must be before the alarm ends."""
PHASES: Final = ("voltage_l1", "voltage_l2", "voltage_l3")
LOST_PHASE: Final = Decimal("0.5")
"""Of the highest phase's voltage; below this a phase is lost."""
LIVE_V: Final = Decimal(100)
"""Below this on all phases there is no supply, which is another matter than a lost phase."""
POWER: Final = "active_power"


class AlarmKind(Enum):
    """The table stands at the top of this file."""

    RANGE = "range"
    DRIFT = "drift"
    DEAD = "dead"
    PHASE = "phase"
    SILENCE = "silence"
    REFUSED = "refused"


class Range(msgspec.Struct, frozen=True):
    """A gauge's limits in its unit; None: no limit on that side."""

    gauge: str
    low: Decimal | None = None
    high: Decimal | None = None


class AlarmLimits(msgspec.Struct, frozen=True):
    """What is watched. `drift`: share of the energy by power; `floor_wh`: what rounding may make of a window."""

    ranges: tuple[Range, ...] = ()
    drift: Decimal = Decimal("0.1")
    floor_wh: int = 50
    window_ms: int = 6 * 3_600_000
    silence_ms: int = 3_600_000


class Observation(msgspec.Struct, frozen=True):
    """What one reading of a channel brought. `counted_wh`: its counter; `exports`: it counts what is fed in."""

    time_ms: int
    counted_wh: int | None = None
    gauges: Mapping[str, Decimal] = msgspec.field(default_factory=dict)
    refused: str = ""
    exports: bool = False


class Alarm(msgspec.Struct, frozen=True):
    """Something began (`raised`) or ended. `subject`: the gauge or phase, empty where there is none."""

    channel: str
    kind: AlarmKind
    subject: str
    raised: bool
    time_ms: int
    detail: str


class _Window(msgspec.Struct):
    """Energy by the counter and by power since `from_ms`."""

    from_ms: int
    from_wh: int
    by_power_wh: Decimal = Decimal(0)


class ChannelWatch:
    """One channel; `observe` whatever came, `tick` where nothing did."""

    def __init__(self, channel: str, limits: AlarmLimits, started_ms: int) -> None:
        self._channel = channel
        self._limits = limits
        self._heard_ms = started_ms
        self._last: Observation | None = None
        self._window: _Window | None = None
        self._ringing: dict[tuple[AlarmKind, str], str] = {}

    @property
    def ringing(self) -> tuple[tuple[AlarmKind, str], ...]:
        """What has begun and not ended."""
        return tuple(self._ringing)

    def observe(self, seen: Observation) -> tuple[Alarm, ...]:
        """Alarms that begin or end with this reading."""
        self._heard_ms = seen.time_ms
        found = [
            *self._set(AlarmKind.SILENCE, "", "", seen.time_ms),
            *self._set(AlarmKind.REFUSED, "", seen.refused, seen.time_ms),
            *self._ranges(seen),
            *self._phases(seen),
            *self._energy(seen),
        ]
        self._last = seen
        return tuple(found)

    def tick(self, time_ms: int) -> tuple[Alarm, ...]:
        """Alarms that begin because nothing comes."""
        silent_ms = time_ms - self._heard_ms
        detail = f"no reading for {silent_ms // 1000} s" if silent_ms > self._limits.silence_ms else ""
        return tuple(self._set(AlarmKind.SILENCE, "", detail, time_ms)) if detail else ()

    def _set(self, kind: AlarmKind, subject: str, detail: str, time_ms: int) -> Iterator[Alarm]:
        """`detail` says what is wrong; empty: nothing."""
        rings = (kind, subject) in self._ringing
        if detail and not rings:
            self._ringing[kind, subject] = detail
            yield Alarm(self._channel, kind, subject, True, time_ms, detail)
        elif not detail and rings:
            began = self._ringing.pop((kind, subject))
            yield Alarm(self._channel, kind, subject, False, time_ms, f"over: {began}")

    def _ranges(self, seen: Observation) -> Iterator[Alarm]:
        for limit in self._limits.ranges:
            value = seen.gauges.get(limit.gauge)
            if value is None:
                continue
            rings = (AlarmKind.RANGE, limit.gauge) in self._ringing
            margin = HYSTERESIS if rings else Decimal(0)
            detail = ""
            if limit.low is not None and value < limit.low + abs(limit.low) * margin:
                detail = f"{limit.gauge} is {value}, lowest is {limit.low}"
            elif limit.high is not None and value > limit.high - abs(limit.high) * margin:
                detail = f"{limit.gauge} is {value}, highest is {limit.high}"
            yield from self._set(AlarmKind.RANGE, limit.gauge, detail, seen.time_ms)

    def _phases(self, seen: Observation) -> Iterator[Alarm]:
        shown = {phase: seen.gauges[phase] for phase in PHASES if phase in seen.gauges}
        highest = max(shown.values(), default=Decimal(0))
        if len(shown) < 2:
            return
        for phase, value in shown.items():
            lost = highest >= LIVE_V and value < highest * LOST_PHASE
            detail = f"{phase} is {value} V while another phase has {highest} V" if lost else ""
            yield from self._set(AlarmKind.PHASE, phase, detail, seen.time_ms)

    def _energy(self, seen: Observation) -> Iterator[Alarm]:
        """Compare counter and power when a window is over."""
        if seen.counted_wh is None or POWER not in seen.gauges:
            self._window = None
            return
        last, window = self._last, self._window
        if last is None or window is None or seen.counted_wh < window.from_wh or seen.time_ms <= last.time_ms:
            self._window = _Window(seen.time_ms, seen.counted_wh)
            return
        window.by_power_wh += _between(last, seen)
        if seen.time_ms - window.from_ms < self._limits.window_ms:
            return
        counted, expected = seen.counted_wh - window.from_wh, window.by_power_wh
        dead = counted == 0 and expected > self._limits.floor_wh
        apart = abs(counted - expected) > max(expected * self._limits.drift, Decimal(self._limits.floor_wh))
        told = f"{counted} Wh counted, {expected:.0f} Wh by power"
        self._window = _Window(seen.time_ms, seen.counted_wh)
        yield from self._set(AlarmKind.DEAD, "", told if dead else "", seen.time_ms)
        yield from self._set(AlarmKind.DRIFT, "", told if apart and not dead else "", seen.time_ms)


def _between(last: Observation, seen: Observation) -> Decimal:
    """Wh by power between two observations (trapezoid), of the direction that the channel counts."""
    sign = -1 if seen.exports else 1
    powers = [max(sign * observation.gauges.get(POWER, Decimal(0)), Decimal(0)) for observation in (last, seen)]
    return sum(powers, Decimal(0)) / 2 * (seen.time_ms - last.time_ms) / WH_MS_PER_W
