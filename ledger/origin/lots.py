"""Lots: energy that comes into a unit's books, and energy that leaves them (rules OR1 to OR5).

What the books hold beyond the lots is of unknown origin: what was there before the module was on, and gains that a
level found. So nothing has to be begun, and whatever the books do, the lots never hold more than they.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.certificates.limits import KEPT_GENERATOR_DAYS
from ledger.certificates.schema import GENERATOR_DAYS, GENERATORS
from ledger.certificates.terms import EnergySource
from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.chain.schema import Link
from ledger.energy.points import BooksChange
from ledger.energy.schema import UNITS
from ledger.errors import require
from ledger.limits import MAX_INTEGER
from ledger.origin.events import OriginDrawn, OriginPart
from ledger.origin.genesis import ORIGIN_SECTION
from ledger.origin.limits import MAX_ORIGIN_LOTS
from ledger.origin.reservations import EMPTY, use_reservation
from ledger.origin.schema import ORIGIN_LOT_PLACES, ORIGIN_LOTS, UNIT_ORIGINS, OriginLot, UnitOrigin
from ledger.origin.sums import sum_draw
from ledger.origin.terms import MIXED, Certified, LotClass, TakingOrder, class_of
from ledger.origin.weights import ORIGIN_BEGUN, ORIGIN_DRAWN
from ledger.state.overlay import State
from ledger.state.table import big_endian

_UNKNOWN: Final = OriginLot(b"", int(EnergySource.UNKNOWN), 0, 0, 0)


def note_origin(context: Context, change: BooksChange) -> None:
    """A unit's books have changed (`BOOKS_CHANGED`)."""
    if change.energy_wh > 0 and change.account:
        _add(context, change)
    elif change.energy_wh < 0:
        _take(context, change)


def _add(context: Context, change: BooksChange) -> None:
    """Energy of a producer: into the lot of its source and day (OR1, OR2)."""
    unit, producer, day = change.unit, change.account, _day_of(context, change.time_ms)
    described = context.state.get(GENERATORS, unit + producer)
    source = int(EnergySource.UNKNOWN) if described is None else described.source
    origin = context.state.get(UNIT_ORIGINS, unit) or EMPTY
    place_key = _place_key(unit, producer, source, day)
    place = context.state.get(ORIGIN_LOT_PLACES, place_key)
    if place is not None:
        lot = context.get(ORIGIN_LOTS, unit + place.target)
        grown = msgspec.structs.replace(lot, energy_wh=lot.energy_wh + change.energy_wh)
        context.state.put(ORIGIN_LOTS, unit + place.target, grown)
    else:
        if origin.lots >= MAX_ORIGIN_LOTS:
            _join_oldest(context, unit, class_of(source))
            origin = context.get(UNIT_ORIGINS, unit)
        context.charge(ORIGIN_BEGUN)
        target = bytes((class_of(source),)) + big_endian(origin.last + 1)
        context.state.put(ORIGIN_LOTS, unit + target, OriginLot(producer, source, day, day, change.energy_wh))
        context.state.put(ORIGIN_LOT_PLACES, place_key, Link(target))
        origin = msgspec.structs.replace(origin, lots=origin.lots + 1, last=origin.last + 1)
    context.state.put(UNIT_ORIGINS, unit, _changed(origin, class_of(source), change.energy_wh))


def _take(context: Context, change: BooksChange) -> None:
    """Energy that was drawn or lost, lot by lot (OR3, OR4)."""
    if change.account:
        context.charge(ORIGIN_DRAWN)
    unit, left_wh = change.unit, -change.energy_wh
    books = context.get(UNITS, unit)
    origin = context.state.get(UNIT_ORIGINS, unit) or EMPTY
    unknown_wh = books.available_wh + books.locked_wh + left_wh - origin.renewable_wh - origin.other_wh
    taking = _Taking(context, unit)
    own_wh = use_reservation(context, change)
    left_wh -= taking.of_lots((LotClass.RENEWABLE,), min(own_wh, origin.renewable_wh))
    free_wh = taking.free_wh
    if change.account and ORIGIN_SECTION.of(context.genesis).lots == TakingOrder.RENEWABLE_FIRST:
        left_wh -= taking.of_lots((LotClass.RENEWABLE,), min(left_wh, free_wh))
    left_wh -= taking.of_unknown(min(left_wh, unknown_wh))
    left_wh -= taking.of_lots(tuple(LotClass), left_wh, taking.free_wh)
    left_wh -= taking.of_lots((LotClass.RENEWABLE,), left_wh)
    require(left_wh == 0, "a unit's lots and what is of unknown origin are less than its books")
    if change.account:
        parts = tuple(taking.parts)
        context.emit(OriginDrawn(unit, change.account, parts))
        sum_draw(context, change.account, parts)


