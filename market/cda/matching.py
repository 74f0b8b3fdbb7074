"""The continuous double auction (rule Y6): price first, time first.

`match` takes one incoming order through the book. While the best resting order of the other side is within the
incoming order's limit, the smaller of the two quantities trades. On the way, in this order, a resting order that

  1. is past its expiry is dead: it is removed and reported, and never trades;
  2. meets a post-only order: that one is refused;
  3. belongs to the same owner: the incoming rest is cancelled, or the resting order is removed (`SelfTrade`);
  4. would be one trade more than `max_trades`: the incoming rest is cancelled.

A fill-or-kill order first walks the same way without touching anything, and enters only if it comes through whole.
What is left of a limit or post-only order rests, unless it is smaller than the smallest order; what a trade leaves of
a resting one that is smaller goes as well. Every step is O(log n) in what rests.
"""

from __future__ import annotations

from typing import Final

from ledger.errors import BrokenInvariant, require
from market.cda.book import Book, BookSide
from market.cda.types import DroppedOrder, ExecutionPrice, MatchingRules, MatchResult, SelfTrade
from market.limits import MAX_DROPPED_PER_ORDER, MAX_TRADES_PER_ORDER
from market.terms import keeps_priority
from market.types import BUY, Order, OrderKind, Reason, Trade, with_quantity

# Enum members as globals: looking one up on its class costs more than a comparison of prices.
_RESTING: Final = ExecutionPrice.RESTING
_LIMIT: Final = OrderKind.LIMIT
_IOC: Final = OrderKind.IOC
_FOK: Final = OrderKind.FOK
_POST_ONLY: Final = OrderKind.POST_ONLY
_CANCEL_NEWEST: Final = SelfTrade.CANCEL_NEWEST
_NONE: Final = Reason.NONE


def match(
    book: Book, incoming: Order, rules: MatchingRules, now_ms: int, max_trades: int = MAX_TRADES_PER_ORDER
) -> MatchResult:
    """Take `incoming` (whose number is the highest so far) through the book, and leave its rest in it.

    The book is changed; of a fill-or-kill order that is killed only by the dead orders that it met. Raises
    `BrokenInvariant` for a quantity below 1; everything else that can happen is in the result.
    """
    remaining = incoming.quantity
    if remaining < 1:
        raise BrokenInvariant("an order has a quantity of at least 1")
    if 0 < incoming.expires_ms <= now_ms:
        return MatchResult((), 0, remaining, Reason.EXPIRED, (), 0)
    buying = incoming.side is BUY
    opposite = book.asks if buying else book.bids
    kind, limit = incoming.kind, incoming.price
    trades: tuple[Trade, ...] = ()
    dropped: tuple[DroppedOrder, ...] = ()
    reason, visited = _NONE, 0
    best = opposite.best
    if best is not None and (limit >= best.price if buying else limit <= best.price):
        trades, dropped, remaining, reason, visited = _sweep(
            opposite, best, incoming, rules, now_ms, max_trades=max_trades
        )
    if reason is _NONE and remaining:
        if kind is _LIMIT or kind is _POST_ONLY:
            if remaining < rules.minimum_order:
                return MatchResult(trades, 0, remaining, Reason.REST_TOO_SMALL, dropped, visited)
            (book.bids if buying else book.asks).add(with_quantity(incoming, remaining) if trades else incoming)
            return MatchResult(trades, remaining, 0, _NONE, dropped, visited)
        require(kind is _IOC or not trades, "a fill-or-kill order was filled in part")
        reason = Reason.IOC_UNFILLED if kind is _IOC else Reason.FOK_UNFILLABLE
    return MatchResult(trades, 0, remaining, reason, dropped, visited)


def _sweep(
    opposite: BookSide, best: Order, incoming: Order, rules: MatchingRules, now_ms: int, *, max_trades: int
) -> tuple[tuple[Trade, ...], tuple[DroppedOrder, ...], int, Reason, int]:
    """Trade `incoming`, which crosses `best`, as far as it goes.

    Trades, resting orders dropped, what is left, why it ends here (or `Reason.NONE`), resting orders visited.
    """
    number, owner, limit, remaining = incoming.number, incoming.owner, incoming.price, incoming.quantity
    buying, rule = incoming.side is BUY, rules.execution_price
    trades: list[Trade] = []
    dropped: list[DroppedOrder] = []
    reason, visited = _NONE, 0
    if incoming.kind is _FOK:
        reason, visited, dead = _probe(opposite, incoming, rules, now_ms, max_trades)
        if reason is not _NONE:
            for order in dead:
                _drop(opposite, order, Reason.EXPIRED, dropped)
    resting: Order | None = best
    while resting is not None and reason is _NONE:
        price = resting.price
        if limit < price if buying else limit > price:
            break
        visited += 1
        if 0 < resting.expires_ms <= now_ms:
            reason = _drop(opposite, resting, Reason.EXPIRED, dropped)
        elif incoming.kind is _POST_ONLY:
            reason = Reason.POST_ONLY_CROSSES
        elif resting.owner == owner:
            newest = rules.self_trade is _CANCEL_NEWEST
            reason = Reason.SELF_TRADE if newest else _drop(opposite, resting, Reason.SELF_TRADE, dropped)
        elif len(trades) == max_trades:
            reason = Reason.TOO_MANY_TRADES
        else:
            quantity = resting.quantity
            if quantity > remaining:
                _leave(opposite, resting, quantity - remaining, rules.minimum_order, dropped)
                quantity = remaining
            else:
                opposite.remove(resting)
            remaining -= quantity
            bid, ask = (limit, price) if buying else (price, limit)
            if rule is not _RESTING:
                price = execution_price(rule, bid, ask, price, rules.tick)
            trades.append(
                Trade(number, resting.number, owner, resting.owner, price, quantity, bid, ask)
                if buying
                else Trade(resting.number, number, resting.owner, owner, price, quantity, bid, ask)
            )
            if not remaining:
                break
        resting = opposite.best
    return tuple(trades), tuple(dropped), remaining, reason, visited


