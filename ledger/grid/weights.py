"""What work of the grid account weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

TARIFF_CHANGE: Final = 10
TARIFF_POINT: Final = 3
"""A point that is given a tariff."""

GRID_POINT: Final = 14
"""A point whose slots changed, or were settled: charged and booked."""

GRID_ZONE: Final = 3
"""A zone of whose energy another part was shared with a point: its fee and its levies."""

GRID_SLOTS_A_UNIT: Final = 4
"""Slots of a point weigh one more, so many together."""

GRID_ZONE_SLOTS_A_UNIT: Final = 8
"""Slots of such a zone weigh one more, so many together."""

GRID_FEED: Final = 10
"""A rate by a feed, with the day of the feed's history that is read."""

GRID_FEED_SLOTS_A_UNIT: Final = 4
"""Slots of such a rate weigh one more, so many together."""
