"""The parameters that voters set, with their units and bounds (rule P1)."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from ledger.errors import Refused

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
PARTS: Final = 10**9
"""Shares and costs are in parts per PARTS; 1 ENT per kWh is PARTS base units per kWh."""


class ParameterUnit(Enum):
    """How a value is shown and typed."""

    PARTS = "share"
    ENT_PER_KWH = "ENT/kWh"
    ENT_PER_KWH_HOUR = "ENT/kWh/h"
    DURATION_MS = "duration"
    CHOICE = "choice"
    ENERGY_WH = "energy"
    ENT = "ENT"
    CURRENCY_PER_ENT = "currency/ENT"


class ParameterRule(msgspec.Struct, frozen=True):
    """A parameter's bounds (inclusive), default and meaning; `choices` names the values of a choice."""

    name: str
    default: int
    minimum: int
    maximum: int
    unit: ParameterUnit
    meaning: str
    choices: tuple[str, ...] = ()

    def most(self, decimals: int) -> int:
        """The highest value where the currency has so many decimals: as many tokens as `maximum` is at nine."""
        return self.maximum // 10 ** (9 - decimals) if self.unit is ParameterUnit.CURRENCY_PER_ENT else self.maximum

    def check(self, value: int) -> None:
        """Raise `Refused` (parameter_out_of_bounds) unless the value is allowed."""
        if not self.minimum <= value <= self.maximum:
            raise Refused(
                f"{self.name} must lie between {self.minimum} and {self.maximum}", code="parameter_out_of_bounds"
            )
