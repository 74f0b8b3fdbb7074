"""What who owes for the grid may not do, and which prices are out of its tariffs' band (rules GA9, GA11)."""

from __future__ import annotations

import msgspec

from ledger.bank.assets import ENERGY_ASSET
from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.grid.booking import is_blocked, net_debt
from ledger.grid.genesis import GRID_SECTION, GridMode
from ledger.grid.rates import rate_in_slot
from ledger.grid.versions import grid_terms, tariff_at
from ledger.slots.clock import clock_of


class PriceBand(msgspec.Struct, frozen=True):
    """Base units of `asset` for a kWh: what the default tariff pays and takes now; `bound`: prices must lie between."""

    asset: int
    feed_in: int
    retail: int
    bound: bool


def check_paid(context: Context, account: bytes) -> None:
    """Refuse to bind tokens while the account owes the mark or more (GA9)."""
    owed = net_debt(context, account)
    if is_blocked(context, owed):
        raise Refused(
            f"the account owes {owed} base units for the grid; bring currency in, which pays it, then try again",
            code="grid_unpaid",
        )


def price_band(context: Context) -> PriceBand | None:
    """The band of this moment; None on an island, or where no tariff holds by default (GA11)."""
    section, clock = GRID_SECTION.of(context.genesis), clock_of(context)
    slot = clock.slot_of(context.time_ms)
    version = tariff_at(context.state, section.default, slot) if section.default else None
    if version is None or section.mode == GridMode.ISLAND:
        return None
    feed_in, retail = (
        rate_in_slot(context, clock, table, slot) for table in (version.terms.feed_in, version.terms.retail)
    )
    return PriceBand(section.asset, feed_in, retail, grid_terms(context).band)


def check_price(context: Context, base: int, quote: int, price: int) -> None:
    """Refuse a price for energy outside of the band where voters bind it (GA11)."""
    band = price_band(context)
    if band is None or not band.bound or base != ENERGY_ASSET or quote != band.asset:
        return
    if not band.feed_in <= price <= band.retail:
        raise Refused(
            f"a kWh costs {band.feed_in} to {band.retail} base units now, between feed-in and retail",
            code="price_out_of_band",
        )
