"""The grid account: mode and operator, tariffs, an account's figures and debts, who owes."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from ledger.debts.queries import claims_of_pool
from ledger.encoding.quantities import MilliWattHours, TimeMs
from ledger.grid.booking import CHARGES, CREDITS
from ledger.grid.checks import price_band
from ledger.grid.community_sums import community_sums
from ledger.grid.genesis import GRID_SECTION, GridMode
from ledger.grid.queries import grid_debts, grid_standing, grid_sums, tariff_numbers, tariffs_of_points
from ledger.grid.schema import GridLine, LineKind, TariffVersion
from ledger.grid.versions import grid_terms, tariff_versions
from ledger.keys.address import ADDRESS_BYTES, format_address
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.schema import Direction
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYTHING, HOUSEHOLDS, MEMBERS, Right, own
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.render import struct
from nodechain.errors import NotFound
from nodechain.node import Node

GRID_MONTHS_SHOWN: Final = 13


class BandView(ApiModel):
    """Per kWh, by the default tariff now; `bound`: orders for energy must lie between."""

    feed_in: Amount
    retail: Amount
    bound: bool


class GridView(At):
    """How the grid account works: `mode` account, external or island; `mark`: from which debt on nothing is bound.

    `members_owe` is what the operator is owed, `operator_owes` what members are, by all bookings; `default_tariff` 0:
    a point without a tariff of its own has none. `band` is null where no tariff holds by default.
    """

    mode: str
    operator: str
    mark: Amount
    default_tariff: int
    band: BandView | None
    members_owe: Amount
    operator_owes: Amount


class TariffView(ApiModel):
    """The terms of a tariff from a slot on."""

    tariff: int
    version: int
    from_slot: int
    from_ms: TimeMs
    terms: dict[str, Any]


class Tariffs(At):
    """All tariffs with the terms that hold now, or will first."""

    default_tariff: int
    tariffs: list[TariffView]


class TariffVersions(At):
    """The terms of a tariff that are remembered, the newest first."""

    versions: list[TariffView]


class GridLineView(ApiModel):
    """A line: `kind` retail, grid_fee, levy, shared_levy or feed_in; `name`: a levy's, or a pair of zones' (`from>to`).

    `amount` is what is paid, below 0 what is got.
    """

    kind: str
    name: str
    energy_mwh: MilliWattHours
    amount: Amount


class GridMonth(ApiModel):
    """What an account drew and fed in by line in a month (`2026-11`, by the community's clock)."""

    month: str
    lines: list[GridLineView]
    total: Amount


class PointTariffView(ApiModel):
    """A point's tariff now; 0: none, so nothing is charged. `next_tariff` holds from `next_slot` on (0: no change)."""

    point: int
    direction: str
    zone: str
    tariff: int
    next_tariff: int
    next_slot: int


class GridAccount(At):
    """An account's points with their tariffs, its figures of the last 13 months, and what is open.

    `moved` is false where a supplier bills by itself. `blocked`: the account binds no tokens until the debt is paid.
    """

    account: str
    moved: bool
    points: list[PointTariffView]
    months: list[GridMonth]
    owes: Amount
    is_owed: Amount
    blocked: bool


class GridDebtView(ApiModel):
    """What an account owes for the grid."""

    account: str
    amount: Amount
    blocked: bool


class GridDebts(At):
    """Who owes for the grid, a page; the operator stands here for what it owes members."""

    debts: list[GridDebtView]
    next: str | None


class GridSumRow(ApiModel):
    """Sums over `accounts` whose points lay in one zone and had one tariff (0: none). `rest`: of all that stand in no
    other row; zone and tariff then say nothing.
    """

    rest: bool
    zone: str
    tariff: int
    accounts: int
    lines: list[GridLineView]
    total: Amount


class GridSums(At):
    """What the grid cost the community in a month, without names: rows are of `least` accounts or more.

    A row of fewer is merged into the rest; none at all: fewer accounts have figures in that month.
    """

    month: str
    least: int
    rows: list[GridSumRow]


def read_grid(at: CommittedState) -> GridView:
    """Mode, operator, mark, band."""
    section, terms, band = GRID_SECTION.of(at.view.genesis), grid_terms(at.view), price_band(at.view)
    return GridView(
        height=at.height,
        mode=GridMode(section.mode).name.lower(),
        operator=format_address(terms.operator),
        mark=tokens(at.chain, section.asset, terms.mark),
        default_tariff=section.default,
        band=None
        if band is None
        else BandView(
            feed_in=tokens(at.chain, band.asset, band.feed_in),
            retail=tokens(at.chain, band.asset, band.retail),
            bound=band.bound,
        ),
        members_owe=tokens(at.chain, section.asset, claims_of_pool(at.state, CHARGES)),
        operator_owes=tokens(at.chain, section.asset, claims_of_pool(at.state, CREDITS)),
    )


def _tariff(at: CommittedState, clock: SlotClock, version: TariffVersion) -> TariffView:
    return TariffView(
        tariff=version.tariff,
        version=version.version,
        from_slot=version.from_slot,
        from_ms=clock.start_ms(version.from_slot),
        terms=struct(at.chain, version.terms),
    )


def read_tariffs(at: CommittedState) -> Tariffs:
    """All tariffs."""
    clock = clock_of(at.view)
    now = clock.slot_of(at.view.time_ms)
    found = []
    for number in tariff_numbers(at.view):
        known = list(tariff_versions(at.state, number))
        found.append(_tariff(at, clock, next((each for each in known if each.from_slot <= now), known[-1])))
    return Tariffs(height=at.height, default_tariff=GRID_SECTION.of(at.view.genesis).default, tariffs=found)


def read_tariff(at: CommittedState, number: int) -> TariffVersions:
    """The versions of a tariff; raises `NotFound`."""
    clock = clock_of(at.view)
    found = [_tariff(at, clock, version) for version in tariff_versions(at.state, number)]
    if not found:
        raise NotFound(f"there is no tariff {number}", code="unknown_tariff")
    return TariffVersions(height=at.height, versions=found)


def read_grid_account(at: CommittedState, account: bytes) -> GridAccount:
    """An account's points, figures and debts."""
    section, clock = GRID_SECTION.of(at.view.genesis), clock_of(at.view)
    slot = clock.slot_of(at.view.time_ms)
    month = clock.local_month(slot)
    standing = grid_standing(at.view, account)
    points = []
    for found in tariffs_of_points(at.view, account, slot):
        later = [given for given in found.given if given.from_slot > slot]
        points.append(
            PointTariffView(
                point=found.point.number,
                direction=Direction(found.point.direction).name.lower(),
                zone=found.point.zone,
                tariff=found.tariff,
                next_tariff=(later[-1].tariff or section.default) if later else 0,
                next_slot=later[-1].from_slot if later else 0,
            )
        )
    months = [
        GridMonth(
            month=_month_text(number),
            lines=[_line(at, section.asset, line) for line in entry.lines],
            total=tokens(at.chain, section.asset, sum(line.amount for line in entry.lines)),
        )
        for number, entry in grid_sums(at.view, account, month - GRID_MONTHS_SHOWN + 1, month + 1)
    ]
    return GridAccount(
        height=at.height,
        account=format_address(account),
        moved=section.mode == GridMode.ACCOUNT,
        points=points,
        months=months,
        owes=tokens(at.chain, section.asset, standing.owes),
        is_owed=tokens(at.chain, section.asset, standing.is_owed),
        blocked=standing.blocked,
    )


def _month_text(number: int) -> str:
    return f"{number // 12}-{number % 12 + 1:02}"


def read_grid_sums(at: CommittedState, back: int) -> GridSums:
    """Sums of the month that lies so many before the present one, by zone and tariff."""
    clock, asset = clock_of(at.view), GRID_SECTION.of(at.view.genesis).asset
    month = clock.local_month(clock.slot_of(at.view.time_ms)) - back
    rows = [
        GridSumRow(
            rest=row.rest,
            zone=row.zone,
            tariff=row.tariff,
            accounts=row.accounts,
            lines=[_line(at, asset, line) for line in row.lines],
            total=tokens(at.chain, asset, sum(line.amount for line in row.lines)),
        )
        for row in community_sums(at.view, at.reader, month, HOUSEHOLDS)
    ]
    return GridSums(height=at.height, month=_month_text(month), least=HOUSEHOLDS, rows=rows)


def _line(at: CommittedState, asset: int, line: GridLine) -> GridLineView:
    return GridLineView(
        kind=LineKind(line.kind).name.lower(),
        name=line.name,
        energy_mwh=line.energy_mwh,
        amount=tokens(at.chain, asset, line.amount),
    )


def read_grid_debts(at: CommittedState, cursor: bytes | None, limit: int) -> GridDebts:
    """A page of who owes."""
    page = grid_debts(at.reader, cursor, limit)
    found = [
        GridDebtView(
            account=format_address(key[:ADDRESS_BYTES]),
            amount=tokens(at.chain, entry.asset, entry.amount),
            blocked=grid_standing(at.view, key[:ADDRESS_BYTES]).blocked,
        )
        for key, entry in page.entries
    ]
    return GridDebts(height=at.height, debts=found, next=cursor_text(page.cursor))


async def get_grid(node: Node, request: web.Request) -> Work:
    """Mode, operator, mark, band."""
    return ledger(node, request, read_grid)


async def get_tariffs(node: Node, request: web.Request) -> Work:
    """All tariffs."""
    return ledger(node, request, read_tariffs)


async def get_tariff(node: Node, request: web.Request) -> Work:
    """The terms of a tariff."""
    number = requests.path_number(request)
    return ledger(node, request, lambda at: read_tariff(at, number))


async def get_grid_account(node: Node, request: web.Request) -> Work:
    """An account's figures."""
    account = requests.path_address(request)
    return ledger(node, request, lambda at: read_grid_account(at, account))


async def get_grid_debts(node: Node, request: web.Request) -> Work:
    """Who owes."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_grid_debts(at, cursor, limit))


async def get_grid_sums(node: Node, request: web.Request) -> Work:
    """A month's sums."""
    back = requests.number(request, "back", 0, most=GRID_MONTHS_SHOWN - 1)
    return ledger(node, request, lambda at: read_grid_sums(at, back))


ROUTES: Final = (
    Route("GET", "/v1/grid", "The grid account: mode, operator, mark, band", GridView, get_grid, query=AT),
    Route("GET", "/v1/grid/tariffs", "Tariffs and the terms that hold", Tariffs, get_tariffs, query=AT),
    Route(
        "GET",
        "/v1/grid/tariffs/{number}",
        "The terms of a tariff, the newest first",
        TariffVersions,
        get_tariff,
        query=AT,
        kind=POINT,
    ),
    Route(
        "GET",
        "/v1/grid/accounts/{address}",
        "An account's tariffs, figures by month and line, debts",
        GridAccount,
        get_grid_account,
        query=AT,
        kind=POINT,
    ),
    Route("GET", "/v1/grid/debts", "Who owes for the grid", GridDebts, get_grid_debts, query=(*AT, *PAGE)),
    Route(
        "GET",
        "/v1/grid/sums",
        "What the grid cost the community in a month, by zone and tariff, without names",
        GridSums,
        get_grid_sums,
        query=(("back", "how many months before the present one, 0 to 12 (default 0)"), *AT),
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/grid": MEMBERS,
    "/v1/grid/tariffs": MEMBERS,
    "/v1/grid/tariffs/{number}": MEMBERS,
    "/v1/grid/accounts/{address}": own("address"),
    "/v1/grid/debts": EVERYTHING,
    "/v1/grid/sums": MEMBERS,
}
