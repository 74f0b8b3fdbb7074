"""What orders use of the limits under which an agent acts for their owner (rule AG7), and whose agent placed which."""

from __future__ import annotations

from ledger.bank.points import tell_sold
from ledger.chain.context import Context
from ledger.chain.delegation import Offer, Use
from market.escrow import asset_of
from market.products import product_of
from market.schema import ORDER_AGENTS, ORDERS, OrderAgent, order_key
from market.transactions import PlaceOrder, ReplaceOrder
from market.types import SELL, Product, Side


def place_uses(context: Context, payload: PlaceOrder) -> Use:
    """The whole of what the order would lock, also where it trades at a better price."""
    product = product_of(context.state, payload.product)
    return _use(product, payload.side, payload.price, payload.quantity)


def replace_uses(context: Context, payload: ReplaceOrder) -> Use:
    """As much as a new order of these terms: what the old one had locked is not set off."""
    product = product_of(context.state, payload.product)
    order = context.state.get(ORDERS, order_key(product.number, payload.number))
    if order is None:
        return Use()  # the handler refuses it
    return _use(product, order.side, payload.price, payload.quantity)


def _use(product: Product, side: Side, price: int, quantity: int) -> Use:
    sells = side is SELL
    amount = quantity if sells else -(-price * quantity // product.scale)
    return Use(((asset_of(product, side), amount),), offer=Offer(product.number, sells, price))


def note_agent(context: Context, product: Product, number: int) -> None:
    """Write down who acts for an order's owner as the order begins to rest."""
    if context.agent:
        context.state.put(ORDER_AGENTS, order_key(product.number, number), OrderAgent(context.agent))


def forget_agent(context: Context, product: Product, number: int) -> None:
    """The order has ended, and all that it sold was told of."""
    key = order_key(product.number, number)
    if context.state.get(ORDER_AGENTS, key) is not None:
        context.state.delete(ORDER_AGENTS, key)


def tell_resting_sale(context: Context, product: Product, number: int, owner: bytes, payment: int) -> None:
    """A resting order has sold, for `payment` base units of the quote asset that are in its owner's account."""
    found = context.state.get(ORDER_AGENTS, order_key(product.number, number))
    if found is not None:
        tell_sold(context, owner, found.agent, product.quote, payment)


def forget_filled(context: Context, product: Product, numbers: set[int]) -> None:
    """Forget the agents of those resting orders that trades filled."""
    for number in sorted(numbers):
        if context.state.get(ORDERS, order_key(product.number, number)) is None:
            forget_agent(context, product, number)
