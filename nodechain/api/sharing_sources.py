"""Where our values and the operator's differ, slot by slot."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.encoding.quantities import MilliWattHours, TimeMs
from ledger.keys.address import format_address
from ledger.sharing.queries import differences
from ledger.slots.clock import clock_of
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import Open, Right, Visitor, shown_by
from nodechain.api.http.route import AT, Route
from nodechain.api.reading import CommittedState, Work, ledger
from nodechain.api.scheme_rows import known_scheme
from nodechain.node import Node

MAX_COMPARED_SLOTS: Final = 3_000
"""Slots of one request in which the two sources are compared: a month of quarter hours."""


class DifferenceView(ApiModel):
    """A slot in which our value and the operator's differ by more than the scheme's bound."""

    point: int
    account: str
    slot: int
    start_ms: TimeMs
    own_mwh: MilliWattHours
    operator_mwh: MilliWattHours


class Differences(At):
    """Where the two sources differ, of the slots that were asked for."""

    scheme: int
    differences: list[DifferenceView]


def read_differences(at: CommittedState, scheme: int, first_slot: int, count: int) -> Differences:
    """Where the two sources differ."""
    known_scheme(at, scheme)
    clock = clock_of(at.view)
    found = [
        DifferenceView(
            point=each.point,
            account=format_address(each.account),
            slot=each.slot,
            start_ms=clock.start_ms(each.slot),
            own_mwh=each.own_mwh,
            operator_mwh=each.operator_mwh,
        )
        for each in differences(at.view, scheme, first_slot, count)
    ]
    return Differences(height=at.height, scheme=scheme, differences=found)


async def get_differences(node: Node, request: web.Request) -> Work:
    """Where the two sources differ."""
    scheme, first = requests.path_number(request), requests.number(request, "from", 0)
    end = requests.number(request, "to", first + MAX_COMPARED_SLOTS, least=first, most=first + MAX_COMPARED_SLOTS)
    return ledger(node, request, lambda at: read_differences(at, scheme, first, end - first))


def _own_differences(visitor: Visitor, answer: Differences) -> Differences:
    if visitor.reads_everything:
        return answer
    mine = [each for each in answer.differences if each.account in visitor.own_texts]
    return answer.model_copy(update={"differences": mine})


_PATH: Final = "/v1/sharing/schemes/{number}/differences"

ROUTES: Final = (
    Route(
        "GET",
        _PATH,
        "Where our values and the operator's differ",
        Differences,
        get_differences,
        query=(("from", "first slot"), ("to", "the slot after the last"), *AT),
    ),
)

RIGHTS: Final[dict[str, Right]] = {_PATH: shown_by(Open.MEMBERS, _own_differences)}
