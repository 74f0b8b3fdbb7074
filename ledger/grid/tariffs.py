"""What a tariff is, as voters decide it: rates by the clock on the wall and the kind of day (rules GA2, GA3)."""

from __future__ import annotations

from enum import IntEnum
from itertools import pairwise
from typing import Annotated, Final

import msgspec

from ledger.bank.assets import AssetNumber
from ledger.chain.parameters import MINUTE_MS, PARTS
from ledger.encoding.codec import Name, Value
from ledger.encoding.quantities import FieldUnit, Of, PositiveNumber, Quantity
from ledger.errors import Refused
from ledger.grid.limits import (
    MAX_FEED_FACTOR,
    MAX_FEED_RATES,
    MAX_GRID_RATE,
    MAX_LEVIES,
    MAX_ZONE_FEES,
    QUARTERS_PER_DAY,
)
from ledger.slots.clock import SlotClock
from ledger.slots.payloads import GridZone

QUARTER_MS: Final = 15 * MINUTE_MS
OUTSIDE: Final = "grid"
"""In a pair of zones: the network beyond all zones, where what nobody shared comes from."""

ANY_ZONE: Final = "*"

GridRate = Annotated[int, msgspec.Meta(ge=0, le=MAX_GRID_RATE), FieldUnit(Quantity.RATE, Of.FIELD)]
"""Base units of the tariff's asset per kWh."""


class DayKind(IntEnum):
    """Which of its tables a tariff goes by on a local day; a listed holiday is a Sunday."""

    WORKDAY = 0
    SATURDAY = 1
    SUNDAY = 2


class RateStep(Value, frozen=True):
    """From a quarter hour of the day on (0: midnight), by the clock on the wall: base units per kWh."""

    from_quarter: Annotated[int, msgspec.Meta(ge=0, lt=QUARTERS_PER_DAY), FieldUnit(Quantity.NUMBER)]
    rate: GridRate


SignedGridRate = Annotated[int, msgspec.Meta(ge=-MAX_GRID_RATE, le=MAX_GRID_RATE), FieldUnit(Quantity.RATE, Of.FIELD)]
FeedFactor = Annotated[int, msgspec.Meta(ge=0, le=MAX_FEED_FACTOR), FieldUnit(Quantity.PARTS)]


