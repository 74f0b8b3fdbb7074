"""What a week comes to for each household: with the grid alone, and with each of two keys; and by the correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.encoding.amounts import format_amount
from ledger.sharing.prices import MWH_PER_KWH
from ledger.slots.schema import Direction
from nodechain.demo.figures import short
from nodechain.demo.plans import FEED_IN_PRICE, RETAIL_PRICE
from nodechain.demo.sharing.members import SharingPoint
from nodechain.demo.sharing.play import WeekSums
from nodechain.demo.sharing.rules import SharedSums

NOTHING: Final = SharedSums()


@dataclass(frozen=True, slots=True)
class HouseUnderKey:
    """A household under one key: mWh that it took of the community and gave to it; base units it pays and earns.

    `bill`: what it pays in all, the rest at the grid's prices; below 0 it is paid.
    """

    taken_mwh: int
    given_mwh: int
    paid: int
    fee: int
    earned: int
    bill: int


@dataclass(frozen=True, slots=True)
class HouseholdWeek:
    """A household's week; `grid_bill`: without the community. `corrected`: what the correction added to its dues."""

    name: str
    load_mwh: int
    pv_mwh: int
    grid_bill: int
    dynamic: HouseUnderKey
    static: HouseUnderKey
    corrected: int


def household_weeks(points: Sequence[SharingPoint], sums: WeekSums) -> list[HouseholdWeek]:
    """Of all households, in the street's order."""
    names = list(dict.fromkeys(point.place.house.name for point in points))
    found = []
    for name in names:
        mine = [point for point in points if point.place.house.name == name]
        before, dynamic, static = (_key_figures(mine, each) for each in (sums.uncorrected, sums.dynamic, sums.static))
        load, pv = _part(mine, sums.dynamic, Direction.OFFTAKE), _part(mine, sums.dynamic, Direction.INJECTION)
        due = dynamic.paid + dynamic.fee - dynamic.earned
        due_before = before.paid + before.fee - before.earned
        found.append(
            HouseholdWeek(
                name, load.energy_mwh, pv.energy_mwh, _at_grid(load.energy_mwh, pv.energy_mwh), dynamic, static,
                due - due_before,
            )
        )  # fmt: skip
    return found


def _part(points: Sequence[SharingPoint], sums: Mapping[int, SharedSums], direction: Direction) -> SharedSums:
    return sum((sums[point.number] for point in points if point.direction is direction), NOTHING)


def _key_figures(points: Sequence[SharingPoint], sums: Mapping[int, SharedSums]) -> HouseUnderKey:
    taken, given = _part(points, sums, Direction.OFFTAKE), _part(points, sums, Direction.INJECTION)
    rest = _at_grid(taken.energy_mwh - taken.shared_mwh, given.energy_mwh - given.shared_mwh)
    bill = taken.amount + taken.fee - given.amount + rest
    return HouseUnderKey(taken.shared_mwh, given.shared_mwh, taken.amount, taken.fee, given.amount, bill)


def _at_grid(load_mwh: int, pv_mwh: int) -> int:
    return load_mwh * RETAIL_PRICE // MWH_PER_KWH - pv_mwh * FEED_IN_PRICE // MWH_PER_KWH


HEADINGS: Final = (
    "HOUSEHOLD", "LOAD", "PV", "TAKEN (DYN.)", "TAKEN (STATIC)", "GIVEN (DYN.)", "GRID ALONE", "DYNAMIC", "STATIC",
    "CORRECTED BY",
)  # fmt: skip


def table_rows(weeks: Sequence[HouseholdWeek]) -> list[tuple[str, ...]]:
    """A row for each household and the sum of all: energies in kWh, money in the currency."""
    rows = [(week.name, *_cells([week])) for week in weeks]
    return [*rows, ("all", *_cells(weeks))]


def _cells(weeks: Sequence[HouseholdWeek]) -> tuple[str, ...]:
    energies = (
        sum(week.load_mwh for week in weeks), sum(week.pv_mwh for week in weeks),
        sum(week.dynamic.taken_mwh for week in weeks), sum(week.static.taken_mwh for week in weeks),
        sum(week.dynamic.given_mwh for week in weeks),
    )  # fmt: skip
    bills = (
        sum(week.grid_bill for week in weeks), sum(week.dynamic.bill for week in weeks),
        sum(week.static.bill for week in weeks),
    )  # fmt: skip
    corrected = format_amount(sum(week.corrected for week in weeks))
    return (*map(kwh, energies), *map(short, bills), corrected)


def kwh(energy_mwh: int) -> str:
    """Energy in kWh with three decimals, rounded down."""
    return f"{energy_mwh // MWH_PER_KWH}.{energy_mwh % MWH_PER_KWH // 1000:03}"
