"""What a custodian sends to correct a slot whose day is folded (rules SC14, SC15)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Count, FieldUnit, Number, PositiveNumber, Quantity
from ledger.sharing.late_limits import MAX_LATE_PIECES
from ledger.sharing.limits import CHUNK_POINTS
from ledger.sharing.schema import SettledSlot, SlotInput
from ledger.slots.limits import MAX_SLOT_MWH
from ledger.slots.payloads import Slot

MAX_PATH_BYTES: Final = 1_024
"""Of the nodes beside one leaf: ten levels of three."""

ProofNodes = Annotated[bytes, msgspec.Meta(max_length=MAX_PATH_BYTES)]


class LateTypeNumber(IntEnum):
    """The number of this transaction type, part of the protocol."""

    CORRECT_FOLDED_SLOT = 552


class ChangedValue(Value, frozen=True):
    """What a point's energy in the slot is now."""

    point: PositiveNumber
    energy_mwh: Annotated[int, msgspec.Meta(ge=0, le=MAX_SLOT_MWH), FieldUnit(Quantity.ENERGY_MWH)]


class RestoredPiece(Value, frozen=True):
    """The inputs that the run had of a chunk's points, which the `nodes` lead to its root; and those that change."""

    chunk: Number
    inputs: Annotated[tuple[SlotInput, ...], msgspec.Meta(min_length=1, max_length=CHUNK_POINTS)]
    nodes: ProofNodes
    changes: Annotated[tuple[ChangedValue, ...], msgspec.Meta(max_length=CHUNK_POINTS)]


class CorrectFoldedSlot(Value, frozen=True):
    """Bring old inputs and changed values of a folded slot, piece by piece; with the last one it is settled again, by
    the hour with the last one of all slots of its hour.

    `file`: SHA-256 of the operator's file that the values stand in. `entry`: the slot's newest run, which is entry
    `place` of its day's list, and `nodes` lead it to the day's root; both say nothing where a late run is newer.
    """

    scheme: PositiveNumber
    slot: Slot
    file: Bytes32
    entry: SettledSlot
    place: Count
    nodes: ProofNodes
    pieces: Annotated[tuple[RestoredPiece, ...], msgspec.Meta(min_length=1, max_length=MAX_LATE_PIECES)]
