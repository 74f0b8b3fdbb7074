"""What a genesis, or a vote that switches the module on, says of slots: their length, the time zone, who does what."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.chain.genesis import Genesis
from ledger.chain.parameters import MINUTE_MS
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Name, Value
from ledger.encoding.quantities import FieldUnit, Quantity
from ledger.encoding.times import DurationMs
from ledger.errors import GenesisError
from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.slots.limits import MAX_CUSTODIANS, MAX_HOLIDAYS, MAX_OFFSETS, MAX_REGISTRARS
from ledger.slots.schema import OffsetChange

SLOT_LENGTHS_MS: Final = (300_000, 900_000, 1_800_000, 3_600_000)
FULL_SLOT_MS: Final = 900_000
"""Slots so long, or longer, let a meter's heaviest transaction fit into the smallest blocks."""

LocalDay = Annotated[int, msgspec.Meta(ge=0, le=10**7), FieldUnit(Quantity.NUMBER)]
"""Days since 1970-01-01 in local time."""


class SlotsSection(Value, frozen=True):
    """`zone` is the time zone's name, for people; `offsets` its changes, rising, the first also holds before it;
    `holidays` are local days since 1970. `registrars` may register points with their owners' consent, `custodians`
    import operators' files.
    """

    slot_ms: DurationMs
    zone: Name
    offsets: Annotated[tuple[OffsetChange, ...], msgspec.Meta(min_length=1, max_length=MAX_OFFSETS)]
    holidays: Annotated[tuple[LocalDay, ...], msgspec.Meta(max_length=MAX_HOLIDAYS)]
    custodians: Annotated[tuple[Bytes20, ...], msgspec.Meta(max_length=MAX_CUSTODIANS)]
    registrars: Annotated[tuple[Bytes20, ...], msgspec.Meta(max_length=MAX_REGISTRARS)]


def zone_fault(slot_ms: int, offsets: tuple[OffsetChange, ...], holidays: tuple[int, ...]) -> str:
    """Why these cannot be a time zone's changes and holidays, or empty."""
    instants = [change.from_ms for change in offsets]
    if instants != sorted(set(instants)) or list(holidays) != sorted(set(holidays)):
        return "offsets and holidays rise, and none is listed twice"
    if any(change.from_ms % slot_ms or change.minutes * MINUTE_MS % slot_ms for change in offsets):
        return "an offset, or its change, does not lie on a boundary of slots: local days would cut slots in two"
    return ""


def _check(genesis: Genesis, section: SlotsSection) -> None:
    if section.slot_ms not in SLOT_LENGTHS_MS:
        raise GenesisError("a slot has 5, 15, 30 or 60 minutes")
    if genesis.block_weight * section.slot_ms < MIN_BLOCK_WEIGHT * FULL_SLOT_MS:
        least = MIN_BLOCK_WEIGHT * FULL_SLOT_MS // section.slot_ms
        raise GenesisError(f"slots as short as these need a block weight of at least {least}")
    fault = zone_fault(section.slot_ms, section.offsets, section.holidays)
    if fault:
        raise GenesisError(fault)
    distinct("custodian", list(section.custodians))
    distinct("registrar", list(section.registrars))


SLOTS_SECTION: Final = Section("slots", SlotsSection, _check, optional=True)