class _Taking:
    """What is taken of a unit's lots, part by part."""

    __slots__ = ("_context", "_unit", "parts")

    def __init__(self, context: Context, unit: bytes) -> None:
        self._context, self._unit = context, unit
        self.parts: list[OriginPart] = []

    @property
    def free_wh(self) -> int:
        """What is renewable and reserved by nobody."""
        origin = self._context.state.get(UNIT_ORIGINS, self._unit) or EMPTY
        return max(origin.renewable_wh - origin.reserved_wh, 0)

    def of_unknown(self, energy_wh: int) -> int:
        """Take what is of unknown origin; returns it."""
        if energy_wh:
            self.parts.append(_part(_UNKNOWN, energy_wh, Certified.UNKNOWN))
        return energy_wh

    def of_lots(self, classes: tuple[LotClass, ...], most_wh: int, renewable_wh: int = MAX_INTEGER) -> int:
        """Take of the oldest lots of these classes, at most `most_wh`, of the renewable ones at most `renewable_wh`;
        returns what they gave.
        """
        context, unit, left_wh = self._context, self._unit, most_wh
        while left_wh:
            open_classes = classes if renewable_wh else tuple(each for each in classes if each != LotClass.RENEWABLE)
            key = _oldest(context, unit, open_classes)
            if key is None:
                break
            lot, of = context.get(ORIGIN_LOTS, key), class_of_key(key)
            taken = min(left_wh, lot.energy_wh, renewable_wh if of == LotClass.RENEWABLE else left_wh)
            left_wh -= taken
            renewable_wh -= taken if of == LotClass.RENEWABLE else 0
            today = context.time_ms // DAY_MS
            self.parts.append(_part(lot, taken, certified(context.state, unit, lot, today)))
            if taken == lot.energy_wh:
                _remove(context, unit, key, lot)
                continue
            context.state.put(ORIGIN_LOTS, key, msgspec.structs.replace(lot, energy_wh=lot.energy_wh - taken))
            context.state.put(UNIT_ORIGINS, unit, _changed(context.get(UNIT_ORIGINS, unit), of, -taken))
        return most_wh - left_wh


def _oldest(context: Context, unit: bytes, classes: tuple[LotClass, ...]) -> bytes | None:
    """The key of the lot with the lowest number."""
    heads = [context.state.first(ORIGIN_LOTS, unit + bytes((each,))) for each in classes]
    return min((head for head in heads if head is not None), key=lambda head: head[21:], default=None)


def _join_oldest(context: Context, unit: bytes, preferred: LotClass) -> None:
    """The two oldest lots of a class become one (OR5): of the class of what comes, if that has two."""
    found = _two_oldest(context, unit, preferred)
    if len(found) < 2:
        found = _two_oldest(context, unit, LotClass(1 - preferred))
    (older_key, older), (key, newer) = ((each, context.get(ORIGIN_LOTS, each)) for each in found)
    joined = OriginLot(
        newer.producer if newer.producer == older.producer else b"",
        newer.source if newer.source == older.source else MIXED,
        min(older.first_day, newer.first_day),
        max(older.last_day, newer.last_day),
        older.energy_wh + newer.energy_wh,
    )
    _remove(context, unit, older_key, older)
    _forget_place(context, unit, newer)
    context.state.put(ORIGIN_LOTS, key, joined)
    origin = context.get(UNIT_ORIGINS, unit)
    context.state.put(UNIT_ORIGINS, unit, _changed(origin, class_of_key(key), older.energy_wh))


def _two_oldest(context: Context, unit: bytes, of: LotClass) -> list[bytes]:
    found = []
    for key in context.state.scan(ORIGIN_LOTS, unit + bytes((of,))):
        found.append(key)
        if len(found) == 2:
            break
    return found


def _remove(context: Context, unit: bytes, key: bytes, lot: OriginLot) -> None:
    context.state.delete(ORIGIN_LOTS, key)
    _forget_place(context, unit, lot)
    origin = context.get(UNIT_ORIGINS, unit)
    left = _changed(origin, class_of_key(key), -lot.energy_wh)
    context.state.put(UNIT_ORIGINS, unit, msgspec.structs.replace(left, lots=left.lots - 1))


def _forget_place(context: Context, unit: bytes, lot: OriginLot) -> None:
    """A lot that became one with another, or is used up, takes nothing more; of a joined one there is no place."""
    if has_place(lot):
        context.state.delete(ORIGIN_LOT_PLACES, _place_key(unit, lot.producer, lot.source, lot.first_day))


def has_place(lot: OriginLot) -> bool:
    """Whether energy of the same producer, source and day goes into the lot: not into a joined one."""
    return bool(lot.producer) and lot.source != MIXED and lot.first_day == lot.last_day


def certified(state: State, unit: bytes, lot: OriginLot, today: int) -> Certified:
    """Whether the energy of the lot's day is in a certificate: known where it is of one producer and one kept day."""
    if not lot.producer or lot.first_day != lot.last_day or lot.first_day < today - KEPT_GENERATOR_DAYS:
        return Certified.UNKNOWN
    entry = state.get(GENERATOR_DAYS, unit + lot.producer + big_endian(lot.first_day))
    return Certified.YES if entry is not None and entry.certificate else Certified.NO


def _day_of(context: Context, time_ms: int) -> int:
    """The UTC day of a lot; what comes so late that its day is not kept is of the block's, as certificates have it."""
    day, today = time_ms // DAY_MS, context.time_ms // DAY_MS
    return day if day >= today - KEPT_GENERATOR_DAYS else today


def class_of_key(key: bytes) -> LotClass:
    """The class in a key of `ORIGIN_LOTS`."""
    return LotClass(key[20])


def _place_key(unit: bytes, producer: bytes, source: int, day: int) -> bytes:
    return unit + producer + bytes((source,)) + big_endian(day)


def _changed(origin: UnitOrigin, of: LotClass, energy_wh: int) -> UnitOrigin:
    if of == LotClass.RENEWABLE:
        return msgspec.structs.replace(origin, renewable_wh=origin.renewable_wh + energy_wh)
    return msgspec.structs.replace(origin, other_wh=origin.other_wh + energy_wh)


def _part(lot: OriginLot, energy_wh: int, known: Certified) -> OriginPart:
    return OriginPart(lot.producer, lot.source, lot.first_day, lot.last_day, energy_wh, known)
