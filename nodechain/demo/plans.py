"""What a household does at the start of an interval: sell what it will not need, buy what it lacks, open a session.

Pure: balances and prospects in, intentions out; integers only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ENT: Final = 10**9
LOT: Final = 10**6
SMALLEST_ORDER: Final = 10**8
"""0.1 ENT, the default of the market's parameter `minimum_order`, which the demo's chain keeps."""
CENT: Final = 10**7
"""A cent of an eEuro in base units; prices are base units of eEuro per ENT."""
RETAIL_PRICE: Final = 30 * CENT
FEED_IN_PRICE: Final = 8 * CENT


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an account has available, in base units, and whether its session at the battery is open."""

    ent: int
    eeuro: int
    session_open: bool


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """An intention to buy or sell `quantity` base units of ENT at `price`."""

    buy: bool
    quantity: int
    price: int


def ask_price(place: int) -> int:
    """What the household at a place of the street wants: 10 to 14 cents, above what the grid pays."""
    return 10 * CENT + (place * 7 % 9) * CENT // 2


def bid_price(place: int) -> int:
    """What the household at a place of the street offers: 16 to 22 cents, below what the grid asks."""
    return 16 * CENT + (place * 5 % 13) * CENT // 2


def tokens_for(energy_wh: int, rate: int) -> int:
    """Base units of ENT that pay for energy at a burning rate (base units per kWh), rounded up."""
    return -(-energy_wh * (ENT + rate) // 1000)


def plan_order(place: int, holdings: Holdings, planned_wh: int, rate: int) -> PlannedOrder | None:
    """Sell above the plan, buy below it; nothing where it fits."""
    needed = tokens_for(planned_wh, rate)
    spare = holdings.ent - needed
    if holdings.session_open and spare < 0:
        return None
    if spare >= SMALLEST_ORDER:
        return PlannedOrder(False, spare - spare % LOT, ask_price(place))
    price = bid_price(place)
    lacking = min(-spare, holdings.eeuro * ENT // price)
    if lacking >= SMALLEST_ORDER:
        return PlannedOrder(True, lacking - lacking % LOT, price)
    return None


def plan_session(holdings: Holdings, planned_wh: int, rate: int, free_wh: int) -> int:
    """Base units of ENT to lock for the next two hours at the battery; 0 for no session."""
    if holdings.session_open:
        return 0
    affordable_wh = holdings.ent * 1000 // (ENT + rate)
    energy_wh = min(planned_wh, affordable_wh, free_wh)
    return tokens_for(energy_wh, rate) if energy_wh > 0 else 0