def _leave(side: BookSide, resting: Order, rest: int, minimum_order: int, dropped: list[DroppedOrder]) -> None:
    """What the last trade leaves of a resting order: it rests on, unless it is smaller than the smallest order."""
    if rest < minimum_order:
        side.remove(resting)
        dropped.append(DroppedOrder(with_quantity(resting, rest), Reason.REST_TOO_SMALL))
    else:
        side.reduce(resting, rest)


def _drop(side: BookSide, resting: Order, why: Reason, dropped: list[DroppedOrder]) -> Reason:
    """Remove a resting order that cannot trade; a reason to stop once the limit is reached."""
    if len(dropped) == MAX_DROPPED_PER_ORDER:
        return Reason.TOO_MANY_DROPPED
    side.remove(resting)
    dropped.append(DroppedOrder(resting, why))
    return _NONE


def execution_price(rule: ExecutionPrice, bid: int, ask: int, resting: int, tick: int) -> int:
    """The price of a trade between two limits with bid >= ask; an average goes to the tick, ties to the even one."""
    if rule is ExecutionPrice.BID:
        return bid
    if rule is ExecutionPrice.ASK:
        return ask
    if rule is _RESTING:
        return resting
    double = 2 * tick
    ticks, rest = divmod(bid + ask, double)
    if rest > tick or (rest == tick and ticks & 1):
        ticks += 1
    return ticks * tick


def _probe(
    side: BookSide, incoming: Order, rules: MatchingRules, now_ms: int, max_trades: int
) -> tuple[Reason, int, list[Order]]:
    """Whether a fill-or-kill order comes through whole (`Reason.NONE`), orders looked at, and the dead among them.

    The depth counts without own orders, and only as far as the order would come: under cancel-newest up to its
    owner's first order, never further than `max_trades` or `MAX_DROPPED_PER_ORDER`.
    """
    needed, trades, own, visited = incoming.quantity, 0, 0, 0
    dead: list[Order] = []
    for resting in side.walk():
        if incoming.price < resting.price if incoming.side is BUY else incoming.price > resting.price:
            break
        visited += 1
        expired = 0 < resting.expires_ms <= now_ms
        if expired or resting.owner == incoming.owner:
            if len(dead) + own == MAX_DROPPED_PER_ORDER or not (expired or rules.self_trade is not _CANCEL_NEWEST):
                break
            if expired:
                dead.append(resting)
            else:
                own += 1
            continue
        if trades == max_trades:
            break
        trades += 1
        needed -= resting.quantity
        if needed <= 0:
            break
    return (_NONE if needed <= 0 else Reason.FOK_UNFILLABLE), visited, dead


def replace(
    book: Book,
    resting: Order,
    changed: Order,
    rules: MatchingRules,
    now_ms: int,
    *,
    max_trades: int = MAX_TRADES_PER_ORDER,
) -> MatchResult:
    """Put `changed` in the place of `resting`, or, if it may not keep that place, cancel and enter it anew.

    `resting` is the order as it stands in the book; `changed` is of the same owner and side and carries a new number,
    which is used only when the priority is lost: `keeps_priority` says beforehand which. `changed.quantity` is the
    new open quantity. Locks are the caller's: release what `resting` had, lock what `changed` needs, then call this.
    """
    require(changed.owner == resting.owner and changed.side is resting.side, "a replacement changes only terms")
    side = book.bids if resting.side is BUY else book.asks
    if keeps_priority(resting, changed.price, changed.quantity, changed.expires_ms):
        side.reduce(resting, changed.quantity)
        return MatchResult((), changed.quantity, 0, _NONE, (), 1)
    side.remove(resting)
    return match(book, changed, rules, now_ms, max_trades)
