"""What people ask of points and slots. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.slots.clock import SlotClock, clock_of
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.limits import MAX_CUSTODIANS
from ledger.slots.packing import SlotValue
from ledger.slots.registration import OPEN_POINTS
from ledger.slots.schema import CUSTODIANS, OWNER_POINTS, POINTS, SLOT_FILES, ImportedFile, MeteringPoint, ValueSource
from ledger.slots.values import values_of
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


def point_of(state: State, number: int) -> MeteringPoint | None:
    """A point, also one that is closed."""
    return state.get(POINTS, big_endian(number))


def points(reader: Reader, cursor: bytes | None, limit: int) -> Page[MeteringPoint]:
    """A page of all points by number, also of closed ones."""
    return page_of(reader, POINTS, b"", cursor, limit)


def open_points_of(state: State, owner: bytes) -> list[MeteringPoint]:
    """An owner's points that are not closed."""
    found = (state.get(POINTS, key[20:]) for key in state.keys(OWNER_POINTS, owner))
    return [point for point in found if point is not None]


def slots_of(context: Context, point: int, source: ValueSource, first_slot: int, count: int) -> list[SlotValue]:
    """The values of slots one after the other; what is kept no longer, or not there yet, is missing."""
    return values_of(context, point, source, first_slot, count)


def slot_clock(context: Context) -> SlotClock | None:
    """The chain's slots and local time, None where the module is off."""
    return clock_of(context) if SLOTS_SECTION.is_in(context.genesis) else None


def slots_terms(context: Context) -> SlotsSection:
    """The section in force."""
    return SLOTS_SECTION.of(context.genesis)


def custodians(reader: Reader) -> list[bytes]:
    """The accounts that may import operators' files."""
    return [key for key, _entry in page_of(reader, CUSTODIANS, b"", None, MAX_CUSTODIANS).entries]


def imported_files(reader: Reader, cursor: bytes | None, limit: int) -> Page[ImportedFile]:
    """A page of operators' files by their SHA-256, as long as values of theirs may be in the state."""
    return page_of(reader, SLOT_FILES, b"", cursor, limit)


def count_of_open_points(context: Context) -> int:
    """How many points are not closed."""
    return context.count(OPEN_POINTS)
