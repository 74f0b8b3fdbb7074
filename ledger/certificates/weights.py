"""What work of certificates weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

GENERATOR_LOOK: Final = 1
"""A production meter's transaction that is looked at."""

GENERATOR_DAY: Final = 2
"""A day of a generator that is counted up, certified or forgotten."""

GENERATOR_CHANGE: Final = 4
"""A generator described, or energy of it held back."""

CERTIFICATE_ISSUE: Final = 12
"""A certificate issued, beside the days that it is of."""

CERTIFICATE_CHANGE: Final = 8
"""A part transferred, offered, taken, withdrawn or retired."""

CERTIFICATE_LAPSE: Final = 4
"""A certificate expired; a holding of it that is deleted."""
