"""Tables of origin lots, of what each unit has in them, and of what accounts drew by source."""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import Counter, Link
from ledger.encoding.codec import Value
from ledger.encoding.quantities import WATT_HOURS, AddressOrNone, Count, Number, Plain, WattHours
from ledger.state.table import Table


class OriginLot(Value, frozen=True):
    """Energy of a unit that came from one producer, of one source, in the UTC days from `first_day` to `last_day`
    (counted from 1970 on).

    `producer` is empty where several became one, `source` is then perhaps `MIXED`.
    """

    producer: AddressOrNone
    source: Plain
    first_day: Number
    last_day: Number
    energy_wh: WattHours


class UnitOrigin(Value, frozen=True):
    """What a unit's lots hold together, by class; what its books hold beside is of unknown origin.

    `lots`: how many there are; `last`: the number of the newest. `reserved_wh`: what sessions have reserved of what is
    renewable, the sum over `ORIGIN_RESERVATIONS`.
    """

    renewable_wh: WattHours
    other_wh: WattHours
    lots: Count
    last: Number
    reserved_wh: WattHours


class OriginReservation(Value, frozen=True):
    """What a session may still draw of its unit's renewable lots before others."""

    energy_wh: WattHours


ORIGIN_LOTS: Final = Table(272, "origin_lots", "unit class number", OriginLot, group=21)
ORIGIN_LOT_PLACES: Final = Table(273, "origin_lot_places", "unit account source day", Link)
UNIT_ORIGINS: Final = Table(274, "unit_origins", "unit", UnitOrigin)
ORIGIN_SUMS: Final = Table(275, "origin_sums", "account month source", Counter, group=20, counts=WATT_HOURS)

ORIGIN_RESERVATIONS: Final = Table(276, "origin_reservations", "unit consumer session", OriginReservation)

ORIGIN_TABLES: Final[tuple[Table[Any], ...]] = (
    ORIGIN_LOTS, ORIGIN_LOT_PLACES, UNIT_ORIGINS, ORIGIN_SUMS, ORIGIN_RESERVATIONS,
)  # fmt: skip
