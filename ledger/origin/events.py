"""What is told of where drawn energy came from."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, AddressOrNone, Number, Plain, WattHours
from ledger.origin.terms import Certified


class OriginPart(Value, frozen=True):
    """A part of a draw: of the lot of a producer (empty: unknown, or several), a source and days, as in `OriginLot`.

    `certified`: whether its day's energy is in a certificate already, so that it is green only there.
    """

    producer: AddressOrNone
    source: Plain
    first_day: Number
    last_day: Number
    energy_wh: WattHours
    certified: Annotated[int, Certified]


class OriginDrawn(Event, frozen=True, tag=816):
    """What `consumer` drew from `unit` came from these lots, in the order in which they were taken."""

    unit: Address
    consumer: Address
    parts: tuple[OriginPart, ...]


class OriginReserved(Event, frozen=True, tag=817):
    """`consumer`'s session is to be served of what is renewable in `unit`: so much of it is reserved."""

    unit: Address
    consumer: Address
    session: Number
    energy_wh: WattHours


ORIGIN_EVENTS: Final[tuple[type[Event], ...]] = (OriginDrawn, OriginReserved)
