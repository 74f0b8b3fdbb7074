"""What voters set of slots."""

from __future__ import annotations

from typing import Final

from ledger.chain.parameters import DAY_MS, HOUR_MS, ParameterRule, ParameterUnit

SLOT_TOLERANCE: Final = "slot_tolerance"
MAX_GAP: Final = "max_gap"

SLOTS_PARAMETERS: Final[tuple[ParameterRule, ...]] = (
    ParameterRule(
        "slot_tolerance", 60_000, 0, 120_000, ParameterUnit.DURATION_MS,
        "how far from a slot's boundary a reading may lie that counts for it",
    ),
    ParameterRule(
        "max_gap", 2 * HOUR_MS, 0, DAY_MS, ParameterUnit.DURATION_MS,
        "a gap between readings up to this long is filled in equal parts, a longer one as the same weekday before",
    ),
)  # fmt: skip
