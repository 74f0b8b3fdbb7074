"""The errors of the market: all are `ledger.errors.Refused`, so their codes stand in receipts.

    Refused
    └── MarketRefused
        ├── BadPrice             bad_price             no multiple of the tick, or out of range
        ├── BadQuantity          bad_quantity          no positive multiple of the lot
        ├── OrderTooSmall        order_too_small       less than the smallest order that voters allow
        ├── OrderTooLarge        order_too_large       price x quantity is no number that the ledger can store
        ├── OrderAlreadyExpired  order_expired         its expiry is not in the future
        ├── PostOnlyCrosses      post_only_crosses     a post-only order that would have traded at once
        ├── UnknownOrder         unknown_order         no such order rests (filled, cancelled, expired, or never was)
        ├── NotYourOrder         not_your_order        the order belongs to somebody else
        ├── TooManyOrders        too_many_orders       the account has as many open orders as it may
        ├── UnknownProduct       unknown_product       no product of that number is traded here
        ├── OrderKindRefused     order_kind            the product's mechanism takes no orders of that kind
        ├── InexactGrid          inexact_grid          payments would not be exact under this lot and tick

What breaks an invariant of a clearing is `ledger.errors.BrokenInvariant`: our fault, not the trader's.
"""

from __future__ import annotations

from ledger.errors import Refused


class MarketRefused(Refused):
    """Base of the market's refusals; nothing but fee and nonce is applied."""

    code = "market_refused"


class BadPrice(MarketRefused):
    """The price is no multiple of the tick, or outside of [0, MAX_INTEGER]."""

    code = "bad_price"


class BadQuantity(MarketRefused):
    """The quantity is no positive multiple of the lot."""

    code = "bad_quantity"


class OrderTooSmall(MarketRefused):
    """The quantity is below the parameter `minimum_order`."""

    code = "order_too_small"


class OrderTooLarge(MarketRefused):
    """Price x quantity is more than the ledger can store."""

    code = "order_too_large"


class OrderAlreadyExpired(MarketRefused):
    """The expiry is not in the future of the block's time."""

    code = "order_expired"


class PostOnlyCrosses(MarketRefused):
    """A post-only order would have traded at once."""

    code = "post_only_crosses"


class UnknownOrder(MarketRefused):
    """No such order rests: it was filled, cancelled or expired, or never was."""

    code = "unknown_order"


class NotYourOrder(MarketRefused):
    """Only the owner of an order may cancel or replace it."""

    code = "not_your_order"


class TooManyOrders(MarketRefused):
    """The account has as many open orders as it may (`market.limits.MAX_OPEN_ORDERS`)."""

    code = "too_many_orders"


class UnknownProduct(MarketRefused):
    """No product of that number is traded here."""

    code = "unknown_product"


class OrderKindRefused(MarketRefused):
    """The product's mechanism takes no orders of that kind."""

    code = "order_kind"


class InexactGrid(MarketRefused):
    """Lot x tick is no multiple of one whole token, so payments would have to be rounded."""

    code = "inexact_grid"
