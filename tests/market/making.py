"""Orders and books for tests, in short: whole tokens and whole prices."""

from __future__ import annotations

from market.cda.book import Book, MemoryBook
from market.cda.matching import match
from market.cda.types import ExecutionPrice, MatchingRules, MatchResult, SelfTrade
from market.types import BUY, SELL, Order, OrderKind, Side

TOKEN = 10**9
RULES = MatchingRules(ExecutionPrice.RESTING, SelfTrade.CANCEL_NEWEST, 1_000)
OLDEST = MatchingRules(ExecutionPrice.RESTING, SelfTrade.CANCEL_OLDEST, 1_000)


def owner(name: str) -> bytes:
    return name.encode().rjust(20, b"\x00")


def order(
    number: int,
    who: str,
    side: Side,
    quantity: int,
    price: int,
    kind: OrderKind = OrderKind.LIMIT,
    expires_ms: int = 0,
) -> Order:
    return Order(number, owner(who), side, kind, price * TOKEN, quantity * TOKEN, expires_ms)


def buy(number: int, who: str, quantity: int, price: int, **more: int) -> Order:
    return order(number, who, BUY, quantity, price, OrderKind(more.get("kind", 0)), more.get("expires_ms", 0))


def sell(number: int, who: str, quantity: int, price: int, **more: int) -> Order:
    return order(number, who, SELL, quantity, price, OrderKind(more.get("kind", 0)), more.get("expires_ms", 0))


def enter(book: Book, *orders: Order, rules: MatchingRules = RULES, now_ms: int = 0) -> MatchResult:
    """Match one after the other; the last one's result."""
    results = [match(book, each, rules, now_ms) for each in orders]
    return results[-1]


def holding(*orders: Order) -> MemoryBook:
    """A book in which exactly these orders rest."""
    book = MemoryBook()
    for each in orders:
        (book.bids if each.side is BUY else book.asks).add(each)
    return book


def resting(book: Book) -> dict[int, int]:
    """Open quantity by number, in whole tokens."""
    return {each.number: each.quantity // TOKEN for side in (book.bids, book.asks) for each in side.walk()}


def traded(result: MatchResult) -> list[tuple[int, int, int, int]]:
    """(buy, sell, quantity, price) in whole tokens."""
    return [(t.buy, t.sell, t.quantity // TOKEN, t.price // TOKEN) for t in result.trades]
