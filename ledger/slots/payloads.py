"""What registrars, owners and custodians send of points and slots, and what voters decide of them (rules M14-M17)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.chain.envelope import Signatures
from ledger.encoding.codec import Bytes32, Value, encode
from ledger.encoding.quantities import Address, FieldUnit, PositiveNumber, Quantity
from ledger.encoding.times import Millis
from ledger.keys.address import SenderKey
from ledger.keys.crypto import DOMAIN_REGISTER_POINT, signing_bytes
from ledger.slots.genesis import LocalDay
from ledger.slots.limits import (
    MAX_HOLIDAYS,
    MAX_OFFSETS,
    MAX_QUALITY,
    MAX_ROW_SLOTS,
    MAX_ROWS,
    MAX_SLOT_MWH,
    MAX_ZONE_CHARACTERS,
)
from ledger.slots.schema import Direction, OffsetChange


class SlotsTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    REGISTER_POINT = 312
    CHANGE_POINT = 313
    CLOSE_POINT = 314
    IMPORT_SLOTS = 315


NO_ID: Final = bytes(32)
"""In place of the hash of an operator's id: the point has none."""

GridZone = Annotated[str, msgspec.Meta(max_length=MAX_ZONE_CHARACTERS)]
Slot = Annotated[int, msgspec.Meta(ge=0, le=10**10), FieldUnit(Quantity.NUMBER)]
Energy = Annotated[int, msgspec.Meta(ge=-MAX_SLOT_MWH, le=MAX_SLOT_MWH), FieldUnit(Quantity.ENERGY_MWH)]


class PointTerms(Value, frozen=True):
    """What an owner agrees to: whose point it is, which way its energy flows, where its values come from, since when.

    `id_hash`: SHA-256 of salt and operator's id (32 zeros: none). `own_meter`: meters that the owner binds at its own
    address count here. `from_slot`: the first that counts. `signed_ms`: when the owner agreed.
    """

    owner: Address
    direction: Annotated[int, msgspec.Meta(ge=1, le=2), Direction]
    zone: GridZone
    commissioned_ms: Millis
    id_hash: Bytes32
    own_meter: bool
    from_slot: Slot
    signed_ms: Millis

    def message(self, genesis_hash: bytes) -> bytes:
        """The bytes that the owner signs."""
        return signing_bytes(DOMAIN_REGISTER_POINT, genesis_hash, encode(self))


class RegisterPoint(Value, frozen=True):
    """Register a point with the signatures of its owner; sent by a registrar."""

    terms: PointTerms
    owner_key: SenderKey
    owner_signatures: Signatures


class ChangePoint(Value, frozen=True):
    """State another grid zone or commissioning time of a point; sent by a registrar."""

    number: PositiveNumber
    zone: GridZone
    commissioned_ms: Millis


class ClosePoint(Value, frozen=True):
    """Let a point count before `until_slot` and no longer; sent by a registrar or the owner."""

    number: PositiveNumber
    until_slot: Slot


class ImportRow(Value, frozen=True):
    """Energies of a point for slots one after the other: `first_mwh`, then by how much each is above the one before.

    `quality`: the operator's, as a number of the custodian's choice; another quality begins another row.
    """

    point: PositiveNumber
    first_slot: Slot
    quality: Annotated[int, msgspec.Meta(ge=0, le=MAX_QUALITY), FieldUnit(Quantity.PLAIN)]
    first_mwh: Annotated[int, msgspec.Meta(ge=0, le=MAX_SLOT_MWH), FieldUnit(Quantity.ENERGY_MWH)]
    steps: Annotated[tuple[Energy, ...], msgspec.Meta(max_length=MAX_ROW_SLOTS - 1)]


class ImportSlots(Value, frozen=True):
    """A part of an operator's file, from 0 on: the file's SHA-256, when the operator issued it, rows."""

    file: Bytes32
    issued_ms: Millis
    part: Annotated[int, msgspec.Meta(ge=0, le=2**31), FieldUnit(Quantity.NUMBER)]
    rows: Annotated[tuple[ImportRow, ...], msgspec.Meta(min_length=1, max_length=MAX_ROWS)]


class AdmitPoint(Value, frozen=True, tag=312):
    """Voters register a point with the signatures of its owner."""

    point: RegisterPoint


class AlterPoint(Value, frozen=True, tag=313):
    """Voters state another grid zone or commissioning time of a point."""

    point: ChangePoint


class RemovePoint(Value, frozen=True, tag=314):
    """Voters close a point."""

    point: ClosePoint


class SetCustodian(Value, frozen=True, tag=315):
    """Let an account import operators' files, or no longer."""

    address: Address
    on: bool


class ExtendZone(Value, frozen=True, tag=316):
    """Append changes of the time zone's offset, and holidays as local days since 1970."""

    offsets: Annotated[tuple[OffsetChange, ...], msgspec.Meta(max_length=MAX_OFFSETS)]
    holidays: Annotated[tuple[LocalDay, ...], msgspec.Meta(max_length=MAX_HOLIDAYS)]
