"""The mapping file (TOML) that says how a CSV is read: version 1. Unknown keys are errors; labels are never guessed."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

import msgspec

from nodechain.formats.collecting import Differing
from nodechain.formats.errors import BadFile
from nodechain.formats.limits import MAX_MAPPING_BYTES
from nodechain.formats.quantities import ENERGY_MWH, POWER_MW, duration_ms
from nodechain.formats.text import ENCODINGS
from nodechain.formats.values import DataQuality, EnergyPart

MAX_PATTERN_CHARACTERS: Final = 200
MAX_MAPPED_SERIES: Final = 200
_NESTED_REPEAT: Final = re.compile(r"\)[*+?{]|[*+}][*+{]|\(\?[^P:]|\\[1-9]")


class Layout(StrEnum):
    """How a row says its time."""

    SINGLE = "single"
    SPLIT = "split"
    START_END = "start_end"
    DATE_INDEX = "date_index"


class Label(StrEnum):
    """Which side of its interval a time names."""

    START = "start"
    END = "end"


class RepeatedHour(StrEnum):
    """What a time means that clocks show twice."""

    ORDER = "order"
    FIRST = "first"
    REJECT = "reject"


class PointSource(StrEnum):
    """Where the metering point's id stands."""

    COLUMN = "column"
    HEADER_ROW = "header_row"
    HEADER_PATTERN = "header_pattern"
    FIXED = "fixed"


class ValueKind(StrEnum):
    """What the numbers of a column are."""

    ENERGY = "energy"
    POWER_AVERAGE = "power_average"
    METER_READING = "meter_reading"


class MappedDirection(StrEnum):
    """Which way a column's energy goes; from_sign: positive is taken from the grid."""

    CONSUMPTION = "consumption"
    GENERATION = "generation"
    FROM_SIGN = "from_sign"


