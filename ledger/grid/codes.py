"""What the codes of the grid account mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

GRID_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "bad_tariff": "The tariff's tables, names or pairs of zones contradict themselves.",
            "not_a_price_feed": "A tariff goes by a feed that is a price in its currency.",
            "unknown_tariff": "No tariff with this number holds in that slot.",
            "too_many_tariffs": "There are as many tariffs as there may be.",
            "too_many_tariff_versions": "The tariff was changed too often; change another one.",
            "too_many_point_tariffs": "The point's tariff was changed too often.",
            "too_many_point_zones": "The point's grid zone was changed too often.",
            "tariff_slot_begun": "Tariffs change at the beginning of a slot to come.",
            "not_the_grid_operator": "Only the grid operator does this; voters name it.",
            "grid_unpaid": "The account owes too much for the grid; currency that comes in pays it, then try again.",
            "price_out_of_band": "The price lies outside of the band of feed-in and retail to which voters bind it.",
        }
    ),
)
