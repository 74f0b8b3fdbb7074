"""A tariff to test with: night and day, the network, a levy."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_DECIMALS
from ledger.grid.tariffs import Levy, TariffTerms, ZoneFee, constant

ENT: Final = 10**ENERGY_DECIMALS
"""A whole token, of energy and of the currency."""

RETAIL: Final = 3 * ENT // 10
FEED_IN: Final = 8 * ENT // 100
FEE: Final = 7 * ENT // 100
LEVY: Final = ENT // 100


def tariff(**changes: Any) -> TariffTerms:
    """0.30 for a kWh, 0.07 to the network and 0.01 of a levy for it, 0.08 for one fed in."""
    made = TariffTerms(
        "house", CURRENCY_ASSET, constant(RETAIL), constant(FEED_IN), (ZoneFee("grid", "*", constant(FEE)),),
        (Levy("green", constant(LEVY), False),),
    )  # fmt: skip
    return replace(made, **changes)
