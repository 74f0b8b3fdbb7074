"""Whose turn it is: a schedule for each validator set by integer smooth weighted round-robin (consensus.md).

A validator of power p proposes p of every T heights, spread evenly. Round r takes the r-th distinct validator after
the height's place, so that n rounds in a row have n proposers. Whom the state has muted comes after all others (V11).
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import Final

from ledger.chain.validator_set import ValidatorSet

MAX_SCHEDULE: Final = 4_096
"""Longer schedules (uneven large powers) are scaled down; everybody keeps at least one place."""


def proposer(validators: ValidatorSet, height: int, round_: int) -> int:
    """The index of the validator that proposes in a round of a height."""
    schedule = _schedule(tuple(member.power for member in validators.members))
    order = _distinct_from(schedule, height % len(schedule))
    if validators.muted:
        members = validators.members
        order = tuple(sorted(order, key=lambda index: members[index].address in validators.muted))
    return order[round_ % len(order)]


@lru_cache(maxsize=16)
def _schedule(powers: tuple[int, ...]) -> tuple[int, ...]:
    common = gcd(*powers)
    weights = [power // common for power in powers]
    total = sum(weights)
    if total > MAX_SCHEDULE:
        weights = [max(weight * MAX_SCHEDULE // total, 1) for weight in weights]
        total = sum(weights)
    current = [0] * len(weights)
    places = []
    for _ in range(total):
        for index, weight in enumerate(weights):
            current[index] += weight
        chosen = max(range(len(weights)), key=lambda index: (current[index], -index))
        current[chosen] -= total
        places.append(chosen)
    return tuple(places)


@lru_cache(maxsize=1024)
def _distinct_from(schedule: tuple[int, ...], place: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(schedule[place:] + schedule[:place]))
