"""What must hold of points and slots in every state (rule Z10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.chain.schema import COUNTERS
from ledger.errors import require
from ledger.slots.packing import unpack_day
from ledger.slots.registration import OPEN_POINTS
from ledger.slots.schema import OWNER_POINTS, POINT_IDS, POINT_METERS, POINTS, SLOT_VALUES, SlotState
from ledger.state.overlay import Reader
from ledger.state.table import big_endian


def check_points(state: Reader) -> None:
    """The open points are counted and listed by owner; no two open ones have one source (Z10)."""
    points = {point.number: point for _key, point in entries(state, POINTS)}
    opened = {point.owner + big_endian(number) for number, point in points.items() if not point.until_slot}
    require(opened == {key for key, _link in entries(state, OWNER_POINTS)}, "the list of open points is another")
    counted = sum(value.value for key, value in entries(state, COUNTERS) if key == OPEN_POINTS)
    require(counted == len(opened), "the open points are miscounted")
    latest = dict(entries(state, POINT_IDS))
    for number, point in points.items():
        for identity in (point.id_hash if any(point.id_hash) else b"", point.owner if point.own_meter else b""):
            last = latest.get(identity + bytes((point.direction,)))
            if identity and not point.until_slot:
                require(last is not None and last.number == number, "two open points have one source")


def check_slot_values(state: Reader) -> None:
    """Days hold as many values as a day has slots, of points that are known, within their slots (Z10)."""
    points = dict(entries(state, POINTS))
    lengths: set[int] = set()
    for key, day in entries(state, SLOT_VALUES):
        values, point = unpack_day(day), points.get(key[8:16])
        lengths.add(len(values))
        require(len(lengths) == 1, "days differ in length")
        require(point is not None, "a value is that of no point")
        first = int.from_bytes(key[:8], "big") * len(values)
        for slot, value in enumerate(values, first):
            inside = point is not None and point.has(slot)
            require(value.state == SlotState.MISSING or inside, "a value lies outside of its point's slots")


def check_cut_readings(state: Reader) -> None:
    """What was metered before a boundary is part of what was metered since the one before it (Z10)."""
    for _key, meter in entries(state, POINT_METERS):
        require(meter.near_mwh <= meter.energy_mwh, "more was metered up to a boundary than since the one before")


SLOTS_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_points, check_slot_values, check_cut_readings)
