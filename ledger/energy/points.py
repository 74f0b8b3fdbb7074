"""Where modules take part in what meters at storage units measure, after the ledger has split it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.metering.registers import Interval
from ledger.metering.schema import Meter

GridPart = Callable[[Meter, Interval, int], None]
"""So many Wh of an interval of production or consumption went into the grid or came from it; the rest is the unit's."""

GRID_EXCHANGED: Final[HookPoint[Callable[[Context, Meter], GridPart | None]]] = HookPoint("grid_exchanged")
"""A meter of production or consumption begins to report: what a module does with each interval, None if nothing."""
