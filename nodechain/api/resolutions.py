"""Resolutions: what members are asked, how it stands, what one has said oneself."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.encoding.quantities import TimeMs
from ledger.keys.address import format_address
from ledger.resolutions.payloads import Majority
from ledger.resolutions.queries import ballot_of, resolution_of, resolutions
from ledger.resolutions.schema import Resolution, ResolutionOutcome
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right, own
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.errors import NotFound
from nodechain.node import Node


class OptionView(ApiModel):
    """An option, counted from 1, and its ballots."""

    option: int
    text: str
    ballots: int


class ResolutionView(ApiModel):
    """A resolution. `outcome`: `open`, `decided` (then `decided` is the option's number, else 0), `no_quorum`,
    `no_majority`. `text_hash`: SHA-256 of the document, in hex.
    """

    number: int
    title: str
    text_hash: str
    opened_by: str
    opened_ms: TimeMs
    deadline_ms: TimeMs
    majority: str
    quorum: int
    options: list[OptionView]
    abstentions: int
    outcome: str
    decided: int


class Resolutions(At):
    """A page of resolutions by number."""

    resolutions: list[ResolutionView]
    next: str | None


class ResolutionAnswer(At):
    """One resolution."""

    resolution: ResolutionView


class BallotView(At):
    """What an account has said of a resolution that is open; `option` is 0 for an abstention, null for nothing yet."""

    resolution: int
    account: str
    option: int | None


def _resolution(found: Resolution) -> ResolutionView:
    return ResolutionView(
        number=found.number,
        title=found.title,
        text_hash=found.text_hash.hex(),
        opened_by=format_address(found.opened_by),
        opened_ms=found.opened_ms,
        deadline_ms=found.deadline_ms,
        majority=Majority(found.majority).name.lower(),
        quorum=found.quorum,
        options=[
            OptionView(option=number, text=text, ballots=ballots)
            for number, (text, ballots) in enumerate(zip(found.options, found.ballots, strict=True), 1)
        ],
        abstentions=found.abstentions,
        outcome=ResolutionOutcome(found.outcome).name.lower(),
        decided=found.decided,
    )


def _known(at: CommittedState, number: int) -> Resolution:
    found = resolution_of(at.state, number)
    if found is None:
        raise NotFound(f"there is no resolution {number}, or its outcome is no longer kept", code="unknown_resolution")
    return found


def read_resolutions(at: CommittedState, cursor: bytes | None, limit: int) -> Resolutions:
    """A page of resolutions."""
    page = resolutions(at.reader, cursor, limit)
    views = [_resolution(found) for _key, found in page.entries]
    return Resolutions(height=at.height, resolutions=views, next=cursor_text(page.cursor))


def read_resolution(at: CommittedState, number: int) -> ResolutionAnswer:
    """One resolution; raises `NotFound`."""
    return ResolutionAnswer(height=at.height, resolution=_resolution(_known(at, number)))


def read_ballot(at: CommittedState, number: int, account: bytes) -> BallotView:
    """What an account has said; raises `NotFound`."""
    found = _known(at, number)
    return BallotView(
        height=at.height,
        resolution=found.number,
        account=format_address(account),
        option=ballot_of(at.state, number, account),
    )


async def get_resolutions(node: Node, request: web.Request) -> Work:
    """Resolutions."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_resolutions(at, cursor, limit))


async def get_resolution(node: Node, request: web.Request) -> Work:
    """A resolution."""
    number = requests.path_number(request)
    return ledger(node, request, lambda at: read_resolution(at, number))


async def get_ballot(node: Node, request: web.Request) -> Work:
    """What an account has said."""
    number, account = requests.path_number(request), requests.path_address(request)
    return ledger(node, request, lambda at: read_ballot(at, number, account))


_BALLOT: Final = "/v1/resolutions/{number}/ballots/{address}"

ROUTES: Final = (
    Route("GET", "/v1/resolutions", "Resolutions by number", Resolutions, get_resolutions, query=(*AT, *PAGE)),
    Route(
        "GET",
        "/v1/resolutions/{number}",
        "A resolution: text, options, how it stands",
        ResolutionAnswer,
        get_resolution,
        query=AT,
        kind=POINT,
    ),
    Route("GET", _BALLOT, "What an account has said of it", BallotView, get_ballot, query=AT, kind=POINT),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/resolutions": MEMBERS,
    "/v1/resolutions/{number}": MEMBERS,
    _BALLOT: own("address"),
}
