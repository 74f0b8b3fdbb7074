"""What a kWh costs in a slot: by the table, or by a feed's value at the slot's beginning (rules GA3, GA14)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.bank.assets import AssetNumber
from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.feeds.history import values_at
from ledger.feeds.payloads import FeedKind
from ledger.feeds.rules import open_feed
from ledger.grid.tariffs import TariffTerms, TimeRate, day_place, time_rates, unfolded
from ledger.grid.weights import GRID_FEED, GRID_FEED_SLOTS_A_UNIT
from ledger.slots.clock import SlotClock


def rates_in_slots(
    context: Context, clock: SlotClock, table: TimeRate, slots: Sequence[int], places: Sequence[int]
) -> tuple[int, ...]:
    """The rate of each slot, whose places in `unfolded` stand beside it. A feed's value at a slot's beginning is known
    when the slot can be charged, and the same for ever: a corrected slot costs what it did.
    """
    rates = unfolded(table)
    found = tuple(rates[place] for place in places)
    for by_feed in table.by_feed:
        context.charge(GRID_FEED + len(slots) // GRID_FEED_SLOTS_A_UNIT)
        values = values_at(context.state, by_feed.feed, [clock.start_ms(slot) for slot in slots])
        found = tuple(rate if value is None else by_feed.rate(value) for rate, value in zip(found, values, strict=True))
    return found


def rate_in_slot(context: Context, clock: SlotClock, table: TimeRate, slot: int) -> int:
    """The rate of one slot."""
    return rates_in_slots(context, clock, table, (slot,), (day_place(clock, slot),))[0]


def check_feeds_of(context: Context, terms: TariffTerms) -> None:
    """Refuse a tariff by a feed that is not open, or is no price in the tariff's currency (GA14)."""
    for table in time_rates(terms):
        for by_feed in table.by_feed:
            _check_feed(context, by_feed.feed, terms.asset)


def _check_feed(context: Context, number: int, asset: AssetNumber) -> None:
    if "feeds" not in context.hooks.modules:
        raise Refused("no feed is known: the module feeds is off", code="unknown_feed")
    terms = open_feed(context, number).terms
    if (terms.kind, terms.asset) != (FeedKind.PRICE, asset):
        raise Refused(f"feed {number} is no price in the tariff's currency", code="not_a_price_feed")
