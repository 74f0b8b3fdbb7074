"""What people ask of meters. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.metering.schema import METER_ADDRESSES, METERS, Meter
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of


def meter_of(state: State, key: bytes) -> Meter | None:
    """What is known of a meter key, also of one that is not bound now."""
    return state.get(METERS, key)


def meters(reader: Reader, cursor: bytes | None, limit: int) -> Page[Meter]:
    """A page of all meter keys that were ever bound, by key."""
    return page_of(reader, METERS, b"", cursor, limit)


def is_meter(state: State, address: bytes) -> bool:
    """Whether the address is that of a key that was ever bound as a meter."""
    return state.get(METER_ADDRESSES, address) is not None
