"""Reports of feeds: blocks for `bench.weights`; what a rate by a feed costs a day of slots: `python -m bench.feeds`.

Every feed that may be open, with as many reporters as it may have, late on a day on which the value changed every five
minutes: each report makes another value and writes the day's history anew.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import Final

from bench.execution import Community
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.context import Context
from ledger.chain.envelope import Transaction
from ledger.chain.parameters import DAY_MS, PARTS
from ledger.chain.protocol import context_at
from ledger.feeds.history import record
from ledger.feeds.limits import HISTORY_STEP_MS, MAX_OPEN_FEEDS, MAX_REPORTERS
from ledger.feeds.payloads import FeedKind, FeedTerms, FeedTypeNumber, RegisterFeed, ReportFeed
from ledger.feeds.schema import FEEDS
from ledger.feeds.terms import register_feed
from ledger.grid.rates import rates_in_slots
from ledger.grid.tariffs import FeedRate, RateStep, TimeRate
from ledger.slots.clock import clock_of
from ledger.state.overlay import State
from ledger.state.table import big_endian
from nodechain.modules import REGISTRY

ENT: Final = 10**9
AGE_MS: Final = 3_600_000
STEPS: Final = 270
"""Changes of a day before the block that is measured."""
SLOTS: Final = 96
RUNS: Final = 200


def _context(community: Community, state: State) -> Context:
    return context_at(REGISTRY, state, community.genesis, community.height + 1, community.time_ms)


def with_feeds(community: Community) -> None:
    """All feeds, each with reporters of its own and a day of changes."""
    community.time_ms = community.time_ms // DAY_MS * DAY_MS + DAY_MS + STEPS * HISTORY_STEP_MS
    state = State(community.reader)
    context = _context(community, state)
    for number in range(MAX_OPEN_FEEDS):
        reporters = tuple(community.addresses[number * MAX_REPORTERS :][:MAX_REPORTERS])
        terms = FeedTerms("spot", FeedKind.PRICE, CURRENCY_ASSET, "kWh", 0, reporters, 1, AGE_MS, -ENT, 10 * ENT)
        register_feed(context, RegisterFeed(terms))
        for step in range(STEPS):
            begin_ms = community.time_ms - (STEPS - step) * HISTORY_STEP_MS
            record(context, number + 1, begin_ms, None if step == STEPS - 1 else ENT // 10 + step)
        assert state.get(FEEDS, big_endian(number + 1)) is not None
    community.commit(state.changes())


def reports(community: Community, run: int) -> list[list[Transaction]]:
    """A report of every reporter, each higher than all before: the median moves with every second one at least."""
    if not run:
        with_feeds(community)
    community.time_ms += 60_000
    block = [
        community.signed(
            community.members[place],
            FeedTypeNumber.REPORT_FEED,
            ReportFeed(
                place // MAX_REPORTERS + 1, ENT // 5 + run * 1_000 + place % MAX_REPORTERS, community.time_ms, b""
            ),
        )
        for place in range(MAX_OPEN_FEEDS * MAX_REPORTERS)
    ]
    return [block]


def feeds_due(community: Community, run: int) -> list[list[Transaction]]:
    """A block in which the last reports of all feeds get too old at once."""
    return [*reports(community, run), []]


def main() -> None:
    community = Community(MAX_OPEN_FEEDS * MAX_REPORTERS)
    with_feeds(community)
    context = _context(community, State(community.reader))
    clock, table = clock_of(context), TimeRate((RateStep(0, ENT // 3),))
    by_feed = TimeRate((RateStep(0, ENT // 3),), by_feed=(FeedRate(1, 12 * PARTS // 10, 0, 0, ENT),))
    last = clock.slot_of(community.time_ms)
    for count in (1, SLOTS):
        slots = tuple(range(last - count + 1, last + 1))
        plain, fed = (_taken(community, rate, slots) for rate in (table, by_feed))
        context = _context(community, State(community.reader))
        rates_in_slots(context, clock, by_feed, slots, [0] * count)
        print(
            f"a rate by a feed: {fed - plain:.0f} us more than by its table for {count} slots, {context.weight} units, "
            f"{(fed - plain) / context.weight:.2f} us a unit (medians of {RUNS}, load {os.getloadavg()[0]:.1f})"
        )


def _taken(community: Community, rate: TimeRate, slots: tuple[int, ...]) -> float:
    """Microseconds of CPU, with a state that has read nothing yet."""
    costs = []
    for _ in range(RUNS):
        context = _context(community, State(community.reader))
        clock = clock_of(context)
        start = time.process_time_ns()
        rates_in_slots(context, clock, rate, slots, [0] * len(slots))
        costs.append((time.process_time_ns() - start) / 1_000)
    return statistics.median(costs)


if __name__ == "__main__":
    main()
