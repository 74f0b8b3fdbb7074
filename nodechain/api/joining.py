"""Joining: how one joins, what strangers have asked for (for voters), and how one's own application stands."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from ledger.encoding.quantities import TimeMs
from ledger.joining.payloads import NO_ATTESTATION
from ledger.joining.queries import application_by_number, application_of, applications, joining_terms
from ledger.joining.schema import ApplicationStatus, MembershipApplication
from ledger.keys.address import format_address, format_key
from ledger.metering.registers import to_wh
from ledger.metering.schema import MeterKind
from nodechain.api.access import visitor_of
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, EXAMINED, Open, Right, Visitor, concerned
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.render import struct
from nodechain.errors import NotFound
from nodechain.node import Node


class JoiningAnswer(At):
    """How one joins. `admitted_by`: `vote`, or `attestation` of an identity; `demanded`: the kind of attestation that
    a request needs, or empty; `lifetime_ms`: how long voters have. `room`: applications that still have place,
    `room_this_hour`: requests that this hour still takes. `time_ms`: the chain's time now, which a request is signed
    with.
    """

    admitted_by: str
    demanded: str
    lifetime_ms: int
    open: int
    room: int
    room_this_hour: int
    time_ms: TimeMs


class WishedMeterView(ApiModel):
    """A meter that is to be bound at a unit: what it showed when the account asked, in Wh."""

    meter: str
    unit: str
    kind: str
    max_power_w: int
    opening_wh: int
    opening_ms: TimeMs


class ApplicationView(ApiModel):
    """What an account asks for. `status`: `open` or `dismissed`; `referrer`: the member who brought it, or empty;
    `attestation_hash`: that of the attestation that it names, or empty. `units`: storage units with their terms;
    `voter`: it wishes to vote.
    """

    number: int
    account: str
    status: str
    referrer: str
    attestation_hash: str
    meters: list[WishedMeterView]
    units: list[dict[str, Any]]
    voter: bool
    asked_ms: TimeMs
    ends_ms: TimeMs


class MembershipApplications(At):
    """A page of applications by account."""

    applications: list[ApplicationView]
    next: str | None


class ApplicationAnswer(At):
    """One application."""

    application: ApplicationView


class OwnApplication(At):
    """What an account has asked for; null where it has asked for nothing, or that was decided."""

    account: str
    application: ApplicationView | None


def _application(at: CommittedState, found: MembershipApplication) -> ApplicationView:
    return ApplicationView(
        number=found.number,
        account=format_address(found.account),
        status=ApplicationStatus(found.status).name.lower(),
        referrer="" if found.referrer == found.account else format_address(found.referrer),
        attestation_hash="" if found.attestation_hash == NO_ATTESTATION else found.attestation_hash.hex(),
        meters=[
            WishedMeterView(
                meter=format_key(terms.meter_key),
                unit=format_address(terms.unit),
                kind=MeterKind(terms.kind).name.lower(),
                max_power_w=terms.max_power_w,
                opening_wh=to_wh(terms.opening_register, terms.scale, terms.factor),
                opening_ms=terms.opening_ms,
            )
            for terms in found.meters
        ],
        units=[struct(at.chain, unit) for unit in found.units],
        voter=found.voter,
        asked_ms=found.asked_ms,
        ends_ms=found.ends_ms,
    )


def read_joining(at: CommittedState, now_ms: int) -> JoiningAnswer:
    """How one joins."""
    terms = joining_terms(at.view)
    return JoiningAnswer(
        height=at.height,
        admitted_by=terms.admitted_by.name.lower(),
        demanded="" if terms.demanded is None else terms.demanded.name.lower(),
        lifetime_ms=terms.lifetime_ms,
        open=terms.open,
        room=terms.room,
        room_this_hour=terms.room_this_hour,
        time_ms=now_ms,
    )


def read_applications(at: CommittedState, cursor: bytes | None, limit: int) -> MembershipApplications:
    """A page of all applications."""
    page = applications(at.reader, cursor, limit)
    views = [_application(at, found) for _key, found in page.entries]
    return MembershipApplications(height=at.height, applications=views, next=cursor_text(page.cursor))


def read_application(at: CommittedState, visitor: Visitor, number: int) -> ApplicationAnswer:
    """One, for its account and voters; raises `NotFound`, `NotYours`, `LoginNeeded`."""
    found = application_by_number(at.state, number)
    visitor.require(Open.CONCERNED, () if found is None else (found.account,))
    if found is None:
        raise NotFound(f"there is no application {number}, or it was decided", code="unknown_application")
    return ApplicationAnswer(height=at.height, application=_application(at, found))


def read_own_application(at: CommittedState, account: bytes) -> OwnApplication:
    """What an account has asked for, if it has."""
    found = application_of(at.state, account)
    return OwnApplication(
        height=at.height,
        account=format_address(account),
        application=None if found is None else _application(at, found),
    )


async def get_joining(node: Node, request: web.Request) -> Work:
    """How one joins."""
    now_ms = max(node.clock.wall_ms(), node.app.parent.header.time_ms + 1)
    return ledger(node, request, lambda at: read_joining(at, now_ms))


async def get_applications(node: Node, request: web.Request) -> Work:
    """What strangers have asked for."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_applications(at, cursor, limit))


async def get_application(node: Node, request: web.Request) -> Work:
    """An application."""
    number, visitor = requests.path_number(request), visitor_of(request)
    return ledger(node, request, lambda at: read_application(at, visitor, number))


async def get_own_application(node: Node, request: web.Request) -> Work:
    """An account's application."""
    account = requests.path_address(request)
    return ledger(node, request, lambda at: read_own_application(at, account))


_OWN: Final = "/v1/applications/accounts/{address}"

ROUTES: Final = (
    Route("GET", "/v1/joining", "How one joins", JoiningAnswer, get_joining, query=AT, kind=POINT),
    Route("GET", "/v1/applications", "What strangers ask for, by account", MembershipApplications, get_applications,
          query=(*AT, *PAGE)),
    Route("GET", "/v1/applications/{number}", "An application", ApplicationAnswer, get_application, query=AT,
          kind=POINT),
    Route("GET", _OWN, "What an account has asked for", OwnApplication, get_own_application, query=AT, kind=POINT),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {
    "/v1/joining": EVERYBODY,
    "/v1/applications": concerned(),
    "/v1/applications/{number}": EXAMINED,
    _OWN: concerned("address"),
}
