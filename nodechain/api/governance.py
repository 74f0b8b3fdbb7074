"""Votes, who decides them, members, and the parameters in force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.header import Event
from ledger.chain.parameter_text import format_parameter
from ledger.chain.queries import parameters_in_force
from ledger.encoding.quantities import TimeMs
from ledger.governance.events import VoteCast, VoteClosed, VoteOpened
from ledger.governance.queries import count_of_voters, members, open_votes, voters, yes_needed
from ledger.governance.schema import MemberStatus
from ledger.governance.topics import CLOSED_VOTES, vote_topic
from ledger.keys.address import format_address
from market.denominations import Denominations
from nodechain.api.amounts import view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, MEMBERS, Right
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import (
    MAX_PAGE_RECEIPTS,
    CommittedState,
    Work,
    blocks_of,
    cursor_text,
    ledger,
    newest_height,
    stored_header,
)
from nodechain.api.render import event
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot

MAX_SAID: Final = 1_000
"""Receipts of one vote that are read, the newest; who casts and withdraws over and over is not shown from the start."""


class VoteView(ApiModel):
    """An open vote."""

    number: int
    action: dict[str, Any]
    action_bytes: str
    opened_by: str
    expires_ms: TimeMs
    yes: list[str]
    needed: int


class Votes(At):
    """Open votes."""

    votes: list[VoteView]
    voters: int


class Choice(ApiModel):
    """What a voter said last in a vote: `yes`, or `withdrawn` where it took its yes back."""

    voter: str
    choice: str


class ClosedVote(ApiModel):
    """A vote that has ended. `result`: passed, failed, expired or withdrawn; `code`: why it could not be carried out.

    Who said nothing is not among the `choices`.
    """

    number: int
    action: dict[str, Any]
    result: str
    code: str
    height: int
    time_ms: TimeMs
    opened_by: str
    choices: list[Choice]


class ClosedVotes(At):
    """Votes that have ended, newest first, a page."""

    votes: list[ClosedVote]
    next: str | None


class Addresses(At):
    """Accounts with a role, a page."""

    addresses: list[str]
    next: str | None


class ParameterView(ApiModel):
    """A parameter: value as stored and as typed, bounds and meaning."""

    name: str
    value: int
    text: str
    default: str
    minimum: str
    maximum: str
    unit: str
    meaning: str
    choices: list[str]


class Parameters(At):
    """All parameters in force."""

    parameters: list[ParameterView]


def read_votes(at: CommittedState) -> Votes:
    """Open votes in order of opening."""
    needed = yes_needed(at.view)
    views = [
        view(at.chain, VoteView, vote, action_bytes=vote.action.hex(), needed=needed) for vote in open_votes(at.reader)
    ]
    return Votes(height=at.height, votes=views, voters=count_of_voters(at.view))


def closed_votes(chain: Denominations, store: Snapshot, cursor: Location | None, limit: int) -> ClosedVotes:
    """The votes that blocks of this node tell the end of, newest first; ends early where there is much to read."""
    places = store.account_history(CLOSED_VOTES, limit=limit, cursor=cursor, newest_first=True)
    found, read, following = list[ClosedVote](), 0, None
    for place in places:
        for closed in [entry for entry in _events_at(store, place) if isinstance(entry, VoteClosed)]:
            said = store.account_history(vote_topic(closed.number), limit=MAX_SAID, newest_first=True)
            read += len(said)
            found.append(_closed_vote(chain, store, place, closed, said))
        if read >= MAX_PAGE_RECEIPTS:
            following = place
            break
    else:
        following = places[-1] if len(places) == limit else None
    shown = None if following is None else f"{following.height}-{following.index}"
    return ClosedVotes(height=newest_height(store), votes=found, next=shown)


def _closed_vote(
    chain: Denominations, store: Snapshot, place: Location, closed: VoteClosed, said: Sequence[Location]
) -> ClosedVote:
    """A vote with what was said in it (places, newest first)."""
    choices: dict[bytes, bool] = {}
    opened_by = b""
    for each in reversed(said):
        for entry in _events_at(store, each):
            if isinstance(entry, VoteOpened) and entry.number == closed.number:
                opened_by = entry.voter
            elif isinstance(entry, VoteCast) and entry.number == closed.number:
                choices[entry.voter] = entry.approve
    told = event(chain, closed)
    return ClosedVote(
        number=closed.number,
        action=told["action"],
        result=told["outcome"],
        code=closed.code,
        height=place.height,
        time_ms=stored_header(store, place.height).time_ms,
        opened_by=format_address(opened_by) if opened_by else "",
        choices=[
            Choice(voter=format_address(voter), choice="yes" if approve else "withdrawn")
            for voter, approve in sorted(choices.items())
        ],
    )


def _events_at(store: Snapshot, place: Location) -> tuple[Event, ...]:
    data = store.receipt(place)
    return () if data is None else REGISTRY.receipts.decode_trusted(data).events


def read_voters(at: CommittedState, cursor: bytes | None, limit: int) -> Addresses:
    """The voters."""
    page = voters(at.reader, cursor, limit)
    return _addresses(at, [address for address, _voter in page.entries], page.cursor)


def read_members(at: CommittedState, cursor: bytes | None, limit: int) -> Addresses:
    """Admitted members; members by role alone are not listed."""
    page = members(at.reader, cursor, limit)
    admitted = [address for address, member in page.entries if member.status == MemberStatus.ADMITTED]
    return _addresses(at, admitted, page.cursor)


def _addresses(at: CommittedState, found: list[bytes], cursor: bytes | None) -> Addresses:
    shown = [format_address(address) for address in found]
    return Addresses(height=at.height, addresses=shown, next=cursor_text(cursor))


def read_parameters(at: CommittedState) -> Parameters:
    """All parameters with bounds and meaning."""
    currency = at.chain.assets[CURRENCY_ASSET - 1]
    decimals = currency.decimals
    views = []
    for rule, value in parameters_in_force(at.state, at.view.hooks.parameters.values()):
        views.append(
            ParameterView(
                name=rule.name,
                value=value,
                text=format_parameter(rule, value, decimals),
                default=format_parameter(rule, rule.default, decimals),
                minimum=format_parameter(rule, rule.minimum, decimals),
                maximum=format_parameter(rule, rule.most(decimals), decimals),
                unit=rule.unit.value.replace("currency", currency.symbol),
                meaning=rule.meaning,
                choices=list(rule.choices),
            )
        )
    return Parameters(height=at.height, parameters=views)


async def get_votes(node: Node, request: web.Request) -> Work:
    """Open votes."""
    return ledger(node, request, read_votes)


async def get_closed_votes(node: Node, request: web.Request) -> Work:
    """Votes that have ended."""
    cursor, limit = requests.place_cursor(request), requests.limit(request)
    return blocks_of(node, lambda store: closed_votes(Denominations.of(node.genesis), store, cursor, limit))


async def get_voters(node: Node, request: web.Request) -> Work:
    """Who decides votes."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_voters(at, cursor, limit))


async def get_members(node: Node, request: web.Request) -> Work:
    """Admitted members; members by role alone are not listed."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_members(at, cursor, limit))


async def get_parameters(node: Node, request: web.Request) -> Work:
    """Parameters in force."""
    return ledger(node, request, read_parameters)


ROUTES: Final = (
    Route("GET", "/v1/votes", "Open votes", Votes, get_votes, query=AT),
    Route("GET", "/v1/votes/closed", "Votes that have ended, newest first", ClosedVotes, get_closed_votes, query=PAGE),
    Route("GET", "/v1/voters", "Voters", Addresses, get_voters, query=(*AT, *PAGE)),
    Route("GET", "/v1/members", "Admitted members", Addresses, get_members, query=(*AT, *PAGE)),
    Route("GET", "/v1/parameters", "Parameters in force", Parameters, get_parameters, query=AT, kind=POINT),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/votes": MEMBERS,
    "/v1/votes/closed": MEMBERS,
    "/v1/voters": MEMBERS,
    "/v1/members": MEMBERS,
    "/v1/parameters": EVERYBODY,
}
