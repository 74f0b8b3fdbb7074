"""What voters set of sharing."""

from __future__ import annotations

from typing import Final

from ledger.chain.parameters import DAY_MS, ParameterRule, ParameterUnit
from ledger.sharing.limits import RUN_INPUT_DAYS

CORRECTION_LIMIT: Final = "correction_limit"

SHARING_PARAMETERS: Final[tuple[ParameterRule, ...]] = (
    ParameterRule(
        "correction_limit", 1_096 * DAY_MS, (RUN_INPUT_DAYS + 1) * DAY_MS, 3_660 * DAY_MS, ParameterUnit.DURATION_MS,
        "for how long the roots of a slot's newest run stay in the state",
    ),
)  # fmt: skip
