"""Orders matched per second in `market` alone: `python -m bench.matching [--orders 200000] [--runs 5]`.

One process, `MemoryBook`, orders made beforehand. The mix: half of the orders rest, half cross (limit orders that
eat what rests, of the same mean quantity, so the book's size stays where it began), prices over 200 ticks a side.
`levels`: the same with prices over 10^6 ticks, so that almost every order has a price level of its own. `cancel`: an
order is placed and one that rests, drawn by lot, is cancelled. Medians; CPU time per order holds when the machine is
busy.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import time
from collections.abc import Callable

from market.cda.book import MemoryBook
from market.cda.matching import match
from market.cda.types import ExecutionPrice, MatchingRules, SelfTrade
from market.types import BUY, SELL, Order, OrderKind

TICK = 1_000
LOT = 1_000_000
MIDDLE = 2_000_000_000
OWNERS = tuple(number.to_bytes(20, "big") for number in range(1_000))


def order(chance: random.Random, number: int, spread: int, *, crossing: bool) -> Order:
    side = BUY if chance.random() < 0.5 else SELL
    away = chance.randint(1, spread) * TICK
    if crossing:  # as far as the book goes
        away = -spread * TICK
    price = MIDDLE - away if side is BUY else MIDDLE + away
    kind = OrderKind.IOC if crossing and chance.random() < 0.5 else OrderKind.LIMIT
    return Order(number, chance.choice(OWNERS), side, kind, price, chance.randint(1, 10) * LOT, 0)


def filled(chance: random.Random, resting: int, spread: int, rules: MatchingRules) -> MemoryBook:
    book = MemoryBook()
    for number in range(resting):
        match(book, order(chance, number, spread, crossing=False), rules, 0)
    return book


def mixed(resting: int, count: int, spread: int, rules: MatchingRules, seed: int) -> tuple[float, float, int, int]:
    """Wall and CPU seconds, trades, and how many orders rest at the end."""
    chance = random.Random(seed)
    book = filled(chance, resting, spread, rules)
    orders = [order(chance, resting + n, spread, crossing=chance.random() < 0.5) for n in range(count)]
    trades = 0
    cpu, wall = time.process_time(), time.perf_counter()
    for incoming in orders:
        trades += len(match(book, incoming, rules, 0).trades)
    return time.perf_counter() - wall, time.process_time() - cpu, trades, len(book)


def cancelling(resting: int, count: int, spread: int, rules: MatchingRules, seed: int) -> tuple[float, float, int, int]:
    """As `mixed`, of orders that are placed while another is cancelled."""
    chance = random.Random(seed)
    book = filled(chance, resting, spread, rules)
    orders = [order(chance, resting + n, spread, crossing=False) for n in range(count)]
    alive = list(range(resting))
    victims = []
    for number in range(resting, resting + count):
        alive.append(number)
        at = chance.randrange(len(alive))
        alive[at], alive[-1] = alive[-1], alive[at]
        victims.append(alive.pop())
    cpu, wall = time.process_time(), time.perf_counter()
    for incoming, victim in zip(orders, victims, strict=True):
        match(book, incoming, rules, 0)
        found = book.find(victim)
        if found is not None:
            (book.bids if found.side is BUY else book.asks).remove(found)
    return time.perf_counter() - wall, time.process_time() - cpu, 0, len(book)


Run = Callable[[int, int, int, MatchingRules, int], tuple[float, float, int, int]]
CASES: tuple[tuple[str, Run, int, ExecutionPrice], ...] = (
    ("mixed", mixed, 200, ExecutionPrice.RESTING),
    ("mixed, average price", mixed, 200, ExecutionPrice.AVERAGE),
    ("levels", mixed, 1_000_000, ExecutionPrice.RESTING),
    ("cancel", cancelling, 1_000_000, ExecutionPrice.RESTING),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    print(f"median of {options.runs} runs of {options.orders} orders")
    for name, run, spread, price in CASES:
        rules = MatchingRules(price, SelfTrade.CANCEL_OLDEST, TICK)
        for resting in (0, 100, 1_000, 10_000):
            runs = [run(resting, options.orders, spread, rules, seed) for seed in range(options.runs)]
            wall = statistics.median(each[0] for each in runs)
            cpu = statistics.median(each[1] for each in runs)
            trades = statistics.median(each[2] for each in runs)
            left = statistics.median(each[3] for each in runs)
            print(
                f"{name:22} {resting:6} resting (at the end {left:6.0f}): {options.orders / wall:9,.0f} orders/s, "
                f"{cpu / options.orders * 1e6:5.2f} us CPU an order, {trades:7.0f} trades"
            )


if __name__ == "__main__":
    main()
