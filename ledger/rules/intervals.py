"""From a register to an interval of energy, and what an interval does to the ledger (rules M5-M8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ledger.context import Context
from ledger.events import GridExported, GridImported
from ledger.limits import MAX_INTEGER
from ledger.rules.energy import apply_actual, apply_produced, count_energy
from ledger.rules.members import is_member
from ledger.rules.sessions import draw, returns_at
from ledger.rules.units import MS_PER_HOUR, books
from ledger.schema import SESSIONS, UNITS, Meter, MeterKind, UnitStatus


class Quarantine(IntEnum):
    """Why a reading was not billed."""

    FALLEN = 1
    TOO_MUCH = 2
    NOT_LATER = 3
    IN_FUTURE = 4
    ABOVE_CAPACITY = 5


@dataclass(frozen=True, slots=True)
class Interval:
    """What one reading adds: `energy_wh` (a level for storage) up to `end_ms`."""

    energy_wh: int
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
    most_wh = -(-meter.max_power_w * (time_ms - meter.time_ms) // MS_PER_HOUR) + resolution_wh
    if risen_wh > most_wh:
        return Quarantine.TOO_MUCH
    return Interval(to_wh(register, meter.scale) if level else risen_wh, time_ms)


def apply_interval(context: Context, meter: Meter, interval: Interval) -> Quarantine | None:
    """Bill one interval by the meter's kind; a storage level above capacity is quarantined."""
    match MeterKind(meter.kind):
        case MeterKind.PRODUCTION:
            _produced(context, meter, interval.energy_wh)
        case MeterKind.CONSUMPTION:
            _consumed(context, meter, interval)
        case MeterKind.STORAGE:
            unit = context.get(UNITS, meter.unit)
            if unit.capacity_wh and interval.energy_wh > unit.capacity_wh:
                return Quarantine.ABOVE_CAPACITY
            if interval.energy_wh != books(unit) or unit.quarantined_wh:
                apply_actual(context, meter.unit, interval.energy_wh)
    return None


def _produced(context: Context, meter: Meter, energy_wh: int) -> None:
    """What the unit has room for is minted, the rest went to the grid; all of it for an expelled account (M7)."""
    unit = context.get(UNITS, meter.unit)
    room = energy_wh
    if unit.status != UnitStatus.ACTIVE or not is_member(context, meter.account):
        room = 0
    elif unit.capacity_wh:
        room = min(energy_wh, max(unit.capacity_wh - books(unit), 0))
    if room:
        apply_produced(context, meter.unit, meter.account, room)
    if energy_wh > room:
        count_energy(context, meter.account, exported=energy_wh - room)
        context.emit(GridExported(meter.unit, meter.account, energy_wh - room))


def _consumed(context: Context, meter: Meter, interval: Interval) -> None:
    """What a session covers is drawn from it, the rest came from the grid (M8)."""
    session = context.state.get(SESSIONS, meter.account + meter.unit)
    part = 0
    if (
        session is not None
        and session.opened_ms < interval.end_ms <= session.deadline_ms
        and context.time_ms < returns_at(context, session, meter.account, meter.unit)
    ):
        part = min(interval.energy_wh, session.energy_wh)
    if part:
        count_energy(context, meter.account, consumed=part)
        draw(context, meter.account, meter.unit, part)
    if interval.energy_wh > part:
        count_energy(context, meter.account, imported=interval.energy_wh - part)
        context.emit(GridImported(meter.unit, meter.account, interval.energy_wh - part))
