"""The street's measured weeks: one in summer and one in winter, as slots of Austrian time.

Data: SimBench 2016 (see NOTICE), one row for each 15 minutes, whole Wh.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from nodechain.billing.periods import read_period
from nodechain.demo.street import DATA_FILE, DemoStreet, House, houses_of, read_rows

ZONE: Final = "Europe/Vienna"
SLOT_MS: Final = 900_000
DAY_SLOTS: Final = 96
WEEK_DAYS: Final = 7
SETUP_MS: Final = SLOT_MS
"""So long before the week the chain begins: time to register points, bind meters and open the scheme."""


class Season(StrEnum):
    """Which week."""

    SUMMER = "summer"
    WINTER = "winter"


FILES: Final = {Season.SUMMER: DATA_FILE, Season.WINTER: "community_winter_week.csv"}


@dataclass(frozen=True, slots=True)
class MeasuredWeek:
    """The first `days` days of a week: `first_day` in ISO, `start_ms` its local midnight."""

    season: Season
    first_day: str
    start_ms: int
    days: int
    houses: tuple[House, ...]

    @property
    def first_slot(self) -> int:
        """The number of its first slot."""
        return self.start_ms // SLOT_MS

    @property
    def slots(self) -> int:
        """How many there are; the clock does not change in these weeks."""
        return self.days * DAY_SLOTS

    @property
    def end_slot(self) -> int:
        """The slot after the last."""
        return self.first_slot + self.slots

    def day_start_ms(self, day: int) -> int:
        """Local midnight before a day of the week, from 0 on; also of days after the week."""
        return self.start_ms + day * DAY_SLOTS * SLOT_MS

    @property
    def street(self) -> DemoStreet:
        """The households; the chain begins a little before the week does."""
        return DemoStreet(self.start_ms - SETUP_MS, self.houses)


def load_week(season: Season, days: int = WEEK_DAYS) -> MeasuredWeek:
    """A week of the data that come with the program, or its first days."""
    rows = read_rows(FILES[season])[: days * DAY_SLOTS]
    first_day = rows[0]["interval_start"][:10]
    return MeasuredWeek(season, first_day, read_period(first_day, ZONE).from_ms, days, houses_of(rows))


def with_houses(week: MeasuredWeek, names: Collection[str]) -> MeasuredWeek:
    """The week of some of its households."""
    return replace(week, houses=tuple(house for house in week.houses if house.name in names))
