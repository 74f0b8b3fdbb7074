"""Austria: a list of points with participation factors and shares, in nodechain's own neutral shape.

The upload layout of the operators' portal is not known: this list is for people and other programs, not "for upload".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from nodechain.formats.eda_points import PointWindow
from nodechain.formats.errors import BadFile
from nodechain.formats.quantities import NumberStyle, checked_point_id
from nodechain.formats.text import cell_at, columns_of, decoded, rows_of
from nodechain.formats.values import GridFlow

HEADING: Final = "ec_id;metering_point;valid_from;valid_to;direction;participation_factor_pct;share_pct"
DIRECTIONS: Final = {GridFlow.OFFTAKE: "CONSUMPTION", GridFlow.INJECTION: "GENERATION"}
MAX_WINDOWS: Final = 40_000
_NUMBER: Final = NumberStyle(",")


def share_list(community_id: str, windows: Sequence[PointWindow]) -> bytes:
    """The list as CSV. Raises `BadFile` where it breaks one of its rules (`check_windows`)."""
    check_windows(windows)
    lines = [HEADING]
    for window in sorted(windows, key=lambda found: (found.point_id, found.first)):
        if window.flow is None or window.participation is None:
            raise BadFile(f"{window.point_id} has no direction or no participation factor", code="bad_share")
        share = "" if window.share is None else f"{window.share:.4f}".replace(".", ",")
        end = "" if window.last is None else window.last.isoformat()
        lines.append(
            f"{community_id};{window.point_id};{window.first.isoformat()};{end};{DIRECTIONS[window.flow]};"
            f"{window.participation};{share}"
        )
    return ("\n".join(lines) + "\n").encode()


def read_share_list(data: bytes) -> tuple[str, tuple[PointWindow, ...]]:
    """The community's id and its windows. Raises `BadFile`."""
    rows = [row for row in rows_of(decoded(data), ";") if any(cell.strip() for cell in row)]
    if not rows or ";".join(rows[0]).strip() != HEADING:
        raise BadFile(f"the file does not begin with {HEADING!r}", code="wrong_format")
    places = columns_of(rows[0], {name: (name,) for name in HEADING.split(";")}, tuple(HEADING.split(";")))
    flows = {word: flow for flow, word in DIRECTIONS.items()}
    communities, windows = set(), []
    for row in rows[1:]:
        cells = {name: cell_at(row, place) for name, place in places.items()}
        flow = flows.get(cells["direction"])
        if flow is None:
            raise BadFile(f"{cells['direction'][:20]!r} is no direction", code="bad_direction")
        communities.add(cells["ec_id"])
        windows.append(
            PointWindow(
                checked_point_id(cells["metering_point"]),
                _day(cells["valid_from"]),
                _day(cells["valid_to"]) if cells["valid_to"] else None,
                flow,
                _factor(cells["participation_factor_pct"]),
                _share(cells["share_pct"]),
            )
        )
    if len(communities) != 1:
        raise BadFile("the list is not of one community", code="wrong_format")
    check_windows(windows)
    return communities.pop(), tuple(windows)


def check_windows(windows: Sequence[PointWindow]) -> None:
    """Factors are 1 to 100 percent, shares are of consumers, on no day above 100 together. Raises `BadFile`."""
    if not 1 <= len(windows) <= MAX_WINDOWS:
        raise BadFile(f"a list has 1 to {MAX_WINDOWS} windows", code="bad_share")
    changes: dict[date, Decimal] = {}
    last: dict[str, date | None] = {}
    for window in sorted(windows, key=lambda found: (found.point_id, found.first)):
        if window.participation is not None and not 1 <= window.participation <= 100:
            raise BadFile(f"{window.point_id}: a participation factor is 1 to 100 percent", code="bad_share")
        if window.share is not None and window.flow == GridFlow.INJECTION:
            raise BadFile(f"{window.point_id} generates: only consumers have shares", code="bad_share")
        if window.last is not None and window.last < window.first:
            raise BadFile(f"{window.point_id}: the window ends before it begins", code="bad_share")
        if window.point_id in last:
            before = last[window.point_id]
            if before is None or window.first <= before:
                raise BadFile(f"{window.point_id}: two windows overlap", code="overlapping_intervals")
        last[window.point_id] = window.last
        if window.share is not None:
            changes[window.first] = changes.get(window.first, Decimal(0)) + window.share
            if window.last is not None:
                end = window.last + timedelta(days=1)
                changes[end] = changes.get(end, Decimal(0)) - window.share
    total = Decimal(0)
    for day in sorted(changes):
        total += changes[day]
        if total > 100:
            raise BadFile(f"from {day} on the shares sum to {total} percent", code="bad_share")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        raise BadFile(f"{text[:40]!r} is no day", code="bad_time") from None


def _factor(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 3:
        raise BadFile(f"{text[:20]!r} is no whole percentage", code="bad_number")
    return int(text)


def _share(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        found = _NUMBER.parse(text)
    except ValueError as error:
        raise BadFile(str(error), code="bad_number") from None
    if not 0 <= found <= 100 or -int(found.as_tuple().exponent) > 4:
        raise BadFile(f"{text[:20]!r} is no percentage with at most four decimals", code="bad_number")
    return found
