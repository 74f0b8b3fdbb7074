"""What is asked of origins: what a unit holds, and what an account drew."""

from __future__ import annotations

import msgspec

from ledger.chain.parameters import DAY_MS
from ledger.energy.schema import UNITS
from ledger.origin.lots import certified, class_of_key
from ledger.origin.reservations import EMPTY
from ledger.origin.schema import ORIGIN_LOTS, ORIGIN_SUMS, UNIT_ORIGINS, OriginLot
from ledger.origin.terms import Certified, LotClass
from ledger.state.overlay import State


class LotStanding(msgspec.Struct, frozen=True):
    """A lot, and whether its day's energy is certified (None: it is of several days or producers)."""

    number: int
    of: LotClass
    lot: OriginLot
    certified: bool | None


class UnitStanding(msgspec.Struct, frozen=True):
    """What a unit's books hold by origin, in Wh; `reserved_wh` of what is renewable; `lots` oldest first, without
    what is of unknown origin."""

    renewable_wh: int
    other_wh: int
    unknown_wh: int
    reserved_wh: int
    lots: tuple[LotStanding, ...]


class DrawnMonth(msgspec.Struct, frozen=True):
    """What an account drew in a month (12 x year + 0 to 11, UTC) of a source, in Wh."""

    month: int
    source: int
    energy_wh: int


def unit_origin(state: State, unit: bytes, time_ms: int) -> UnitStanding | None:
    """What a registered unit holds at a time; None for one that was never registered."""
    books, today = state.get(UNITS, unit), time_ms // DAY_MS
    if books is None:
        return None
    origin = state.get(UNIT_ORIGINS, unit) or EMPTY
    keys = (key for each in LotClass for key in state.keys(ORIGIN_LOTS, unit + bytes((each,))))
    lots = sorted((_standing(state, unit, key, today) for key in keys), key=lambda found: found.number)
    unknown_wh = books.available_wh + books.locked_wh - origin.renewable_wh - origin.other_wh
    return UnitStanding(origin.renewable_wh, origin.other_wh, unknown_wh, origin.reserved_wh, tuple(lots))


def _standing(state: State, unit: bytes, key: bytes, today: int) -> LotStanding:
    lot = state.get(ORIGIN_LOTS, key)
    assert lot is not None
    known = certified(state, unit, lot, today)
    told = None if known is Certified.UNKNOWN else known is Certified.YES
    return LotStanding(int.from_bytes(key[21:], "big"), class_of_key(key), lot, told)


def drawn_by_source(state: State, account: bytes) -> tuple[DrawnMonth, ...]:
    """What an account drew, by month and source, oldest first."""
    found = []
    for key in state.keys(ORIGIN_SUMS, account):
        entry = state.get(ORIGIN_SUMS, key)
        assert entry is not None
        found.append(DrawnMonth(int.from_bytes(key[20:28], "big"), key[28], entry.value))
    return tuple(found)