class EqualRows(StrEnum):
    """What becomes of a row that repeats another."""

    IGNORE = "ignore"
    REJECT = "reject"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the mapping file."""


class FilePart(_Part, frozen=True, kw_only=True):
    """`[file]`: bytes to rows."""

    delimiter: str
    encoding: str = "utf-8-sig"
    quote: str = '"'
    skip_top: int = 0
    header_rows: int = 1
    header_match: str = ""
    footer_match: str = ""
    strip_formula: bool = False


class NumberPart(_Part, frozen=True, kw_only=True):
    """`[number]`: how numbers are written."""

    decimal: str
    thousands: str = ""
    missing: tuple[str, ...] = ("",)
    zero: tuple[str, ...] = ()


class TimePart(_Part, frozen=True, kw_only=True):
    """`[time]`: when an interval is."""

    layout: Layout
    format: str
    zone: str
    label: Label
    step: str
    column: str = ""
    date_column: str = ""
    time_column: str = ""
    end_column: str = ""
    index_column: str = ""
    fold: RepeatedHour = RepeatedHour.ORDER
    hour24: bool = False


class PointPart(_Part, frozen=True, kw_only=True):
    """`[point]`: whose energy it is."""

    source: PointSource
    column: str = ""
    row: int = 2
    pattern: str = ""
    id: str = ""


class FilterPart(_Part, frozen=True, kw_only=True):
    """Only rows with one of some texts in a column."""

    column: str
    among: tuple[str, ...] = msgspec.field(name="in")


class SeriesPart(_Part, frozen=True, kw_only=True):
    """`[[series]]`: a column of values."""

    kind: ValueKind
    unit: str
    direction: MappedDirection
    quantity: EnergyPart = EnergyPart.TOTAL
    column: str = ""
    pattern: str = ""
    filter: FilterPart | None = None
    sign: int = 1


class QualityPart(_Part, frozen=True, kw_only=True):
    """`[quality]`: what marks mean; `missing` in the map, and marks in `drop`, make a gap of a row."""

    column: str = ""
    map: dict[str, str] = {}
    default: str = "unknown"
    drop: tuple[str, ...] = ()


class DuplicatesPart(_Part, frozen=True, kw_only=True):
    """`[duplicates]`: what becomes of a second value of an interval."""

    equal: EqualRows = EqualRows.IGNORE
    different: Differing = Differing.REJECT


class CsvMapping(_Part, frozen=True, kw_only=True):
    """A whole mapping file."""

    version: int
    file: FilePart
    number: NumberPart
    time: TimePart
    point: PointPart
    series: tuple[SeriesPart, ...]
    quality: QualityPart = QualityPart()
    duplicates: DuplicatesPart = DuplicatesPart()
    name: str = ""


def read_mapping(data: bytes) -> CsvMapping:
    """The mapping of a TOML file. Raises `BadFile` (bad_mapping) that names the key."""
    if len(data) > MAX_MAPPING_BYTES:
        raise bad_mapping(f"it has more than {MAX_MAPPING_BYTES} bytes")
    try:
        found = msgspec.toml.decode(data, type=CsvMapping)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise bad_mapping(str(error)) from None
    _check(found)
    return found


def bad_mapping(why: str) -> BadFile:
    """The error for a mapping file."""
    return BadFile(
        f"the mapping file: {why}",
        code="bad_mapping",
        advice="docs/formats.md lists its keys; correct the mapping file.",
    )


def pattern_of(text: str) -> re.Pattern[str]:
    """A regular expression of a mapping. Raises `BadFile`, also for those that could take for ever."""
    if len(text) > MAX_PATTERN_CHARACTERS or _NESTED_REPEAT.search(text):
        raise bad_mapping(f"the pattern {text[:60]!r} is too long, or repeats groups: write it without")
    try:
        return re.compile(text)
    except re.error as error:
        raise bad_mapping(f"the pattern {text[:60]!r}: {error}") from None


def _check(found: CsvMapping) -> None:
    _check_file(found)
    time, point = found.time, found.point
    needed = {
        Layout.SINGLE: {"column": time.column},
        Layout.SPLIT: {"date_column": time.date_column, "time_column": time.time_column},
        Layout.START_END: {"column": time.column, "end_column": time.end_column},
        Layout.DATE_INDEX: {"date_column": time.date_column, "index_column": time.index_column},
    }[time.layout]
    for name, value in needed.items():
        if not value:
            raise bad_mapping(f"time.layout {time.layout.value!r} needs time.{name}")
    if not time.step.startswith("column:"):
        try:
            step_ms = duration_ms(time.step)
        except ValueError as error:
            raise bad_mapping(f"time.step: {error}") from None
        if step_ms == 0:
            raise bad_mapping("time.step is no time")
    if point.source == PointSource.COLUMN and not point.column:
        raise bad_mapping("point.source 'column' needs point.column")
    if point.source == PointSource.FIXED and not point.id:
        raise bad_mapping("point.source 'fixed' needs point.id")
    if point.source == PointSource.HEADER_ROW and not 1 <= point.row <= found.file.header_rows:
        raise bad_mapping("point.row is none of the header rows")
    if point.source == PointSource.HEADER_PATTERN and "id" not in pattern_of(point.pattern).groupindex:
        raise bad_mapping("point.pattern needs a group named id: (?P<id>...)")
    _check_series(found)


def _check_file(found: CsvMapping) -> None:
    if found.version != 1:
        raise bad_mapping(f"version {found.version} is not known: this release reads version 1")
    if found.file.encoding not in ENCODINGS:
        raise bad_mapping(f"file.encoding is one of {', '.join(ENCODINGS)}")
    if len(found.file.delimiter) != 1 or len(found.file.quote) > 1 or found.file.delimiter in '\n\r"':
        raise bad_mapping("file.delimiter is one character, file.quote one or none")
    for pattern in (found.file.header_match, found.file.footer_match):
        pattern_of(pattern)
    if not 0 <= found.file.header_rows <= 3 or not 0 <= found.file.skip_top <= 1_000:
        raise bad_mapping("file.header_rows is 0 to 3, file.skip_top 0 to 1000")
    if found.number.decimal not in (",", ".") or found.number.thousands not in ("", ".", ",", "'", " "):
        raise bad_mapping("number.decimal is ',' or '.', number.thousands one of . , ' and a blank, or left out")
    if found.number.decimal == found.number.thousands:
        raise bad_mapping("number.decimal and number.thousands are the same")


def _check_series(found: CsvMapping) -> None:
    if not 1 <= len(found.series) <= MAX_MAPPED_SERIES:
        raise bad_mapping(f"it needs 1 to {MAX_MAPPED_SERIES} tables [[series]]")
    for part in found.series:
        if bool(part.column) == bool(part.pattern):
            raise bad_mapping("a series has either a column or a pattern")
        if part.pattern:
            pattern_of(part.pattern)
        units = POWER_MW if part.kind == ValueKind.POWER_AVERAGE else ENERGY_MWH
        if part.unit.lower() not in units:
            raise bad_mapping(f"the unit {part.unit!r} does not fit the kind {part.kind.value!r}")
        if part.kind == ValueKind.METER_READING and part.direction == MappedDirection.FROM_SIGN:
            raise bad_mapping("a register does not count both ways: direction is consumption or generation")
        if part.sign not in (1, -1):
            raise bad_mapping("sign is 1 or -1")
    if len({part.kind == ValueKind.METER_READING for part in found.series}) > 1:
        raise bad_mapping("registers (meter_reading) and energies stand in one mapping: make two")
    known = {state.value for state in DataQuality} | {"missing"}
    for word in (*found.quality.map.values(), found.quality.default):
        if word not in known:
            raise bad_mapping(f"the quality {word!r} is none of {', '.join(sorted(known))}")
