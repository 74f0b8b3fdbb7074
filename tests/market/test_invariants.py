"""Every invariant of a clearing notices its breach."""

from __future__ import annotations

import msgspec
import pytest

from ledger.errors import BrokenInvariant
from market.cda.invariants import check_match
from market.cda.types import MatchResult
from market.invariants import check_trade
from market.types import Order, OrderKind, Reason, Trade
from tests.market.clearing import check_clearing
from tests.market.making import TOKEN, buy, enter, holding, owner, sell

BID = buy(1, "b", 5, 10)
ASK = sell(2, "s", 3, 8)
GOOD = Trade(1, 2, owner("b"), owner("s"), 9 * TOKEN, 3 * TOKEN, 10 * TOKEN, 8 * TOKEN)
ORDERS: dict[int, Order] = {1: BID, 2: ASK}


def test_a_right_clearing_passes() -> None:
    check_clearing(ORDERS, [GOOD], {1: 2 * TOKEN})
    check_clearing(ORDERS, [], {1: 5 * TOKEN, 2: 3 * TOKEN})


@pytest.mark.parametrize(
    "change",
    [
        {"price": 11 * TOKEN},
        {"price": 7 * TOKEN},
        {"quantity": 0},
        {"quantity": 4 * TOKEN},
        {"quantity": 2 * TOKEN},
        {"buyer": owner("x")},
        {"seller": owner("x")},
        {"seller": owner("b")},
        {"buy": 9},
        {"sell": 9},
        {"sell": 1},
        {"buy": 2, "sell": 1, "buyer": owner("s"), "seller": owner("b"), "bid": 10 * TOKEN, "ask": 8 * TOKEN},
        {"bid": 12 * TOKEN},
        {"ask": 1 * TOKEN},
    ],
)
def test_a_wrong_trade_is_noticed(change: dict[str, int | bytes]) -> None:
    wrong = msgspec.structs.replace(GOOD, **change)
    with pytest.raises(BrokenInvariant):
        check_clearing(ORDERS, [wrong], {1: 2 * TOKEN})


@pytest.mark.parametrize("leftovers", [{}, {1: TOKEN}, {1: 2 * TOKEN, 2: TOKEN}, {1: 2 * TOKEN, 3: TOKEN}])
def test_wrong_leftovers_are_noticed(leftovers: dict[int, int]) -> None:
    with pytest.raises(BrokenInvariant):
        check_clearing(ORDERS, [GOOD], leftovers)


def test_a_trade_with_itself_is_noticed() -> None:
    with pytest.raises(BrokenInvariant):
        check_trade(msgspec.structs.replace(GOOD, seller=owner("b")))


def result() -> MatchResult:
    matched = enter(holding(ASK), BID)
    check_match(BID, matched, 256)
    return matched


@pytest.mark.parametrize(
    "change",
    [
        {"rested": 0},
        {"rested": 3 * TOKEN},
        {"trades": ()},
        {"cancelled": TOKEN, "rested": TOKEN, "reason": Reason.IOC_UNFILLED},
        {"cancelled": 2 * TOKEN, "rested": 0},
        {"reason": Reason.EXPIRED},
        {"trades": (msgspec.structs.replace(GOOD, buy=7),)},
        {"trades": (msgspec.structs.replace(GOOD, price=11 * TOKEN),)},
    ],
)
def test_a_wrong_result_is_noticed(change: dict[str, object]) -> None:
    with pytest.raises(BrokenInvariant):
        check_match(BID, msgspec.structs.replace(result(), **change), 256)


def test_more_trades_than_allowed_are_noticed() -> None:
    with pytest.raises(BrokenInvariant):
        check_match(BID, result(), 0)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (OrderKind.IOC, {}),
        (OrderKind.FOK, {}),
        (OrderKind.POST_ONLY, {}),
        (OrderKind.FOK, {"rested": 0, "cancelled": 2 * TOKEN, "reason": Reason.TOO_MANY_TRADES}),
    ],
)
def test_what_the_kind_of_the_order_forbids_is_noticed(kind: OrderKind, change: dict[str, object]) -> None:
    matched = msgspec.structs.replace(result(), **change)
    with pytest.raises(BrokenInvariant):
        check_match(buy(1, "b", 5, 10, kind=kind), matched, 256)
