"""What a market mechanism is (rule Y24): orders in, trades and leftovers out.

A mechanism is a folder of `market/` and one line in `market.mechanisms`. What is the same for all stands beside the
folders: `handlers` checks an order's terms, takes its number, sees that its owner can pay, and hands it over;
`open_orders` keeps it, `escrow` locks and releases, `settlement` moves the tokens of trades and reports them,
`invariants` checks a clearing. When trades are made is the mechanism's own business: on arrival (`market.cda`), or at
the end of a slot, by a hook of its module at `BLOCK_BEGUN` or something that falls due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from ledger.chain.context import Context
from ledger.chain.registry import Module
from ledger.state.overlay import State
from market.schema import Grid
from market.types import Order, OrderKind, Product, Side


class Mechanism(msgspec.Struct, frozen=True):
    """A way to make trades of orders. Its functions are called for products that name it, and for no others.

    name: by which a genesis chooses it. module: what it brings of its own: tables, parameters, events with postings,
    due kinds, hooks, invariants, a section of the genesis. kinds: of orders that it takes; others are refused
    (order_kind).
    """

    name: str
    module: Module
    kinds: frozenset[OrderKind]
    enter: Callable[[Context, Product, Order, int, Grid], None]
    """Take an order whose terms are good: trade it, keep it, or end it; each with its events and weight.

    The amount is what the whole order would lock: seen to be available, not yet locked. May refuse.
    """
    replace: Callable[[Context, Product, Order, Order, int, Grid], None]
    """Put the second order in the place of the first, which is open and whose lock was released.

    Both have one number where the place is kept (`market.terms.keeps_priority`), else the second is to be entered anew.
    """
    remove: Callable[[Context, Product, Order], None]
    """Take an open order out of whatever the mechanism keeps; its lock and its event are the caller's."""
    queue: Callable[[State, Product, Side], Iterator[Order]]
    """The open orders of a side, dead ones included, best first."""
