"""What each deficit came to, so that readings which come after it pay for it together no more than that (rule I8).

A deficit lasts while D is above 0. Those that are over are summed where they touch one hour, and beside that where they
touch one day: both sums are kept as long as the highest costs are.
"""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context, saturated
from ledger.energy.past_costs import SPANS
from ledger.energy.schema import DEFICITS, OPEN_DEFICIT, Deficits, OpenDeficit
from ledger.energy.weights import PAST_COSTS
from ledger.metering.registers import Interval
from ledger.state.table import newest_first


def note_deficit(context: Context, before: int, after: int, cost: int) -> None:
    """An operation has moved D from `before` to `after` base units; `cost` is what it paid of imbalance costs.

    A gap counts from the block after the one that made it: in one that closed it at once nobody's energy flowed.
    """
    if before <= 0 and after <= 0:
        return
    now_ms = context.time_ms
    known = context.state.get(OPEN_DEFICIT, b"") or OpenDeficit(now_ms, now_ms, 0, 0, 0)
    stood = max(before, 0) if known.until_ms < now_ms else 0
    paid = saturated(known.paid + max(min(cost, before), 0))
    size = max(known.size, saturated(known.paid + stood), paid)
    if after > 0:
        context.state.put(OPEN_DEFICIT, b"", OpenDeficit(known.since_ms, now_ms, size, paid, known.late))
        return
    context.state.delete(OPEN_DEFICIT, b"")
    if size:
        _keep(context, known.since_ms, size, known.late)


def pay_late(context: Context, cost: int, interval: Interval, gap: int) -> int:
    """What a late reading pays of `cost`: as far as the deficits within its interval go.

    `gap`: D now. What it pays above that is taken off what is left for other late readings. All of `cost` where nothing
    is known of its time any more.
    """
    paid = above = -1
    for group, length_ms, kept in SPANS:
        now = context.time_ms // length_ms
        first, last = interval.start_ms // length_ms, min((interval.end_ms - 1) // length_ms, now)
        if first <= now - kept:
            continue
        left = _left(context, group, first, last)
        if paid < 0:
            open_left = _left_open(context, gap, (last + 1) * length_ms)
            paid = min(cost, open_left + sum(left.values()))
            above = paid - min(paid, max(gap, 0))
            above -= _take_open(context, min(above, open_left))
        _take(context, left, above)
    return cost if paid < 0 else paid


def _left_open(context: Context, gap: int, before_ms: int) -> int:
    """What late readings may still pay for the open deficit, if it began before a time."""
    known = context.state.get(OPEN_DEFICIT, b"")
    if known is None or known.since_ms >= before_ms:
        return 0
    return max(known.size, saturated(known.paid + max(gap, 0))) - known.late


def _left(context: Context, group: bytes, first: int, last: int) -> dict[bytes, int]:
    """The same of those that are over and touch some spans, by key, the newest first."""
    found: dict[bytes, int] = {}
    for key in context.state.scan(DEFICITS, group, group + newest_first(last + 1)):
        known = context.get(DEFICITS, key)
        if known.last < first:
            break
        found[key] = known.size - known.late
    context.charge(len(found) // PAST_COSTS)
    return found


def _take_open(context: Context, amount: int) -> int:
    if amount:
        known = context.get(OPEN_DEFICIT, b"")
        late = known.late + amount
        changed = msgspec.structs.replace(known, size=max(known.size, late), late=late)
        context.state.put(OPEN_DEFICIT, b"", changed)
    return amount


def _take(context: Context, left: dict[bytes, int], amount: int) -> None:
    for key, most in left.items():
        taken = min(amount, most)
        amount -= taken
        if taken:
            known = context.get(DEFICITS, key)
            context.state.put(DEFICITS, key, msgspec.structs.replace(known, late=known.late + taken))


def _keep(context: Context, since_ms: int, size: int, late: int) -> None:
    """A deficit is over: it joins the one before where both touch one span."""
    for group, length_ms, kept in SPANS:
        first, now = since_ms // length_ms, context.time_ms // length_ms
        key = next(context.state.scan(DEFICITS, group), b"")
        known = context.get(DEFICITS, key) if key else None
        if known is None or known.last < first:
            _forget(context, group, now - kept)
            key, known = group + newest_first(first), Deficits(now, 0, 0)
        context.state.put(DEFICITS, key, Deficits(now, saturated(known.size + size), saturated(known.late + late)))


def _forget(context: Context, group: bytes, until: int) -> None:
    """Drop those that were over by the end of a span."""
    for key in context.state.scan(DEFICITS, group, group + newest_first(max(until, 0) + 1)):
        if context.get(DEFICITS, key).last <= until:
            context.state.delete(DEFICITS, key)
