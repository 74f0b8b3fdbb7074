"""What intervals of a meter do to the ledger (rules M7, M8)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.energy.events import GridExported, GridImported
from ledger.energy.flows import note_flow
from ledger.energy.households import count_energy
from ledger.energy.levels import explain_loss, note_level
from ledger.energy.points import GRID_EXCHANGED, GridPart
from ledger.energy.production import Production
from ledger.energy.schema import UNITS, UnitStatus
from ledger.energy.sessions import draw_interval, has_sessions
from ledger.energy.terms import room_for
from ledger.energy.units import books, is_above_report
from ledger.governance.members import is_member
from ledger.metering.points import IntervalBooking
from ledger.metering.registers import Interval
from ledger.metering.schema import Meter, MeterKind, Quarantine


def open_booking(context: Context, meter: Meter) -> IntervalBooking | None:
    """How intervals are billed by the meter's kind; what is bound at no storage unit is another module's."""
    if context.state.get(UNITS, meter.unit) is None:
        return None
    match MeterKind(meter.kind):
        case MeterKind.PRODUCTION:
            return _Produced(context, meter)
        case MeterKind.CONSUMPTION:
            return _Consumed(context, meter)
        case MeterKind.STORAGE:
            return _Levels(context)


class _Produced:
    """What the unit has room for is minted, the rest went to the grid; all of it for an expelled account (M7)."""

    __slots__ = ("_account", "_context", "_exported_wh", "_is_member", "_parts", "_production")

    def __init__(self, context: Context, meter: Meter) -> None:
        self._context = context
        self._account = meter.account
        self._is_member = is_member(context, meter.account)
        self._production = Production(context, meter.unit, meter.account)
        self._parts = _grid_parts(context, meter)
        self._exported_wh = 0

    def book(self, meter: Meter, interval: Interval) -> Quarantine | None:
        """See `IntervalBooking`."""
        unit, room = self._production.unit, interval.energy_wh
        if is_above_report(self._context, unit, room):
            return Quarantine.TOO_MUCH
        if unit.status != UnitStatus.ACTIVE or not self._is_member:
            room = 0
        elif unit.capacity_wh:
            room = min(room, room_for(unit, unit.capacity_wh - books(unit)))
        if room:
            self._production.take(room, interval)
        exported_wh = interval.energy_wh - room
        if exported_wh:
            self._exported_wh += exported_wh
            self._context.emit(GridExported(meter.unit, meter.account, exported_wh))
        for take in self._parts:
            take(meter, interval, exported_wh)
        return None

    def close(self) -> None:
        """See `IntervalBooking`."""
        self._production.write()
        if self._exported_wh:
            count_energy(self._context, self._account, exported=self._exported_wh)


class _Consumed:
    """What the pair's sessions cover is drawn from them, the rest came from the grid (M8)."""

    __slots__ = ("_account", "_consumed_wh", "_context", "_has_sessions", "_imported_wh", "_parts", "_unit")

    def __init__(self, context: Context, meter: Meter) -> None:
        self._context = context
        self._account = meter.account
        self._unit = context.get(UNITS, meter.unit)
        self._has_sessions = has_sessions(context, meter.account, meter.unit)
        self._parts = _grid_parts(context, meter)
        self._consumed_wh = self._imported_wh = 0

    def book(self, meter: Meter, interval: Interval) -> Quarantine | None:
        """See `IntervalBooking`."""
        if is_above_report(self._context, self._unit, interval.energy_wh):
            return Quarantine.TOO_MUCH
        drawn_wh = self._draw(meter, interval) if self._has_sessions else 0
        imported_wh = interval.energy_wh - drawn_wh
        if imported_wh:
            self._imported_wh += imported_wh
            self._context.emit(GridImported(meter.unit, meter.account, imported_wh))
        for take in self._parts:
            take(meter, interval, imported_wh)
        return None

    def _draw(self, meter: Meter, interval: Interval) -> int:
        context = self._context
        drawn_wh, from_books = draw_interval(context, meter, interval)
        if drawn_wh:
            self._consumed_wh += drawn_wh
            note_flow(context, meter.unit, -from_books, interval)
            explain_loss(context, meter.unit, meter.account, from_books, interval)
        self._has_sessions = has_sessions(context, meter.account, meter.unit)
        return drawn_wh

    def close(self) -> None:
        """See `IntervalBooking`."""
        if self._consumed_wh or self._imported_wh:
            count_energy(self._context, self._account, consumed=self._consumed_wh, imported=self._imported_wh)


class _Levels:
    """Levels of a storage unit wait to be compared with its books; one above capacity is quarantined."""

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def book(self, meter: Meter, interval: Interval) -> Quarantine | None:
        """See `IntervalBooking`."""
        unit = self._context.get(UNITS, meter.unit)
        if is_above_report(self._context, unit, interval.energy_wh - books(unit)):
            return Quarantine.TOO_MUCH
        if unit.capacity_wh and interval.energy_wh > unit.capacity_wh:
            return Quarantine.ABOVE_CAPACITY
        note_level(self._context, meter.unit, interval)
        return None

    def close(self) -> None:
        """See `IntervalBooking`."""


def _grid_parts(context: Context, meter: Meter) -> tuple[GridPart, ...]:
    opened = [begin(context, meter) for begin in context.hooks.at(GRID_EXCHANGED)]
    return tuple([part for part in opened if part is not None])
