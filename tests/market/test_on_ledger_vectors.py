"""The worked CDA cases of `tests/vectors/market_vectors.json` as transactions on a chain."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from harness.chain import ENT, START_MS
from ledger.chain.header import Receipt
from ledger.encoding.amounts import parse_amount
from market.cda.types import ExecutionPrice, SelfTrade
from market.events import OrderCancelled, OrderExpired, OrderPlaced, OrderReplaced, Traded
from market.transactions import CancelOrder, PlaceOrder, ReplaceOrder
from market.types import OrderKind, Side
from tests.market.on_ledger import balances, eeuro, find, listing, market_chain, statement

FILE = Path(__file__).parent.parent / "vectors" / "market_vectors.json"
CASES = {case["id"]: case for case in json.loads(FILE.read_text())["vectors"] if case["mechanism"] == "cda"}
PRICES = {"maker": ExecutionPrice.RESTING, "midpoint": ExecutionPrice.AVERAGE}
KINDS = {"GTC": OrderKind.LIMIT, "IOC": OrderKind.IOC, "FOK": OrderKind.FOK}
ORIGIN_MS = START_MS + 1_000_000
"""Where the times of a case begin; each of its events is a block of its own."""


class LedgerPlayer:
    """Plays a case's events; orders have the case's names, whatever numbers they get."""

    def __init__(self, case: dict[str, Any], **genesis: Any) -> None:
        params = case["params"]
        self.owners = sorted({event["owner"] for event in case["input"]["events"] if "owner" in event})
        rules = (
            ("F", 0),
            ("execution_price", int(PRICES[params["price_rule"]])),
            ("self_trade", int(SelfTrade[params["stp"].upper()])),
        )
        self.chain = market_chain(self.owners, parameters=rules, **genesis)
        self.numbers: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.owner_of: dict[str, str] = {}
        self.trades: list[tuple[str, str, Fraction, Fraction, Fraction]] = []
        self.cancelled: dict[str, Fraction] = {}

    def play(self, event: dict[str, Any]) -> Receipt:
        name = event["id"]
        if event["op"] == "new":
            self.owner_of[name] = event["owner"]
        receipt = self.chain.do(self.owner_of[name], self._payload(event), after_ms=self._wait(event))
        for each in self.chain.blocks[-1].executed.receipts:
            self._note(name, each)
        return receipt

    def _wait(self, event: dict[str, Any]) -> int:
        wait: int = max(ORIGIN_MS + event.get("t", 0) * 1000 - self.chain.time_ms, 1)
        return wait

    def _payload(self, event: dict[str, Any]) -> PlaceOrder | CancelOrder | ReplaceOrder:
        if event["op"] == "new":
            side = {"buy": Side.BUY, "sell": Side.SELL}[event["side"]]
            expires_ms = ORIGIN_MS + event["expires"] * 1000 if event.get("expires") else 0
            price, quantity = parse_amount(event["price"]), parse_amount(event["qty"])
            return PlaceOrder(1, side, KINDS[event.get("tif", "GTC")], price, quantity, expires_ms)
        number = self.numbers[event["id"]]
        if event["op"] == "cancel":
            return CancelOrder(1, number)
        order = find(self.chain, number)
        assert order is not None
        price = parse_amount(event["price"]) if "price" in event else order.price
        return ReplaceOrder(1, number, price, parse_amount(event["qty"]), order.expires_ms)

    def _note(self, name: str, receipt: Receipt) -> None:
        for event in receipt.events:
            match event:
                case OrderPlaced() | OrderReplaced():
                    self.numbers[name], self.names[event.number] = event.number, name
                case Traded():
                    quantity, price, paid = (Fraction(n, ENT) for n in (event.quantity, event.price, event.payment))
                    self.trades.append((self.names[event.buy], self.names[event.sell], quantity, price, paid))
                case OrderCancelled() | OrderExpired():
                    before = self.cancelled.get(self.names[event.number], Fraction(0))
                    self.cancelled[self.names[event.number]] = before + Fraction(event.remaining, ENT)


def fractions(values: dict[str, str]) -> dict[str, Fraction]:
    return {name: Fraction(text) for name, text in values.items()}


@pytest.mark.parametrize("case", sorted(CASES))
def test_worked_case(case: str) -> None:
    player = LedgerPlayer(CASES[case])
    for event in CASES[case]["input"]["events"]:
        player.play(event)
    expect = CASES[case]["expect"]
    assert player.trades == [
        (t["buy"], t["sell"], Fraction(t["qty"]), Fraction(t["price"]), Fraction(t["payment"]))
        for t in expect["trades"]
    ]
    leftover = {player.names[order.number]: Fraction(order.quantity, ENT) for order in listing(player.chain)}
    assert leftover == fractions(expect["leftover"])
    assert player.cancelled == fractions(expect.get("cancelled", {}))
    names = [*player.owners, "V", "bank"]
    assert statement(player.chain) == balances(player.chain, names)


def test_locks_of_the_worked_case() -> None:
    case = CASES["cda-04a"]
    expect = {name: parse_amount(text) for name, text in case["expect"]["locks"].items()}
    player = LedgerPlayer(case)
    sale, purchase = case["input"]["events"]
    player.play(sale)
    before, _nothing = eeuro(player.chain, "A")
    receipt = player.play(purchase)
    (placed,) = (event for event in receipt.events if isinstance(event, OrderPlaced))
    (trade,) = (event for event in receipt.events if isinstance(event, Traded))
    assert placed.locked == expect["A_locked_at_entry"]
    assert trade.payment == expect["A_paid"]
    assert trade.released == expect["A_refund"]
    assert eeuro(player.chain, "A") == (before - expect["A_paid"] - expect["A_lock_after"], expect["A_lock_after"])
