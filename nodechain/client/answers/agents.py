"""Agents: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class AgentDayLimit(TypedDict):
    """Of an asset at most `amount` a day (UTC), of which `used` is used today."""

    asset: Int
    amount: Amount
    used: Amount


class AgentPrice(TypedDict):
    """Of a product: what a buy pays at most, or a sale gets at least."""

    product: Int
    side: str
    price: Amount


class AgentSweep(TypedDict):
    """What is available of an asset above `floor` may be paid out once a day; `swept_today`: it was."""

    asset: Int
    floor: Amount
    reference: str
    swept_today: bool


class AgentView(TypedDict):
    """What `agent` may do for `owner`; `commission` in parts of 10^9. `over`: it has expired."""

    number: Int
    owner: str
    agent: str
    types: list[str]
    day_limits: list[AgentDayLimit]
    prices: list[AgentPrice]
    sweeps: list[AgentSweep]
    commission: Int
    expires_ms: TimeMs
    over: bool


class AccountAgents(At):
    """A page of those that may act for an account, or of those for whom it may act."""

    account: str
    agents: list[AgentView]
    next: str | None


class SweepReference(TypedDict):
    """The reference with which `agent` has an asset of the account paid out."""

    agent: str
    asset: Int
    reference: str


class SweepReferences(At):
    """With which references an account lets its agents have it paid out; none of other terms."""

    account: str
    references: list[SweepReference]
