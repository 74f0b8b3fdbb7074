"""Origins: what a storage unit holds by source and day, and what an account drew by month."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.chain.parameters import DAY_MS
from ledger.encoding.times import format_day
from ledger.keys.address import format_address
from ledger.origin.genesis import ORIGIN_SECTION
from ledger.origin.queries import LotStanding, drawn_by_source, unit_origin
from ledger.origin.terms import SOURCE_NAMES, LotClass, TakingOrder, class_of
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right, own
from nodechain.api.http.route import AT, POINT, Route
from nodechain.api.reading import CommittedState, Work, ledger
from nodechain.errors import NotFound
from nodechain.node import Node


class OriginLotView(ApiModel):
    """Energy of a unit of one source that came in from `first_day` to `last_day` (UTC), oldest first.

    `source`: pv, wind, hydro, biomass, chp, grid, unknown or mixed. `certified`: whether the day's energy is in a
    certificate, so that it is green only there; null where the lot is of several days or producers.
    """

    number: int
    source: str
    renewable: bool
    first_day: str
    last_day: str
    energy_wh: int
    certified: bool | None


class UnitOriginAnswer(At):
    """What a unit's books hold by origin. `unknown_wh`: what was there before origins were kept, and gains.
    `reserved_wh`: what sessions have reserved of what is renewable.

    `taken`: which lots a draw takes first, oldest or renewable_first. Whose the energy was is told to who draws it.
    """

    unit: str
    taken: str
    renewable_wh: int
    other_wh: int
    unknown_wh: int
    reserved_wh: int
    lots: list[OriginLotView]


class DrawnOriginView(ApiModel):
    """What an account drew of a source in a month (UTC)."""

    month: str
    source: str
    renewable: bool
    energy_wh: int


class AccountOrigin(At):
    """What an account drew from storage units by month and source, oldest first, for the last 37 months at most."""

    account: str
    drawn: list[DrawnOriginView]


def _lot(found: LotStanding) -> OriginLotView:
    lot = found.lot
    return OriginLotView(
        number=found.number,
        source=SOURCE_NAMES[lot.source],
        renewable=found.of == LotClass.RENEWABLE,
        first_day=format_day(lot.first_day * DAY_MS),
        last_day=format_day(lot.last_day * DAY_MS),
        energy_wh=lot.energy_wh,
        certified=found.certified,
    )


def read_unit(at: CommittedState, unit: bytes) -> UnitOriginAnswer:
    """What a unit holds; raises `NotFound`."""
    found = unit_origin(at.state, unit, at.view.time_ms)
    if found is None:
        raise NotFound("no such storage unit", advice="`nodechain units` lists them.")
    return UnitOriginAnswer(
        height=at.height,
        unit=format_address(unit),
        taken=TakingOrder(ORIGIN_SECTION.of(at.view.genesis).lots).name.lower(),
        renewable_wh=found.renewable_wh,
        other_wh=found.other_wh,
        unknown_wh=found.unknown_wh,
        reserved_wh=found.reserved_wh,
        lots=[_lot(each) for each in found.lots],
    )


def read_account(at: CommittedState, account: bytes) -> AccountOrigin:
    """What an account drew."""
    drawn = [
        DrawnOriginView(
            month=f"{each.month // 12:04d}-{each.month % 12 + 1:02d}",
            source=SOURCE_NAMES[each.source],
            renewable=class_of(each.source) == LotClass.RENEWABLE,
            energy_wh=each.energy_wh,
        )
        for each in drawn_by_source(at.state, account)
    ]
    return AccountOrigin(height=at.height, account=format_address(account), drawn=drawn)


async def get_unit(node: Node, request: web.Request) -> Work:
    """What a unit holds."""
    unit = requests.path_address(request)
    return ledger(node, request, lambda at: read_unit(at, unit))


async def get_account(node: Node, request: web.Request) -> Work:
    """What an account drew."""
    account = requests.path_address(request)
    return ledger(node, request, lambda at: read_account(at, account))


_UNIT: Final = "/v1/units/{address}/origin"
_ACCOUNT: Final = "/v1/accounts/{address}/origin"

ROUTES: Final = (
    Route("GET", _UNIT, "What a storage unit holds, by source and day", UnitOriginAnswer, get_unit, query=AT,
          kind=POINT),
    Route("GET", _ACCOUNT, "What an account drew from storage units, by month and source", AccountOrigin, get_account,
          query=AT, kind=POINT),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {_UNIT: MEMBERS, _ACCOUNT: own("address")}
