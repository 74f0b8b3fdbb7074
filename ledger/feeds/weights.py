"""What work of feeds weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

FEED_CHANGE: Final = 6
"""A feed that is registered, changed or ended, or whose value is worked out anew: with its history."""

REPORTERS_A_UNIT: Final = 3
"""Its reporters weigh one more, so many together."""

FEED_DAY: Final = 2
"""A day of the history that is read or forgotten."""
