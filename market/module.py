"""The market as a module of the ledger's execution (rule Y16): transactions, tables, events, parameters, hooks."""

from __future__ import annotations

from typing import Final

from ledger.registry import Module, TransactionType
from ledger.rules.expiries import ExpiryKind
from market.escrow import OPEN_ORDERS, ORDER_LOCK
from market.events import MARKET_EVENTS
from market.handlers import cancel_orders_of, do_cancel_order, do_place_order, do_replace_order, order_due
from market.ledger_invariants import MARKET_INVARIANTS
from market.parameters import MARKET_PARAMETERS, check_grid, follow_grid
from market.schema import MARKET_TABLES
from market.transactions import CancelOrder, MarketTypeNumber, PlaceOrder, ReplaceOrder

MARKET: Final = Module(
    name="market",
    types=(
        TransactionType(MarketTypeNumber.PLACE_ORDER, "place_order", PlaceOrder, do_place_order),
        TransactionType(MarketTypeNumber.CANCEL_ORDER, "cancel_order", CancelOrder, do_cancel_order, for_leavers=True),
        TransactionType(MarketTypeNumber.REPLACE_ORDER, "replace_order", ReplaceOrder, do_replace_order),
    ),
    tables=MARKET_TABLES,
    events=MARKET_EVENTS,
    parameters=MARKET_PARAMETERS,
    purposes=(ORDER_LOCK,),
    counters=(OPEN_ORDERS,),
    expiries=((ExpiryKind.ORDER, order_due),),
    expelled=(cancel_orders_of,),
    parameter_checks=(check_grid,),
    parameter_changes=(follow_grid,),
    invariants=MARKET_INVARIANTS,
)
