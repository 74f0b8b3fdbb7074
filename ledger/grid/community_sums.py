"""What the grid cost a community in a month by zone and tariff, without names. Reads only; no rule stands here.

A row has the sums of all accounts whose points lay in one zone and had one tariff; who had several is in the rest.
A row of fewer accounts than asked for is merged into the rest, and the rest, while it is too small, with the smallest
row: no row, nor any difference of rows, is about fewer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from ledger.chain.context import Context
from ledger.grid.queries import grid_sums
from ledger.grid.schema import GridLine
from ledger.grid.versions import tariff_of_point
from ledger.slots.clock import clock_of, first_day_of_month
from ledger.slots.queries import points
from ledger.slots.schema import MeteringPoint
from ledger.state.overlay import Reader

_PAGE_POINTS = 1_000
_Place = tuple[str, int]


class CommunitySum(msgspec.Struct, frozen=True):
    """Sums over `accounts` in one zone with one tariff (0: none); `rest`: over all that stand in no other row."""

    rest: bool
    zone: str
    tariff: int
    accounts: int
    lines: tuple[GridLine, ...]


def community_sums(context: Context, reader: Reader, month: int, least: int) -> list[CommunitySum]:
    """Rows of at least `least` accounts that have figures in a local month (`12 * year + month - 1`); none: too few.

    The zone is the point's now, the tariff the one of the month's last slot, or of now in the month that goes on.
    """
    clock = clock_of(context)
    now = clock.slot_of(context.time_ms)
    begin, end = (clock.first_slot_of_day(first_day_of_month(each)) for each in (month, month + 1))
    places: dict[bytes, set[_Place]] = {}
    for point in _all_points(reader):
        if not point.until_slot or point.until_slot > begin:
            place = point.zone, tariff_of_point(context, point.number, min(end - 1, now))
            places.setdefault(point.owner, set()).add(place)
    found: dict[_Place | None, list[tuple[GridLine, ...]]] = {}
    for owner in sorted(places):
        own = places[owner]
        for _month, entry in grid_sums(context, owner, month, month + 1):
            found.setdefault(next(iter(own)) if len(own) == 1 else None, []).append(entry.lines)
    return _merged(found, least)


def _all_points(reader: Reader) -> Iterator[MeteringPoint]:
    cursor = None
    while True:
        page = points(reader, cursor, _PAGE_POINTS)
        yield from (point for _key, point in page.entries)
        cursor = page.cursor
        if cursor is None:
            return


def _merged(found: dict[_Place | None, list[tuple[GridLine, ...]]], least: int) -> list[CommunitySum]:
    rest = found.pop(None, [])
    rows = sorted(((len(of), place, of) for place, of in found.items() if place is not None), key=lambda row: row[:2])
    while rows and (rows[0][0] < least or 0 < len(rest) < least):
        rest = [*rest, *rows.pop(0)[2]]
    sums = [CommunitySum(False, *place, count, _added(of)) for count, place, of in sorted(rows, key=lambda row: row[1])]
    return [*sums, CommunitySum(True, "", 0, len(rest), _added(rest))] if len(rest) >= least else sums


def _added(of: list[tuple[GridLine, ...]]) -> tuple[GridLine, ...]:
    energies: Counter[tuple[int, str]] = Counter()
    amounts: Counter[tuple[int, str]] = Counter()
    for line in (line for lines in of for line in lines):
        energies[line.kind, line.name] += line.energy_mwh
        amounts[line.kind, line.name] += line.amount
    return tuple(GridLine(*key, energies[key], amounts[key]) for key in sorted(energies))
