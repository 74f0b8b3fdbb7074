"""What minting cost at its highest, by hour and by day, so that a late reading pays for its own interval (rule I7).

Only maxima above 0 are stored: of the last `COST_HOURS` hours and `COST_DAYS` days. A cost stays in force until it
changes; the hours that passed meanwhile are written when it does, and read as what is in force until then.
"""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS, HOUR_MS
from ledger.chain.schema import Counter
from ledger.energy.limits import COST_DAYS, COST_HOURS
from ledger.energy.parameters import MINTING_COST
from ledger.energy.schema import COST_IN_FORCE, COST_MAXIMA, CostInForce
from ledger.energy.weights import PAST_COSTS
from ledger.state.table import big_endian

SPANS: Final = ((b"\x01", HOUR_MS, COST_HOURS), (b"\x02", DAY_MS, COST_DAYS))
"""By hour and by day: the group of keys, the length, how many are kept."""


def note_cost(context: Context, cost: int) -> None:
    """Remember that minting costs `cost` base units of ENT per kWh from now on."""
    in_force = _in_force(context)
    if cost == in_force.cost:
        return
    for group, length_ms, kept in SPANS:
        now = context.time_ms // length_ms
        last = in_force.since_ms // length_ms
        for old in context.state.scan(COST_MAXIMA, group):
            if _number(old) > now - kept:
                break
            context.state.delete(COST_MAXIMA, old)
        for number in range(max(last + 1, now - kept + 1), now + 1):
            _raise(context, group + big_endian(number), in_force.cost)
        _raise(context, group + big_endian(now), cost)
    context.state.put(COST_IN_FORCE, b"", CostInForce(context.time_ms, cost))


def highest_cost(context: Context, start_ms: int, end_ms: int) -> int:
    """The highest cost in force between two times that have passed; the parameter M where it is not known any more."""
    in_force = _in_force(context)
    for group, length_ms, kept in SPANS:
        now = context.time_ms // length_ms
        first, last = start_ms // length_ms, min((end_ms - 1) // length_ms, now)
        if first <= now - kept:
            continue
        recorded = in_force.since_ms // length_ms
        highest = in_force.cost if last > recorded else 0
        context.charge((last - first) // PAST_COSTS)
        for number in range(first, min(last, recorded) + 1):
            entry = context.state.get(COST_MAXIMA, group + big_endian(number))
            highest = max(highest, 0 if entry is None else entry.value)
        return highest
    return context.parameter(MINTING_COST)


def _in_force(context: Context) -> CostInForce:
    return context.state.get(COST_IN_FORCE, b"") or CostInForce(context.genesis.time_ms, 0)


def _raise(context: Context, key: bytes, cost: int) -> None:
    before = context.state.get(COST_MAXIMA, key)
    if cost > (0 if before is None else before.value):
        context.state.put(COST_MAXIMA, key, Counter(cost))


def _number(key: bytes) -> int:
    return int.from_bytes(key[1:], "big")
