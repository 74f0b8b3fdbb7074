"""Agents: who may act for an account, for whom an account may act, with which references sweeps are paid out."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.agents.limits import MAX_AGENTS_OF_OWNER
from ledger.agents.queries import agents_of, authorisation_of, owners_of, swept_on, used_on
from ledger.agents.schema import Authorisation
from ledger.agents.terms import OfferSide
from ledger.encoding.quantities import TimeMs
from ledger.keys.address import ADDRESS_BYTES, format_address
from nodechain.api.access import visitor_of
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EXAMINED, Open, Right, Visitor, own
from nodechain.api.http.route import AT, PAGE, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.modules import REGISTRY
from nodechain.node import Node


class AgentDayLimit(ApiModel):
    """Of an asset at most `amount` a day (UTC), of which `used` is used today."""

    asset: int
    amount: Amount
    used: Amount


class AgentPrice(ApiModel):
    """Of a product: what a buy pays at most, or a sale gets at least."""

    product: int
    side: str
    price: Amount


class AgentSweep(ApiModel):
    """What is available of an asset above `floor` may be paid out once a day; `swept_today`: it was."""

    asset: int
    floor: Amount
    reference: str
    swept_today: bool


class AgentView(ApiModel):
    """What `agent` may do for `owner`; `commission` in parts of 10^9. `over`: it has expired."""

    number: int
    owner: str
    agent: str
    types: list[str]
    day_limits: list[AgentDayLimit]
    prices: list[AgentPrice]
    sweeps: list[AgentSweep]
    commission: int
    expires_ms: TimeMs
    over: bool


class AccountAgents(At):
    """A page of those that may act for an account, or of those for whom it may act."""

    account: str
    agents: list[AgentView]
    next: str | None


class SweepReference(ApiModel):
    """The reference with which `agent` has an asset of the account paid out."""

    agent: str
    asset: int
    reference: str


class SweepReferences(At):
    """With which references an account lets its agents have it paid out; none of other terms."""

    account: str
    references: list[SweepReference]


def _agent(at: CommittedState, found: Authorisation) -> AgentView:
    terms, now_ms = found.terms, at.view.time_ms
    return AgentView(
        number=found.number,
        owner=format_address(found.owner),
        agent=format_address(found.agent),
        types=[REGISTRY.types[number].name for number in terms.types],
        day_limits=[
            AgentDayLimit(
                asset=limit.asset,
                amount=tokens(at.chain, limit.asset, limit.amount),
                used=tokens(at.chain, limit.asset, used_on(at.state, found, limit.asset, now_ms)),
            )
            for limit in terms.day_limits
        ],
        prices=[
            AgentPrice(
                product=bound.product,
                side="sell" if bound.side is OfferSide.SELL else "buy",
                price=tokens(at.chain, at.chain.quote_of(bound.product), bound.price),
            )
            for bound in terms.prices
        ],
        sweeps=[
            AgentSweep(
                asset=sweep.asset,
                floor=tokens(at.chain, sweep.asset, sweep.floor),
                reference=sweep.reference,
                swept_today=swept_on(at.state, found, sweep.asset, now_ms),
            )
            for sweep in terms.sweeps
        ],
        commission=terms.commission,
        expires_ms=terms.expires_ms,
        over=now_ms >= terms.expires_ms,
    )


def read_agents(at: CommittedState, account: bytes, cursor: bytes | None, limit: int) -> AccountAgents:
    """Who may act for an account."""
    page = agents_of(at.reader, account, cursor, limit)
    views = [_agent(at, found) for _key, found in page.entries]
    return AccountAgents(height=at.height, account=format_address(account), agents=views, next=cursor_text(page.cursor))


def read_owners(at: CommittedState, account: bytes, cursor: bytes | None, limit: int) -> AccountAgents:
    """For whom an account may act."""
    page = owners_of(at.reader, account, cursor, limit)
    found = [authorisation_of(at.state, key[ADDRESS_BYTES:], account) for key, _link in page.entries]
    views = [_agent(at, each) for each in found if each is not None]
    return AccountAgents(height=at.height, account=format_address(account), agents=views, next=cursor_text(page.cursor))


def read_references(at: CommittedState, visitor: Visitor, account: bytes) -> SweepReferences:
    """With which references an account is paid out, for itself and for the banker; raises `NotYours`, `LoginNeeded`."""
    if not visitor.sees(Open.BANKER):
        visitor.require(Open.OWN, (account,))
    found = [each for _key, each in agents_of(at.reader, account, None, MAX_AGENTS_OF_OWNER).entries]
    references = [
        SweepReference(agent=format_address(each.agent), asset=sweep.asset, reference=sweep.reference)
        for each in found
        for sweep in each.terms.sweeps
    ]
    return SweepReferences(height=at.height, account=format_address(account), references=references)


async def get_agents(node: Node, request: web.Request) -> Work:
    """Who may act for an account."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_agents(at, account, cursor, limit))


async def get_owners(node: Node, request: web.Request) -> Work:
    """For whom an account may act."""
    account, cursor, limit = requests.path_address(request), requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_owners(at, account, cursor, limit))


async def get_references(node: Node, request: web.Request) -> Work:
    """References of an account's sweeps."""
    account, visitor = requests.path_address(request), visitor_of(request)
    return ledger(node, request, lambda at: read_references(at, visitor, account))


_AGENTS_OF: Final = "/v1/agents/accounts/{address}"
_OWNERS_OF: Final = "/v1/agents/owners/{address}"
_REFERENCES_OF: Final = "/v1/agents/references/{address}"

ROUTES: Final = (
    Route("GET", _AGENTS_OF, "Who may act for an account", AccountAgents, get_agents, query=(*AT, *PAGE)),
    Route("GET", _OWNERS_OF, "For whom an account may act", AccountAgents, get_owners, query=(*AT, *PAGE)),
    Route("GET", _REFERENCES_OF, "With which references an account's sweeps are paid out", SweepReferences,
          get_references, query=AT),
)  # fmt: skip

RIGHTS: Final[dict[str, Right]] = {
    _AGENTS_OF: own("address"),
    _OWNERS_OF: own("address"),
    _REFERENCES_OF: EXAMINED,
}
