"""Where modules take part in what slots hold: who shares energy by slots, or bills it, hears of every change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.slots.packing import SlotValue
from ledger.slots.schema import MeteringPoint, ValueSource

SlotValues = tuple[SlotValue, ...]

POINT_CHANGED: Final[HookPoint[Callable[[Context, MeteringPoint, str], None]]] = HookPoint("point_changed")
"""A point, as it was, gets another grid zone from the next slot on. May refuse."""

POINT_CLOSED: Final[HookPoint[Callable[[Context, MeteringPoint, int], None]]] = HookPoint("point_closed")
"""A point, as it was, counts before a slot to come and no longer."""

SLOTS_CHANGED: Final[HookPoint[Callable[[Context, int, ValueSource, int, SlotValues, SlotValues], None]]] = HookPoint(
    "slots_changed"
)
"""Of a point (its number) and a source, slots from the first one on (their number) have other values, or their first:
what stood there before, and what stands there now, slot by slot; some may be as they were."""
