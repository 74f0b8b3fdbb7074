"""Tables of metering points, the values of their slots, and the files that values came from."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

import msgspec

from ledger.chain.schema import DueKind, Link, SweepKind
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import (
    Address,
    Count,
    FieldUnit,
    MilliWattHours,
    Number,
    Plain,
    Quantity,
    TimeMs,
)
from ledger.slots.limits import MAX_OFFSETS
from ledger.state.table import Table


class Direction(IntEnum):
    """Which way energy flows through a point: out of the grid, or into it."""

    OFFTAKE = 1
    INJECTION = 2


class ValueSource(IntEnum):
    """Whose values: of the meter that signs its readings, or of the network operator's files."""

    OWN = 1
    OPERATOR = 2


class SlotState(IntEnum):
    """What a slot's value is."""

    MISSING = 0
    MEASURED = 1
    SUBSTITUTED = 2
    IMPORTED = 3
    CORRECTED = 4


class Method(IntEnum):
    """How a value came about that nobody measured in its slot."""

    NONE = 0
    FLAT = 1
    """The register's rise over a gap, in equal parts."""

    PROFILE = 2
    """The register's rise over a gap, in the shape of the same weekday before."""

    SAME_WEEKDAY = 3
    """What the point had at this time of the same weekday before."""

    ZERO = 4
    """Nothing: no such day is known."""


SlotNumber = Annotated[int, FieldUnit(Quantity.NUMBER)]
"""Slots are numbered from 1970 on: start in ms, divided by the genesis' length of a slot."""


class MeteringPoint(Value, frozen=True):
    """A metering point (M15, M16). Its values count from `from_slot` on, and before `until_slot` (0: it is open).

    `id_hash`: the operator's id, hashed with a salt that member and custodian keep (32 zeros: none). `own_meter`:
    meters that the owner binds at its own address count here.
    """

    number: Number
    owner: Address
    direction: Annotated[int, Direction]
    zone: str
    commissioned_ms: TimeMs
    id_hash: Bytes32
    own_meter: bool
    from_slot: SlotNumber
    until_slot: SlotNumber

    def has(self, slot: int) -> bool:
        """Whether its values count in a slot."""
        return self.from_slot <= slot and not (self.until_slot and slot >= self.until_slot)


class PointId(Value, frozen=True):
    """The point that had an operator's id, or an owner's meters, last; what the owner signed until then is used."""

    number: Number
    signed_ms: TimeMs


class SlotRun(Value, frozen=True):
    """Slots one after the other whose values have all this in common.

    `corrections`: how often another value took the place of one that was there. Of imported ones: the operator's
    `quality`, the `file` (SHA-256, else empty) and when that was issued.
    """

    count: Count
    state: Annotated[int, SlotState]
    method: Annotated[int, Method]
    corrections: Count
    quality: Plain
    file: bytes
    issued_ms: TimeMs


class DayValues(Value, frozen=True):
    """A UTC day of a point and source: all its slots in runs; `energies` holds those that are not missing, in mWh, each
    in groups of seven bits, the lowest first, with the eighth bit where more follow (LEB128).
    """

    runs: tuple[SlotRun, ...]
    energies: bytes


class SlotSpan(Value, frozen=True):
    """Energy between two boundaries, for the slots from `first_slot` to before `end_slot`; `late`: beside theirs."""

    first_slot: SlotNumber
    end_slot: SlotNumber
    energy_mwh: MilliWattHours
    late: bool


class PointMeter(Value, frozen=True):
    """How far the readings of an own meter have been cut into slots (M23, M24).

    `unit`: where its register is bound. `time_ms`: of the last reading. `since_slot`: the boundary up to which slots
    have their values (0: none was met), `energy_mwh`: what was metered since. `near_slot` (0: none): the boundary that
    the reading at `near_ms` lies shortly before, `near_mwh`: what of the energy was metered up to it. `waiting`: what
    is being cut in this transaction.
    """

    unit: Address
    time_ms: TimeMs
    since_slot: SlotNumber
    energy_mwh: MilliWattHours
    near_slot: SlotNumber
    near_ms: TimeMs
    near_mwh: MilliWattHours
    waiting: tuple[SlotSpan, ...]


class ImportedFile(Value, frozen=True):
    """An operator's file (M17): whose custodian brought it, when the operator issued it, how many parts have come.

    `number` and `due_ms`: of its expiry.
    """

    custodian: Address
    issued_ms: TimeMs
    parts: Count
    number: Number
    due_ms: TimeMs


class Custodian(Value, frozen=True):
    """An account that may import operators' files, since a time."""

    since_ms: TimeMs


class OffsetChange(Value, frozen=True):
    """From an instant on, local time is UTC plus so many minutes."""

    from_ms: Annotated[int, msgspec.Meta(ge=0), FieldUnit(Quantity.TIME_MS)]
    minutes: Annotated[int, msgspec.Meta(ge=-14 * 60, le=14 * 60), FieldUnit(Quantity.PLAIN)]


class ZoneExtension(Value, frozen=True):
    """What votes have added to the genesis' time zone; holidays as days since 1970."""

    offsets: Annotated[tuple[OffsetChange, ...], msgspec.Meta(max_length=MAX_OFFSETS)]
    holidays: tuple[Plain, ...]


POINTS: Final = Table(104, "points", "number", MeteringPoint, group=0)
POINT_IDS: Final = Table(105, "point_ids", "identity direction", PointId)
"""By an operator's hashed id, or by an owner whose meters count."""

OWNER_POINTS: Final = Table(106, "owner_points", "account number", Link, group=20)
"""Points that are not closed, by owner."""

SLOT_VALUES: Final = Table(107, "slot_values", "day point source", DayValues, group=8)
SLOT_FILES: Final = Table(108, "slot_files", "hash", ImportedFile)
POINT_METERS: Final = Table(109, "point_meters", "number", PointMeter)
CUSTODIANS: Final = Table(110, "custodians", "address", Custodian, group=0)
ZONE_EXTENSION: Final = Table(111, "zone_extension", "", ZoneExtension)

SLOTS_TABLES: Final[tuple[Table[Any], ...]] = (
    POINTS, POINT_IDS, OWNER_POINTS, SLOT_VALUES, SLOT_FILES, POINT_METERS, CUSTODIANS, ZONE_EXTENSION,
)  # fmt: skip

SLOT_DAY_DUE: Final = DueKind(104, "slot_day")
SLOT_FILE_DUE: Final = DueKind(105, "slot_file")
SLOT_DAY_SWEEP: Final = SweepKind(104, "slot_day")
