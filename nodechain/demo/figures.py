"""What the day comes to: a row per household, the community's key figures, and whether every Wh is there once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.encoding.amounts import format_amount
from nodechain.demo.plans import ENT, FEED_IN_PRICE, RETAIL_PRICE
from nodechain.demo.street import House
from nodechain.errors import NodeError


@dataclass(frozen=True, slots=True)
class HouseholdDay:
    """A household's day: energies in Wh, `bought` and `sold` in base units of ENT, `paid` and `earned` of eEuro."""

    name: str
    load_wh: int
    pv_wh: int
    produced_wh: int
    exported_wh: int
    consumed_wh: int
    imported_wh: int
    bought: int
    sold: int
    paid: int
    earned: int
    ent: int
    eeuro: int

    @property
    def bill(self) -> int:
        """Base units of eEuro: market, rest from the grid at retail, exports at feed-in."""
        grid = self.imported_wh * RETAIL_PRICE // 1000 - self.exported_wh * FEED_IN_PRICE // 1000
        return self.paid - self.earned + grid

    @property
    def retail_bill(self) -> int:
        """The same without the community: all load at retail, all production at feed-in."""
        return self.load_wh * RETAIL_PRICE // 1000 - self.pv_wh * FEED_IN_PRICE // 1000


def household_day(house: House, played: int, account: Any, movements: Sequence[Any]) -> HouseholdDay:
    """A household's day from what the node says of its account and from its statement."""
    address = account["address"]
    trades = [event for move in movements for event in move["events"] if event["kind"] == "traded"]
    bought = [event for event in trades if event["buyer"] == address]
    sold = [event for event in trades if event["seller"] == address]
    totals = {held["asset"]: held["total"]["base"] for held in account["balances"]}
    metered = account["metered"]
    return HouseholdDay(
        name=house.name,
        load_wh=sum(house.load_wh[:played]),
        pv_wh=sum((house.pv_wh or ())[:played]),
        produced_wh=metered["produced_wh"],
        exported_wh=metered["exported_wh"],
        consumed_wh=metered["consumed_wh"],
        imported_wh=metered["imported_wh"],
        bought=sum(event["quantity"]["base"] for event in bought),
        sold=sum(event["quantity"]["base"] for event in sold),
        paid=sum(event["payment"]["base"] for event in bought),
        earned=sum(event["payment"]["base"] for event in sold),
        ent=totals["ENT"],
        eeuro=totals["EEURO"],
    )


def check_every_wh(days: Sequence[HouseholdDay]) -> int:
    """Every Wh of the data is on the ledger exactly once; returns how many. Raises `NodeError` (energy_differs)."""
    for day in days:
        if day.consumed_wh + day.imported_wh != day.load_wh:
            raise _differs(day.name, "load", day.consumed_wh + day.imported_wh, day.load_wh)
        if day.produced_wh + day.exported_wh != day.pv_wh:
            raise _differs(day.name, "production", day.produced_wh + day.exported_wh, day.pv_wh)
    return sum(day.load_wh + day.pv_wh for day in days)


def check_registers(registers: dict[str, int], expected: dict[str, int]) -> None:
    """The last register that the ledger accepted of each meter is the sum of its data. Raises `NodeError`."""
    for name in sorted(expected):
        if registers.get(name) != expected[name]:
            raise _differs(name, "register", registers.get(name, 0), expected[name])


def _differs(name: str, what: str, found: int, expected: int) -> NodeError:
    return NodeError(
        f"{name}: the {what} on the ledger is {found} Wh, the data say {expected} Wh",
        code="energy_differs",
        advice="This must never happen: keep the folder and report it.",
    )


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The community's day; shares in per mille, money in base units of eEuro, energies in Wh."""

    demand_wh: int
    production_wh: int
    stored_wh: int
    drawn_wh: int
    imported_wh: int
    exported_wh: int
    traded: int
    turnover: int
    bill: int
    retail_bill: int

    @property
    def self_sufficiency(self) -> int:
        """Demand served by the community's own energy, per mille of demand."""
        return 1000 * self.drawn_wh // self.demand_wh if self.demand_wh else 0

    @property
    def self_consumption(self) -> int:
        """Production used in the community, per mille of production."""
        return 1000 * min(self.drawn_wh, self.production_wh) // self.production_wh if self.production_wh else 0

    @property
    def mean_price(self) -> int:
        """Base units of eEuro per ENT over all trades."""
        return self.turnover * ENT // self.traded if self.traded else 0


def key_figures(days: Sequence[HouseholdDay]) -> KeyFigures:
    """The sums over all households."""
    return KeyFigures(
        demand_wh=sum(day.load_wh for day in days),
        production_wh=sum(day.pv_wh for day in days),
        stored_wh=sum(day.produced_wh for day in days),
        drawn_wh=sum(day.consumed_wh for day in days),
        imported_wh=sum(day.imported_wh for day in days),
        exported_wh=sum(day.exported_wh for day in days),
        traded=sum(day.bought for day in days),
        turnover=sum(day.paid for day in days),
        bill=sum(day.bill for day in days),
        retail_bill=sum(day.retail_bill for day in days),
    )


HEADINGS: Final = (
    "HOUSEHOLD", "PRODUCED", "FROM BATTERY", "GRID IN", "GRID OUT", "BOUGHT", "SOLD", "ENT", "EEURO", "BILL", "RETAIL",
)  # fmt: skip


def table_rows(days: Sequence[HouseholdDay]) -> list[tuple[str, ...]]:
    """A row per household; energies in kWh, tokens whole."""
    return [
        (
            day.name,
            kwh(day.produced_wh),
            kwh(day.consumed_wh),
            kwh(day.imported_wh),
            kwh(day.exported_wh),
            short(day.bought),
            short(day.sold),
            short(day.ent),
            short(day.eeuro),
            short(day.bill),
            short(day.retail_bill),
        )
        for day in days
    ]


def kwh(energy_wh: int) -> str:
    """Energy in kWh with three decimals: exact."""
    return f"{energy_wh // 1000}.{energy_wh % 1000:03d}"


def short(base: int) -> str:
    """Tokens or money with two decimals, rounded down in amount."""
    sign = "-" if base < 0 else ""
    cents = abs(base) // 10**7
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def exact(base: int) -> str:
    """Tokens or money exactly."""
    return format_amount(base)
