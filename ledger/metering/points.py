"""Where modules take part in what meters measure: what a reading does is not the meters' business."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.metering.payloads import MeterTerms
from ledger.metering.registers import Interval
from ledger.metering.schema import Meter, Quarantine


class IntervalBooking(Protocol):
    """How a module books what the readings of one transaction measured: one interval after the other, then `close`.

    What does not change while one meter reports is read at the beginning, what the intervals add up to is written at
    the end: between them nobody else looks at it.
    """

    def book(self, meter: Meter, interval: Interval) -> Quarantine | None:
        """Book what an interval measured; or say why it cannot be true, before anything is booked."""
        ...

    def close(self) -> None:
        """Write what was not written yet."""
        ...


BINDING_TAKEN: Final[HookPoint[Callable[[Context, MeterTerms], bool]]] = HookPoint("binding_taken")
"""Whether a module counts what the meter would measure at its unit; a binding that none takes is refused."""

BINDING_ENDED: Final[HookPoint[Callable[[Context, Meter], None]]] = HookPoint("binding_ended")
"""A unit has unbound a meter; nothing that it measured will follow."""

READINGS_CHECK: Final[HookPoint[Callable[[Context, Meter], None]]] = HookPoint("readings_check")
"""Whether readings of a meter may come now; raises `InclusionError` where they wait."""

READINGS_OPENED: Final[HookPoint[Callable[[Context, Meter], IntervalBooking | None]]] = HookPoint("readings_opened")
"""A meter begins to report: how a module books what it measured, None where that is not the module's."""

READINGS_BOOKED: Final[HookPoint[Callable[[Context, Meter], None]]] = HookPoint("readings_booked")
"""A meter's transaction is done, or a jump of its register was decided on."""


def open_bookings(context: Context, meter: Meter) -> tuple[IntervalBooking, ...]:
    """How the modules book a meter's intervals."""
    opened = [begin(context, meter) for begin in context.hooks.at(READINGS_OPENED)]
    return tuple([booking for booking in opened if booking is not None])


def book_interval(context: Context, meter: Meter, interval: Interval) -> Quarantine | None:
    """Let every module book a single interval; the first that finds it impossible quarantines it."""
    bookings = open_bookings(context, meter)
    quarantine = book(bookings, meter, interval)
    for booking in bookings:
        booking.close()
    return quarantine


def book(bookings: tuple[IntervalBooking, ...], meter: Meter, interval: Interval) -> Quarantine | None:
    """Book the next interval, or say why it cannot be true."""
    for booking in bookings:
        quarantine = booking.book(meter, interval)
        if quarantine is not None:
            return quarantine
    return None
