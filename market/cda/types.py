"""The values of the continuous double auction: how it matches, and what came of an order."""

from __future__ import annotations

from enum import IntEnum

from ledger.encoding.codec import Value
from ledger.encoding.quantities import BaseAmount, Count, Price
from market.types import Order, Reason, Trade


class ExecutionPrice(IntEnum):
    """The price of a trade: the resting order's, the bid, the ask, or (bid + ask) / 2 to the tick, ties to even."""

    RESTING = 0
    BID = 1
    ASK = 2
    AVERAGE = 3


class SelfTrade(IntEnum):
    """What ends when an order meets one of its owner's: the rest of the incoming one, or the resting one."""

    CANCEL_NEWEST = 0
    CANCEL_OLDEST = 1


class DroppedOrder(Value, frozen=True):
    """A resting order that was removed without a trade, as it stood; its owner's lock is to be released."""

    order: Order
    reason: Reason


class MatchResult(Value, frozen=True):
    """What came of one incoming order: its quantity = sum of `trades` + `rested` + `cancelled`.

    `reason` says why `cancelled` is not 0. `dropped`: resting orders met and removed (dead, or the owner's own), in
    the order of meeting. `visited`: resting orders looked at, which is what the block's weight has to pay for.
    """

    trades: tuple[Trade, ...]
    rested: BaseAmount
    cancelled: BaseAmount
    reason: Reason
    dropped: tuple[DroppedOrder, ...]
    visited: Count


class MatchingRules(Value, frozen=True):
    """What genesis and votes choose for the continuous double auction.

    `tick`: the step of prices, at least 1. `minimum_order`: base units of the token below which the rest of an
    incoming order does not rest.
    """

    execution_price: ExecutionPrice
    self_trade: SelfTrade
    tick: Price
    minimum_order: BaseAmount = 0
