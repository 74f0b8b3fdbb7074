"""The latest energy into and out of a unit by the time that it belongs to, so that a level can be compared with the
books as of its signed time (rule E13).

Kept only while a storage meter is bound at the unit, at most `MAX_FLOWS` entries. Where there are more, what no level
can ask for is forgotten, and the rest is merged by minute; the times of levels that wait stay edges, so what went in
and out after them is exact however long they wait and however many meters report.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from ledger.chain.context import Context, saturated
from ledger.chain.parameters import MINUTE_MS
from ledger.energy.limits import FLOW_MINUTES, MAX_FLOWS
from ledger.energy.schema import UNIT_FLOWS, WAITING_LEVELS, Flow, Flows, Level, WaitingLevels
from ledger.limits import MAX_INTEGER
from ledger.metering.registers import Interval
from ledger.metering.schema import BINDINGS, MeterKind

_NONE = Flows(0, ())


def part_until(energy_wh: int, start_ms: int, end_ms: int, time_ms: int) -> int:
    """The part of an interval's energy up to a time, rounded down; an instant counts whole or not at all."""
    if end_ms <= time_ms:
        return energy_wh
    if start_ms >= time_ms:
        return 0
    return energy_wh * (time_ms - start_ms) // (end_ms - start_ms)


def has_flows(context: Context, unit: bytes) -> bool:
    """Whether a unit's flows are remembered: while a storage meter is bound there."""
    return context.state.get(BINDINGS, unit + unit + bytes((MeterKind.STORAGE,))) is not None


def note_flow(context: Context, unit: bytes, energy_wh: int, interval: Interval | None = None) -> None:
    """Remember energy that went into a unit's books (negative: out of them) in an interval, or now."""
    if energy_wh == 0 or not has_flows(context, unit):
        return
    start_ms, end_ms = (context.time_ms,) * 2 if interval is None else (interval.start_ms, interval.end_ms)
    known = context.state.get(UNIT_FLOWS, unit) or _NONE
    since_ms, flows = known.since_ms, list(known.flows)
    at = bisect_left(flows, (end_ms, start_ms), key=_place)
    if at < len(flows) and _place(flows[at]) == (end_ms, start_ms):
        flows[at] = Flow(end_ms, start_ms, flows[at].energy_wh + energy_wh)
    else:
        flows.insert(at, Flow(end_ms, start_ms, energy_wh))
    if len(flows) > MAX_FLOWS:
        since_ms, flows = _condensed(context, unit, flows)
    context.state.put(UNIT_FLOWS, unit, Flows(since_ms, tuple(flows)))
    _note_across(context, unit, Flow(end_ms, start_ms, energy_wh))


def _note_across(context: Context, unit: bytes, flow: Flow) -> None:
    """Levels that wait leave open what an interval across their time put in or took out before it (E13)."""
    waiting = context.state.get(WAITING_LEVELS, unit)
    if waiting is not None and any(flow.start_ms < level.time_ms < flow.end_ms for level in waiting.levels):
        levels = tuple(with_open(level, (flow,)) for level in waiting.levels)
        context.state.put(WAITING_LEVELS, unit, WaitingLevels(levels, waiting.awaited))


def with_open(level: Level, flows: Iterable[Flow]) -> Level:
    """The level, of whose books the flows across its time leave more open."""
    less_wh, more_wh = level.less_wh, level.more_wh
    for flow in flows:
        if flow.start_ms < level.time_ms < flow.end_ms:
            before_wh = part_until(flow.energy_wh, flow.start_ms, flow.end_ms, level.time_ms)
            after_wh = flow.energy_wh - before_wh
            less_wh += before_wh if flow.energy_wh > 0 else -after_wh
            more_wh += after_wh if flow.energy_wh > 0 else -before_wh
    return Level(level.time_ms, level.level_wh, level.due_ms, level.number, saturated(less_wh), saturated(more_wh))


def flowed_after(context: Context, unit: bytes, time_ms: int) -> int:
    """What went into a unit's books for times after `time_ms`, less what went out."""
    total = 0
    for flow in reversed(flows_of(context, unit)):
        if flow.end_ms <= time_ms:
            break
        total += flow.energy_wh - part_until(flow.energy_wh, flow.start_ms, flow.end_ms, time_ms)
    return total


def flows_of(context: Context, unit: bytes) -> tuple[Flow, ...]:
    """A unit's flows, by their end."""
    return (context.state.get(UNIT_FLOWS, unit) or _NONE).flows


def flows_known_since(context: Context, unit: bytes) -> int:
    """The time from which on the unit's flows are known; for a level before it, its books are not."""
    return (context.state.get(UNIT_FLOWS, unit) or _NONE).since_ms


def forget_flows(context: Context, unit: bytes) -> None:
    """The unit is removed."""
    context.state.delete(UNIT_FLOWS, unit)


def _condensed(context: Context, unit: bytes, flows: Iterable[Flow]) -> tuple[int, list[Flow]]:
    """Since when the unit's flows are known, and the flows: without those that no level can ask for, and by minute
    where that does not make room."""
    since_ms = max(context.time_ms // MINUTE_MS - FLOW_MINUTES, 0) * MINUTE_MS
    waiting = context.state.get(WAITING_LEVELS, unit)
    asked = [] if waiting is None else [level.time_ms for level in waiting.levels]
    minutes = range(since_ms, context.time_ms + MINUTE_MS, MINUTE_MS)
    edges = sorted({*asked, *minutes})
    kept = [flow for flow in flows if flow.end_ms > edges[0]]
    return since_ms, kept if len(kept) <= MAX_FLOWS // 2 else merged(kept, edges)


def merged(flows: Iterable[Flow], edges: Sequence[int]) -> list[Flow]:
    """The flows after the first of the rising `edges`, one for each space between two of them and one after the last.

    After each edge there is as much as before, to the Wh; between two edges it spreads evenly over what was there.
    """
    found: dict[int, Flow] = {}
    for flow in flows:
        before_wh = part_until(flow.energy_wh, flow.start_ms, flow.end_ms, edges[0])
        instant = flow.start_ms == flow.end_ms
        first = (bisect_left if instant else bisect_right)(edges, flow.start_ms) - 1
        for at in range(max(first, 0), len(edges)):
            stop_ms = edges[at + 1] if at + 1 < len(edges) else MAX_INTEGER
            until_wh = part_until(flow.energy_wh, flow.start_ms, flow.end_ms, stop_ms)
            piece = Flow(min(flow.end_ms, stop_ms), max(flow.start_ms, edges[at]), until_wh - before_wh)
            found[at] = piece if at not in found else _joined(found[at], piece)
            before_wh = until_wh
            if flow.end_ms <= stop_ms:
                break
    return [found[at] for at in sorted(found) if found[at].energy_wh]


def _joined(one: Flow, other: Flow) -> Flow:
    return Flow(max(one.end_ms, other.end_ms), min(one.start_ms, other.start_ms), one.energy_wh + other.energy_wh)


def _place(flow: Flow) -> tuple[int, int]:
    return flow.end_ms, flow.start_ms
