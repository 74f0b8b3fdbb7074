"""What happened to corrections of folded slots; what they came to the events of runs say (rules SC14 to SC17)."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.codec import Bytes32
from ledger.encoding.quantities import Address, Count, Number


class FoldedSlotCorrected(Event, frozen=True, tag=552):
    """A custodian brought pieces of a folded slot's correction, in which `changes` values are others; `brought` of all
    `pieces` are there, by the hour of all its slots.
    """

    custodian: Address
    scheme: Number
    slot: Number
    file: Bytes32
    brought: Count
    pieces: Count
    changes: Count


class LateCorrectionLapsed(Event, frozen=True, tag=553):
    """A correction of a slot, or of the hour it begins, was not brought to its end in time; nothing of it counts."""

    custodian: Address
    scheme: Number
    slot: Number
    file: Bytes32


LATE_EVENTS: Final[tuple[type[Event], ...]] = (FoldedSlotCorrected, LateCorrectionLapsed)
