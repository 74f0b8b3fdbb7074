"""What must hold of the grid account in every state (rule GA12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.chain.schema import COUNTERS
from ledger.errors import require
from ledger.grid.schema import GRID_SUMS, POINT_TARIFFS, TARIFFS, LineKind
from ledger.grid.tariffs import charges_shared
from ledger.grid.versions import SHARING_TARIFFS, TARIFF_NUMBERS
from ledger.state.overlay import Reader
from ledger.state.table import big_endian, newest_first


def check_tariffs(state: Reader) -> None:
    """Tariffs are numbered in turn, each version stands at its slot, and points have tariffs that exist (GA2, GA4)."""
    count = sum(entry.value for key, entry in entries(state, COUNTERS) if key == TARIFF_NUMBERS)
    known, sharing = set(), 0
    for key, version in entries(state, TARIFFS):
        known.add(version.tariff)
        sharing += charges_shared(version.terms)
        require(key == big_endian(version.tariff) + newest_first(version.from_slot), "a tariff stands at another slot")
    require(known == set(range(1, count + 1)), "tariffs are not numbered in turn")
    decided = sum(entry.value for key, entry in entries(state, COUNTERS) if key == SHARING_TARIFFS)
    require(sharing <= decided, "a tariff charges shared energy and is not counted")
    for key, given in entries(state, POINT_TARIFFS):
        require(key[8:] == newest_first(given.from_slot), "a point's tariff stands at another slot")
        require(given.tariff in known or not given.tariff, "a point has a tariff that does not exist")


def check_grid_sums(state: Reader) -> None:
    """Nobody drew or fed in less than nothing; a line is paid, or of feed-in is got, and never the other way (GA6)."""
    for _key, entry in entries(state, GRID_SUMS):
        names = [(line.kind, line.name) for line in entry.lines]
        require(bool(names) and names == sorted(set(names)), "lines of a month are not in order, or none are there")
        for line in entry.lines:
            sign = -1 if line.kind == LineKind.FEED_IN else 1
            require(line.energy_mwh >= 0 <= line.amount * sign, "a line of a month lies below nothing")


GRID_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_tariffs, check_grid_sums)
