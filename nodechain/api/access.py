"""Whoever asks, as the chain knows them now: the one place where `api.read`, tokens and roles come together."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Final

from aiohttp import hdrs, web

from ledger.agents.authorising import is_agent
from ledger.bank.queries import is_banker
from ledger.chain.header import Event
from ledger.energy.queries import units_owned_by
from ledger.errors import InvalidInput
from ledger.fund.account import FUND_ACCOUNT
from ledger.governance.members import is_member, is_voter
from ledger.governance.queries import members
from ledger.groups.queries import operated_accounts
from ledger.joining.queries import application_of
from ledger.keys.address import parse_address
from ledger.privacy.queries import members_read_details, reads_everything
from ledger.state.full_key import split_key
from nodechain.api.event_rights import EVENT_RIGHTS
from nodechain.api.http.logins import Logins
from nodechain.api.http.rights import EVERYTHING_READER, HOUSEHOLDS, Open, Right, Visitor
from nodechain.api.render import kind_name
from nodechain.api.table_rights import TABLE_RIGHTS
from nodechain.chain.app import addresses_of
from nodechain.client.urls import is_loopback
from nodechain.errors import LoginNeeded
from nodechain.modules import REGISTRY
from nodechain.node import Node

_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
"""A proxy puts at least one of them; so who comes through one is not taken for this machine."""
_BEARER: Final = "bearer "


class ReadMode(StrEnum):
    """The setting `api_read`: who reads everything without signing in."""

    LOCAL = "local"
    """This machine; everybody else signs in."""
    MEMBERS = "members"
    """Nobody."""
    PUBLIC = "public"
    """Everybody: only where it is said."""


def mode_of(setting: str, host: str) -> ReadMode:
    """The mode in force: where nothing is said, `local` on loopback, else `members`."""
    if setting:
        return ReadMode(setting)
    return ReadMode.LOCAL if is_loopback(host) else ReadMode.MEMBERS


class Visitors:
    """Asks the chain who a visitor is; what it finds holds for one height."""

    def __init__(self, node: Node, mode: ReadMode) -> None:
        self._node = node
        self._mode = mode
        self._found: dict[bytes | None, Visitor] = {}
        self._height = -1
        self.logins = Logins()

    @property
    def now_ms(self) -> int:
        """Monotonic, as `logins` counts."""
        return self._node.clock.monotonic_ms()

    def visitor(self, request: web.Request) -> Visitor:
        """Who asks; raises `LoginNeeded` where a token or ticket is shown that is none any more."""
        if self._mode is ReadMode.PUBLIC or (self._mode is ReadMode.LOCAL and is_local(request)):
            return EVERYTHING_READER
        return self.of(self.address(request))

    def address(self, request: web.Request) -> bytes | None:
        """The account that has signed in; None for a stranger."""
        shown = request.headers.get(hdrs.AUTHORIZATION, "")
        if shown[: len(_BEARER)].lower() == _BEARER:
            found = self.logins.holder(shown[len(_BEARER) :].strip(), self.now_ms)
        elif "ticket" in request.query and hdrs.UPGRADE in request.headers:
            found = self.logins.take_ticket(request.query["ticket"], self.now_ms)
        else:
            return None
        if found is None:
            raise LoginNeeded("the token or ticket is over, or was never this node's")
        return found

    def of(self, address: bytes | None) -> Visitor:
        """What an account is now."""
        if self._height != self._node.app.height:
            self._found.clear()
            self._height = self._node.app.height
        if address not in self._found:
            self._found[address] = _visitor(self._node, address)
        return self._found[address]

    def is_known(self, address: bytes) -> bool:
        """Whether an account is the community's: a member, by a role too, a reader that is named, who asks to join, or
        somebody's agent.
        """
        found = self.of(address)
        asks = application_of(self._node.view().state, address) is not None
        return found.is_member or found.reads_everything or asks or is_agent(self._node.view(), address)


ACCESS: Final = web.AppKey("access", Visitors)


def visitor_of(request: web.Request) -> Visitor:
    """Who asks."""
    return request.app[ACCESS].visitor(request)


def _visitor(node: Node, address: bytes | None) -> Visitor:
    store, context = node.app.store, node.view()
    households = len(members(store, None, HOUSEHOLDS).entries)
    if address is None:
        return Visitor(households=households)
    owned = (*units_owned_by(store, address), *operated_accounts(context.state, address))
    member = is_member(context, address)
    return Visitor(
        address=address,
        own=frozenset((address, *owned)),
        is_member=member,
        is_banker=is_banker(context.state, address),
        is_voter=is_voter(context, address),
        reads_everything=reads_everything(context, address) or (member and members_read_details(context)),
        households=households,
    )


def is_local(request: web.Request) -> bool:
    """Whether a request comes from this machine, asks by loopback's name, and through no proxy that says so."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        from_here = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
    return from_here and is_loopback(request.url.host or "")


def accounts_named(request: web.Request, right: Right) -> Mapping[str, bytes]:
    """The accounts that a request names in the parameters that its right looks at; what is none is not there."""
    found: dict[str, bytes] = {}
    for name in right.names:
        text = request.match_info.get(name) or request.query.get(name)
        if text:
            with suppress(InvalidInput):
                found[name] = parse_address(text)
    return found


def allowed(access: Visitors, right: Right, request: web.Request) -> Visitor:
    """Who asks, if the right lets them; raises `LoginNeeded`, `NotYours`."""
    visitor = access.visitor(request)
    right.check(visitor, accounts_named(request, right))
    return visitor


def sees_event(visitor: Visitor, event: Event) -> bool:
    """Whether an event is open to a visitor."""
    return visitor.sees(EVENT_RIGHTS.get(kind_name(type(event)), Open.EVERYTHING), addresses_of(event))


def require_entry(visitor: Visitor, full_key: bytes) -> None:
    """Raises `LoginNeeded`, `NotYours` unless a state entry is open to a visitor; one of no table is nobody's."""
    number, key = split_key(full_key)
    table = REGISTRY.tables.get(number)
    if table is None:
        return
    kind, offsets = TABLE_RIGHTS.get(table.name, (Open.EVERYTHING, ()))
    named = [key[offset : 20 + offset] for offset in offsets]
    # What the community's fund has is every member's to know, and to prove.
    visitor.require(Open.MEMBERS if named == [FUND_ACCOUNT] else kind, named)
