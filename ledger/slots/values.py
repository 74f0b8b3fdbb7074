"""What slots hold: reading a value, and the only way in (rules M18-M22)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.events import SlotsChanged
from ledger.slots.limits import KEPT_DAYS, MAX_SLOT_MWH
from ledger.slots.packing import NO_VALUE, SlotValue, pack_day, unpack_day, value_at
from ledger.slots.points import SLOTS_CHANGED
from ledger.slots.retention import is_kept, keep_day
from ledger.slots.schema import (
    POINTS,
    SLOT_VALUES,
    MeteringPoint,
    SlotState,
    ValueSource,
)
from ledger.slots.weights import SLOT_DAY, SLOTS_A_UNIT, SLOTS_HELD_A_UNIT
from ledger.state.overlay import State
from ledger.state.table import big_endian


def day_key(day: int, point: int, source: ValueSource) -> bytes:
    """The key of a UTC day's values."""
    return big_endian(day) + big_endian(point) + bytes((source,))


def day_values(state: State, clock: SlotClock, point: int, source: ValueSource, day: int) -> list[SlotValue]:
    """The values of all slots of a UTC day, as they stand in the state."""
    entry = state.get(SLOT_VALUES, day_key(day, point, source))
    return [NO_VALUE] * clock.slots_per_day if entry is None else unpack_day(entry)


def values_of(context: Context, point: int, source: ValueSource, first_slot: int, count: int) -> list[SlotValue]:
    """The values of slots one after the other; what is kept no longer is missing."""
    clock = clock_of(context)
    found: list[SlotValue] = []
    for day, first, length in utc_days_of_slots(clock, first_slot, count):
        values = (
            day_values(context.state, clock, point, source, day)
            if is_kept(context.time_ms, day)
            else [NO_VALUE] * clock.slots_per_day
        )
        start = first - day * clock.slots_per_day
        found.extend(values[start : start + length])
    return found


def value_of(context: Context, point: int, source: ValueSource, slot: int) -> SlotValue:
    """The value of one slot; what is kept no longer is missing."""
    day, at = divmod(slot, clock_of(context).slots_per_day)
    entry = context.state.get(SLOT_VALUES, day_key(day, point, source)) if is_kept(context.time_ms, day) else None
    return NO_VALUE if entry is None else value_at(entry, at)


def utc_days_of_slots(clock: SlotClock, first_slot: int, count: int) -> Iterable[tuple[int, int, int]]:
    """Slots cut at UTC days: the day, its first slot among them, and how many of them it has."""
    end = first_slot + count
    while first_slot < end:
        day = first_slot // clock.slots_per_day
        length = min(end, (day + 1) * clock.slots_per_day) - first_slot
        yield day, first_slot, length
        first_slot += length


def put_values(
    context: Context, point_number: int, source: ValueSource, first_slot: int, values: Sequence[SlotValue]
) -> int:
    """Bring values of slots one after the other in, and say how many of them changed; a missing one changes nothing.

    The only way in; corrections are counted here. Raises `Refused`: `unknown_point`, `point_not_open`,
    `slot_in_future`, `slot_not_kept`, `energy_out_of_range`.
    """
    clock = clock_of(context)
    if any(not 0 <= value.energy_mwh <= MAX_SLOT_MWH for value in values):
        raise Refused(f"a slot has 0 to {MAX_SLOT_MWH} mWh", code="energy_out_of_range")
    owner = check_slots(context, clock, point_number, first_slot, len(values)).owner
    before: list[SlotValue] = []
    after: list[SlotValue] = []
    for day, first, length in utc_days_of_slots(clock, first_slot, len(values)):
        at = first - first_slot
        held, brought = _bring(context, clock, (day, point_number, source), first, values[at : at + length])
        before.extend(held)
        after.extend(brought)
    new = sum(1 for old, now in zip(before, after, strict=True) if now.state and not old.state)
    corrected = sum(1 for old, now in zip(before, after, strict=True) if now.correction != old.correction)
    if new or corrected:
        total = sum(value.energy_mwh for value in values)
        context.emit(SlotsChanged(point_number, owner, int(source), first_slot, len(values), total, corrected))
        for follow in context.hooks.at(SLOTS_CHANGED):
            follow(context, point_number, source, first_slot, tuple(before), tuple(after))
    return new + corrected


def _bring(
    context: Context,
    clock: SlotClock,
    where: tuple[int, int, ValueSource],
    first_slot: int,
    values: Sequence[SlotValue],
) -> tuple[list[SlotValue], list[SlotValue]]:
    """Bring values into one day; what the slots held before, and what they hold now."""
    day, point, source = where
    context.charge(SLOT_DAY + len(values) // SLOTS_A_UNIT)
    held = day_values(context.state, clock, point, source, day)
    context.charge(sum(1 for value in held if value.state) // SLOTS_HELD_A_UNIT)
    at = first_slot - day * clock.slots_per_day
    before = held[at : at + len(values)]
    after = [_after(old, value) for old, value in zip(before, values, strict=True)]
    held[at : at + len(values)] = after
    keep_day(context, day)
    context.state.put(SLOT_VALUES, day_key(day, point, source), pack_day(held))
    return before, after


def _after(before: SlotValue, value: SlotValue) -> SlotValue:
    """What a slot holds when a value comes: of two imported ones that of the file issued later, in whatever order they
    come; a substitute gives way to any (M20).
    """
    if not value.state:
        return before
    if not before.state:
        return value
    if before.file and (value.issued_ms, value.file) <= (before.issued_ms, before.file):
        return before
    if before.state == SlotState.SUBSTITUTED:
        return value._replace(correction=before.correction + 1)
    if value.energy_mwh == before.energy_mwh:
        return value._replace(state=before.state, correction=before.correction)
    return value._replace(state=SlotState.CORRECTED, correction=before.correction + 1)


def check_slots(context: Context, clock: SlotClock, point_number: int, first_slot: int, count: int) -> MeteringPoint:
    """Refuse slots that the point does not have, that are not over yet, or that are kept no longer (M19)."""
    point = known_point(context, point_number)
    end = first_slot + count
    if first_slot < point.from_slot or (point.until_slot and end > point.until_slot):
        raise Refused(
            f"point {point_number} counts from slot {point.from_slot} on"
            + (f", and before slot {point.until_slot}" if point.until_slot else ""),
            code="point_not_open",
        )
    if clock.start_ms(end) > context.time_ms + context.genesis.drift_ms:
        raise Refused("a slot is not over yet; its value comes after it", code="slot_in_future")
    if not is_kept(context.time_ms, first_slot // clock.slots_per_day):
        raise Refused(f"values of slots are kept for {KEPT_DAYS} days; this one is older", code="slot_not_kept")
    return point


def known_point(context: Context, number: int) -> MeteringPoint:
    """A point that was registered; refused (unknown_point) otherwise."""
    point = context.state.get(POINTS, big_endian(number))
    if point is None:
        raise Refused(f"no point has the number {number}", code="unknown_point")
    return point
