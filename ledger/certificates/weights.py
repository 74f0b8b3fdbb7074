"""What work of certificates weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

GENERATOR_LOOK: Final = 1
"""A production meter's transaction that is looked at."""

GENERATOR_DAY: Final = 2
"""A day of a generator that is counted up or forgotten."""

CERTIFIED_DAY: Final = 1
"""A day of a generator that goes into a certificate."""

GENERATOR_CHANGE: Final = 4
"""A generator described, or energy of it held back."""

CERTIFICATE_ISSUE: Final = 12
"""A certificate issued, beside the days that it is of."""

CERTIFICATE_MOVED: Final = 14
"""A part transferred or taken: two accounts hold something else."""

CERTIFICATE_CHANGE: Final = 6
"""A part offered, withdrawn or retired."""

CERTIFICATE_LAPSE: Final = 4
"""A certificate expired; a holding of it that is deleted."""
