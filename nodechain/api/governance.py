"""Votes, who decides them, members, and the parameters in force."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.parameter_text import format_parameter
from ledger.chain.queries import parameters_in_force
from ledger.encoding.quantities import TimeMs
from ledger.governance.queries import count_of_voters, members, open_votes, voters, yes_needed
from ledger.governance.schema import MemberStatus
from ledger.keys.address import format_address
from nodechain.api.amounts import view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.node import Node


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
                maximum=format_parameter(rule, rule.maximum, decimals),
                unit=rule.unit.value.replace("currency", currency.symbol),
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
    Route("GET", "/v1/voters", "Voters", Addresses, get_voters, query=(*AT, *PAGE)),
    Route("GET", "/v1/members", "Admitted members", Addresses, get_members, query=(*AT, *PAGE)),
    Route("GET", "/v1/parameters", "Parameters in force", Parameters, get_parameters, query=AT, kind=POINT),
)
