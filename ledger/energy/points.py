"""Where modules take part in what meters at storage units measure, after the ledger has split it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.metering.registers import Interval
from ledger.metering.schema import Meter

GridPart = Callable[[Meter, Interval, int], None]
"""So many Wh of an interval of production or consumption went into the grid or came from it; the rest is the unit's."""

GRID_EXCHANGED: Final[HookPoint[Callable[[Context, Meter], GridPart | None]]] = HookPoint("grid_exchanged")
"""A meter of production or consumption begins to report: what a module does with each interval, None if nothing."""


class BooksChange(NamedTuple):
    """Energy that came into a unit's books, or left them (below 0), as the books are now.

    `account`: whose it was, the producer or the consumer; empty for gains and losses. `session`: the number of that
    which it was drawn from, or 0.
    """

    unit: bytes
    energy_wh: int
    account: bytes = b""
    time_ms: int = 0
    """Of the interval that measured it, or of the block: of what comes in."""
    session: int = 0


BOOKS_CHANGED: Final[HookPoint[Callable[[Context, BooksChange], None]]] = HookPoint("books_changed")
"""A unit's books have changed: what a module notes of it."""


SESSION_OVER: Final[HookPoint[Callable[[Context, bytes, bytes, int], None]]] = HookPoint("session_over")
"""A session of a unit and a consumer, by its number, draws nothing any more: what a module forgets with it."""


def tell_books(context: Context, change: BooksChange) -> None:
    """Tell a change of a unit's books that is in the state already."""
    if change.energy_wh:
        for tell in context.hooks.at(BOOKS_CHANGED):
            tell(context, change)
