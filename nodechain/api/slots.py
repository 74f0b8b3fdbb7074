"""Metering points and the values of their slots: each owner's own; the chain's slots and time zone for everybody."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.encoding.quantities import MilliWattHours, TimeMs
from ledger.keys.address import format_address
from ledger.slots.payloads import NO_ID
from ledger.slots.queries import custodians, open_points_of, point_of, points, slot_clock, slots_of, slots_terms
from ledger.slots.schema import Direction, MeteringPoint, ValueSource
from nodechain.api.access import visitor_of
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, EXAMINED, Open, Right, Visitor, own
from nodechain.api.http.route import AT, MOMENT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.errors import NotFound, require_present
from nodechain.node import Node

MOST_SLOTS: Final = 3_000
"""Of one answer: a month of quarter hours."""

HIGHEST_POINT: Final = 2**63 - 1


class SlotsView(At):
    """The length of a slot, the community's time zone with the offset in force, and who does what.

    `offset_minutes`: local time less UTC now; `known_until_ms`: when the last change of it that is known takes place.
    """

    slot_ms: int
    slot: int
    zone: str
    offset_minutes: int
    known_until_ms: TimeMs
    custodians: list[str]
    registrars: list[str]


class PointView(ApiModel):
    """A metering point; `id_hash` is empty where it has no operator's id, `until_ms` null while it is open."""

    number: int
    owner: str
    direction: str
    zone: str
    commissioned_ms: TimeMs
    id_hash: str
    own_meter: bool
    from_slot: int
    from_ms: TimeMs
    until_slot: int
    until_ms: TimeMs | None


class Points(At):
    """Metering points, a page."""

    points: list[PointView]
    next: str | None


class PointAnswer(At):
    """One metering point."""

    point: PointView


class SlotView(ApiModel):
    """The value of a slot of time; `state` is missing, measured, substituted, imported or corrected.

    `correction`: how often another value took the place of one that was there; `method`: how a value came about that
    nobody measured in its slot. `quality` is the operator's number, `file` the SHA-256 of what an imported value stood
    in, issued at `issued_ms`.
    """

    slot: int
    start_ms: TimeMs
    end_ms: TimeMs
    energy_mwh: MilliWattHours | None
    state: str
    correction: int
    method: str
    quality: int
    file: str
    issued_ms: TimeMs


class PointSlots(At):
    """Slots of a point from one source, in order; `next_ms` is where the following ones begin, null at the end."""

    point: int
    source: str
    slots: list[SlotView]
    next_ms: TimeMs | None


def read_slots_terms(at: CommittedState) -> SlotsView:
    """The section in force, with what votes have added."""
    clock, terms = require_present(slot_clock(at.view), "the module is on"), slots_terms(at.view)
    return SlotsView(
        height=at.height,
        slot_ms=clock.slot_ms,
        slot=clock.slot_of(at.view.time_ms),
        zone=terms.zone,
        offset_minutes=clock.offset_ms(at.view.time_ms) // 60_000,
        known_until_ms=clock.offsets[-1].from_ms,
        custodians=[format_address(address) for address in custodians(at.reader)],
        registrars=[format_address(address) for address in terms.registrars],
    )


def read_points(at: CommittedState, owner: bytes | None, cursor: bytes | None, limit: int) -> Points:
    """An owner's open points, or all, also closed ones."""
    if owner is not None:
        return Points(
            height=at.height, points=[_point(at, point) for point in open_points_of(at.state, owner)], next=None
        )
    page = points(at.reader, cursor, limit)
    views = [_point(at, point) for _key, point in page.entries]
    return Points(height=at.height, points=views, next=cursor_text(page.cursor))


def read_point(at: CommittedState, visitor: Visitor, number: int) -> PointAnswer:
    """One point; raises `NotFound`, `LoginNeeded`, `NotYours`."""
    return PointAnswer(height=at.height, point=_point(at, _seen(at, visitor, number)))


