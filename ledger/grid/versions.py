"""Which tariff a point has in a slot, and with which terms (rules GA2, GA4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from ledger.chain.context import Context
from ledger.errors import require_present
from ledger.grid.genesis import GRID_SECTION
from ledger.grid.schema import (
    GRID_TERMS,
    POINT_TARIFFS,
    POINT_ZONES,
    TARIFFS,
    GridTerms,
    PointTariff,
    PointZone,
    TariffVersion,
)
from ledger.limits import MAX_INTEGER
from ledger.state.overlay import State
from ledger.state.table import big_endian, newest_first

TARIFF_NUMBERS = b"tariff"

SHARING_TARIFFS = b"sharing_tariff"
"""How many versions of tariffs that charge shared energy were ever decided; forgotten ones stay counted."""

E = TypeVar("E", PointTariff, PointZone, TariffVersion)


def holding(entries: Sequence[E], slot: int) -> tuple[E | None, int]:
    """Of entries by the slot that they begin with, the newest first: the one that holds in a slot, and until where."""
    until = MAX_INTEGER
    for entry in entries:
        if entry.from_slot <= slot:
            return entry, until
        until = entry.from_slot
    return None, until


def tariff_at(state: State, tariff: int, slot: int) -> TariffVersion | None:
    """The terms that a tariff has in a slot; None before it begins."""
    group = big_endian(tariff)
    key = next(state.scan(TARIFFS, group, after=group + newest_first(slot + 1)), None)
    return None if key is None else state.get(TARIFFS, key)


def tariff_versions(state: State, tariff: int) -> Iterator[TariffVersion]:
    """What is remembered of a tariff, the newest first; a limit keeps it small."""
    for key in state.keys(TARIFFS, big_endian(tariff)):
        yield require_present(state.get(TARIFFS, key), "a version without an entry")


def point_tariffs(state: State, point: int) -> Iterator[PointTariff]:
    """The tariffs that a point was given, the newest first; a limit keeps them few."""
    for key in state.keys(POINT_TARIFFS, big_endian(point)):
        yield require_present(state.get(POINT_TARIFFS, key), "a point's tariff without an entry")


def point_zones(state: State, point: int) -> Iterator[PointZone]:
    """The grid zones that a point had, the newest first; none where it never changed."""
    for key in state.keys(POINT_ZONES, big_endian(point)):
        yield require_present(state.get(POINT_ZONES, key), "a point's zone without an entry")


def tariff_of_point(context: Context, point: int, slot: int) -> int:
    """The number of a point's tariff in a slot; 0: it has none."""
    given = next((each.tariff for each in point_tariffs(context.state, point) if each.from_slot <= slot), 0)
    return given or GRID_SECTION.of(context.genesis).default


def grid_terms(context: Context) -> GridTerms:
    """Operator, mark and band that hold now."""
    return context.get(GRID_TERMS, b"")
