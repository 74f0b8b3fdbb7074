"""Slots that no run has settled yet, and whose values they wait for: what keeps a period's bills from being final."""

from __future__ import annotations

from itertools import islice
from typing import Final

from aiohttp import web

from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from ledger.sharing.completeness import UnsettledSlots, unsettled_slots
from ledger.slots.clock import SlotClock, clock_of
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import Open, Right, Visitor, shown_by
from nodechain.api.http.route import AT, MOMENT, Route
from nodechain.api.reading import CommittedState, Work, ledger
from nodechain.node import Node

MOST_SPANS: Final = 200
"""Spans of one answer, and points of one span; `more` says that there are others."""

DAY_MS: Final = 86_400_000
MOST_DAYS: Final = 400
DEFAULT_DAYS: Final = 35


class WaitedPoint(ApiModel):
    """A point whose value is missing."""

    point: int
    account: str


class UnsettledSpan(ApiModel):
    """`slots` slots of a scheme one after the other that wait for the same points; without points they are settled in
    the next blocks. `rows_missing`: they lack the rows that come with each slot. `missing`: how many points these are;
    `cut_off_ms`: from then on substitutes stand in for the last
    of them.
    """

    scheme: int
    first_slot: int
    slots: int
    start_ms: TimeMs
    end_ms: TimeMs
    cut_off_ms: TimeMs
    rows_missing: bool
    missing: int
    points: list[WaitedPoint]


class Unsettled(At):
    """Slots that are over and have no run, by scheme; `more`: there are more spans than these."""

    spans: list[UnsettledSpan]
    more: bool


def read_unsettled(at: CommittedState, from_ms: int | None, to_ms: int | None) -> Unsettled:
    """Slots that begin from `from_ms` to before `to_ms`, by default the last 35 days; raises `UsageError`."""
    clock, now_ms = clock_of(at.view), at.view.time_ms
    end_ms = min(now_ms if to_ms is None else to_ms, now_ms)
    start_ms = max(0, end_ms - DEFAULT_DAYS * DAY_MS) if from_ms is None else from_ms
    if end_ms - start_ms > MOST_DAYS * DAY_MS:
        raise requests.bad("from_time", f"at most {MOST_DAYS} days are expected")
    first, end = -(-start_ms // clock.slot_ms), end_ms // clock.slot_ms
    found = list(islice(unsettled_slots(at.view, first, max(first, end)), MOST_SPANS + 1))
    spans = [_span(clock, span) for span in found[:MOST_SPANS]]
    return Unsettled(height=at.height, spans=spans, more=len(found) > MOST_SPANS)


def _span(clock: SlotClock, span: UnsettledSlots) -> UnsettledSpan:
    return UnsettledSpan(
        scheme=span.scheme,
        first_slot=span.first_slot,
        slots=span.count,
        start_ms=clock.start_ms(span.first_slot),
        end_ms=clock.start_ms(span.first_slot + span.count),
        cut_off_ms=span.cut_off_ms,
        rows_missing=span.rows_missing,
        missing=len(span.points),
        points=[
            WaitedPoint(point=point, account=format_address(account)) for point, account in span.points[:MOST_SPANS]
        ],
    )


async def get_unsettled(node: Node, request: web.Request) -> Work:
    """Slots that no run has settled."""
    from_ms, to_ms = requests.moment(request, "from_time"), requests.moment(request, "to_time")
    return ledger(node, request, lambda at: read_unsettled(at, from_ms, to_ms))


def _own_points(visitor: Visitor, answer: Unsettled) -> Unsettled:
    """A member sees which of its own points are waited for; how many there are, everybody."""
    if visitor.reads_everything:
        return answer
    spans = [
        span.model_copy(update={"points": [each for each in span.points if each.account in visitor.own_texts]})
        for span in answer.spans
    ]
    return answer.model_copy(update={"spans": spans})


UNSETTLED: Final = "/v1/sharing/unsettled"

ROUTES: Final = (
    Route(
        "GET",
        UNSETTLED,
        "Slots without a run, and the points they wait for",
        Unsettled,
        get_unsettled,
        query=(("from_time", MOMENT), ("to_time", MOMENT), *AT),
    ),
)

RIGHTS: Final[dict[str, Right]] = {UNSETTLED: shown_by(Open.MEMBERS, _own_points)}
