"""The time zone as voters go on with it (rule M14)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.slots.events import ZoneExtended
from ledger.slots.genesis import SLOTS_SECTION, zone_fault
from ledger.slots.limits import MAX_HOLIDAYS, MAX_OFFSETS
from ledger.slots.payloads import ExtendZone
from ledger.slots.schema import ZONE_EXTENSION, ZoneExtension

_NOTHING_ADDED = ZoneExtension((), ())


def check_zone(context: Context, action: ExtendZone) -> ZoneExtension:
    """Refuse what cannot follow the zone's changes, or would change the past; else what is added in all."""
    section = SLOTS_SECTION.of(context.genesis)
    before = context.state.get(ZONE_EXTENSION, b"") or _NOTHING_ADDED
    offsets = (*before.offsets, *action.offsets)
    holidays = tuple(sorted((*before.holidays, *action.holidays)))
    if not action.offsets and not action.holidays:
        raise Refused("nothing is added", code="unchanged")
    fault = zone_fault(section.slot_ms, (*section.offsets, *offsets), tuple(sorted((*section.holidays, *holidays))))
    if len(offsets) > MAX_OFFSETS or len(holidays) > MAX_HOLIDAYS:
        fault = f"votes add at most {MAX_OFFSETS} changes and {MAX_HOLIDAYS} holidays"
    if action.offsets and action.offsets[0].from_ms <= context.time_ms:
        fault = "a change lies in the past: days that were counted would be others"
    if fault:
        raise Refused(fault, code="bad_zone")
    return ZoneExtension(offsets, holidays)


def extend_zone(context: Context, action: ExtendZone) -> None:
    """Carry out a vote."""
    context.state.put(ZONE_EXTENSION, b"", check_zone(context, action))
    context.emit(ZoneExtended(len(action.offsets), len(action.holidays)))
