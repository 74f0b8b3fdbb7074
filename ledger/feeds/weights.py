"""What work of feeds weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

FEED_CHANGE: Final = 12
"""A feed that is registered, changed or ended, or gets another value: with its history."""

FEED_REPORTER: Final = 1
"""A reporter of it, whose report is read."""

FEED_DAY: Final = 2
"""A day of the history that is read or forgotten."""
