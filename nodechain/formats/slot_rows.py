"""Values of operators' points as rows of a chain's slots, cut into parts that fit into transactions.

A point of the operator's and a point of the chain are brought together by a list that the custodian keeps
(`PointBook`): the chain knows an operator's id by its salted hash only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Final

import msgspec

from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.limits import MAX_FILE_ROWS, MAX_SERIES, PART_BYTES, PART_ROWS, PART_SLOTS
from nodechain.formats.quantities import checked_point_id
from nodechain.formats.text import decoded, rows_of
from nodechain.formats.values import DataQuality, GridFlow, ImportedValue

BOOK_HEADING: Final = ("operator_id", "direction", "number", "salt")
SALT_BYTES: Final = range(16, 65)
QUALITY_NUMBERS: Final = {
    DataQuality.UNKNOWN: 0,
    DataQuality.MEASURED: 1,
    DataQuality.SUBSTITUTED: 2,
    DataQuality.ESTIMATED: 3,
    DataQuality.PROVISIONAL: 4,
}
"""How the chain is told what an operator's mark means (docs/formats.md)."""
_ROW_BYTES: Final = 40


class BookedPoint(msgspec.Struct, frozen=True):
    """A line of the book: the chain's number (0: leave this point out), and the salt of its id's hash."""

    number: int
    salt: bytes

    def id_hash(self, operator_id: str) -> bytes:
        """What the chain has in place of the operator's id."""
        return sha256(self.salt + operator_id.encode()).digest()


PointBook = Mapping[tuple[str, GridFlow], BookedPoint]
"""By the operator's id and the direction."""


class SlotTimes(msgspec.Struct, frozen=True):
    """A chain's slots: their length, the first that may still come in, the first that is not over.

    `windows`: by number of a point its first slot and the one before which it ended (0: it is open).
    """

    slot_ms: int
    first_slot: int
    end_slot: int
    windows: Mapping[int, tuple[int, int]] = {}


class SlotRow(msgspec.Struct, frozen=True):
    """Energies in mWh of a point for slots one after the other, of one quality."""

    number: int
    first_slot: int
    quality: int
    energies: tuple[int, ...]


def read_point_book(data: bytes) -> dict[tuple[str, GridFlow], BookedPoint]:
    """The book, a CSV `operator_id;direction;number;salt` (salt in hex). Raises `BadFile` (bad_point_book)."""
    rows = [row for row in rows_of(decoded(data), ";") if any(cell.strip() for cell in row)]
    if not rows or tuple(cell.strip() for cell in rows[0]) != BOOK_HEADING:
        raise BadFile(f"the list of points does not begin with {';'.join(BOOK_HEADING)!r}", code="bad_point_book")
    found: dict[tuple[str, GridFlow], BookedPoint] = {}
    numbers: set[int] = set()
    for row in rows[1:]:
        key, point = _booked([cell.strip() for cell in row])
        if key in found or point.number in numbers:
            raise BadFile(f"{key[0]} or its number comes twice in the list of points", code="bad_point_book")
        found[key] = point
        numbers |= {point.number} - {0}
        if len(found) > MAX_SERIES:
            raise too_large("points", MAX_SERIES)
    return found


def _booked(cells: list[str]) -> tuple[tuple[str, GridFlow], BookedPoint]:
    try:
        operator_id, direction, number, salt = cells
        if not (number.isascii() and number.isdigit()) or len(number) > 15:
            raise ValueError("no number of a point")
        point = BookedPoint(int(number), bytes.fromhex(salt))
        if point.number and len(point.salt) not in SALT_BYTES:
            raise ValueError(f"a salt has {SALT_BYTES.start} to {SALT_BYTES.stop - 1} bytes")
        return (checked_point_id(operator_id), GridFlow(direction)), point
    except ValueError as error:
        raise BadFile(f"the list of points, {';'.join(cells)[:80]!r}: {error}", code="bad_point_book") from None


