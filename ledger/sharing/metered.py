"""What a scheme takes from slots: which source counts, whether a value is there, and what stands in for it (SC4)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.sharing.limits import MAX_SUBSTITUTES_AT_ONCE
from ledger.sharing.participation import split_over_schemes
from ledger.sharing.schema import SchemeVersion, SlotInput
from ledger.sharing.scheme_terms import SourceOrder
from ledger.sharing.versions import factors_at
from ledger.slots.clock import SlotClock
from ledger.slots.packing import NO_VALUE, SlotValue
from ledger.slots.retention import is_kept
from ledger.slots.schema import POINTS, SlotState, ValueSource
from ledger.slots.substitutes import substitute
from ledger.slots.values import value_of
from ledger.state.table import big_endian


def sources_of(version: SchemeVersion) -> tuple[ValueSource, ...]:
    """Whose values count, the one that goes before the other first."""
    match SourceOrder(version.terms.sources):
        case SourceOrder.OWN:
            return (ValueSource.OWN,)
        case SourceOrder.OPERATOR:
            return (ValueSource.OPERATOR,)
        case SourceOrder.OWN_THEN_OPERATOR:
            return (ValueSource.OPERATOR, ValueSource.OWN)


def best_value(context: Context, version: SchemeVersion, point: int, slot: int) -> tuple[SlotValue, ValueSource]:
    """The value that counts; where none is there, none, of the source that would be substituted."""
    sources = sources_of(version)
    for source in sources:
        value = value_of(context, point, source, slot)
        if value.state != SlotState.MISSING:
            return value, source
    return NO_VALUE, sources[-1]


def read_inputs(
    context: Context, clock: SlotClock, version: SchemeVersion, slot: int
) -> tuple[tuple[SlotInput, ...], tuple[int, ...]]:
    """The values of a slot by the places of the participants, and the points whose value may still come."""
    found, missing = [], []
    for participant in version.terms.participants:
        value, source = best_value(context, version, participant.point, slot)
        if value.state == SlotState.MISSING and _has_slot(context, clock, participant.point, slot):
            missing.append(participant.point)
        part = _part(context, version.scheme, participant.point, slot, value.energy_mwh)
        found.append(SlotInput(value.state, source, value.energy_mwh, part))
    return tuple(found), tuple(missing)


def substitute_some(context: Context, version: SchemeVersion, points: tuple[int, ...], slot: int) -> None:
    """Give the first of the points that miss a value of the slot what stands in for it (SC7)."""
    source = sources_of(version)[-1]
    for point in points[:MAX_SUBSTITUTES_AT_ONCE]:
        substitute(context, point, source, slot)


def _has_slot(context: Context, clock: SlotClock, number: int, slot: int) -> bool:
    """Whether a value of the slot may still come: the point is open in it, and values are kept for so long."""
    point = context.get(POINTS, big_endian(number))
    open_then = point.from_slot <= slot and not (point.until_slot and slot >= point.until_slot)
    return open_then and is_kept(context.time_ms, slot // clock.slots_per_day)


def _part(context: Context, scheme: int, point: int, slot: int, energy_mwh: int) -> int:
    """What of a point's energy counts in a scheme (SC3)."""
    factors = factors_at(context.state, point, slot)
    parts = split_over_schemes(energy_mwh, tuple(factors.values()), slot)
    return dict(zip(factors, parts, strict=True))[scheme]
