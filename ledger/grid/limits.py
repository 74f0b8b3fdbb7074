"""Every limit of the grid account that all nodes share; each has a test in `tests/ledger/grid_limits.py`."""

from __future__ import annotations

from typing import Final

QUARTERS_PER_DAY: Final = 96
"""Rates begin at a quarter hour by the clock on the wall; a table has at most as many."""

MAX_TARIFFS: Final = 1_000

MAX_GENESIS_TARIFFS: Final = 32
"""Tariffs that a section brings."""

MAX_TARIFF_VERSIONS: Final = 256
"""Versions of one tariff that are remembered at a time."""

KEPT_TARIFF_DAYS: Final = 3_660
"""Versions that ended so long ago are forgotten: no correction reaches further back."""

MAX_LEVIES: Final = 8
MAX_ZONE_FEES: Final = 64
"""Pairs of zones in one tariff."""

MAX_ASSIGNED_POINTS: Final = 400
"""Points that one transaction, or one vote, gives a tariff."""

MAX_POINT_TARIFFS: Final = 64
"""Changes of one point's tariff that are remembered at a time."""

MAX_POINT_ZONES: Final = 64
"""Changes of one point's grid zone that are remembered at a time."""

MAX_GRID_RATE: Final = 10**10
"""Base units per kWh."""

MAX_FEED_FACTOR: Final = 100 * 10**9
"""What a rate multiplies a feed's value by, in parts per 10^9: a hundred times."""

MAX_FEED_RATES: Final = 8
"""Rates of one tariff that go by feeds: each reads a feed's history for every slot that is charged."""
