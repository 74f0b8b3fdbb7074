"""What a scheme takes from slots: which source counts, what of a value, and what stands in for it (SC3, SC4, SC7)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.chain.context import Context
from ledger.chain.parameters import PARTS
from ledger.sharing.participation import split_over_schemes
from ledger.sharing.schema import OLD_INPUTS, PARTICIPATIONS, OldInput, SchemeVersion, SlotInput
from ledger.sharing.scheme_terms import SourceOrder
from ledger.sharing.versions import factor_at, factors_at
from ledger.slots.clock import SlotClock
from ledger.slots.packing import SlotValue
from ledger.slots.schema import POINTS, SlotState, ValueSource
from ledger.slots.substitutes import substitute_missing
from ledger.slots.values import value_of, values_of
from ledger.state.overlay import State
from ledger.state.table import big_endian

FEW_SLOTS = 8
"""Values of so few slots are read one by one: unpacking a day costs more."""


def sources_of(version: SchemeVersion) -> tuple[ValueSource, ...]:
    """Whose values count, the one that goes before the other first."""
    return SourceOrder(version.terms.sources).sources


def best_values(
    context: Context, version: SchemeVersion, point: int, slots: Sequence[int]
) -> list[tuple[SlotValue, ValueSource]]:
    """The values that count in some slots; where none is there, none, of the source that would be substituted."""
    sources = sources_of(version)
    first = [(value, sources[0]) for value in _values(context, point, sources[0], slots)]
    for source in sources[1:]:
        others = _values(context, point, source, slots)
        first = [found if found[0].state else (other, source) for found, other in zip(first, others, strict=True)]
    return first


def _values(context: Context, point: int, source: ValueSource, slots: Sequence[int]) -> list[SlotValue]:
    if len(slots) <= FEW_SLOTS:
        return [value_of(context, point, source, slot) for slot in slots]
    held = values_of(context, point, source, slots[0], slots[-1] + 1 - slots[0])
    return held if len(held) == len(slots) else [held[slot - slots[0]] for slot in slots]


def parts_of(state: State, scheme: int, point: int, slots: Sequence[int], energies: Sequence[int]) -> Sequence[int]:
    """What of a point's energies in some slots counts in a scheme (SC3)."""
    if _is_whole(state, scheme, point, slots):
        return energies
    return [_part(state, scheme, point, slot, energy) for slot, energy in zip(slots, energies, strict=True)]


def _is_whole(state: State, scheme: int, point: int, slots: Sequence[int]) -> bool:
    """Whether all of a point's energy counts in one scheme, which holds whatever its shares in others were before."""
    found = state.get(PARTICIPATIONS, big_endian(point) + big_endian(scheme))
    if found is None or factor_at(found, slots[0]) != PARTS:
        return False
    return not any(slots[0] < change.from_slot <= slots[-1] for change in found.changes)


def _part(state: State, scheme: int, point: int, slot: int, energy_mwh: int) -> int:
    factors = factors_at(state, point, slot)
    parts = split_over_schemes(energy_mwh, tuple(factors.values()), slot)
    return dict(zip(factors, parts, strict=True)).get(scheme, 0)


def inputs_of(
    context: Context, version: SchemeVersion, point: int, slots: Sequence[int], used: Sequence[OldInput | None]
) -> list[SlotInput]:
    """The inputs of a point in some slots; `used`: of each slot what a run used in place of the value that is there."""
    best = best_values(context, version, point, slots)
    found = [
        (value.state, source, value.energy_mwh) if old is None else (old.state, old.source, old.energy_mwh)
        for (value, source), old in zip(best, used, strict=True)
    ]
    parts = parts_of(context.state, version.scheme, point, slots, [energy for _state, _source, energy in found])
    return [SlotInput(*one, part) for one, part in zip(found, parts, strict=True)]


def old_inputs(state: State, scheme: int, day: int, point: int) -> dict[tuple[int, int], OldInput]:
    """What runs used of a point in slots of a local day, by slot and run, where it is not what is there."""
    found = state.get(OLD_INPUTS, old_key(scheme, day, point))
    return {} if found is None else {(each.slot, each.run): each for each in found.inputs}


def old_key(scheme: int, day: int, point: int) -> bytes:
    """The key of a point's old inputs."""
    return big_endian(scheme) + big_endian(day) + big_endian(point)


def is_open(context: Context, number: int, slot: int) -> bool:
    """Whether a point has the slot, so that a value of it may come."""
    return context.get(POINTS, big_endian(number)).has(slot)


def substitute_day(context: Context, version: SchemeVersion, point: int, slots: Sequence[int]) -> bool:
    """Give a point what stands in for the values that it misses in some slots; whether any were missing (SC7)."""
    best = best_values(context, version, point, slots)
    missing = [
        slot
        for slot, (value, _source) in zip(slots, best, strict=True)
        if value.state == SlotState.MISSING and is_open(context, point, slot)
    ]
    source = sources_of(version)[-1]
    for first, count in _spans(missing):
        substitute_missing(context, point, source, first, count)
    return bool(missing)


def _spans(slots: Sequence[int]) -> list[tuple[int, int]]:
    """Rising slots as spans: the first of each, and how many follow one another."""
    found: list[tuple[int, int]] = []
    for slot in slots:
        if found and sum(found[-1]) == slot:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((slot, 1))
    return found


def local_days_of_slots(clock: SlotClock, first_slot: int, count: int) -> list[tuple[int, int, int]]:
    """Slots cut at local days: the day, its first slot among them, and how many of them it has."""
    found, end = [], first_slot + count
    while first_slot < end:
        day = clock.local_day(first_slot)
        length = min(end, clock.first_slot_of_day(day + 1)) - first_slot
        found.append((day, first_slot, length))
        first_slot += length
    return found
