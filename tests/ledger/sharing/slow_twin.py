"""The rules of docs/protocol/sharing-rules.md a second time, slowly, in fractions and dense matrices.

Shares no code with `ledger.sharing` but the types of what goes in; each function follows the page's sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import floor

from ledger.sharing.allocation_rules import (
    AllocationRule,
    Cascade,
    Credit,
    Delivery,
    Dynamic,
    LevelMethod,
    Pairs,
    PairsEachSlot,
    StaticRedistributed,
)
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows

WHOLE = 10**9
MOST_ROUNDS = 32
Matrix = list[list[int]]


def divide(total: int, weights: Sequence[int], slot: int) -> list[int]:
    """One missing unit after the other, each to whoever is furthest below its exact part and next in the ring."""
    whole = sum(weights)
    if whole == 0:
        return [0 for _ in weights]
    exact = [Fraction(total * weight, whole) for weight in weights]
    parts = [floor(part) for part in exact]
    waiting = list(range(len(weights)))
    while sum(parts) < total:
        chosen = max(
            waiting,
            key=lambda place: (exact[place] - floor(exact[place]), -((place - slot) % len(weights))),
        )
        waiting.remove(chosen)
        parts[chosen] += 1
    return parts


def pour(total: int, offtakes: Sequence[int], keys: Sequence[int], slot: int) -> list[int]:
    """In rounds: all who can be filled are filled; no walk in order, no shifted numbers."""
    level_keys, rest = list(keys), Fraction(total)
    parts = [0 for _ in offtakes]
    while True:
        live = sum(level_keys)
        full = [
            place
            for place, key in enumerate(level_keys)
            if key and Fraction(offtakes[place], key) <= rest / Fraction(live)
        ]
        if not full:
            break
        for place in full:
            parts[place] = offtakes[place]
            rest -= offtakes[place]
            level_keys[place] = 0
    left = divide(int(rest), level_keys, slot)
    return [part + more for part, more in zip(parts, left, strict=True)]


def one_method(
    rule: AllocationRule,
    method: LevelMethod,
    injections: Sequence[int],
    offtakes: Sequence[int],
    weights: Sequence[int],
    keys: AllocationKeys,
    slot: int,
) -> tuple[list[int], Matrix | None]:
    """The shares, and the matrix by producer and consumer where the method goes by pairs."""
    if rule.no_self_share or isinstance(method, Pairs | PairsEachSlot):
        matrix = by_pairs(offered(rule, method, injections, offtakes, weights, keys, slot), offtakes, slot)
        if isinstance(method, StaticRedistributed):
            nothing = [[0 for _ in offtakes] for _ in injections]
            matrix = again(rule, nothing, injections, offtakes, weights, keys, slot)
        return [sum(row[consumer] for row in matrix) for consumer in range(len(offtakes))], matrix
    supply, demand = sum(injections), sum(offtakes)
    if isinstance(method, StaticRedistributed):
        return pour(supply, offtakes, weights, slot), None
    if isinstance(method, Dynamic):
        return divide(min(supply, demand), offtakes, slot), None
    parts = divide(supply, weights, slot)
    return [min(part, offtake) for part, offtake in zip(parts, offtakes, strict=True)], None


def offered(
    rule: AllocationRule,
    method: LevelMethod | Credit,
    injections: Sequence[int],
    offtakes: Sequence[int],
    weights: Sequence[int],
    keys: AllocationKeys,
    slot: int,
) -> Matrix:
    matrix: Matrix = []
    for producer, injection in enumerate(injections):
        row = [0 for _ in offtakes]
        with_rest = isinstance(method, Pairs | PairsEachSlot) or (isinstance(method, Credit) and bool(method.rows))
        if isinstance(method, PairsEachSlot):
            for place, consumer, share in keys.rows:
                if place == producer:
                    row[consumer] = share
        elif isinstance(method, Pairs | Credit) and method.rows:
            for pair in method.rows:
                if pair.producer == keys.producers[producer] and pair.consumer in keys.consumers:
                    row[list(keys.consumers).index(pair.consumer)] = pair.share
        elif not isinstance(method, Pairs):
            row = list(offtakes if isinstance(method, Dynamic) else weights)
        if rule.no_self_share:
            row = [
                0 if keys.consumer_owners[consumer] == keys.producer_owners[producer] else weight
                for consumer, weight in enumerate(row)
            ]
        parts = divide(injection, [*row, WHOLE - sum(row)], slot)[:-1] if with_rest else divide(injection, row, slot)
        matrix.append(parts)
    return matrix


def again(
    rule: AllocationRule,
    matrix: Matrix,
    injections: Sequence[int],
    offtakes: Sequence[int],
    weights: Sequence[int],
    keys: AllocationKeys,
    slot: int,
    rounds: int = 0,
) -> Matrix:
    """Who is full has no key any more, and all of it is done over with what is left; nothing taken: the end."""
    rest = [given - sum(row) for given, row in zip(injections, matrix, strict=True)]
    lacks = [offtake - sum(row[place] for row in matrix) for place, offtake in enumerate(offtakes)]
    live = [weight if lack else 0 for weight, lack in zip(weights, lacks, strict=True)]
    more = by_pairs(offered(rule, StaticRedistributed(), rest, lacks, live, keys, slot), lacks, slot)
    if rounds == MOST_ROUNDS or not any(map(any, more)):
        return matrix
    both = [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(matrix, more, strict=True)]
    return again(rule, both, injections, offtakes, weights, keys, slot, rounds + 1)


def by_pairs(offers: Matrix, offtakes: Sequence[int], slot: int) -> Matrix:
    taken = [[0 for _ in offtakes] for _ in offers]
    for consumer, offtake in enumerate(offtakes):
        column = [row[consumer] for row in offers]
        for producer, part in enumerate(divide(min(sum(column), offtake), column, slot)):
            taken[producer][consumer] = part
    return taken


def delivered(
    rule: AllocationRule, total: int, injections: Sequence[int], keys: AllocationKeys, slot: int
) -> list[int]:
    if rule.delivery == Delivery.PROPORTIONAL:
        return divide(total, injections, slot)
    parts = [0 for _ in injections]
    for _when, place in sorted((when, place) for place, when in enumerate(keys.commissioned)):
        parts[place] = min(injections[place], total - sum(parts))
    return parts


def share(
    rule: AllocationRule, flows: SlotFlows, keys: AllocationKeys, slot: int
) -> tuple[list[int], list[int], Matrix | None]:
    """Shares, what producers deliver, and the matrix where every level has one; not of credit."""
    method = rule.method
    assert not isinstance(method, Credit)
    levels = (
        list(zip(method.levels, keys.levels, strict=True)) if isinstance(method, Cascade) else [(method, keys.weights)]
    )
    injections, offtakes, waiting = list(flows.injections), list(flows.offtakes), 0
    whole: Matrix | None = [[0 for _ in offtakes] for _ in injections]
    for level, weights in levels:
        can = offtakes
        if isinstance(method, Cascade):
            can = [offtake if weight else 0 for offtake, weight in zip(offtakes, weights, strict=True)]
        if rule.no_self_share or isinstance(level, Pairs | PairsEachSlot):
            given = delivered(rule, waiting, injections, keys, slot)
            injections = [value - part for value, part in zip(injections, given, strict=True)]
            waiting = 0
            shares, matrix = one_method(rule, level, injections, can, weights, keys, slot)
        else:
            # What waits to be delivered is gone already, of whichever producer: only the sum matters here.
            shares, matrix = one_method(rule, level, [sum(injections) - waiting], can, weights, keys, slot)
        offtakes = [value - part for value, part in zip(offtakes, shares, strict=True)]
        if matrix is None:
            waiting, whole = waiting + sum(shares), None
        else:
            injections = [value - sum(row) for value, row in zip(injections, matrix, strict=True)]
            if whole is not None:
                whole = [[a + b for a, b in zip(x, y, strict=True)] for x, y in zip(whole, matrix, strict=True)]
    given = delivered(rule, waiting, injections, keys, slot)
    injections = [value - part for value, part in zip(injections, given, strict=True)]
    taken = [before - after for before, after in zip(flows.offtakes, offtakes, strict=True)]
    return taken, [before - after for before, after in zip(flows.injections, injections, strict=True)], whole


def paid(total_of: Callable[[int], Fraction], energies: Sequence[int], slot: int) -> list[int]:
    """A price on a sum of mWh, rounded down once and divided over the energies."""
    return divide(floor(total_of(sum(energies))), energies, slot)


def ratio_price(shared: int, demand: int, retail: int, feed_in: int) -> Fraction:
    """Base units per kWh, as the page writes it: with r, and its own case for a feed-in of 0."""
    if feed_in == 0 or demand == 0:
        return Fraction(0)
    ratio = Fraction(shared, demand)
    return Fraction(retail * feed_in) / ((retail - feed_in) * ratio + feed_in)
