"""Readings of an owner's meters, cut into slots (rules M23, M24).

A reading comes with what was metered since the one before. What was metered since the last boundary adds up until a
reading counts for another one; that energy then goes to the slots between the two. They are written when the meter's
transaction is done, each day once.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import msgspec

from ledger.chain.context import Context, saturated
from ledger.energy.points import GridPart
from ledger.energy.queries import unit_of
from ledger.metering.bindings import binding_key
from ledger.metering.payloads import MeterTerms
from ledger.metering.points import IntervalBooking
from ledger.metering.registers import Interval
from ledger.metering.schema import BINDINGS, Meter, MeterKind, Quarantine
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.gaps import fill_gaps
from ledger.slots.parameters import SLOT_TOLERANCE
from ledger.slots.schema import POINT_IDS, POINT_METERS, Direction, MeteringPoint, PointMeter, SlotSpan
from ledger.slots.values import known_point
from ledger.slots.weights import SLOT_READING
from ledger.state.table import big_endian

DIRECTIONS: Final = MappingProxyType(
    {MeterKind.PRODUCTION: Direction.INJECTION, MeterKind.CONSUMPTION: Direction.OFFTAKE}
)
NO_SLOT: Final = 0
"""In place of a boundary that no reading has met; the first slot of 1970 has no readings."""


def takes_own_binding(context: Context, terms: MeterTerms) -> bool:
    """Whether a meter is bound at its account's own address, for a point that is open (M23)."""
    if terms.unit != terms.account or unit_of(context.state, terms.unit) is not None:
        return False
    point = _point_of(context, terms.account, terms.kind)
    return point is not None and not point.until_slot


def open_own_booking(context: Context, meter: Meter) -> IntervalBooking | None:
    """A meter at its account's own address: all of it flowed through the point (M23)."""
    if meter.unit != meter.account or unit_of(context.state, meter.unit) is not None:
        return None
    point = _point_of(context, meter.account, meter.kind)
    return None if point is None else _OwnMeter(context, point)


def open_grid_part(context: Context, meter: Meter) -> GridPart | None:
    """A meter at a storage unit: only what came from the grid, or went into it, flowed through the point (M23)."""
    point = None if meter.unit == meter.account else _point_of(context, meter.account, meter.kind)
    if point is None:
        return None
    cut = _Cut(context, point)

    def take(meter: Meter, interval: Interval, grid_wh: int) -> None:
        stored_mwh = (interval.energy_wh - grid_wh) * 1_000
        cut.take(meter, interval, max(interval.energy_mwh - stored_mwh, 0))

    return take


def write_slots(context: Context, meter: Meter) -> None:
    """A meter's transaction is done: its slots are written."""
    point = _point_of(context, meter.account, meter.kind)
    known = None if point is None else context.state.get(POINT_METERS, big_endian(point.number))
    if point is None or known is None or not known.waiting:
        return
    context.state.put(POINT_METERS, big_endian(point.number), msgspec.structs.replace(known, waiting=()))
    fill_gaps(context, point, known.waiting)


def _point_of(context: Context, account: bytes, kind: int) -> MeteringPoint | None:
    direction = DIRECTIONS.get(MeterKind(kind))
    link = None if direction is None else context.state.get(POINT_IDS, account + bytes((direction,)))
    return None if link is None else known_point(context, link.number)


class _OwnMeter:
    """See `IntervalBooking`: nothing that a register has measured is impossible for a point."""

    __slots__ = ("_cut",)

    def __init__(self, context: Context, point: MeteringPoint) -> None:
        self._cut = _Cut(context, point)

    def book(self, meter: Meter, interval: Interval) -> Quarantine | None:
        """See `IntervalBooking`."""
        self._cut.take(meter, interval, interval.energy_mwh)
        return None

    def close(self) -> None:
        """See `IntervalBooking`."""


