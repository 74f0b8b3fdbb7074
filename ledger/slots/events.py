"""Points registered and closed, values of slots, who may import, the time zone."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.codec import Uint
from ledger.encoding.quantities import Count, MilliWattHours, Number
from ledger.slots.schema import SlotNumber, ValueSource


class SlotsChanged(Event, frozen=True, tag=312):
    """Of `point` and `source`, `count` slots from `first_slot` on came in, with `energy_mwh` in all; in `corrected` of
    them another value stood before.
    """

    point: Number
    source: Annotated[Uint, ValueSource]
    first_slot: SlotNumber
    count: Count
    energy_mwh: MilliWattHours
    corrected: Count


SLOTS_EVENTS: Final[tuple[type[Event], ...]] = (SlotsChanged,)
