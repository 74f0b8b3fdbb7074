"""Lot, tick and payment: which orders are well formed, what they lock and pay (rules Y3, Y4, Y7). Exact.

A payment is price x quantity / scale, the base units of one whole token of what is traded. With prices in ticks,
quantities in lots, and lot x tick divisible by ONE_TOKEN, of which every scale is a divisor, nothing is ever rounded:
what was locked, paid, received and released adds up to the last unit.
"""

from __future__ import annotations

from typing import Final

from ledger.encoding.amounts import ONE_TOKEN
from ledger.errors import require
from ledger.limits import MAX_INTEGER
from market.errors import BadPrice, BadQuantity, OrderTooLarge
from market.types import BUY, Order

DEFAULT_LOT: Final = 10**6
"""0.001 ENT."""

DEFAULT_TICK: Final = 10**3
"""10^-6 eEuro per ENT."""


def fits(lot: int, tick: int) -> bool:
    """Whether every payment is exact under this lot and tick; a vote for a pair that does not fit is refused."""
    return lot > 0 and tick > 0 and lot * tick % ONE_TOKEN == 0


def check_terms(price: int, quantity: int, lot: int, tick: int, scale: int = ONE_TOKEN) -> None:
    """Raise `BadPrice`, `BadQuantity` or `OrderTooLarge` unless an order may have these terms.

    A price of 0 is allowed (energy given away, or a negative price under an offset); a quantity of 0 is not.
    """
    if not 0 <= price <= MAX_INTEGER or price % tick:
        raise BadPrice(f"the price must be a multiple of the tick, {tick} base units per whole token")
    if not 0 < quantity <= MAX_INTEGER or quantity % lot:
        raise BadQuantity(f"the quantity must be a positive multiple of the lot, {lot} base units")
    if price * quantity > MAX_INTEGER * scale:
        raise OrderTooLarge("price x quantity is more than the ledger can store")


def payment(price: int, quantity: int, scale: int = ONE_TOKEN) -> int:
    """Base units of currency for `quantity` base units at `price`; computed once per trade, debited and credited.

    Raises `BrokenInvariant` where it would not be exact: lot and tick must have prevented that.
    """
    amount, rest = divmod(price * quantity, scale)
    require(rest == 0, f"the payment for {quantity} at {price} is no whole number of base units")
    return amount


def locked(order: Order, scale: int = ONE_TOKEN) -> int:
    """What an open order keeps locked: currency for a buy (price x quantity), tokens for a sale (the quantity)."""
    return payment(order.price, order.quantity, scale) if order.side is BUY else order.quantity


def keeps_priority(resting: Order, price: int, quantity: int, expires_ms: int) -> bool:
    """Whether a replacement keeps its place: only less quantity, at the same price and for the same time."""
    return price == resting.price and 0 < quantity <= resting.quantity and expires_ms == resting.expires_ms
