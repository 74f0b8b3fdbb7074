"""France: keys of collective self-consumption (ACC) a step, in a neutral shape, and experimentally in a wide one.

No document of the operator with the layout of its key file was found. The wide shape is what one program is known to
write: compare it with the operator's own template before it is sent to anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from ledger.sharing.apportion import apportion
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import iso_instant
from nodechain.formats.quantities import NumberStyle, whole_mwh
from nodechain.formats.text import decoded, rows_of

HEADING: Final = "operation_id;producer_prm;interval_start;consumer_prm;coefficient_pct"
WHOLE: Final = 100 * 100_000
"""100 percent in steps of five decimals."""
MAX_STEPS: Final = 40_000
_PRM: Final = re.compile(r"[0-9]{14}")
_NUMBER: Final = NumberStyle(",")


class KeyRow(msgspec.Struct, frozen=True):
    """One step of one producer: the text of its start, and each consumer's part in 100,000ths of a percent."""

    start: str
    parts: Mapping[str, int]


def percents(weights: Mapping[str, int]) -> dict[str, int]:
    """Parts of 100 percent in proportion to weights, by largest remainders, ties by PRM; all weights 0: all parts 0."""
    order = sorted(weights)
    return dict(zip(order, apportion(WHOLE, [weights[prm] for prm in order]), strict=True))


def neutral_file(operation_id: str, producer: str, rows: Sequence[KeyRow]) -> bytes:
    """The neutral shape: a line a step and consumer, times with their offset. Raises `BadFile`."""
    _check(producer, rows)
    lines = [HEADING]
    for row in rows:
        if not isinstance(_instant(row.start), int):
            raise BadFile(f"{row.start[:40]!r} has no offset", code="bad_time")
        for prm in sorted(row.parts):
            part = row.parts[prm]
            lines.append(f"{operation_id};{producer};{row.start};{prm};{part // 100_000},{part % 100_000:05}")
    return ("\n".join(lines) + "\n").encode()


def wide_file(producer: str, rows: Sequence[KeyRow]) -> tuple[str, bytes]:
    """Experimental: name and content, a column a consumer, percents of one decimal, rounded down."""
    _check(producer, rows)
    consumers = sorted(rows[0].parts)
    lines = [";".join(["Horodate", *consumers])]
    for row in rows:
        if sorted(row.parts) != consumers:
            raise BadFile("every step must name the same consumers", code="bad_keys")
        tenths = [row.parts[prm] // 10_000 for prm in consumers]
        lines.append(";".join([row.start, *(f"{part // 10},{part % 10}" for part in tenths)]))
    return f"{producer}.csv", ("\r\n".join(lines) + "\r\n").encode()


def _check(producer: str, rows: Sequence[KeyRow]) -> None:
    if not 1 <= len(rows) <= MAX_STEPS:
        raise BadFile(f"a key file has 1 to {MAX_STEPS} steps", code="bad_keys")
    for prm in (producer, *rows[0].parts):
        if not _PRM.fullmatch(prm):
            raise BadFile(f"{prm[:40]!r} is no PRM: that has 14 digits", code="bad_point")
    for row in rows:
        if any(part < 0 for part in row.parts.values()) or sum(row.parts.values()) > WHOLE:
            raise BadFile(f"the parts of {row.start} sum to more than 100 percent", code="bad_keys")


def _instant(text: str) -> int | datetime:
    try:
        return iso_instant(text)
    except ValueError:
        raise BadFile(f"{text[:40]!r} is no time", code="bad_time") from None


def warnings_of_neutral(data: bytes) -> list[str]:
    """The steps of a neutral file whose parts do not sum to 100. Raises `BadFile` where one sums to more, or a line is
    wrong.
    """
    rows = [row for row in rows_of(decoded(data), ";") if any(cell.strip() for cell in row)]
    if not rows or ";".join(rows[0]).strip() != HEADING:
        raise BadFile(f"the file does not begin with {HEADING!r}", code="wrong_format")
    sums: dict[tuple[str, str], int] = {}
    seen: set[tuple[str, str, str]] = set()
    for row in rows[1:]:
        if len(row) != 5:
            raise BadFile("a line has not five cells", code="wrong_format")
        producer, start, consumer = row[1], row[2], row[3]
        if not isinstance(_instant(start), int):
            raise BadFile(f"{start[:40]!r} has no offset", code="bad_time")
        if (producer, start, consumer) in seen:
            raise BadFile(f"{consumer} comes twice at {start}", code="bad_keys")
        seen.add((producer, start, consumer))
        sums[producer, start] = sums.get((producer, start), 0) + _part(row[4], 5)
    return _judged({f"{producer} {start}": total for (producer, start), total in sums.items()})


def warnings_of_wide(data: bytes) -> list[str]:
    """The same for the wide shape."""
    rows = [row for row in rows_of(decoded(data), ";") if any(cell.strip() for cell in row)]
    if not rows or rows[0][0] != "Horodate" or any(not _PRM.fullmatch(prm) for prm in rows[0][1:]):
        raise BadFile("the file does not begin with 'Horodate' and PRMs", code="wrong_format")
    if any(len(row) != len(rows[0]) for row in rows):
        raise BadFile("a line has not as many cells as the head", code="wrong_format")
    sums: dict[str, int] = {}
    for number, row in enumerate(rows[1:], 2):
        sums[f"line {number}, {row[0]}"] = sum(_part(cell, 1) for cell in row[1:])
    return _judged({step: total for step, total in sums.items() if total})


def _judged(sums: Mapping[str, int]) -> list[str]:
    for step, total in sums.items():
        if total > WHOLE:
            raise BadFile(f"{step} sums to more than 100 percent", code="bad_keys")
    return [
        f"{step} sums to {total // 100_000},{total % 100_000:05} percent"
        for step, total in sums.items()
        if total < WHOLE
    ]


def _part(text: str, places: int) -> int:
    """A percentage in 100,000ths. Raises `BadFile`."""
    try:
        value = _NUMBER.parse(text)
        part, rounded = whole_mwh(value, 100_000)
    except ValueError as error:
        raise BadFile(str(error), code="bad_number") from None
    if rounded or part < 0 or -int(value.as_tuple().exponent) > places:
        raise BadFile(f"{text[:20]!r} is no percentage with at most {places} decimals", code="bad_number")
    return part
