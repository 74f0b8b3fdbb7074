"""Whole units of energy or money divided by weights, to the last unit (rules SR1, SR2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import chain

from ledger.errors import require


def apportion(total: int, weights: Sequence[int], start: int = 0) -> tuple[int, ...]:
    """`total` divided by `weights`: floor(total x w / W), the missing units to the largest remainders (SR1).

    Equal remainders are served in a ring that begins at `start` modulo the number of weights. The sum is `total`;
    where all weights are 0 every part is. No part exceeds its weight while `total` is at most their sum. One unit
    more in `total` may take one from somebody.
    """
    whole = sum(weights)
    if not total or not whole:
        return (0,) * len(weights)
    require(total > 0 and min(weights) >= 0, "what is apportioned, and the weights, are not below 0")
    products = [total * weight for weight in weights]
    shares = [product // whole for product in products]
    missing = total - sum(shares)
    if missing:
        remainders = [product % whole for product in products]
        for place in _largest(remainders, missing, start % len(weights)):
            shares[place] += 1
    return tuple(shares)


def apportion_sparse(
    total: int, places: Sequence[int], weights: Sequence[int], size: int, start: int = 0
) -> tuple[int, ...]:
    """Like `apportion` over `size` weights of which only those at the rising `places` may be above 0 (SR2).

    The parts of those places are returned; all others are 0.
    """
    if not places:
        return ()
    return apportion(total, weights, bisect_left(places, start % size))


def _largest(remainders: Sequence[int], count: int, begin: int) -> list[int]:
    """The places of the `count` largest, equal ones in the ring that begins at `begin`."""
    least = sorted(remainders, reverse=True)[count - 1]
    chosen = [place for place, remainder in enumerate(remainders) if remainder > least]
    ring = chain(range(begin, len(remainders)), range(begin))
    for place in ring:
        if len(chosen) == count:
            break
        if remainders[place] == least:
            chosen.append(place)
    return chosen