def read_point_slots(
    at: CommittedState, visitor: Visitor, number: int, source: ValueSource, first_ms: int | None, last_ms: int | None
) -> PointSlots:
    """Values of the slots that begin from `first_ms` to before `last_ms`; by default the block's UTC day so far."""
    point = _seen(at, visitor, number)
    clock = require_present(slot_clock(at.view), "the module is on")
    now = clock.slot_of(at.view.time_ms)
    first = now - now % clock.slots_per_day if first_ms is None else -(-first_ms // clock.slot_ms)
    end = now if last_ms is None else min(-(-last_ms // clock.slot_ms), now)
    count = max(min(end - first, MOST_SLOTS), 0)
    views = [
        SlotView(
            slot=slot,
            start_ms=clock.start_ms(slot),
            end_ms=clock.start_ms(slot + 1),
            energy_mwh=value.energy_mwh if value.state else None,
            state=value.state.name.lower(),
            correction=value.correction,
            method=value.method.name.lower(),
            quality=value.quality,
            file=value.file.hex(),
            issued_ms=value.issued_ms,
        )
        for slot, value in enumerate(slots_of(at.view, point.number, source, first, count), first)
    ]
    return PointSlots(
        height=at.height,
        point=point.number,
        source=source.name.lower(),
        slots=views,
        next_ms=clock.start_ms(first + count) if first + count < end else None,
    )


def _seen(at: CommittedState, visitor: Visitor, number: int) -> MeteringPoint:
    """A point that the visitor may see; who may not see it is not told whether there is one."""
    point = point_of(at.state, number)
    visitor.require(Open.OWN, [] if point is None else [point.owner])
    if point is None:
        raise NotFound("no metering point has this number", advice="`nodechain point list` lists them.")
    return point


def _point(at: CommittedState, point: MeteringPoint) -> PointView:
    clock = require_present(slot_clock(at.view), "the module is on")
    return PointView(
        number=point.number,
        owner=format_address(point.owner),
        direction=Direction(point.direction).name.lower(),
        zone=point.zone,
        commissioned_ms=point.commissioned_ms,
        id_hash="" if point.id_hash == NO_ID else point.id_hash.hex(),
        own_meter=point.own_meter,
        from_slot=point.from_slot,
        from_ms=clock.start_ms(point.from_slot),
        until_slot=point.until_slot,
        until_ms=clock.start_ms(point.until_slot) if point.until_slot else None,
    )


async def get_slots_terms(node: Node, request: web.Request) -> Work:
    """The chain's slots."""
    return ledger(node, request, read_slots_terms)


async def get_points(node: Node, request: web.Request) -> Work:
    """Metering points."""
    owner = requests.address(request, "owner")
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_points(at, owner, cursor, limit))


async def get_point(node: Node, request: web.Request) -> Work:
    """One metering point."""
    visitor, number = visitor_of(request), _number(request)
    return ledger(node, request, lambda at: read_point(at, visitor, number))


async def get_point_slots(node: Node, request: web.Request) -> Work:
    """Values of a point's slots."""
    visitor, number, source = visitor_of(request), _number(request), _source(request)
    first_ms, last_ms = requests.moment(request, "from_time"), requests.moment(request, "to_time")
    return ledger(node, request, lambda at: read_point_slots(at, visitor, number, source, first_ms, last_ms))


def _number(request: web.Request) -> int:
    return requests.path_number(request, least=1, most=HIGHEST_POINT)


def _source(request: web.Request) -> ValueSource:
    text = request.query.get("source", "operator")
    found = {source.name.lower(): source for source in ValueSource}.get(text)
    if found is None:
        raise requests.bad("source", "own or operator is expected")
    return found


ROUTES: Final = (
    Route("GET", "/v1/slots", "The chain's slots of time", SlotsView, get_slots_terms, query=AT, kind=POINT),
    Route(
        "GET", "/v1/points", "Metering points", Points, get_points,
        query=(("owner", "address: its open ones"), *AT, *PAGE),
    ),
    Route("GET", "/v1/points/{number}", "One metering point", PointAnswer, get_point, query=AT, kind=POINT),
    Route(
        "GET",
        "/v1/points/{number}/slots",
        "Values of a point's slots",
        PointSlots,
        get_point_slots,
        query=(("from_time", MOMENT), ("to_time", MOMENT), ("source", "own, or operator (the default)"), *AT),
    ),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {
    "/v1/slots": EVERYBODY,
    "/v1/points": own("owner"),
    "/v1/points/{number}": EXAMINED,
    "/v1/points/{number}/slots": EXAMINED,
}
