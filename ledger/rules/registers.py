"""From a register to an interval of energy: what a reading says, and whether it can be true (rules M5, M6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ledger.limits import MAX_INTEGER
from ledger.params import HOUR_MS
from ledger.schema import Meter, MeterKind


class Quarantine(IntEnum):
    """Why a reading was not billed."""

    FALLEN = 1
    TOO_MUCH = 2
    NOT_LATER = 3
    IN_FUTURE = 4
    ABOVE_CAPACITY = 5


@dataclass(frozen=True, slots=True)
class Interval:
    """What one reading adds: `energy_wh` (a level for storage) between two signed times, the last accepted and its own.

    `start_ms < end_ms`; the binding's opening is the first one's start.
    """

    energy_wh: int
    start_ms: int
    end_ms: int


def to_wh(register: int, scale: int) -> int:
    """A raw register in Wh, rounded to the nearest, halves up; only differences of these are billed."""
    if scale >= 0:
        return int(register * 10**scale)
    unit = int(10**-scale)
    return (2 * register + unit) // (2 * unit)


def interval_between(meter: Meter, register: int, time_ms: int, latest_ms: int) -> Interval | Quarantine:
    """The interval from the last accepted reading to this one, or why it cannot be true (M5, M6).

    `latest_ms`: block time plus the drift that genesis allows.
    """
    if time_ms <= meter.time_ms:
        return Quarantine.NOT_LATER
    if time_ms > latest_ms:
        return Quarantine.IN_FUTURE
    level = meter.kind == MeterKind.STORAGE
    if register < 0 or (meter.rollover and register >= meter.rollover):
        return Quarantine.FALLEN
    if register > MAX_INTEGER:
        return Quarantine.TOO_MUCH
    unwrapped = register
    if register < meter.register and not level:
        if not meter.rollover:
            return Quarantine.FALLEN
        unwrapped = register + meter.rollover
    risen_wh = to_wh(unwrapped, meter.scale) - to_wh(meter.register, meter.scale)
    resolution_wh = max(1, 10**meter.scale) if meter.scale > 0 else 1
    most_wh = -(-meter.max_power_w * (time_ms - meter.time_ms) // HOUR_MS) + resolution_wh
    if risen_wh > most_wh:
        return Quarantine.TOO_MUCH
    return Interval(to_wh(register, meter.scale) if level else risen_wh, meter.time_ms, time_ms)
