"""The tokens of trades between orders that rest, each of which has locked what it needs (rules Y7-Y8).

That somebody cannot pay is our fault, never the trader's: the funds were locked before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ledger.bank.balances import credit, spend_locked, unlock
from ledger.bank.points import Commission, commission_in_force, tell_came_in, tell_commission_paid
from ledger.chain.context import Context
from ledger.errors import BrokenInvariant, Refused
from ledger.state.overlay import State
from market.delegation import forget_filled, tell_resting_sale
from market.escrow import ORDER_LOCK
from market.events import CommissionPaid, Traded
from market.schema import LAST_TRADE, LastTrade, product_key
from market.terms import payment
from market.types import Product, Trade
from market.weights import TRADE


@contextmanager
def funded() -> Iterator[None]:
    """Around tokens that trades move: that somebody cannot pay is our fault, funds were seen or locked before.

    What comes in pays debts, and those weigh: an order for which that is too much is refused whole (W2).
    """
    try:
        yield
    except Refused as refusal:
        if refusal.code == "too_heavy":
            raise
        raise BrokenInvariant(f"a trade had no funds behind it: {refusal.detail}") from refusal


def settle_resting(context: Context, product: Product, trades: Sequence[Trade]) -> None:
    """Carry out the trades of a clearing in which both sides rested; it was checked before."""
    state, commission, brought = context.state, commission_in_force(context), 0
    with funded():
        for trade in trades:
            amount = payment(trade.price, trade.quantity, product.scale)
            released = payment(trade.bid, trade.quantity, product.scale) - amount
            kept = commission.on(amount)
            context.charge(TRADE)
            pay_seller(state, product, trade, amount - kept, released)
            pay_buyer(state, product, trade, amount, released)
            context.emit(
                Traded(
                    product.number, product.base, product.quote, trade.buy, trade.sell, trade.buyer, trade.seller,
                    trade.price, trade.quantity, amount, released,
                )
            )  # fmt: skip
            brought += kept
            take_commission(context, product, trade, commission, kept)
            tell_came_in(context, trade.seller, product.quote)
            tell_resting_sale(context, product, trade.sell, trade.seller, amount - kept)
            if released:
                tell_came_in(context, trade.buyer, product.quote)
    if brought:
        tell_commission_paid(context, product.quote, brought)
    if trades:
        forget_filled(context, product, {number for trade in trades for number in (trade.buy, trade.sell)})
        remember(context, product, trades)


def take_commission(context: Context, product: Product, trade: Trade, commission: Commission, kept: int) -> None:
    """What was kept of a seller's proceeds goes to who gets commissions, as a line of its own (Y25)."""
    if kept:
        credit(context.state, commission.account, product.quote, kept)
        context.emit(
            CommissionPaid(product.number, trade.buy, trade.sell, trade.seller, commission.account, product.quote, kept)
        )


def pay_seller(state: State, product: Product, trade: Trade, amount: int, _released: int) -> None:
    """A resting sale gives its tokens and gets `amount`, the payment less the commission."""
    spend_locked(state, trade.seller, product.base, ORDER_LOCK, trade.quantity)
    credit(state, trade.seller, product.quote, amount)


def pay_buyer(state: State, product: Product, trade: Trade, amount: int, released: int) -> None:
    """A resting buy pays from its lock, gets tokens, and back what a better price than its limit saves it."""
    spend_locked(state, trade.buyer, product.quote, ORDER_LOCK, amount)
    unlock(state, trade.buyer, product.quote, ORDER_LOCK, released)
    credit(state, trade.buyer, product.base, trade.quantity)


def remember(context: Context, product: Product, trades: Sequence[Trade]) -> None:
    """Write down the latest of a product's trades, and how many there have been."""
    key = product_key(product.number)
    before = context.state.get(LAST_TRADE, key)
    count = len(trades) + (0 if before is None else before.trades)
    last = trades[-1]
    context.state.put(LAST_TRADE, key, LastTrade(last.price, last.quantity, context.time_ms, count))
