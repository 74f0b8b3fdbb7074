"""What the codes of orders mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

MARKET_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "market_refused": "The market refused the order.",
            "bad_price": "The price is no multiple of the tick, or out of range.",
            "bad_quantity": "The quantity is no positive multiple of the lot.",
            "order_too_small": "The quantity is below the smallest order that voters allow (parameter minimum_order).",
            "order_too_large": "Price times quantity is more than the ledger can store.",
            "order_expired": "The order's expiry is not in the future.",
            "post_only_crosses": "The order would have traded at once, which a post-only order must not.",
            "unknown_order": "No such order is open: it was filled, replaced, cancelled or expired, or never was.",
            "not_your_order": "The order belongs to another account.",
            "too_many_orders": "The account has as many open orders as it may have.",
            "unknown_product": "No product of this number is traded here.",
            "order_kind": "The product is traded in a way that knows no orders of this kind.",
            "inexact_grid": "With this lot and tick payments would have to be rounded.",
        }
    ),
)
