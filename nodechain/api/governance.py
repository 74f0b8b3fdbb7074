"""Votes, who decides them, members, and the parameters in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from aiohttp import web

from ledger.chain.parameter_text import format_parameter
from ledger.chain.schema import PARAMETERS
from ledger.governance.schema import MEMBERS, VOTERS, VOTES, Member, MemberStatus
from ledger.governance.voting import VOTER_COUNT
from ledger.keys.address import format_address
from ledger.state.table import Table
from nodechain.api.http import requests
from nodechain.api.http.models import At, Model
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.render import action
from nodechain.modules import REGISTRY
from nodechain.node import Node

T = TypeVar("T")


class VoteView(Model):
    """An open vote."""

    number: int
    action: dict[str, Any]
    action_bytes: str
    opened_by: str
    expires_ms: int
    yes: list[str]
    needed: int


class Votes(At):
    """Open votes."""

    votes: list[VoteView]
    voters: int


class Addresses(At):
    """Accounts with a role, a page."""

    addresses: list[str]
    next: str | None


class ParameterView(Model):
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
    voters = at.view.count(VOTER_COUNT)
    entries, _next = at.page(VOTES, b"", None, 1_000)
    views = [
        VoteView(
            number=vote.number,
            action=action(vote.action),
            action_bytes=vote.action.hex(),
            opened_by=format_address(vote.opened_by),
            expires_ms=vote.expires_ms,
            yes=[format_address(voter) for voter in vote.yes],
            needed=voters // 2 + 1,
        )
        for _key, vote in entries
    ]
    return Votes(height=at.height, votes=views, voters=voters)


def read_addresses(
    at: CommittedState,
    table: Table[T],
    cursor: bytes | None,
    limit: int,
    keep: Callable[[T], bool] = lambda _value: True,
) -> Addresses:
    """The addresses that are keys of a table."""
    entries, following = at.page(table, b"", cursor, limit)
    found = [format_address(key) for key, value in entries if keep(value)]
    return Addresses(height=at.height, addresses=found, next=cursor_text(following))


def read_parameters(at: CommittedState) -> Parameters:
    """All parameters with bounds and meaning."""
    views = []
    for name in sorted(REGISTRY.parameters):
        rule = REGISTRY.parameters[name]
        value = at.view.get(PARAMETERS, name.encode()).value
        views.append(
            ParameterView(
                name=name,
                value=value,
                text=format_parameter(rule, value),
                default=format_parameter(rule, rule.default),
                minimum=format_parameter(rule, rule.minimum),
                maximum=format_parameter(rule, rule.maximum),
                unit=rule.unit.value,
                meaning=rule.meaning,
                choices=list(rule.choices),
            )
        )
    return Parameters(height=at.height, parameters=views)


async def get_votes(node: Node, request: web.Request) -> Work:
    """Open votes."""
    return ledger(node, request, read_votes)


async def get_voters(node: Node, request: web.Request) -> Work:
    """Who decides votes."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_addresses(at, VOTERS, cursor, limit))


async def get_members(node: Node, request: web.Request) -> Work:
    """Admitted members; members by role alone are not listed."""

    def admitted(member: Member) -> bool:
        return member.status == MemberStatus.ADMITTED

    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_addresses(at, MEMBERS, cursor, limit, admitted))


async def get_parameters(node: Node, request: web.Request) -> Work:
    """Parameters in force."""
    return ledger(node, request, read_parameters)


ROUTES: Final = (
    Route("GET", "/v1/votes", "Open votes", Votes, get_votes, query=AT),
    Route("GET", "/v1/voters", "Voters", Addresses, get_voters, query=(*AT, *PAGE)),
    Route("GET", "/v1/members", "Admitted members", Addresses, get_members, query=(*AT, *PAGE)),
    Route("GET", "/v1/parameters", "Parameters in force", Parameters, get_parameters, query=AT, kind=POINT),
)
