"""What a custodian sends of rows that come with each slot (rule SC18)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.chain.parameters import PARTS
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import FieldUnit, PositiveNumber, Quantity
from ledger.encoding.times import Millis
from ledger.sharing.allocation_rules import ShareParts
from ledger.sharing.limits import MAX_RULE_ROWS
from ledger.sharing.rows_limits import MAX_SPAN_SLOTS
from ledger.slots.payloads import Slot

ShareStep = Annotated[int, msgspec.Meta(ge=-PARTS, le=PARTS), FieldUnit(Quantity.PARTS)]


class RowsTypeNumber(IntEnum):
    """The number of this transaction type, part of the protocol."""

    IMPORT_SLOT_ROWS = 648


class PairSeries(Value, frozen=True):
    """A pair's shares in all slots of a span: `first_share`, then by how much each is above the one before; 0: none."""

    producer: PositiveNumber
    consumer: PositiveNumber
    first_share: ShareParts
    steps: Annotated[tuple[ShareStep, ...], msgspec.Meta(max_length=MAX_SPAN_SLOTS - 1)]


class ImportSlotRows(Value, frozen=True):
    """Bring all rows of some slots of a scheme, one after the other from `first_slot` on.

    `file`: the SHA-256 of what they stood in, which was issued at `issued_ms`. Pairs that are not named have no share:
    without any all is surplus.
    """

    scheme: PositiveNumber
    first_slot: Slot
    slots: Annotated[int, msgspec.Meta(ge=1, le=MAX_SPAN_SLOTS), FieldUnit(Quantity.COUNT)]
    file: Bytes32
    issued_ms: Millis
    pairs: Annotated[tuple[PairSeries, ...], msgspec.Meta(max_length=MAX_RULE_ROWS)]
