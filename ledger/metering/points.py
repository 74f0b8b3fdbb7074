"""Where modules take part in what meters measure: what a reading does is not the meters' business."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.metering.payloads import MeterTerms
from ledger.metering.registers import Interval
from ledger.metering.schema import Meter, Quarantine

BINDING_TAKEN: Final[HookPoint[Callable[[Context, MeterTerms], bool]]] = HookPoint("binding_taken")
"""Whether a module counts what the meter would measure at its unit; a binding that none takes is refused."""

BINDING_ENDED: Final[HookPoint[Callable[[Context, Meter], None]]] = HookPoint("binding_ended")
"""A unit has unbound a meter; nothing that it measured will follow."""

READINGS_CHECK: Final[HookPoint[Callable[[Context, Meter], None]]] = HookPoint("readings_check")
"""Whether readings of a meter may come now; raises `InclusionError` where they wait."""

READING_ACCEPTED: Final[HookPoint[Callable[[Context, Meter, Interval], Quarantine | None]]] = HookPoint(
    "reading_accepted"
)
"""Book what an interval measured; or say why it cannot be true, before anything is booked."""

READINGS_BOOKED: Final[HookPoint[Callable[[Context, Meter], None]]] = HookPoint("readings_booked")
"""A meter's transaction is done, or a jump of its register was decided on."""


def book_interval(context: Context, meter: Meter, interval: Interval) -> Quarantine | None:
    """Let every module book an interval; the first that finds it impossible quarantines it."""
    for accept in context.hooks.at(READING_ACCEPTED):
        quarantine = accept(context, meter, interval)
        if quarantine is not None:
            return quarantine
    return None