class FeedRate(Value, frozen=True):
    """A rate by a feed's value: times `factor` / 10^9, rounded down, plus `addend`, and from there into `least` to
    `most`.
    """

    feed: PositiveNumber
    factor: FeedFactor
    addend: SignedGridRate
    least: GridRate
    most: GridRate

    def rate(self, value: int) -> int:
        """Of a value in base units per kWh."""
        return max(self.least, min(self.most, value * self.factor // PARTS + self.addend))


class TimeRate(Value, frozen=True):
    """Rates of a day, in rising order from midnight on; a constant has one step. Empty ones: as on workdays.

    `by_feed`: where there is one, its rate counts in slots at whose beginning the feed has a value, and the tables in
    the others.
    """

    workday: Annotated[tuple[RateStep, ...], msgspec.Meta(min_length=1, max_length=QUARTERS_PER_DAY)]
    saturday: Annotated[tuple[RateStep, ...], msgspec.Meta(max_length=QUARTERS_PER_DAY)] = ()
    sunday: Annotated[tuple[RateStep, ...], msgspec.Meta(max_length=QUARTERS_PER_DAY)] = ()
    by_feed: Annotated[tuple[FeedRate, ...], msgspec.Meta(max_length=1)] = ()


class ZoneFee(Value, frozen=True):
    """A grid fee for energy from a zone to another; of the rows of a tariff the first that fits counts.

    `from_zone`: a zone of points, `grid` for what comes from outside, or `*`; `to_zone`: the consumer's, or `*`.
    """

    from_zone: GridZone
    to_zone: GridZone
    rate: TimeRate


class Levy(Value, frozen=True):
    """A named levy on what is drawn; `on_shared`: on shared energy too."""

    name: Name
    rate: TimeRate
    on_shared: bool


class TariffTerms(Value, frozen=True):
    """What a point pays for energy from the grid, and gets for energy into it; `asset`: the section's currency."""

    name: Name
    asset: AssetNumber
    retail: TimeRate
    feed_in: TimeRate
    zone_fees: Annotated[tuple[ZoneFee, ...], msgspec.Meta(max_length=MAX_ZONE_FEES)]
    levies: Annotated[tuple[Levy, ...], msgspec.Meta(max_length=MAX_LEVIES)]


def constant(rate: int) -> TimeRate:
    """The same rate at all times."""
    return TimeRate((RateStep(0, rate),))


def time_rates(terms: TariffTerms) -> tuple[TimeRate, ...]:
    """All of a tariff's tables."""
    return (terms.retail, terms.feed_in, *(fee.rate for fee in terms.zone_fees), *(levy.rate for levy in terms.levies))


def check_tariff(terms: TariffTerms, slot_ms: int) -> None:
    """Raises `Refused` (bad_tariff) where tables do not rise from midnight, or change within a slot, or names or pairs
    stand twice.
    """
    for table in time_rates(terms):
        for steps in (table.workday, table.saturday, table.sunday):
            quarters = [step.from_quarter for step in steps]
            if quarters and quarters[0]:
                raise bad_tariff("a table begins at midnight, with the quarter hour 0")
            if any(here >= there for here, there in pairwise(quarters)):
                raise bad_tariff("the quarter hours of a table do not rise, or one stands twice")
            if any(quarter * QUARTER_MS % slot_ms for quarter in quarters):
                raise bad_tariff("a rate changes at the boundary of a slot")
        if any(by_feed.least > by_feed.most for by_feed in table.by_feed):
            raise bad_tariff("the least rate by a feed lies above the most")
    if sum(len(table.by_feed) for table in time_rates(terms)) > MAX_FEED_RATES:
        raise bad_tariff(f"at most {MAX_FEED_RATES} rates of a tariff go by feeds")
    names = [levy.name for levy in terms.levies]
    pairs = [(fee.from_zone, fee.to_zone) for fee in terms.zone_fees]
    if len(set(names)) < len(names) or len(set(pairs)) < len(pairs):
        raise bad_tariff("a levy, or a pair of zones, stands twice")


def zone_fee(terms: TariffTerms, from_zone: str, to_zone: str, *, shared: bool = False) -> TimeRate | None:
    """The fee for energy from a zone to another: of the first row that fits; `*` fits every zone of points.

    A row from `grid` is for what came from outside, and never for what was shared.
    """
    for row in terms.zone_fees:
        comes_from_outside = row.from_zone == OUTSIDE
        fits = row.from_zone in (from_zone, ANY_ZONE) if shared else comes_from_outside
        if fits and comes_from_outside != shared and row.to_zone in (to_zone, ANY_ZONE):
            return row.rate
    return None


def charges_shared(terms: TariffTerms) -> bool:
    """Whether a tariff has anything to charge for what was shared."""
    return any(row.from_zone != OUTSIDE for row in terms.zone_fees) or any(levy.on_shared for levy in terms.levies)


def bad_tariff(detail: str) -> Refused:
    """A tariff that cannot be."""
    return Refused(detail, code="bad_tariff")


def day_place(clock: SlotClock, slot: int) -> int:
    """Where a slot's rate stands in `unfolded`: by the kind of its local day and the quarter hour on the wall's clock;
    a repeated hour uses its rows twice, a skipped one not at all (GA3).
    """
    return day_kind(clock, slot) * QUARTERS_PER_DAY + clock.wall_clock_slot(slot) * clock.slot_ms // QUARTER_MS


def day_kind(clock: SlotClock, slot: int) -> DayKind:
    """Of the local day of a slot."""
    weekday = clock.weekday(slot)
    if weekday == _SUNDAY or clock.is_holiday(slot):
        return DayKind.SUNDAY
    return DayKind.SATURDAY if weekday == _SATURDAY else DayKind.WORKDAY


_SATURDAY: Final = 5
_SUNDAY: Final = 6


def unfolded(table: TimeRate) -> tuple[int, ...]:
    """The rate of every quarter hour of a workday, a Saturday and a Sunday, in this order."""
    found: list[int] = []
    for steps in (table.workday, table.saturday or table.workday, table.sunday or table.workday):
        ends = [*(step.from_quarter for step in steps[1:]), QUARTERS_PER_DAY]
        for step, end in zip(steps, ends, strict=True):
            found.extend([step.rate] * (end - step.from_quarter))
    return tuple(found)
