"""Energy: the imbalance and its rates, storage units, consumption sessions."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import supply
from ledger.chain.context import Context
from ledger.encoding.amounts import format_share
from ledger.encoding.quantities import TimeMs, WattHours, Watts
from ledger.energy.imbalance import (
    BASE_PER_WH,
    burning_cost_rate,
    difference,
    gap_of,
    imbalance,
    minting_cost_rate,
    open_gap,
)
from ledger.energy.losses import is_losing, loss_limit, recent_losses
from ledger.energy.queries import (
    Grants,
    open_sessions,
    priority_accounts,
    sessions_at,
    unit_of,
    units,
    waiting_sessions,
)
from ledger.energy.schema import Unit
from ledger.energy.sessions import Grant, consumption_meter
from ledger.keys.address import format_address
from market.denominations import Denominations
from nodechain.api.amounts import Amount, energy_tokens, tokens, view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, SUMS, Right, own
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.render import struct
from nodechain.errors import NotFound
from nodechain.node import Node


class EnergyView(At):
    """Supply, backing and imbalance of the energy token; rates in ENT per kWh.

    `minting_rate` is what producing costs now, `burning_rate` what drawing costs, negative where it is relieved.
    `presumed_wh`: what silent meters may have drawn of what is missing; rates go by the difference less that, and `gap`
    is its sign. `kwh_to_balance_*`: after how much of that alone the gap is closed; null where it never is.
    """

    supply: Amount
    currency: str
    currency_supply: Amount
    network_wh: WattHours
    backing: Amount
    difference: Amount
    presumed_wh: WattHours
    gap: str
    rate: Amount
    minting_rate: Amount
    burning_rate: Amount
    kwh_to_balance_by_production: str | None
    kwh_to_balance_by_drawing: str | None


class UnitView(ApiModel):
    """A storage unit; capacity and maximum power 0: not registered; of its terms, 0 where nothing is stated.

    `efficiency` is a share as text, `standing_wh` the Wh that it loses by standing in a day.
    `lost_wh`: lost beyond its terms within the window, suspended past `loss_limit_wh` (0: no limit); `losing`: past a
    quarter of it. `shortfall_wh`: what of that no gain has undone. `expected_loss_wh`: within its terms since its last
    gain.
    """

    address: str
    owner: str
    status: str
    capacity_wh: WattHours
    max_power_w: Watts
    available_wh: WattHours
    locked_wh: WattHours
    sequence: int
    shortfall_wh: WattHours
    quarantined_wh: WattHours
    technology: str
    nominal_wh: WattHours
    max_discharge_w: Watts
    efficiency: str
    standing_wh: WattHours
    reserve_wh: WattHours
    expected_loss_wh: WattHours
    lost_wh: WattHours
    loss_limit_wh: WattHours
    losing: bool
    level_ms: TimeMs


class Units(At):
    """Storage units, a page."""

    units: list[UnitView]
    next: str | None


class UnitAnswer(At):
    """One storage unit."""

    unit: UnitView


class SessionView(ApiModel):
    """A consumption session. `returns_ms`: when the rest of the lock goes back at the latest.

    `state` is open or waiting; one that waits has ended at `ended_ms` for `reason`, and waits for what `waits_for`
    says: the meter's next `reading`, or a `report` of the unit. `lost_wh` of its energy the unit holds no longer.
    `has_priority`: it ends last where the unit holds too little.
    """

    number: int
    consumer: str
    unit: str
    locked: Amount
    energy_wh: WattHours
    rate: Amount
    gap: str
    opened_ms: TimeMs
    deadline_ms: TimeMs
    returns_ms: TimeMs
    overdraft: Amount
    reservation: Amount
    state: str
    ended_ms: TimeMs
    reason: str
    waits_for: str
    lost_wh: WattHours
    has_priority: bool


class PriorityAccountView(ApiModel):
    """An account whose sessions end last where a unit holds too little, since a height."""

    account: str
    since: int


class PriorityAccounts(At):
    """All of them, at most 256."""

    accounts: list[PriorityAccountView]


class Sessions(At):
    """Open sessions, or those that wait, a page."""

    sessions: list[SessionView]
    next: str | None


def read_energy(at: CommittedState) -> EnergyView:
    """Supply, backing, imbalance and rates."""
    gap = open_gap(at.state)
    entry = imbalance(at.state)
    minting, burning = minting_cost_rate(at.view), burning_cost_rate(at.view)
    return EnergyView(
        height=at.height,
        supply=energy_tokens(supply(at.state, ENERGY_ASSET)),
        currency=at.chain.symbol(CURRENCY_ASSET),
        currency_supply=tokens(at.chain, CURRENCY_ASSET, supply(at.state, CURRENCY_ASSET)),
        network_wh=entry.network_wh,
        backing=energy_tokens(entry.network_wh * BASE_PER_WH),
        difference=energy_tokens(difference(at.state)),
        presumed_wh=entry.presumed_wh,
        gap=gap_of(gap).name.lower(),
        rate=energy_tokens(entry.rate),
        minting_rate=energy_tokens(minting),
        burning_rate=energy_tokens(burning),
        kwh_to_balance_by_production=_kwh(gap, minting),
        kwh_to_balance_by_drawing=_kwh(gap, burning),
    )


def read_units(at: CommittedState, cursor: bytes | None, limit: int) -> Units:
    """All storage units, also removed ones."""
    page = units(at.reader, cursor, limit)
    views = [_unit(at.view, address, unit) for address, unit in page.entries]
    return Units(height=at.height, units=views, next=cursor_text(page.cursor))


def read_unit(at: CommittedState, address: bytes) -> UnitAnswer:
    """One storage unit; raises `NotFound`."""
    unit = unit_of(at.state, address)
    if unit is None:
        raise NotFound("no such storage unit", advice="`nodechain units` lists them.")
    return UnitAnswer(height=at.height, unit=_unit(at.view, address, unit))


def read_sessions(
    at: CommittedState, consumer: bytes | None, unit: bytes | None, cursor: bytes | None, limit: int
) -> Sessions:
    """Open sessions: of a consumer, at a unit, of a pair, or all."""
    if unit is not None and consumer is None:
        return _sessions(at, sessions_at(at.reader, at.view, unit, cursor, limit, waiting=False))
    return _sessions(at, open_sessions(at.reader, consumer, unit, cursor, limit))


def read_waiting_sessions(
    at: CommittedState, consumer: bytes | None, unit: bytes | None, cursor: bytes | None, limit: int
) -> Sessions:
    """Sessions that have ended and wait, as above; of a unit alone those whose energy it still holds."""
    if unit is not None and consumer is None:
        return _sessions(at, sessions_at(at.reader, at.view, unit, cursor, limit, waiting=True))
    return _sessions(at, waiting_sessions(at.reader, consumer, unit, cursor, limit))


def _sessions(at: CommittedState, found: Grants) -> Sessions:
    views = [session_view(at.view, grant) for grant in found.entries]
    return Sessions(height=at.height, sessions=views, next=cursor_text(found.cursor))


def read_priority(at: CommittedState) -> PriorityAccounts:
    """Whose sessions end last."""
    found = [
        PriorityAccountView(account=format_address(account), since=entry.since)
        for account, entry in priority_accounts(at.state)
    ]
    return PriorityAccounts(height=at.height, accounts=found)


def _kwh(gap: int, rate: int) -> str | None:
    """N = D / r (equation 4.4) in whole Wh, as kWh; None where that rate does not close the gap."""
    if gap == 0:
        return "0"
    if gap * rate <= 0:
        return None
    wh = -(-abs(gap) * 1000 // abs(rate))
    return f"{wh // 1000}.{wh % 1000:03d}"


def _unit(context: Context, address: bytes, unit: Unit) -> UnitView:
    chain = Denominations.of(context.genesis)
    return view(
        chain,
        UnitView,
        unit,
        **{name: value for name, value in struct(chain, unit.terms).items() if name in UnitView.model_fields},
        address=format_address(address),
        efficiency=format_share(unit.terms.efficiency_parts),
        expected_loss_wh=unit.expected_wh,
        lost_wh=recent_losses(context, address),
        loss_limit_wh=loss_limit(context, unit),
        losing=is_losing(context, address, unit),
    )


def session_view(context: Context, grant: Grant) -> SessionView:
    """An open or waiting session as the interface shows it."""
    return view(
        Denominations.of(context.genesis),
        SessionView,
        grant.session,
        consumer=format_address(grant.consumer),
        unit=format_address(grant.unit),
        state="waiting" if grant.waiting else "open",
        waits_for=_waits_for(context, grant),
    )


def _waits_for(context: Context, grant: Grant) -> str:
    if not grant.waiting:
        return ""
    return "report" if consumption_meter(context, grant.consumer, grant.unit) is None else "reading"


async def get_priority(node: Node, request: web.Request) -> Work:
    """Accounts with priority."""
    return ledger(node, request, read_priority)


async def get_energy(node: Node, request: web.Request) -> Work:
    """Supply, backing, imbalance, rates."""
    return ledger(node, request, read_energy)


async def get_units(node: Node, request: web.Request) -> Work:
    """Storage units."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_units(at, cursor, limit))


