"""Tariffs brought and changed, points given tariffs, and who the operator is (rules GA1, GA2, GA4)."""

from __future__ import annotations

from itertools import pairwise

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.errors import Refused
from ledger.governance.members import check_no_meter
from ledger.grid.events import GridTermsSet, PointTariffSet, TariffChanged
from ledger.grid.genesis import GRID_SECTION
from ledger.grid.limits import KEPT_TARIFF_DAYS, MAX_POINT_TARIFFS, MAX_POINT_ZONES, MAX_TARIFF_VERSIONS, MAX_TARIFFS
from ledger.grid.payloads import AssignTariff, SetGridTerms, SetPointTariff, SetTariff
from ledger.grid.rates import check_feeds_of
from ledger.grid.schema import (
    GRID_TERMS,
    POINT_TARIFFS,
    POINT_ZONES,
    TARIFFS,
    GridTerms,
    PointTariff,
    PointZone,
    TariffVersion,
)
from ledger.grid.tariffs import TariffTerms, bad_tariff, charges_shared, check_tariff
from ledger.grid.versions import (
    SHARING_TARIFFS,
    TARIFF_NUMBERS,
    grid_terms,
    point_tariffs,
    point_zones,
    tariff_versions,
)
from ledger.grid.weights import TARIFF_CHANGE, TARIFF_POINT
from ledger.slots.clock import clock_of
from ledger.slots.registration import next_slot
from ledger.slots.schema import MeteringPoint
from ledger.slots.values import known_point
from ledger.state.table import big_endian, newest_first


def begin_grid(context: Context) -> None:
    """The section's operator and tariffs, which hold from the first slot on that begins now or later."""
    section = GRID_SECTION.of(context.genesis)
    context.state.put(GRID_TERMS, b"", GridTerms(section.operator, section.asset, 0, False))
    context.emit(GridTermsSet(section.operator, section.asset, 0, False))
    for terms in section.tariffs:
        check_feeds_of(context, terms)
        _put(context, context.next_number(TARIFF_NUMBERS), 1, next_slot(context, clock_of(context)), terms)


def is_grid_operator(context: Context, address: bytes) -> bool:
    """Whether an address is the grid operator's (N2, M11); nobody's before the module has begun."""
    terms = context.state.get(GRID_TERMS, b"")
    return terms is not None and terms.operator == address


def check_set_tariff(context: Context, action: SetTariff) -> None:
    """Refuse what cannot be carried out now (GA2)."""
    context.charge(TARIFF_CHANGE)
    _check_slot(context, action.from_slot)
    check_tariff(action.terms, clock_of(context).slot_ms)
    if action.terms.asset != GRID_SECTION.of(context.genesis).asset:
        raise bad_tariff("tariffs are in the currency that the section of the grid names")
    check_feeds_of(context, action.terms)
    known = [version.from_slot for version in tariff_versions(context.state, action.tariff)]
    if action.tariff and not known:
        raise Refused(f"no tariff has the number {action.tariff}", code="unknown_tariff")
    if not action.tariff and context.count(TARIFF_NUMBERS) >= MAX_TARIFFS:
        raise Refused(f"at most {MAX_TARIFFS} tariffs", code="too_many_tariffs")
    if len(known) - len(_outdated(context, known, action.from_slot)) >= MAX_TARIFF_VERSIONS:
        raise Refused(f"at most {MAX_TARIFF_VERSIONS} versions are remembered", code="too_many_tariff_versions")


def set_tariff(context: Context, action: SetTariff) -> None:
    """Carry out a vote: what had been decided for that slot and later ones gives way (GA2)."""
    check_set_tariff(context, action)
    tariff = action.tariff or context.next_number(TARIFF_NUMBERS)
    known = list(tariff_versions(context.state, tariff))
    for from_slot in _outdated(context, [version.from_slot for version in known], action.from_slot):
        context.state.delete(TARIFFS, big_endian(tariff) + newest_first(from_slot))
    _put(context, tariff, known[0].version + 1 if known else 1, action.from_slot, action.terms)


def _outdated(context: Context, known: list[int], from_slot: int) -> list[int]:
    """Of entries that begin with these slots, the newest first: those that one from a slot on takes the place of, and
    those that ended before anything that may still be corrected.
    """
    clock = clock_of(context)
    horizon = clock.slot_of(max(0, context.time_ms - KEPT_TARIFF_DAYS * DAY_MS))
    ends = [from_slot, *known]
    return [begin for begin, end in zip(known, ends, strict=False) if begin >= from_slot or end <= horizon]


