"""Points registered and closed, values of slots, who may import, the time zone."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.codec import Bytes32, Uint
from ledger.encoding.quantities import Address, Count, MilliWattHours, Number, TimeMs
from ledger.slots.schema import Direction, SlotNumber, ValueSource


class PointRegistered(Event, frozen=True, tag=312):
    """`owner` has the metering point `number` in the grid zone `zone`; it counts from `from_slot` on."""

    number: Number
    owner: Address
    direction: Annotated[Uint, Direction]
    zone: str
    own_meter: bool
    from_slot: SlotNumber


class PointChanged(Event, frozen=True, tag=313):
    """The point `number` of `owner` has another grid zone or commissioning time."""

    number: Number
    owner: Address
    zone: str
    commissioned_ms: TimeMs


class PointClosed(Event, frozen=True, tag=314):
    """The point `number` of `owner` counts before `until_slot` and no longer."""

    number: Number
    owner: Address
    until_slot: SlotNumber


class SlotsChanged(Event, frozen=True, tag=315):
    """Of `owner`'s `point` and `source`, `count` slots from `first_slot` on came in, with `energy_mwh` in all; in
    `corrected` of them another value stood before.
    """

    point: Number
    owner: Address
    source: Annotated[Uint, ValueSource]
    first_slot: SlotNumber
    count: Count
    energy_mwh: MilliWattHours
    corrected: Count


class FilePartImported(Event, frozen=True, tag=316):
    """`custodian` imported the part `part` of the file with this SHA-256: `rows` with `slots`, of which `changed` have
    other values now, or their first.
    """

    file: Bytes32
    custodian: Address
    part: Number
    rows: Count
    slots: Count
    changed: Count


class CustodianSet(Event, frozen=True, tag=317):
    """Voters let `address` import operators' files, or (`on` is false) no longer."""

    address: Address
    on: bool


class ZoneExtended(Event, frozen=True, tag=318):
    """Voters added so many changes of the time zone's offset, and so many holidays."""

    offsets: Count
    holidays: Count


SLOTS_EVENTS: Final[tuple[type[Event], ...]] = (
    PointRegistered,
    PointChanged,
    PointClosed,
    SlotsChanged,
    FilePartImported,
    CustodianSet,
    ZoneExtended,
)