async def get_unit(node: Node, request: web.Request) -> Work:
    """One storage unit."""
    address = requests.path_address(request)
    return ledger(node, request, lambda at: read_unit(at, address))


async def get_sessions(node: Node, request: web.Request) -> Work:
    """Open sessions, or those that wait, by consumer, unit, or both."""
    consumer, at_unit = requests.address(request, "consumer"), requests.address(request, "unit")
    waiting = requests.flag(request, "state", "waiting")
    cursor, limit = requests.cursor(request), requests.limit(request)

    def answer(at: CommittedState) -> Sessions:
        found = read_waiting_sessions if waiting else read_sessions
        return found(at, consumer, at_unit, cursor, limit)

    return ledger(node, request, answer)


ROUTES: Final = (
    Route("GET", "/v1/energy", "Supply, backing, imbalance, rates", EnergyView, get_energy, query=AT, kind=POINT),
    Route(
        "GET",
        "/v1/priority",
        "Accounts whose sessions end last where energy is short",
        PriorityAccounts,
        get_priority,
        query=AT,
        kind=POINT,
    ),
    Route("GET", "/v1/units", "Storage units", Units, get_units, query=(*AT, *PAGE)),
    Route("GET", "/v1/units/{address}", "One storage unit", UnitAnswer, get_unit, query=AT, kind=POINT),
    Route(
        "GET",
        "/v1/sessions",
        "Consumption sessions",
        Sessions,
        get_sessions,
        query=(
            ("consumer", "address"),
            ("unit", "address"),
            ("state", "waiting: those that have ended and wait"),
            *AT,
            *PAGE,
        ),
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/energy": SUMS,
    "/v1/priority": MEMBERS,
    "/v1/units": MEMBERS,
    "/v1/units/{address}": MEMBERS,
    "/v1/sessions": own("consumer", "unit"),
}