def _put(context: Context, tariff: int, version: int, from_slot: int, terms: TariffTerms) -> None:
    key = big_endian(tariff) + newest_first(from_slot)
    context.state.put(TARIFFS, key, TariffVersion(tariff, version, from_slot, terms))
    if charges_shared(terms):
        context.next_number(SHARING_TARIFFS)
    context.emit(TariffChanged(tariff, version, from_slot))


def do_assign_tariff(context: Context, payload: AssignTariff) -> None:
    """The operator gives points a tariff (GA4)."""
    if not is_grid_operator(context, context.sender):
        raise Refused("only the grid operator does this; others open a vote", code="not_the_grid_operator")
    set_point_tariff(context, SetPointTariff(payload.tariff, payload.from_slot, payload.points))


def check_point_tariff(context: Context, action: SetPointTariff) -> None:
    """Refuse what cannot be carried out now (GA4)."""
    context.charge(TARIFF_CHANGE + TARIFF_POINT * len(action.points))
    _check_slot(context, action.from_slot)
    if any(here >= there for here, there in pairwise(action.points)):
        raise bad_tariff("the points are not in rising order of their numbers, or one stands twice")
    if action.tariff:
        known = list(tariff_versions(context.state, action.tariff))
        if not known or known[-1].from_slot > action.from_slot:
            raise Refused(f"no tariff {action.tariff} holds in slot {action.from_slot}", code="unknown_tariff")
    for point in action.points:
        known_point(context, point)
        known_slots = [entry.from_slot for entry in point_tariffs(context.state, point)]
        if len(known_slots) - len(_outdated(context, known_slots, action.from_slot)) >= MAX_POINT_TARIFFS:
            raise Refused(f"the tariff of point {point} changed too often lately", code="too_many_point_tariffs")


def set_point_tariff(context: Context, action: SetPointTariff) -> None:
    """Points have a tariff from a slot on; what was to come then gives way (GA4)."""
    check_point_tariff(context, action)
    for point in action.points:
        known = [entry.from_slot for entry in point_tariffs(context.state, point)]
        for from_slot in _outdated(context, known, action.from_slot):
            context.state.delete(POINT_TARIFFS, big_endian(point) + newest_first(from_slot))
        entry = PointTariff(action.tariff, action.from_slot)
        context.state.put(POINT_TARIFFS, big_endian(point) + newest_first(action.from_slot), entry)
        owner = known_point(context, point).owner
        context.emit(PointTariffSet(owner, point, action.tariff, action.from_slot))


def remember_zone(context: Context, point: MeteringPoint, zone: str) -> None:
    """A point changes its zone: slots that have begun keep the one that they had, however late charged (GA5)."""
    known = [entry.from_slot for entry in point_zones(context.state, point.number)]
    from_slot = next_slot(context, clock_of(context))
    outdated = _outdated(context, known, from_slot)
    if len(known) - len(outdated) >= MAX_POINT_ZONES:
        raise Refused(f"the zone of point {point.number} changed too often", code="too_many_point_zones")
    for begun in outdated:
        context.state.delete(POINT_ZONES, big_endian(point.number) + newest_first(begun))
    entries = [PointZone(zone, from_slot), *([] if known else [PointZone(point.zone, 0)])]
    for entry in entries:
        context.state.put(POINT_ZONES, big_endian(point.number) + newest_first(entry.from_slot), entry)


def check_grid_terms(context: Context, action: SetGridTerms) -> None:
    """Refuse a vote that would change nothing, or make a device's key the operator (GA1)."""
    check_no_meter(context, action.operator)
    if action.asset != GRID_SECTION.of(context.genesis).asset:
        raise bad_tariff("the mark is in the currency that the section of the grid names")
    if GridTerms(action.operator, action.asset, action.mark, action.band) == grid_terms(context):
        raise Refused("this holds already", code="unchanged")


def set_grid_terms(context: Context, action: SetGridTerms) -> None:
    """Carry out a vote (GA1)."""
    check_grid_terms(context, action)
    context.state.put(GRID_TERMS, b"", GridTerms(action.operator, action.asset, action.mark, action.band))
    context.emit(GridTermsSet(action.operator, action.asset, action.mark, action.band))


def _check_slot(context: Context, from_slot: int) -> None:
    if clock_of(context).start_ms(from_slot) <= context.time_ms:
        raise Refused("tariffs change at the beginning of a slot to come", code="tariff_slot_begun")
