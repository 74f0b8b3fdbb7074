"""Energy between two boundaries, apportioned to the slots between them (rule M24)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, groupby

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.limits import KEPT_DAYS, MAX_SLOT_MWH
from ledger.slots.packing import NO_VALUE, SlotValue
from ledger.slots.parameters import MAX_GAP
from ledger.slots.schema import MeteringPoint, Method, SlotSpan, SlotState, ValueSource
from ledger.slots.substitutes import PastValues
from ledger.slots.values import put_values, values_of

Share = Callable[[int], int]
"""Of a slot, by its place in the gap: its energy in mWh."""


def fill_gaps(context: Context, point: MeteringPoint, spans: tuple[SlotSpan, ...]) -> None:
    """Write the slots of what one transaction has metered; what the point does not have then is left out (M19)."""
    clock = clock_of(context)
    past = PastValues(context, clock, point.number, ValueSource.OWN)
    found: dict[int, SlotValue] = {}
    for span in spans:
        first, end = _kept_part(context, clock, point, span)
        if first >= end:
            continue
        if span.late:
            _add_late(context, point, span, (first, end), found)
            continue
        share, state, method = _shares(context, past, span)
        for slot in range(first, end):
            energy_mwh = share(slot - span.first_slot)
            if energy_mwh <= MAX_SLOT_MWH:
                found[slot] = SlotValue(energy_mwh, state, method=method)
    for _, numbered in groupby(enumerate(sorted(found)), key=lambda entry: entry[1] - entry[0]):
        run = [slot for _, slot in numbered]
        put_values(context, point.number, ValueSource.OWN, run[0], [found[slot] for slot in run])


def _kept_part(context: Context, clock: SlotClock, point: MeteringPoint, span: SlotSpan) -> tuple[int, int]:
    """The slots of a span that may come in: from the first to before the second."""
    first_kept = max(context.time_ms // DAY_MS - KEPT_DAYS, 0) * clock.slots_per_day
    latest = clock.slot_of(context.time_ms + context.genesis.drift_ms)
    end = min(span.end_slot, latest, point.until_slot or latest)
    return max(span.first_slot, point.from_slot, first_kept), end


def _shares(context: Context, past: PastValues, span: SlotSpan) -> tuple[Share, SlotState, Method]:
    count = span.end_slot - span.first_slot
    if count == 1:
        return equal_parts(span.energy_mwh, 1), SlotState.MEASURED, Method.NONE
    if count * past.clock.slot_ms > context.parameter(MAX_GAP):
        weights = _profile(past, span)
        if sum(weights):
            return in_shape(span.energy_mwh, weights), SlotState.SUBSTITUTED, Method.PROFILE
    return equal_parts(span.energy_mwh, count), SlotState.SUBSTITUTED, Method.FLAT


def equal_parts(energy_mwh: int, count: int) -> Share:
    """Energy in equal parts, as whole numbers that add up to it."""
    return lambda at: energy_mwh * (at + 1) // count - energy_mwh * at // count


def in_shape(energy_mwh: int, weights: list[int]) -> Share:
    """Energy in the shape of weights, not all 0, as whole numbers that add up to it."""
    sums = list(accumulate(weights, initial=0))
    return lambda at: energy_mwh * sums[at + 1] // sums[-1] - energy_mwh * sums[at] // sums[-1]


def _profile(past: PastValues, span: SlotSpan) -> list[int]:
    """What the gap's slots had a week before, or up to four; empty where one of them is unknown."""
    if span.end_slot - span.first_slot > KEPT_DAYS * past.clock.slots_per_day:
        return []
    weights: list[int] = []
    for slot in range(span.first_slot, span.end_slot):
        found = past.same_weekday(slot)
        if found is None:
            return []
        weights.append(found.energy_mwh)
    return weights


def _add_late(
    context: Context, point: MeteringPoint, span: SlotSpan, part: tuple[int, int], found: dict[int, SlotValue]
) -> None:
    """Add a jump that voters counted to what its slots hold, in equal parts (M10)."""
    first, end = part
    share = equal_parts(span.energy_mwh, span.end_slot - span.first_slot)
    held = values_of(context, point.number, ValueSource.OWN, first, end - first)
    for slot, value in zip(range(first, end), held, strict=True):
        before = found.get(slot, value)
        total = before.energy_mwh + share(slot - span.first_slot)
        state = SlotState.SUBSTITUTED if before == NO_VALUE else before.state
        if total <= MAX_SLOT_MWH:
            found[slot] = SlotValue(total, state, method=Method.FLAT)
