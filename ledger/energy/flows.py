"""The latest energy into and out of a unit by the time that it belongs to, so that a level can be compared with the
books as of its signed time (rule E13).

Kept only while a storage meter is bound at the unit; the latest `MAX_FLOWS` intervals, alike ones in one entry.
"""

from __future__ import annotations

from bisect import insort

from ledger.chain.context import Context
from ledger.energy.limits import MAX_FLOWS
from ledger.energy.schema import UNIT_FLOWS, Flow, Flows
from ledger.metering.registers import Interval
from ledger.metering.schema import BINDINGS, MeterKind


def part_until(energy_wh: int, start_ms: int, end_ms: int, time_ms: int) -> int:
    """The part of an interval's energy up to a time, rounded down; an instant counts whole or not at all."""
    if end_ms <= time_ms:
        return energy_wh
    if start_ms >= time_ms:
        return 0
    return energy_wh * (time_ms - start_ms) // (end_ms - start_ms)


def note_flow(context: Context, unit: bytes, energy_wh: int, interval: Interval | None = None) -> None:
    """Remember energy that went into a unit's books (negative: out of them) in an interval, or now."""
    if energy_wh == 0 or context.state.get(BINDINGS, unit + unit + bytes((MeterKind.STORAGE,))) is None:
        return
    start_ms, end_ms = (context.time_ms,) * 2 if interval is None else (interval.start_ms, interval.end_ms)
    entry = context.state.get(UNIT_FLOWS, unit)
    flows = [] if entry is None else list(entry.flows)
    for at, flow in enumerate(flows):
        if (flow.end_ms, flow.start_ms) == (end_ms, start_ms):
            flows[at] = Flow(end_ms, start_ms, flow.energy_wh + energy_wh)
            break
    else:
        insort(flows, Flow(end_ms, start_ms, energy_wh), key=lambda flow: (flow.end_ms, flow.start_ms))
    context.state.put(UNIT_FLOWS, unit, Flows(tuple(flows[-MAX_FLOWS:])))


def flowed_after(context: Context, unit: bytes, time_ms: int) -> int:
    """What went into a unit's books for times after `time_ms`, less what went out."""
    entry = context.state.get(UNIT_FLOWS, unit)
    flows = () if entry is None else entry.flows
    return sum(flow.energy_wh - part_until(flow.energy_wh, flow.start_ms, flow.end_ms, time_ms) for flow in flows)


def forget_flows(context: Context, unit: bytes) -> None:
    """The unit is removed."""
    context.state.delete(UNIT_FLOWS, unit)
