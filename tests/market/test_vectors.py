"""The worked CDA cases of `tests/vectors/market_vectors.json`, to the last digit (kWh and tokens to base units)."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from market.cda.book import MemoryBook
from market.cda.invariants import check_match
from market.cda.matching import match, replace
from market.cda.types import ExecutionPrice, MatchingRules, MatchResult, SelfTrade
from market.terms import locked, payment
from market.types import BUY, SELL, Order, OrderKind
from tests.market.making import TOKEN, owner

FILE = Path(__file__).parent.parent / "vectors" / "market_vectors.json"
CASES = {case["id"]: case for case in json.loads(FILE.read_text())["vectors"] if case["mechanism"] == "cda"}
PRICES = {"maker": ExecutionPrice.RESTING, "midpoint": ExecutionPrice.AVERAGE}
KINDS = {"GTC": OrderKind.LIMIT, "IOC": OrderKind.IOC, "FOK": OrderKind.FOK}


def base(text: str) -> int:
    exact = Fraction(text) * TOKEN
    assert exact.denominator == 1
    return exact.numerator


def whole(units: int) -> Fraction:
    return Fraction(units, TOKEN)


class Player:
    """Plays a case's events; every new or moved order takes the next number, its name stays."""

    def __init__(self, params: dict[str, str]) -> None:
        self.book = MemoryBook()
        self.rules = MatchingRules(PRICES[params["price_rule"]], SelfTrade[params["stp"].upper()], 1_000)
        self.numbers: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.trades: list[tuple[str, str, Fraction, Fraction, Fraction]] = []
        self.cancelled: dict[str, Fraction] = {}

    def play(self, event: dict[str, Any]) -> None:
        name, now_ms = event["id"], event.get("t", 0)
        if event["op"] == "new":
            order = self._new(event)
            self._note(name, order, match(self.book, order, self.rules, now_ms))
            return
        order = self._found(name)
        if event["op"] == "replace":
            number = len(self.names) + 1
            price = base(event["price"]) if "price" in event else order.price
            changed = Order(number, order.owner, order.side, order.kind, price, base(event["qty"]), order.expires_ms)
            self._name(name, number)
            self._note(name, changed, replace(self.book, order, changed, self.rules, now_ms))
            return
        assert event["op"] == "cancel"
        (self.book.bids if order.side is BUY else self.book.asks).remove(order)
        self._cancel(name, order.quantity)

    def _new(self, event: dict[str, Any]) -> Order:
        number = len(self.names) + 1
        self._name(event["id"], number)
        side = {"buy": BUY, "sell": SELL}[event["side"]]
        kind = KINDS[event.get("tif", "GTC")]
        quantity, price = base(event["qty"]), base(event["price"])
        return Order(number, owner(event["owner"]), side, kind, price, quantity, event.get("expires", 0))

    def _name(self, name: str, number: int) -> None:
        self.numbers[name], self.names[number] = number, name

    def _found(self, name: str) -> Order:
        order = self.book.find(self.numbers[name])
        assert order is not None
        return order

    def _note(self, name: str, order: Order, result: MatchResult) -> None:
        check_match(order, result, 256)
        for trade in result.trades:
            paid = whole(payment(trade.price, trade.quantity))
            buyer, seller = self.names[trade.buy], self.names[trade.sell]
            self.trades.append((buyer, seller, whole(trade.quantity), whole(trade.price), paid))
        self._cancel(name, result.cancelled)
        for dropped in result.dropped:
            self._cancel(self.names[dropped.order.number], dropped.order.quantity)

    def _cancel(self, name: str, quantity: int) -> None:
        if quantity:
            self.cancelled[name] = self.cancelled.get(name, Fraction(0)) + whole(quantity)

    def leftover(self) -> dict[str, Fraction]:
        return {
            self.names[order.number]: whole(order.quantity)
            for side in (self.book.bids, self.book.asks)
            for order in side.walk()
        }


def fractions(values: dict[str, str]) -> dict[str, Fraction]:
    return {name: Fraction(text) for name, text in values.items()}


def test_all_five_cases_are_here() -> None:
    assert sorted(CASES) == ["cda-01a", "cda-02a", "cda-03b", "cda-04a", "cda-05"]


@pytest.mark.parametrize("case", sorted(CASES))
def test_worked_case(case: str) -> None:
    player = Player(CASES[case]["params"])
    for event in CASES[case]["input"]["events"]:
        player.play(event)
    expect = CASES[case]["expect"]
    assert player.trades == [
        (t["buy"], t["sell"], Fraction(t["qty"]), Fraction(t["price"]), Fraction(t["payment"]))
        for t in expect["trades"]
    ]
    assert player.leftover() == fractions(expect["leftover"])
    assert player.cancelled == fractions(expect.get("cancelled", {}))
    assert sum((t[2] for t in player.trades), Fraction(0)) == Fraction(expect["volume"])
    assert sum((t[4] for t in player.trades), Fraction(0)) == Fraction(expect["paid"])


def test_locks_of_the_worked_case_and_nothing_of_a_better_price_stays_locked() -> None:
    case = CASES["cda-04a"]
    expect = fractions(case["expect"]["locks"])
    player = Player(case["params"])
    sale, purchase = case["input"]["events"]
    player.play(sale)
    order = player._new(purchase)
    at_entry = locked(order)
    (trade,) = match(player.book, order, player.rules, 0).trades
    rest = player.book.bids.best
    assert rest is not None
    paid = payment(trade.price, trade.quantity)
    released = payment(trade.bid - trade.price, trade.quantity)
    assert whole(at_entry) == expect["A_locked_at_entry"]
    assert whole(paid) == expect["A_paid"]
    assert whole(locked(rest)) == expect["A_lock_after"]
    assert whole(released) == expect["A_refund"]
    assert at_entry == paid + released + locked(rest)
