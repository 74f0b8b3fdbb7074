"""What work of sharing weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

SCHEME_CHANGE: Final = 10
SCHEME_POINT: Final = 3
"""A point of a scheme that is opened or changed."""

PROGRESS_DAY: Final = 10
"""A day of one scheme looked at because values of a point came."""

PROGRESS_SLOT: Final = 2

SETTLED_SLOT: Final = 30
SETTLED_POINT: Final = 10
"""A point's value read, allocated, priced, and put under the roots."""

BOOKED_ACCOUNT: Final = 5
"""An account's difference of a run, with its payment."""
