"""What must hold of origin lots in every state (rule OR8)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.energy.schema import SESSIONS, UNITS, WAITING_SESSIONS
from ledger.errors import require
from ledger.origin.limits import MAX_ORIGIN_LOTS
from ledger.origin.lots import class_of_key, has_place
from ledger.origin.schema import ORIGIN_LOT_PLACES, ORIGIN_LOTS, ORIGIN_RESERVATIONS, UNIT_ORIGINS
from ledger.origin.terms import MIXED, class_of
from ledger.state.overlay import Reader
from ledger.state.table import big_endian


def check_origin_lots(state: Reader) -> None:
    """A unit's lots are those that its sums say, at most what its books hold; each is found by what it is of."""
    books = {key: unit.available_wh + unit.locked_wh for key, unit in entries(state, UNITS)}
    sessions = {key[20:40] + key[:20] + big_endian(session.number) for table in (SESSIONS, WAITING_SESSIONS)
                for key, session in entries(state, table)}  # fmt: skip
    sums: dict[bytes, list[int]] = {}
    places = {}
    for key, lot in entries(state, ORIGIN_LOTS):
        unit, of = key[:20], class_of_key(key)
        require(lot.energy_wh > 0 and lot.first_day <= lot.last_day, "a lot is empty, or ends before it begins")
        require(lot.source == MIXED or class_of(lot.source) == of, "a lot stands in another class than its source's")
        found = sums.setdefault(unit, [0, 0, 0, 0])
        found[of] += lot.energy_wh
        found[2] += 1
        found[3] = max(found[3], int.from_bytes(key[21:], "big"))
        if has_place(lot):
            places[unit + lot.producer + bytes((lot.source,)) + big_endian(lot.first_day)] = key[20:]
    reserved = Tally[bytes]()
    for key, found_reservation in entries(state, ORIGIN_RESERVATIONS):
        reserved[key[:20]] += found_reservation.energy_wh
        require(key in sessions, "a reservation is of a session that is over")
    for unit, origin in entries(state, UNIT_ORIGINS):
        require(origin.reserved_wh == reserved.pop(unit, 0), "a unit's reservations have another sum")
        found = sums.pop(unit, [0, 0, 0, 0])
        says = [origin.renewable_wh, origin.other_wh, origin.lots]
        require(found[:3] == says and found[3] <= origin.last, "a unit's lots are not what its sums say")
        require(found[2] <= MAX_ORIGIN_LOTS, "a unit has more lots than it may")
        require(found[0] + found[1] <= books.get(unit, 0), "a unit's lots hold more than its books")
    require(not reserved, "reservations are at a unit that has no lots")
    require(not sums, "a unit has lots and no sums of them")
    require({key: link.target for key, link in entries(state, ORIGIN_LOT_PLACES)} == places, "a lot is not found")


ORIGIN_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_origin_lots,)
