"""The market as modules of the ledger's execution (rule Y16): what all mechanisms share, then each mechanism's own."""

from __future__ import annotations

from typing import Final

from ledger.bank.points import TAKES_ALONG
from ledger.chain.delegation import uses_nothing
from ledger.chain.numbers import Places
from ledger.chain.points import FIRST_STATE, PARAMETER_CHANGED, PARAMETER_CHECK
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import MEMBER_EXPELLED
from market import limits, weights
from market.codes import MARKET_CODES
from market.delegation import place_uses, replace_uses
from market.escrow import OPEN_ORDERS, ORDER_LOCK
from market.events import MARKET_EVENTS
from market.genesis import MARKET_SECTION, list_first_products
from market.handlers import (
    cancel_orders_of,
    do_cancel_order,
    do_place_order,
    do_replace_order,
    order_due,
    takes_order_along,
)
from market.ledger_invariants import MARKET_INVARIANTS
from market.mechanisms import MECHANISMS
from market.parameters import MARKET_PARAMETERS, check_grid, follow_grid
from market.postings import MARKET_POSTINGS
from market.schema import MARKET_TABLES, ORDER_COUNTER, ORDER_DUE
from market.transactions import CancelOrder, MarketTypeNumber, PlaceOrder, ReplaceOrder

MARKET: Final = Module(
    name="market",
    places=Places(9),
    section=MARKET_SECTION,
    types=(
        TransactionType(
            MarketTypeNumber.PLACE_ORDER,
            "place_order",
            PlaceOrder,
            do_place_order,
            MEMBER,
            on_behalf=True,
            uses=place_uses,
            carries_memo=True,
        ),
        TransactionType(
            MarketTypeNumber.CANCEL_ORDER,
            "cancel_order",
            CancelOrder,
            do_cancel_order,
            MEMBER,
            for_leavers=True,
            on_behalf=True,
            uses=uses_nothing,
        ),
        TransactionType(
            MarketTypeNumber.REPLACE_ORDER,
            "replace_order",
            ReplaceOrder,
            do_replace_order,
            MEMBER,
            on_behalf=True,
            uses=replace_uses,
            carries_memo=True,
        ),
    ),
    tables=MARKET_TABLES,
    events=MARKET_EVENTS,
    parameters=MARKET_PARAMETERS,
    purposes=(ORDER_LOCK,),
    counters=(OPEN_ORDERS,),
    series=(ORDER_COUNTER,),
    due=((ORDER_DUE, order_due),),
    hooks=(
        FIRST_STATE.by(list_first_products),
        PARAMETER_CHECK.by(check_grid),
        PARAMETER_CHANGED.by(follow_grid),
        MEMBER_EXPELLED.by(cancel_orders_of),
        TAKES_ALONG.by(takes_order_along),
    ),
    invariants=MARKET_INVARIANTS,
    postings=MARKET_POSTINGS,
    limits=limits,
    weights=weights,
    codes=MARKET_CODES,
)

MARKET_MODULES: Final[tuple[Module, ...]] = (MARKET, *(mechanism.module for mechanism in MECHANISMS))
