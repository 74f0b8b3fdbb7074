"""The table `[slots]` of a template: the slots' length, the time zone, who registers points and imports files.

Of zones that `genesis/zones.json` has, a template names the zone alone; others list when clocks change. Either way the
genesis holds the changes: no node asks its system for a time zone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Annotated, Final

from ledger.encoding.amounts import parse_duration_ms
from ledger.slots.genesis import SLOTS_SECTION, SlotsSection
from ledger.slots.schema import OffsetChange
from nodechain.errors import UsageError
from nodechain.home.file_tables import FileTable, by_text

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class SlotsTable(FileTable):
    """`offsets`: from when (ISO time, UTC) clocks are how many minutes ahead of UTC; `holidays`: ISO days."""

    length: Annotated[int, by_text(parse_duration_ms)] = 900_000
    zone: str
    offsets: tuple[tuple[str, int], ...] = ()
    holidays: tuple[str, ...] = ()
    custodians: tuple[str, ...] = ()
    registrars: tuple[str, ...] = ()


def known_zones() -> dict[str, list[tuple[str, int]]]:
    """The zones whose changes come with the program, from the package's data."""
    found: dict[str, list[tuple[str, int]]] = json.loads((resources.files("genesis") / "zones.json").read_text())
    return found


def slots_section(table: SlotsTable, address_of: Callable[[str], bytes]) -> tuple[str, bytes]:
    """The section of the genesis. Raises `UsageError` (bad_genesis) for a zone without changes, or a wrong time."""
    zones = known_zones()
    if not table.offsets and table.zone not in zones:
        raise UsageError(
            f"the changes of the time zone {table.zone} do not come with the program",
            code="bad_genesis",
            advice=f"List them in slots.offsets, or name one of {', '.join(sorted(zones))}.",
        )
    section = SlotsSection(
        slot_ms=table.length,
        zone=table.zone,
        offsets=tuple(
            OffsetChange(_time(at) // timedelta(milliseconds=1), minutes)
            for at, minutes in table.offsets or zones[table.zone]
        ),
        holidays=tuple(_time(day).days for day in table.holidays),
        custodians=tuple(address_of(name) for name in table.custodians),
        registrars=tuple(address_of(name) for name in table.registrars),
    )
    return SLOTS_SECTION.holding(section)


def _time(text: str) -> timedelta:
    """Since 1970 UTC, of an ISO day or time. Raises `UsageError` (bad_genesis)."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"slots: {text!r} is no ISO day or time", code="bad_genesis") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)) - EPOCH