class _Cut:
    """The readings of one meter for one point."""

    __slots__ = ("_clock", "_context", "_key", "_tolerance_ms")

    def __init__(self, context: Context, point: MeteringPoint) -> None:
        self._context = context
        self._key = big_endian(point.number)
        self._clock = clock_of(context)
        self._tolerance_ms = context.parameter(SLOT_TOLERANCE)

    def take(self, meter: Meter, interval: Interval, energy_mwh: int) -> None:
        """Add what flowed through the point in an interval."""
        context, clock, key, tolerance_ms = self._context, self._clock, self._key, self._tolerance_ms
        context.charge(SLOT_READING)
        known = context.state.get(POINT_METERS, key)
        if known is not None and known.unit != meter.unit and _is_bound(context, known.unit, meter):
            return
        if known is None or known.unit != meter.unit or _is_new(meter, known, interval, tolerance_ms):
            waiting = () if known is None else known.waiting
            known = PointMeter(meter.unit, interval.start_ms, NO_SLOT, 0, NO_SLOT, 0, 0, waiting)
            known = _met(clock, known, interval.start_ms, tolerance_ms)
        if interval.end_ms <= known.time_ms:
            span = _late_span(clock, interval, energy_mwh)
            known = msgspec.structs.replace(known, waiting=(*known.waiting, span))
        else:
            metered = saturated(known.energy_mwh + energy_mwh)
            known = msgspec.structs.replace(known, time_ms=interval.end_ms, energy_mwh=metered)
            known = _met(clock, known, interval.end_ms, tolerance_ms)
        context.state.put(POINT_METERS, key, known)


def _is_bound(context: Context, unit: bytes, meter: Meter) -> bool:
    """Whether the register that the point takes is still bound, so that another one of its owner does not count."""
    return context.state.get(BINDINGS, binding_key(unit, meter.account, meter.kind)) is not None


def _is_new(meter: Meter, known: PointMeter, interval: Interval, tolerance_ms: int) -> bool:
    """Whether the register was bound anew and nobody knows what flowed since its last reading.

    Behind a jump that waits for voters a register goes on: they say what becomes of it.
    """
    return not meter.quarantined_register and interval.start_ms > known.time_ms + tolerance_ms


def _late_span(clock: SlotClock, interval: Interval, energy_mwh: int) -> SlotSpan:
    """Of a jump that voters counted: its time is over."""
    end_slot = -(-interval.end_ms // clock.slot_ms)
    return SlotSpan(clock.slot_of(interval.start_ms), end_slot, energy_mwh, True)


def _met(clock: SlotClock, known: PointMeter, time_ms: int, tolerance_ms: int) -> PointMeter:
    """After a reading at a time: does it count for a boundary, and was one before it waiting for this to be known?"""
    boundary = (time_ms + clock.slot_ms // 2) // clock.slot_ms
    distance_ms = abs(time_ms - clock.start_ms(boundary))
    if known.near_slot != NO_SLOT and (
        boundary != known.near_slot or distance_ms >= abs(known.near_ms - clock.start_ms(known.near_slot))
    ):
        known = _decided(known, known.near_slot, known.near_mwh)
    if distance_ms > tolerance_ms or boundary <= known.since_slot:
        return known
    if time_ms >= clock.start_ms(boundary):
        return _decided(known, boundary, known.energy_mwh)
    return msgspec.structs.replace(known, near_slot=boundary, near_ms=time_ms, near_mwh=known.energy_mwh)


def _decided(known: PointMeter, boundary: int, metered_mwh: int) -> PointMeter:
    """So much was metered up to a boundary."""
    waiting = known.waiting
    if known.since_slot != NO_SLOT:
        waiting = (*waiting, SlotSpan(known.since_slot, boundary, metered_mwh, False))
    return msgspec.structs.replace(
        known, since_slot=boundary, energy_mwh=known.energy_mwh - metered_mwh, near_slot=NO_SLOT, near_ms=0, near_mwh=0,
        waiting=waiting,
    )  # fmt: skip
