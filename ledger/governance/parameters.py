"""What voters set of votes."""

from __future__ import annotations

from typing import Final

from ledger.chain.parameters import DAY_MS, MINUTE_MS, ParameterRule, ParameterUnit

VOTE_LIFETIME: Final = "vote_lifetime"


GOVERNANCE_PARAMETERS: Final[tuple[ParameterRule, ...]] = (
    ParameterRule(
        "vote_lifetime", 30 * DAY_MS, MINUTE_MS, 365 * DAY_MS, ParameterUnit.DURATION_MS, "how long votes run",
    ),
)  # fmt: skip
