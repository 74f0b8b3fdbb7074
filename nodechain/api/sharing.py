"""Sharing: schemes and who takes part in them, an account's sums and debts."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from msgspec.structs import replace

from ledger.encoding.quantities import MilliWattHours, TimeMs
from ledger.keys.address import format_address
from ledger.sharing.limits import MAX_SCHEME_ROWS
from ledger.sharing.members import chunk_of, members_of_chunk
from ledger.sharing.payments import sharing_asset
from ledger.sharing.queries import (
    claims_of,
    cursor_after,
    debts_of,
    scheme_numbers,
    sums_of,
    versions,
)
from ledger.sharing.schema import SchemeMember, SchemeVersion
from ledger.sharing.scheme_terms import Participant
from ledger.sharing.versions import version_at
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.schema import Direction
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right, own
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.render import struct
from nodechain.api.scheme_rows import known_scheme, point_before
from nodechain.errors import NotFound
from nodechain.node import Node

MONTHS_SHOWN: Final = 13


class SchemeView(ApiModel):
    """The terms of a scheme from a slot on; `points` take part, none: it is closed.

    The participants in the terms are the first 400; all are under the path `members` of the scheme.
    """

    scheme: int
    version: int
    from_slot: int
    from_ms: TimeMs
    points: int
    terms: dict[str, Any]


class Schemes(At):
    """All schemes with the terms that hold now, or will first."""

    slot_ms: int
    schemes: list[SchemeView]


class SchemeVersions(At):
    """The terms of a scheme that are remembered, the newest first."""

    slot_ms: int
    versions: list[SchemeView]


class MemberView(ApiModel):
    """A point in a scheme, with its keys (a producer has none) and the share of its energy that counts, of 10^9."""

    point: int
    account: str
    direction: str
    keys: list[int]
    factor: int


class SchemeMembers(At):
    """Who takes part in a scheme in a slot, in rising order of the points, a page."""

    scheme: int
    version: int
    members: list[MemberView]
    next: str | None


class MonthShare(ApiModel):
    """What an account bought and sold in a month of a scheme; `month` as `2026-11`, by the community's clock."""

    scheme: int
    month: str
    bought_mwh: MilliWattHours
    sold_mwh: MilliWattHours
    cost: Amount
    revenue: Amount
    fee: Amount


class OpenAmountView(ApiModel):
    """What an account owes a scheme, or is owed by it."""

    scheme: int
    amount: Amount


class AccountShares(At):
    """An account's sums of the last 13 months, what it owes, and what it is owed."""

    account: str
    months: list[MonthShare]
    owes: list[OpenAmountView]
    is_owed: list[OpenAmountView]


def _scheme(at: CommittedState, clock: SlotClock, version: SchemeVersion) -> SchemeView:
    return SchemeView(
        scheme=version.scheme,
        version=version.version,
        from_slot=version.from_slot,
        from_ms=clock.start_ms(version.from_slot),
        points=version.points,
        terms=struct(at.chain, replace(version.terms, participants=_first_participants(at, version))),
    )


def _first_participants(at: CommittedState, version: SchemeVersion) -> tuple[Participant, ...]:
    """The first of a version's points, as many as one change brings."""
    found: list[Participant] = []
    for chunk in version.chunks:
        members = members_of_chunk(at.state, version.scheme, chunk)
        found += [Participant(member.point, member.keys, member.factor) for member in members]
        if len(found) >= MAX_SCHEME_ROWS:
            break
    return tuple(found[:MAX_SCHEME_ROWS])


def read_schemes(at: CommittedState) -> Schemes:
    """All schemes."""
    clock = clock_of(at.view)
    now = clock.slot_of(at.view.time_ms)
    found = []
    for scheme in scheme_numbers(at.view):
        known = versions(at.reader, scheme)
        found.append(_scheme(at, clock, next((each for each in known if each.from_slot <= now), known[-1])))
    return Schemes(height=at.height, slot_ms=clock.slot_ms, schemes=found)


def read_scheme(at: CommittedState, scheme: int) -> SchemeVersions:
    """The versions of a scheme; raises `NotFound`."""
    known, clock = known_scheme(at, scheme), clock_of(at.view)
    views = [_scheme(at, clock, version) for version in known]
    return SchemeVersions(height=at.height, slot_ms=clock.slot_ms, versions=views)


