"""Slots that changed, and slots that were settled, become lines (rules GA5, GA6, GA10)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ledger.chain.context import Context
from ledger.chain.parameters import PARTS
from ledger.grid.booking import ChargedSlots, book
from ledger.grid.charging import Change, Charges, Meterage
from ledger.grid.events import GridExcess
from ledger.grid.genesis import GRID_SECTION, GridMode
from ledger.grid.versions import SHARING_TARIFFS, holding, point_zones
from ledger.grid.weights import GRID_POINT, GRID_SLOTS_A_UNIT, GRID_ZONE, GRID_ZONE_SLOTS_A_UNIT
from ledger.sharing.credit_schema import CREDIT_SCHEMES
from ledger.sharing.participation import split_over_schemes
from ledger.sharing.points import PointRest
from ledger.sharing.schema import PARTICIPATIONS
from ledger.sharing.scheme_terms import SourceOrder
from ledger.sharing.versions import factor_at
from ledger.slots.clock import clock_of
from ledger.slots.packing import SlotValue
from ledger.slots.schema import Direction, SlotState, ValueSource
from ledger.slots.values import known_point, values_of
from ledger.state.table import big_endian


def follow_values(
    context: Context,
    number: int,
    source: ValueSource,
    first_slot: int,
    before: tuple[SlotValue, ...],
    after: tuple[SlotValue, ...],
) -> None:
    """Values of a point changed: what of them lies in no scheme is charged (GA6)."""
    energies = _counting(context, number, source, first_slot, before, after)
    if energies is None:
        return
    slots = tuple(range(first_slot, first_slot + len(after)))
    change = Change(*(_outside(context, number, slots, values) for values in energies))
    if change.before == change.after:
        return
    point = known_point(context, number)
    meterage = Meterage(number, Direction(point.direction), point.zone, change)
    _charge(context, Charges(context, clock_of(context), slots), Owned(point.owner, 0), meterage)


def follow_rests(context: Context, scheme: int, slots: tuple[int, ...], rests: tuple[PointRest, ...]) -> None:
    """Slots of a scheme were settled: what was not shared is charged, and what was by its zones (GA6, GA13)."""
    charges = Charges(context, clock_of(context), slots)
    for rest in rests:
        if (rest.before, rest.shared_before) != (rest.after, rest.shared_after):
            zone = known_point(context, rest.point).zone
            meterage = Meterage(rest.point, rest.direction, zone, Change(rest.before, rest.after), _shared(rest))
            _charge(context, charges, Owned(rest.account, scheme), meterage)


def _shared(rest: PointRest) -> dict[str, Change]:
    """What was shared with a consumer, by the zone that it came from."""
    by_zone = zip(rest.zones, rest.shared_before, rest.shared_after, strict=True)
    return {zone: Change(before, after) for zone, before, after in by_zone if before != after}


def zones_in_slots(
    context: Context, points: tuple[int, ...], slots: tuple[int, ...]
) -> tuple[tuple[str, ...], ...] | None:
    """The zone that each point had in each slot; None where no tariff has ever charged shared energy (GA13)."""
    if GRID_SECTION.of(context.genesis).mode == GridMode.ISLAND or not context.count(SHARING_TARIFFS):
        return None
    return tuple(_zones_of(context, number, slots) for number in points)


def _zones_of(context: Context, number: int, slots: tuple[int, ...]) -> tuple[str, ...]:
    entries, now = list(point_zones(context.state, number)), known_point(context, number).zone
    if not entries:
        return (now,) * len(slots)
    found = (holding(entries, slot)[0] for slot in slots)
    return tuple(now if entry is None else entry.zone for entry in found)


class Owned(msgspec.Struct, frozen=True):
    """Whose energy it is, and in which scheme (0: in none)."""

    account: bytes
    scheme: int


def _charge(context: Context, charges: Charges, owned: Owned, meterage: Meterage) -> None:
    slots = charges.slots
    context.charge(GRID_POINT + len(slots) // GRID_SLOTS_A_UNIT)
    context.charge((GRID_ZONE + len(slots) // GRID_ZONE_SLOTS_A_UNIT) * len(meterage.shared))
    place = ChargedSlots(owned.account, meterage.point, owned.scheme, slots[0], slots[-1] + 1 - slots[0])
    if GRID_SECTION.of(context.genesis).mode == GridMode.ISLAND:
        excess = meterage.rest.energy_mwh
        if meterage.direction == Direction.OFFTAKE and excess > 0:
            context.emit(GridExcess(place.account, place.point, place.scheme, place.first_slot, place.count, excess))
        return
    for month, lines in charges.by_month(meterage):
        book(context, place, month, lines)


def _counting(
    context: Context,
    point: int,
    source: ValueSource,
    first_slot: int,
    before: tuple[SlotValue, ...],
    after: tuple[SlotValue, ...],
) -> tuple[list[int], list[int]] | None:
    """Energies that count by the section's sources, before and after; None where this source does not count (GA6)."""
    sources = SourceOrder(GRID_SECTION.of(context.genesis).sources).sources
    if source not in sources:
        return None
    old, new = ([value.energy_mwh for value in values] for values in (before, after))
    if len(sources) == 1:
        return old, new
    if source == ValueSource.OWN:
        operators = values_of(context, point, ValueSource.OPERATOR, first_slot, len(after))
        there = [value.state != SlotState.MISSING for value in operators]
        kept = [value.energy_mwh for value in operators]
        return _instead(old, there, kept), _instead(new, there, kept)
    own = [value.energy_mwh for value in values_of(context, point, ValueSource.OWN, first_slot, len(after))]
    missing = [value.state == SlotState.MISSING for value in before]
    return _instead(old, missing, own), _instead(new, [value.state == SlotState.MISSING for value in after], own)


def _instead(energies: list[int], where: list[bool], others: list[int]) -> list[int]:
    return [other if instead else energy for energy, instead, other in zip(energies, where, others, strict=True)]


def _outside(context: Context, point: int, slots: Sequence[int], energies: Sequence[int]) -> tuple[int, ...]:
    """What of each slot's energy no scheme counts, the rest of SR18, and what counts in schemes by the month: their
    credit lowers the bill in money, the energy of the slot came from the grid (GA6, CR10).
    """
    keys = context.state.keys(PARTICIPATIONS, big_endian(point))
    monthly = {key for key in keys if context.state.get(CREDIT_SCHEMES, key[8:]) is not None}
    if len(monthly) == len(keys):
        return tuple(energies)
    shares = [(key not in monthly, context.get(PARTICIPATIONS, key)) for key in keys]
    found = []
    for slot, energy in zip(slots, energies, strict=True):
        factors = [(by_slot, factor) for by_slot, share in shares if (factor := factor_at(share, slot))]
        if sum(factor for by_slot, factor in factors if by_slot) == PARTS:
            found.append(0)
            continue
        parts = split_over_schemes(energy, tuple(factor for _by_slot, factor in factors), slot)
        found.append(energy - sum(part for (by_slot, _), part in zip(factors, parts, strict=True) if by_slot))
    return tuple(found)
