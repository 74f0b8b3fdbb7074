"""Limits of corrections of folded days; each has a test in `tests/ledger/sharing/`."""

from __future__ import annotations

from typing import Final

MAX_LATE_CORRECTIONS: Final = 100
"""Folded slots of one scheme whose corrections are being brought at a time: those of the longest day."""

MAX_LATE_PIECES: Final = 64
"""Chunks whose old inputs one transaction brings, whatever their size."""

LATE_CORRECTION_MS: Final = 7 * 86_400_000
"""For so long after its first piece a correction is waited for; and so much must be left of `correction_limit` then."""
