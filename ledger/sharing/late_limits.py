"""Limits of corrections of folded days; each has a test in `tests/ledger/sharing/`."""

from __future__ import annotations

from typing import Final

MAX_LATE_CORRECTIONS: Final = 100
"""Folded slots of one scheme whose corrections are being brought at a time, by the hour all of the hour: those of a day
of quarter hours."""

MAX_LATE_PIECES: Final = 64
"""Chunks whose old inputs one transaction brings, whatever their size."""

LATE_CORRECTION_MS: Final = 7 * 86_400_000
"""For so long after its first piece a correction is waited for; and so much must be left of `correction_limit` then."""

QUIET_BLOCKS: Final = 4
"""When for so many blocks no value of a settled or folded day came that is another one, its run begins."""

MAX_WAIT_BLOCKS: Final = 100
"""And at the latest so many blocks after the first one."""
