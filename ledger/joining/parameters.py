"""What voters set of joining."""

from __future__ import annotations

from typing import Final

from ledger.chain.parameters import DAY_MS, ParameterRule, ParameterUnit

APPLICATION_LIFETIME: Final = "application_lifetime"

JOINING_PARAMETERS: Final[tuple[ParameterRule, ...]] = (
    ParameterRule(
        APPLICATION_LIFETIME, 14 * DAY_MS, DAY_MS, 90 * DAY_MS, ParameterUnit.DURATION_MS,
        "how long an application waits for the voters",
    ),
)  # fmt: skip