def read_members(at: CommittedState, scheme: int, slot: int | None, after: int, limit: int) -> SchemeMembers:
    """A page of who takes part in a slot, by default in that of the newest terms; raises `NotFound`."""
    newest = known_scheme(at, scheme)[0]
    version = newest if slot is None else version_at(at.state, scheme, slot)
    if version is None:
        raise NotFound(f"scheme {scheme} begins after slot {slot}", code="unknown_scheme")
    chunks = [chunk for chunk in version.chunks if chunk.chunk >= chunk_of(after)]
    members: list[SchemeMember] = []
    for chunk in chunks:
        members += [each for each in members_of_chunk(at.state, scheme, chunk) if each.point > after]
        if len(members) > limit:
            break
    views = [
        MemberView(
            point=member.point,
            account=format_address(member.account),
            direction=Direction(member.direction).name.lower(),
            keys=list(member.keys),
            factor=member.factor,
        )
        for member in members[:limit]
    ]
    following = cursor_text(cursor_after(views[-1].point)) if len(members) > limit else None
    return SchemeMembers(height=at.height, scheme=scheme, version=version.version, members=views, next=following)


def read_account(at: CommittedState, account: bytes) -> AccountShares:
    """An account's sums and debts."""
    clock, asset = clock_of(at.view), sharing_asset(at.view)
    month = clock.local_month(clock.slot_of(at.view.time_ms))
    months = [
        MonthShare(
            scheme=scheme,
            month=f"{number // 12}-{number % 12 + 1:02}",
            bought_mwh=entry.bought_mwh,
            sold_mwh=entry.sold_mwh,
            cost=tokens(at.chain, asset, entry.cost),
            revenue=tokens(at.chain, asset, entry.revenue),
            fee=tokens(at.chain, asset, entry.fee),
        )
        for scheme, number, entry in sums_of(at.view, account, month - MONTHS_SHOWN + 1, month + 1)
    ]
    return AccountShares(
        height=at.height,
        account=format_address(account),
        months=months,
        owes=_open_amounts(at, debts_of(at.state, account)),
        is_owed=_open_amounts(at, claims_of(at.view, account)),
    )


def _open_amounts(at: CommittedState, found: dict[int, int]) -> list[OpenAmountView]:
    asset = sharing_asset(at.view)
    return [OpenAmountView(scheme=scheme, amount=tokens(at.chain, asset, base)) for scheme, base in found.items()]


async def get_schemes(node: Node, request: web.Request) -> Work:
    """All schemes."""
    return ledger(node, request, read_schemes)


async def get_scheme(node: Node, request: web.Request) -> Work:
    """The terms of a scheme."""
    scheme = requests.path_number(request)
    return ledger(node, request, lambda at: read_scheme(at, scheme))


async def get_members(node: Node, request: web.Request) -> Work:
    """Who takes part in a scheme."""
    scheme, slot = requests.path_number(request), requests.optional_number(request, "slot")
    after, limit = point_before(request), requests.limit(request)
    return ledger(node, request, lambda at: read_members(at, scheme, slot, after, limit))


async def get_account(node: Node, request: web.Request) -> Work:
    """An account's sums and debts."""
    account = requests.path_address(request)
    return ledger(node, request, lambda at: read_account(at, account))


_MEMBERS: Final = "/v1/sharing/schemes/{number}/members"

ROUTES: Final = (
    Route("GET", "/v1/sharing/schemes", "Schemes and the terms that hold", Schemes, get_schemes, query=AT),
    Route(
        "GET",
        "/v1/sharing/schemes/{number}",
        "The terms of a scheme, the newest first",
        SchemeVersions,
        get_scheme,
        query=AT,
        kind=POINT,
    ),
    Route(
        "GET",
        _MEMBERS,
        "Who takes part in a scheme, with keys",
        SchemeMembers,
        get_members,
        query=(("slot", "in this slot; default: under the newest terms"), *AT, *PAGE),
    ),
    Route(
        "GET",
        "/v1/sharing/accounts/{address}",
        "An account's shares by month, what it owes and is owed",
        AccountShares,
        get_account,
        query=AT,
        kind=POINT,
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/sharing/schemes": MEMBERS,
    "/v1/sharing/schemes/{number}": MEMBERS,
    _MEMBERS: MEMBERS,
    "/v1/sharing/accounts/{address}": own("address"),
}
