"""What an interval of a meter does to the ledger (rules M7, M8)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.energy.events import GridExported, GridImported
from ledger.energy.flows import note_flow
from ledger.energy.levels import explain_loss, note_level
from ledger.energy.points import GRID_EXCHANGED
from ledger.energy.reports import apply_produced, count_energy
from ledger.energy.schema import HOUSEHOLDS, UNITS, UnitStatus
from ledger.energy.sessions import draw_interval
from ledger.energy.terms import room_for
from ledger.energy.units import books, is_above_report
from ledger.governance.members import is_member
from ledger.metering.registers import Interval
from ledger.metering.schema import Meter, MeterKind, Quarantine


def apply_interval(context: Context, meter: Meter, interval: Interval) -> Quarantine | None:
    """Bill one interval by the meter's kind; a storage level above capacity is quarantined.

    What is bound at no storage unit is another module's.
    """
    unit = context.state.get(UNITS, meter.unit)
    if unit is None:
        return None
    brought_wh = interval.energy_wh - (books(unit) if meter.kind == MeterKind.STORAGE else 0)
    if is_above_report(context, unit, brought_wh):
        return Quarantine.TOO_MUCH
    match MeterKind(meter.kind):
        case MeterKind.PRODUCTION:
            _produced(context, meter, interval)
        case MeterKind.CONSUMPTION:
            _consumed(context, meter, interval)
        case MeterKind.STORAGE:
            if unit.capacity_wh and interval.energy_wh > unit.capacity_wh:
                return Quarantine.ABOVE_CAPACITY
            note_level(context, meter.unit, interval)
    return None


def _produced(context: Context, meter: Meter, interval: Interval) -> None:
    """What the unit has room for is minted, the rest went to the grid; all of it for an expelled account (M7)."""
    unit = context.get(UNITS, meter.unit)
    room = energy_wh = interval.energy_wh
    if unit.status != UnitStatus.ACTIVE or not is_member(context, meter.account):
        room = 0
    elif unit.capacity_wh:
        room = min(energy_wh, room_for(unit, unit.capacity_wh - books(unit)))
    if room:
        apply_produced(context, meter.unit, meter.account, room, interval)
    if energy_wh > room:
        count_energy(context, meter.account, exported=energy_wh - room)
        context.emit(GridExported(meter.unit, meter.account, energy_wh - room))
    _split(context, meter, interval, energy_wh - room)


def _consumed(context: Context, meter: Meter, interval: Interval) -> None:
    """What the pair's sessions cover is drawn from them, the rest came from the grid (M8)."""
    part, from_books = draw_interval(context, meter, interval)
    if part:
        count_energy(context, meter.account, consumed=part)
        note_flow(context, meter.unit, -from_books, interval)
        explain_loss(context, meter.unit, meter.account, from_books, interval)
    if interval.energy_wh > part:
        count_energy(context, meter.account, imported=interval.energy_wh - part)
        context.emit(GridImported(meter.unit, meter.account, interval.energy_wh - part))
    _split(context, meter, interval, interval.energy_wh - part)


def _split(context: Context, meter: Meter, interval: Interval, grid_wh: int) -> None:
    for follow in context.hooks.at(GRID_EXCHANGED):
        follow(context, meter, interval, grid_wh)


def is_household(context: Context, address: bytes) -> bool:
    """Whether energy was metered for the address (M11)."""
    return context.state.get(HOUSEHOLDS, address) is not None
