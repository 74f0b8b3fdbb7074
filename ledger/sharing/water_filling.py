"""A total filled into offtakes by keys, like water into vessels that stand in one basin (rule SR6)."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add

from ledger.sharing.apportion import apportion


def fill(total: int, offtakes: Sequence[int], keys: Sequence[int], start: int = 0) -> tuple[int, ...]:
    """Shares min(D, lambda K) that sum to min(`total`, sum of D with K > 0), exactly; equal keys: per head.

    Who takes all of its offtake is found by one walk in rising order of D / K: while D k <= rest x K, k the sum of
    the keys that are left, the consumer is full, and fuller ones before it only raise the level. Then what is left
    is apportioned over the others by their keys, and exceeds nobody's offtake.
    """
    order = _rising(offtakes, keys)
    left = sum(keys)
    shares = [0] * len(offtakes)
    full = 0
    for place in order:
        offtake, key = offtakes[place], keys[place]
        if offtake * left > total * key:
            break
        shares[place] = offtake
        total -= offtake
        left -= key
        full += 1
    if total and full < len(order):
        open_keys = list(keys)
        for place in order[:full]:
            open_keys[place] = 0
        return tuple(map(add, shares, apportion(total, open_keys, start)))
    return tuple(shares)


def _rising(offtakes: Sequence[int], keys: Sequence[int]) -> list[int]:
    """The places with a key in rising order of offtake by key, equal ones in rising place.

    Two different fractions of numbers below 2^b differ by more than 2^-2b: shifted so far, whole numbers order them.
    """
    shift = 2 * max(keys, default=0).bit_length()
    levels = [(offtake << shift) // key if key else -1 for offtake, key in zip(offtakes, keys, strict=True)]
    order = sorted(range(len(levels)), key=levels.__getitem__)
    return order[levels.count(-1) :]
