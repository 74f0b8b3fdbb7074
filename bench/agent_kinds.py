"""Kinds of work of agents, for `bench.weights`: given, used by an order, and paid a commission."""

from __future__ import annotations

from typing import Final

from bench.execution import BLOCK, Community
from ledger.agents.payloads import ActForOwner, AgentTypeNumber, AuthoriseAgent
from ledger.agents.terms import AgentTerms, DayLimit, OfferSide, PriceBound
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.chain.envelope import Transaction
from ledger.encoding.codec import encode
from ledger.keys.address import address_of
from market.transactions import MarketTypeNumber, PlaceOrder
from market.types import BUY, SELL, OrderKind, Side

ENT: Final = 10**9
FIRST_OWNER: Final = 1_000
FIRST_AGENT: Final = 3_000
COMMISSION: Final = 20_000_000
PRICE: Final = 10**6
DAYS: Final = 90 * 86_400_000


def authorisations(community: Community, run: int) -> list[list[Transaction]]:
    """A block of owners that each let another member trade for them; again, the same ones."""
    types = (int(MarketTypeNumber.PLACE_ORDER), int(MarketTypeNumber.CANCEL_ORDER))
    limits = (DayLimit(ENERGY_ASSET, 10**6 * ENT), DayLimit(CURRENCY_ASSET, 10**6 * ENT))
    prices = (PriceBound(1, OfferSide.BUY, 10**6 * ENT), PriceBound(1, OfferSide.SELL, 0))
    terms = AgentTerms(types, limits, prices, (), COMMISSION, community.time_ms + DAYS + run)
    return [
        [
            community.signed(
                community.members[FIRST_OWNER + place],
                AgentTypeNumber.AUTHORISE_AGENT,
                AuthoriseAgent(address_of(community.members[FIRST_AGENT + place].public_key), 0, terms),
            )
            for place in range(BLOCK)
        ]
    ]


def _orders(community: Community, side: Side, price: int) -> list[Transaction]:
    content = encode(PlaceOrder(1, side, OrderKind.LIMIT, price, ENT // 10, 0))
    return [
        community.signed(
            community.members[FIRST_AGENT + place],
            AgentTypeNumber.ACT_FOR_OWNER,
            ActForOwner(
                address_of(community.members[FIRST_OWNER + place].public_key),
                int(MarketTypeNumber.PLACE_ORDER),
                content,
            ),
        )
        for place in range(BLOCK)
    ]


def orders_of_agents(community: Community, run: int) -> list[list[Transaction]]:
    """A block of bids that agents place for owners, and that rest."""
    return [*authorisations(community, run), _orders(community, BUY, PRICE)]


def sales_of_agents(community: Community, run: int) -> list[list[Transaction]]:
    """A block in which one order takes 256 sales that agents placed: each pays a commission."""
    buyers = [
        community.signed(
            community.members[place],
            MarketTypeNumber.PLACE_ORDER,
            PlaceOrder(1, BUY, OrderKind.LIMIT, PRICE, 250 * ENT // 10, 0),
        )
        for place in range(4)
    ]
    return [*authorisations(community, run), _orders(community, SELL, PRICE), buyers]
