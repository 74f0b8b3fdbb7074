"""What voters set of meters."""

from __future__ import annotations

from typing import Final

from ledger.chain.parameters import HOUR_MS, MINUTE_MS, ParameterRule, ParameterUnit

READING_INTERVAL: Final = "reading_interval"


METERING_PARAMETERS: Final[tuple[ParameterRule, ...]] = (
    ParameterRule(
        "reading_interval", MINUTE_MS, 1_000, HOUR_MS, ParameterUnit.DURATION_MS,
        "a meter's transactions lie at least so far apart, in block time",
    ),
)  # fmt: skip
