"""What happened to rows that come with each slot; what they came to the events of runs say (rules SC18 to SC20)."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.codec import Bytes32
from ledger.encoding.quantities import Address, Count, Number


class SlotRowsImported(Event, frozen=True, tag=648):
    """`custodian` brought the rows of so many slots of a scheme, out of a file with this SHA-256.

    `changed` of the slots have other rows now, or their first.
    """

    file: Bytes32
    custodian: Address
    scheme: Number
    first_slot: Number
    slots: Count
    rows: Count
    changed: Count


ROWS_EVENTS: Final[tuple[type[Event], ...]] = (SlotRowsImported,)
