"""The street: 24 households and 8 photovoltaic systems of the measured data, and what each household plans.

Data: SimBench 2016 (see NOTICE), one row for each 15 minutes, whole Wh per interval.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from typing import Final

from nodechain.errors import NotFound, UsageError

DATA_FILE: Final = "community_summer_week.csv"
DAY: Final = "2016-06-13"
INTERVAL_MS: Final = 15 * 60 * 1000
PLAN_INTERVALS: Final = 8
"""Households plan two hours ahead, as long as a session lives."""


@dataclass(frozen=True, slots=True)
class House:
    """A household: load and, where it owns one, photovoltaic production, in Wh per interval."""

    name: str
    load_wh: tuple[int, ...]
    pv_wh: tuple[int, ...] | None

    def planned_wh(self, interval: int) -> int:
        """What it expects to need in the next two hours; its plan is right."""
        return sum(self.load_wh[interval : interval + PLAN_INTERVALS])


@dataclass(frozen=True, slots=True)
class DemoStreet:
    """A day of a street: `start_ms` is the beginning of its first interval (taken as UTC)."""

    start_ms: int
    houses: tuple[House, ...]

    @property
    def intervals(self) -> int:
        """How many intervals the day has."""
        return len(self.houses[0].load_wh)

    def end_ms(self, interval: int) -> int:
        """When an interval ends."""
        return self.start_ms + (interval + 1) * INTERVAL_MS


def load_street(day: str = DAY) -> DemoStreet:
    """The street on one day of the data that come with the program."""
    rows = [row for row in read_rows(DATA_FILE) if row["interval_start"].startswith(day)]
    if not rows:
        raise NotFound(f"the data have no day {day}", advice="They hold 2016-06-13 to 2016-06-19.")
    start = datetime.fromisoformat(rows[0]["interval_start"]).replace(tzinfo=UTC)
    return DemoStreet(int(start.timestamp() * 1000), houses_of(rows))


def read_rows(file: str) -> list[dict[str, str]]:
    """A row for each 15 minutes of a file of the data that come with the program."""
    text = (resources.files("nodechain") / "data" / file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def houses_of(rows: list[dict[str, str]]) -> tuple[House, ...]:
    """All households of some rows. Raises `UsageError`."""
    names = [column.removesuffix("_load_wh") for column in rows[0] if column.endswith("_load_wh")]
    if not names:
        raise UsageError("the data have no column that ends in _load_wh")
    return tuple(_house(name, rows) for name in names)


def _house(name: str, rows: list[dict[str, str]]) -> House:
    pv = f"{name}_pv_wh"
    return House(
        name,
        tuple(int(row[f"{name}_load_wh"]) for row in rows),
        tuple(int(row[pv]) for row in rows) if pv in rows[0] else None,
    )


def smaller(street: DemoStreet, meters: int, start_ms: int) -> DemoStreet:
    """Households of a street whose meters are so many, those with photovoltaics first; their day begins at `start_ms`.

    The last one's second meter, where it is one too many, is left out.
    """
    houses: list[House] = []
    for house in sorted(street.houses, key=lambda house: house.pv_wh is None):
        left = meters - sum(1 if house.pv_wh is None else 2 for house in houses)
        if left <= 0:
            break
        houses.append(house if left > 1 else replace(house, pv_wh=None))
    return DemoStreet(start_ms, tuple(houses))
