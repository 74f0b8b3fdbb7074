"""Rows that come with each slot: of which slots they are there, and those of one slot."""

from __future__ import annotations

from itertools import islice
from typing import Final

from aiohttp import web

from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from ledger.sharing.members import members_of
from ledger.sharing.progress import first_settled
from ledger.sharing.rows_schema import RowsState
from ledger.sharing.rows_used import asks_for_rows, rows_now, rows_of
from ledger.sharing.rows_values import NO_FILE
from ledger.sharing.versions import version_at
from ledger.slots.clock import clock_of
from nodechain.api.access import visitor_of
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right
from nodechain.api.http.route import AT, PAGE, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.scheme_rows import known_scheme
from nodechain.errors import NotFound
from nodechain.node import Node

MAX_LISTED_SLOTS: Final = 700
"""Slots of one answer: a week of quarter hours, with the hour that a clock may add."""

MISSING: Final = "missing"


class RowsOfSlot(ApiModel):
    """Where the rows of a slot come from: `imported`, `substituted`, or `missing`; `rows`: how many there are.

    `file` (the SHA-256 of what they stood in) and `issued_ms` are empty where they were not imported. `too_late`: the
    slot takes no others any more.
    """

    slot: int
    start_ms: TimeMs
    state: str
    rows: int
    file: str
    issued_ms: TimeMs
    root: str
    too_late: bool


class RowsBySlot(At):
    """Slots of a scheme that are over, and whose terms ask for rows, of those that were asked for."""

    scheme: int
    slot_ms: int
    slots: list[RowsOfSlot]


class RowOfSlot(ApiModel):
    """A share of a producer's energy for a consumer, in parts of 10^9; the accounts are the points' owners."""

    producer: int
    producer_account: str
    consumer: int
    consumer_account: str
    share: int


class SlotRowsView(At):
    """The rows of a slot as they are now, by producer and consumer, a page; a member sees those of its own points."""

    scheme: int
    slot: RowsOfSlot
    shares: list[RowOfSlot]
    next: str | None


def read_rows(at: CommittedState, scheme: int, slots: range) -> RowsBySlot:
    """Which slots have rows; raises `NotFound` (unknown_scheme)."""
    known_scheme(at, scheme)
    clock = clock_of(at.view)
    over = range(slots.start, min(slots.stop, clock.slot_of(at.view.time_ms)))
    found = [_of_slot(at, scheme, slot) for slot in over if _asks(at, scheme, slot)]
    return RowsBySlot(height=at.height, scheme=scheme, slot_ms=clock.slot_ms, slots=found)


def _asks(at: CommittedState, scheme: int, slot: int) -> bool:
    version = version_at(at.state, scheme, slot)
    return version is not None and bool(version.points) and asks_for_rows(version.terms)


def _of_slot(at: CommittedState, scheme: int, slot: int) -> RowsOfSlot:
    held = rows_now(at.state, scheme, slot)
    return RowsOfSlot(
        slot=slot,
        start_ms=clock_of(at.view).start_ms(slot),
        state=MISSING if held is None else RowsState(held.state).name.lower(),
        rows=0 if held is None else held.count,
        file="" if held is None or held.file == NO_FILE else held.file.hex(),
        issued_ms=0 if held is None else held.issued_ms,
        root="" if held is None else held.root.hex(),
        too_late=slot < first_settled(at.view, clock_of(at.view)),
    )


def read_slot_rows(
    at: CommittedState, scheme: int, slot: int, own: frozenset[bytes] | None, after: bytes | None, limit: int
) -> SlotRowsView:
    """The rows of a slot, of some accounts' points (None: of all), after a pair; raises `NotFound`."""
    known_scheme(at, scheme)
    version = version_at(at.state, scheme, slot)
    if version is None or not asks_for_rows(version.terms):
        raise NotFound(f"scheme {scheme} asks for no rows in slot {slot}", code="rows_not_asked")
    accounts = {member.point: member.account for member in members_of(at.state, version)}
    last = (int.from_bytes((after or b"")[:8], "big"), int.from_bytes((after or b"")[8:], "big"))
    rows = (
        row
        for row in rows_of(rows_now(at.state, scheme, slot))
        if row[:2] > last and (own is None or not own.isdisjoint({accounts.get(row[0]), accounts.get(row[1])}))
    )
    found = list(islice(rows, limit + 1))
    shown = [
        RowOfSlot(
            producer=producer,
            producer_account=_text(accounts.get(producer)),
            consumer=consumer,
            consumer_account=_text(accounts.get(consumer)),
            share=share,
        )
        for producer, consumer, share in found[:limit]
    ]
    more = len(found) > limit
    following = shown[-1].producer.to_bytes(8, "big") + shown[-1].consumer.to_bytes(8, "big") if more else None
    return SlotRowsView(
        height=at.height, scheme=scheme, slot=_of_slot(at, scheme, slot), shares=shown, next=cursor_text(following)
    )


def _text(account: bytes | None) -> str:
    return "" if account is None else format_address(account)


async def get_rows(node: Node, request: web.Request) -> Work:
    """Which slots have rows."""
    scheme, first = requests.path_number(request), requests.number(request, "from", 0)
    end = requests.number(request, "to", first + MAX_LISTED_SLOTS, least=first, most=first + MAX_LISTED_SLOTS)
    return ledger(node, request, lambda at: read_rows(at, scheme, range(first, end)))


async def get_slot_rows(node: Node, request: web.Request) -> Work:
    """The rows of a slot."""
    scheme, slot = requests.path_number(request), requests.whole("slot", request.match_info["slot"])
    visitor, cursor, limit = visitor_of(request), requests.cursor(request), requests.limit(request)
    own = None if visitor.reads_everything else visitor.own
    return ledger(node, request, lambda at: read_slot_rows(at, scheme, slot, own, cursor, limit))


_ROWS: Final = "/v1/sharing/schemes/{number}/rows"
_SLOT: Final = f"{_ROWS}/{{slot}}"
_SPAN: Final = (("from", "first slot"), ("to", "the slot after the last"))

ROUTES: Final = (
    Route(
        "GET", _ROWS, "Which slots have the rows that come with each slot", RowsBySlot, get_rows, query=(*_SPAN, *AT)
    ),
    Route("GET", _SLOT, "The rows that came with a slot", SlotRowsView, get_slot_rows, query=(*AT, *PAGE)),
)

RIGHTS: Final[dict[str, Right]] = {_ROWS: MEMBERS, _SLOT: MEMBERS}
