"""Sums by unit and day (UTC), of which the last days count: energy lost (rule U5), tokens minted (rule N6).

One entry a day, at most `MAX_SUMMED_DAYS` a unit: a day's first entry removes those that count no longer.
"""

from __future__ import annotations

from ledger.chain.context import Context, saturated
from ledger.chain.parameters import DAY_MS
from ledger.chain.schema import Counter
from ledger.energy.limits import MAX_SUMMED_DAYS
from ledger.state.table import Table, big_endian


def add_today(context: Context, table: Table[Counter], unit: bytes, amount: int) -> None:
    """Add to the unit's sum of the block's day, which stops at the end of the range of numbers."""
    today = context.time_ms // DAY_MS
    key = unit + big_endian(today)
    before = context.state.get(table, key)
    if before is None:
        for old in context.state.keys(table, unit):
            if _day(old) > today - MAX_SUMMED_DAYS:
                break
            context.state.delete(table, old)
    context.state.put(table, key, Counter(saturated(amount + (0 if before is None else before.value))))


def sum_of(context: Context, table: Table[Counter], unit: bytes, days: int) -> int:
    """The unit's sum over the last `days`, today included."""
    first = context.time_ms // DAY_MS - days
    since = unit + big_endian(max(first + 1, 0))
    return saturated(sum(context.get(table, key).value for key in context.state.keys(table, unit) if key >= since))


def take_newest(context: Context, table: Table[Counter], unit: bytes, amount: int) -> None:
    """Take an amount out of the unit's sums, the newest first, as far as they go."""
    for key in reversed(context.state.keys(table, unit)):
        before = context.get(table, key).value
        taken = min(before, amount)
        amount -= taken
        context.state.put(table, key, Counter(before - taken))
        if amount == 0:
            return


def clear(context: Context, table: Table[Counter], unit: bytes) -> None:
    """Forget the unit's sums."""
    for key in context.state.keys(table, unit):
        context.state.delete(table, key)


def _day(key: bytes) -> int:
    return int.from_bytes(key[20:], "big")