def slot_rows(values: Iterable[ImportedValue], book: PointBook, times: SlotTimes) -> tuple[list[SlotRow], Counter[str]]:
    """The rows of all values, by point and slot, and what was left out, by reason.

    Raises `BadFile`: unknown_point (in the file and not in the book), interval_too_long, interval_not_aligned.
    """
    slots: dict[int, dict[int, tuple[int, int, int]]] = {}
    left: Counter[str] = Counter()
    unknown: set[str] = set()
    for value in values:
        point = book.get((value.point_id, value.direction))
        if point is None:
            unknown.add(f"{value.point_id} ({value.direction.value})")
            continue
        if point.number == 0:
            left["values of points that the list leaves out"] += 1
            continue
        _into_slot(slots.setdefault(point.number, {}), value, times.slot_ms)
    if unknown:
        names = sorted(unknown)
        raise BadFile(
            f"the list of points lacks {', '.join(names[:5])}" + (f" and {len(names) - 5} more" if names[5:] else ""),
            code="unknown_point",
            advice="Add them with the chain's number, or with number 0 to leave them out.",
        )
    rows = [row for number in sorted(slots) for row in _rows(number, slots[number], times, left)]
    return rows, left


def _into_slot(held: dict[int, tuple[int, int, int]], value: ImportedValue, slot_ms: int) -> None:
    """Add a value to its slot: energy, covered time, the quality of its worst part."""
    slot = value.start_ms // slot_ms
    if value.length_ms > slot_ms:
        raise BadFile(
            f"{value.point_id}: the file has intervals of {value.length_ms // 60_000} minutes, the chain's slots have"
            f" {slot_ms // 60_000}: what was used when inside is not known",
            code="interval_too_long",
            advice="Ask the operator for shorter intervals.",
        )
    if (value.start_ms + value.length_ms - 1) // slot_ms != slot:
        raise BadFile(f"{value.point_id}: an interval lies across the chain's slots", code="interval_not_aligned")
    energy, covered, quality = held.get(slot, (0, 0, 0))
    number = QUALITY_NUMBERS[value.state]
    worse = number if not covered else 0 if 0 in (number, quality) else max(number, quality)
    held[slot] = energy + value.energy_mwh, covered + value.length_ms, worse


def _rows(
    number: int, held: dict[int, tuple[int, int, int]], times: SlotTimes, left: Counter[str]
) -> Iterator[SlotRow]:
    first, energies, mark = 0, list[int](), 0
    for slot in sorted(held):
        energy, covered, quality = held[slot]
        why = _left_out(number, slot, covered, times)
        if why:
            left[why] += 1
            continue
        if energies and (slot != first + len(energies) or quality != mark or len(energies) >= PART_SLOTS):
            yield SlotRow(number, first, mark, tuple(energies))
            energies = []
        if not energies:
            first, mark = slot, quality
        energies.append(energy)
    if energies:
        yield SlotRow(number, first, mark, tuple(energies))


def _left_out(number: int, slot: int, covered: int, times: SlotTimes) -> str:
    begin, end = times.windows.get(number, (0, 0))
    if slot < begin or (end and slot >= end):
        return "slots before a point began or after it ended"
    if covered != times.slot_ms:
        return "slots of which the file has a part only"
    if slot < times.first_slot:
        return "slots older than the chain keeps"
    if slot >= times.end_slot:
        return "slots that are not over"
    return ""


def parts_of(rows: Iterable[SlotRow]) -> list[list[SlotRow]]:
    """The rows in parts within `PART_ROWS`, `PART_SLOTS` and about `PART_BYTES`; the same rows, the same parts."""
    parts: list[list[SlotRow]] = []
    size = slots = 0
    for count, row in enumerate(rows):
        if count >= MAX_FILE_ROWS:
            raise too_large("rows of slots", MAX_FILE_ROWS)
        bytes_ = _ROW_BYTES + sum(
            _bytes(late - early) for early, late in zip((0, *row.energies), row.energies, strict=False)
        )
        full = parts and (
            len(parts[-1]) >= PART_ROWS or slots + len(row.energies) > PART_SLOTS or size + bytes_ > PART_BYTES
        )
        if full or not parts:
            parts.append([])
            size = slots = 0
        parts[-1].append(row)
        size, slots = size + bytes_, slots + len(row.energies)
    return parts


def _bytes(number: int) -> int:
    """Of an integer in MessagePack."""
    return (
        1 if -32 <= number < 128 else next(n for n in (2, 3, 5, 9) if -(2 ** (8 * n - 9)) <= number < 2 ** (8 * n - 8))
    )
