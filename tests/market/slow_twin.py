"""The continuous double auction once more, slow and obvious: one list of orders, sorted anew at every step."""

from __future__ import annotations

from dataclasses import dataclass, field

from market.cda.types import DroppedOrder, ExecutionPrice, MatchingRules, SelfTrade
from market.types import BUY, Order, OrderKind, Reason, Side, Trade, with_quantity


@dataclass
class Outcome:
    """What `MatchResult` says, collected step by step."""

    trades: list[Trade] = field(default_factory=list)
    rested: int = 0
    cancelled: int = 0
    reason: Reason = Reason.NONE
    dropped: list[DroppedOrder] = field(default_factory=list)


class SlowTwin:
    def __init__(self) -> None:
        self.orders: list[Order] = []

    def side(self, side: Side) -> list[Order]:
        """Best first."""
        sign = -1 if side is BUY else 1
        return sorted((o for o in self.orders if o.side is side), key=lambda o: (sign * o.price, o.number))

    def match(self, incoming: Order, rules: MatchingRules, now: int, max_trades: int, max_dropped: int) -> Outcome:
        if incoming.expires_ms and incoming.expires_ms <= now:
            return Outcome(cancelled=incoming.quantity, reason=Reason.EXPIRED)
        if incoming.kind is OrderKind.FOK:
            return self._all_or_nothing(incoming, rules, now, max_trades, max_dropped)
        outcome = Outcome()
        left = incoming.quantity
        while left and outcome.reason is Reason.NONE:
            crossing = [o for o in self.side(Side(1 - incoming.side)) if self._crosses(incoming, o)]
            if not crossing:
                break
            best = crossing[0]
            dead = bool(best.expires_ms) and best.expires_ms <= now
            own = best.owner == incoming.owner
            if not dead and incoming.kind is OrderKind.POST_ONLY:
                outcome.reason = Reason.POST_ONLY_CROSSES
            elif dead or (own and rules.self_trade is SelfTrade.CANCEL_OLDEST):
                if len(outcome.dropped) == max_dropped:
                    outcome.reason = Reason.TOO_MANY_DROPPED
                else:
                    self.orders.remove(best)
                    outcome.dropped.append(DroppedOrder(best, Reason.EXPIRED if dead else Reason.SELF_TRADE))
            elif own:
                outcome.reason = Reason.SELF_TRADE
            elif len(outcome.trades) == max_trades:
                outcome.reason = Reason.TOO_MANY_TRADES
            else:
                quantity = min(left, best.quantity)
                outcome.trades.append(self._trade(incoming, best, quantity, rules))
                left -= quantity
                self.orders.remove(best)
                if best.quantity > quantity:
                    self.orders.append(with_quantity(best, best.quantity - quantity))
        if left and outcome.reason is Reason.NONE and incoming.kind is OrderKind.IOC:
            outcome.reason = Reason.IOC_UNFILLED
        if left and outcome.reason is Reason.NONE:
            outcome.rested = left
            self.orders.append(with_quantity(incoming, left))
        else:
            outcome.cancelled = left
        return outcome

    def _all_or_nothing(
        self, incoming: Order, rules: MatchingRules, now: int, max_trades: int, max_dropped: int
    ) -> Outcome:
        """Try it as immediate-or-cancel; undo everything but the dead unless it came through whole."""
        before = list(self.orders)
        attempt = Order(
            incoming.number, incoming.owner, incoming.side, OrderKind.IOC, incoming.price, incoming.quantity, 0
        )
        outcome = self.match(attempt, rules, now, max_trades, max_dropped)
        if not outcome.cancelled:
            return outcome
        dead = [each for each in outcome.dropped if each.reason is Reason.EXPIRED]
        self.orders = [o for o in before if all(o.number != each.order.number for each in dead)]
        return Outcome(cancelled=incoming.quantity, reason=Reason.FOK_UNFILLABLE, dropped=dead)

    @staticmethod
    def _crosses(incoming: Order, resting: Order) -> bool:
        bid, ask = (incoming, resting) if incoming.side is BUY else (resting, incoming)
        return bid.price >= ask.price

    @staticmethod
    def _trade(incoming: Order, resting: Order, quantity: int, rules: MatchingRules) -> Trade:
        bid, ask = (incoming, resting) if incoming.side is BUY else (resting, incoming)
        lower = (bid.price + ask.price) // 2 // rules.tick * rules.tick
        candidates = [lower, lower + rules.tick]
        average = min(candidates, key=lambda p: (abs(2 * p - bid.price - ask.price), p // rules.tick % 2))
        price = {
            ExecutionPrice.RESTING: resting.price,
            ExecutionPrice.BID: bid.price,
            ExecutionPrice.ASK: ask.price,
            ExecutionPrice.AVERAGE: average,
        }[rules.execution_price]
        return Trade(bid.number, ask.number, bid.owner, ask.owner, price, quantity, bid.price, ask.price)
