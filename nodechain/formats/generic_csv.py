"""CSV read as a mapping file says: separators, numbers, times, points, columns, marks of quality, duplicates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

import msgspec

from nodechain.formats.collecting import LabelledRows, OperatorFile, ReadingCollector
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import EPOCH, KNOWN_LABELS, LocalClock, in_range, iso_instant, paired, text_of
from nodechain.formats.mapping import (
    CsvMapping,
    EqualRows,
    Label,
    Layout,
    MappedDirection,
    PointSource,
    RepeatedHour,
    SeriesPart,
    ValueKind,
    bad_mapping,
    pattern_of,
)
from nodechain.formats.quantities import NumberStyle, checked_point_id, duration_ms, energy_of
from nodechain.formats.text import cell_at, decoded, rows_of, unwrapped
from nodechain.formats.values import DataQuality, FileReading, GridFlow, PointSeries

FORMAT: Final = "csv"
EXCEL_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
Moment = int | datetime
"""An instant in ms, or a local label."""


class ValueColumn(msgspec.Struct, frozen=True):
    """A column of values: where it stands, what it is, whose it is (None: a cell of the row says)."""

    place: int
    part: SeriesPart
    point_id: str | None


def read(data: bytes, mapping: CsvMapping) -> OperatorFile:
    """The document. Raises `BadFile`."""
    rows = rows_of(decoded(data, mapping.file.encoding), mapping.file.delimiter, mapping.file.quote)
    found = list(rows)[mapping.file.skip_top :]
    if mapping.file.header_match:
        wanted = pattern_of(mapping.file.header_match)
        at = next((n for n, row in enumerate(found) if wanted.search(mapping.file.delimiter.join(row))), None)
        if at is None:
            raise BadFile("no line matches file.header_match of the mapping", code="missing_column")
        found = found[at:]
    heads, body = found[: mapping.file.header_rows], found[mapping.file.header_rows :]
    if len(heads) < mapping.file.header_rows:
        raise BadFile("the file has fewer rows than the mapping's header", code="wrong_format")
    return _Table(mapping, heads, max((len(row) for row in found), default=0)).read(body)


class _Table:
    def __init__(self, mapping: CsvMapping, heads: list[list[str]], width: int) -> None:
        self._mapping = mapping
        self._heads = heads
        names = [cell.strip() for cell in heads[0]] if heads else [f"#{n + 1}" for n in range(width)]
        self._places: dict[str, int] = {}
        self._twice: set[str] = set()
        for place, name in enumerate(names):
            if name in self._places:
                self._twice.add(name)
            self._places.setdefault(name, place)
        duplicates = mapping.duplicates
        self._collector = ReadingCollector(
            FORMAT, differing=duplicates.different, reject_equal=duplicates.equal == EqualRows.REJECT
        )
        self._clock = LocalClock(mapping.time.zone)
        # A register is read at an instant, which label it has does not matter; these layouts say the start.
        one_time = mapping.time.layout in (Layout.SINGLE, Layout.SPLIT)
        kinds = {part.kind == ValueKind.METER_READING for part in mapping.series}
        self._ends = one_time and mapping.time.label == Label.END and True not in kinds
        self._labels = self._new_labels()
        self._registers = ReadingCollector(FORMAT, differing=duplicates.different)
        self._register_labels = self._new_labels()
        self._style = NumberStyle(mapping.number.decimal, mapping.number.thousands)
        self._columns = self._value_columns(names)
        self._times = [
            self._place(name)
            for name in {
                Layout.SINGLE: (mapping.time.column,),
                Layout.SPLIT: (mapping.time.date_column, mapping.time.time_column),
                Layout.START_END: (mapping.time.column, mapping.time.end_column),
                Layout.DATE_INDEX: (mapping.time.date_column, mapping.time.index_column),
            }[mapping.time.layout]
        ]
        step = mapping.time.step
        self._step_place = self._place(step[7:]) if step.startswith("column:") else None
        self._step_ms = 0 if self._step_place is not None else duration_ms(step)
        self._quality_place = self._place(mapping.quality.column) if mapping.quality.column else None

    def _new_labels(self) -> LabelledRows:
        fold = self._mapping.time.fold
        return LabelledRows(
            self._clock, ends=self._ends, reject_repeated=fold == RepeatedHour.REJECT, first=fold == RepeatedHour.FIRST
        )

    def _place(self, name: str) -> int:
        if name in self._twice:
            raise BadFile(f"the column {name!r} comes twice", code="bad_heading")
        found = self._places.get(name)
        if found is None:
            raise BadFile(f"the file has no column {name!r}, which the mapping names", code="missing_column")
        return found

    def _value_columns(self, names: list[str]) -> list[ValueColumn]:
        found = []
        for part in self._mapping.series:
            wanted = pattern_of(part.pattern) if part.pattern else None
            places = [n for n, name in enumerate(names) if (wanted.search(name) if wanted else name == part.column)]
            if not places:
                raise BadFile(f"the file has no column {part.column or part.pattern!r}", code="missing_column")
            if len(places) > 1 and self._mapping.point.source in (PointSource.COLUMN, PointSource.FIXED):
                raise BadFile(f"the column {names[places[0]]!r} comes twice", code="bad_heading")
            found += [ValueColumn(place, part, self._point_of(place, names[place])) for place in places]
        return found

    def _point_of(self, place: int, name: str) -> str | None:
        point = self._mapping.point
        match point.source:
            case PointSource.FIXED:
                return checked_point_id(point.id)
            case PointSource.HEADER_ROW:
                return checked_point_id(self._stripped(cell_at(self._heads[point.row - 1], place)))
            case PointSource.HEADER_PATTERN:
                found = pattern_of(point.pattern).search(name)
                if found is None:
                    raise BadFile(f"the heading {name[:60]!r} does not match point.pattern", code="bad_point")
                return checked_point_id(found["id"] or "")
            case PointSource.COLUMN:
                self._place(point.column)
                return None

    def _stripped(self, cell: str) -> str:
        return unwrapped(cell) if self._mapping.file.strip_formula else cell

    def read(self, body: list[list[str]]) -> OperatorFile:
        footer = pattern_of(self._mapping.file.footer_match) if self._mapping.file.footer_match else None
        for row in body:
            if not any(cell.strip() for cell in row):
                continue
            if footer is not None and footer.search(cell_at(row, 0)):
                self._collector.ignore("footer")
                continue
            self._collector.count_row()
            self._row(row)
        self._labels.flush(self._collector)
        self._register_labels.flush(self._registers)
        _rises(self._registers, self._collector)
        return self._collector.finish()

    def _row(self, row: list[str]) -> None:
        cells = [self._stripped(cell) for cell in row]
        try:
            step_ms, moment = self._time([cell_at(cells, place) for place in self._times], cells)
        except ValueError as error:
            self._collector.reject(f"row {self._collector.document.counts['rows']}: {str(error)[:120]}")
            return
        mark = cell_at(cells, self._quality_place)
        meaning = self._mapping.quality.map.get(mark, self._mapping.quality.default)
        dropped = meaning == "missing" or (mark in self._mapping.quality.drop and mark != "")
        for column in self._columns:
            choose = column.part.filter
            if choose is not None and cell_at(cells, self._place(choose.column)) not in choose.among:
                continue
            point = column.point_id or checked_point_id(cell_at(cells, self._places.get(self._mapping.point.column)))
            text = "" if dropped else cell_at(cells, column.place)
            state = DataQuality.UNKNOWN if meaning == "missing" else DataQuality(meaning)
            why = f"quality {mark[:20]}" if dropped else "empty"
            self._value(column, point, moment, text, FileReading(step_ms, None, mark, state, missing=why))

    def _value(self, column: ValueColumn, point: str, moment: Moment, text: str, empty: FileReading) -> None:
        part, number = column.part, self._mapping.number
        flow = GridFlow.INJECTION if part.direction == MappedDirection.GENERATION else GridFlow.OFFTAKE
        energy: int | None = None
        if text in number.zero:
            energy = 0
        elif text not in number.missing:
            try:
                energy, rounded = energy_of(self._style.parse(text) * part.sign, part.unit, empty.length_ms)
            except ValueError as error:
                self._collector.reject(f"{point}: {error}")
            else:
                self._collector.rounded(rounded)
        series = PointSeries(point, flow, part.quantity)
        if part.kind == ValueKind.METER_READING:
            self._timed(series, moment, msgspec.structs.replace(empty, energy_mwh=energy), register=True)
        elif part.direction == MappedDirection.FROM_SIGN:
            for way, amount in ((GridFlow.OFFTAKE, energy), (GridFlow.INJECTION, None if energy is None else -energy)):
                share = None if amount is None else max(0, amount)
                self._timed(series._replace(flow=way), moment, msgspec.structs.replace(empty, energy_mwh=share))
        else:
            self._timed(series, moment, msgspec.structs.replace(empty, energy_mwh=energy))

    def _timed(self, series: PointSeries, moment: Moment, reading: FileReading, *, register: bool = False) -> None:
        if isinstance(moment, int):
            (self._registers if register else self._collector).add(series, moment, reading)
        else:
            (self._register_labels if register else self._labels).add(series, moment, reading)

    def _time(self, cells: list[str], row: list[str]) -> tuple[int, Moment]:
        """The interval's length, and its start. Raises `ValueError`."""
        time = self._mapping.time
        step_ms = self._step_ms if self._step_place is None else duration_ms(cell_at(row, self._step_place))
        if step_ms <= 0:
            raise ValueError("a step of no length")
        match time.layout:
            case Layout.DATE_INDEX:
                return step_ms, self._counted(cells, step_ms)
            case Layout.START_END:
                start, end = self._moment(cells[0]), self._moment(cells[1])
                pair = paired(self._instants(start), self._instants(end), step_ms)
                if pair is None:
                    raise ValueError(f"{cells[0]} to {cells[1]} is no interval of time.step")
                return step_ms, start if pair[1] is None else pair[1]
        found = self._moment(" ".join(cells))
        return step_ms, found - step_ms if isinstance(found, int) and self._ends else found

    def _counted(self, cells: list[str], step_ms: int) -> int:
        if not (cells[1].isascii() and cells[1].isdigit()) or len(cells[1]) > 4:
            raise ValueError(f"{cells[1][:20]!r} counts no interval of a day")
        day = self._moment(cells[0])
        if isinstance(day, int):
            raise ValueError("time.format gives an instant, not a day")
        start = self._clock.midnight(day) + (int(cells[1]) - 1) * step_ms
        if not self._clock.midnight(day) <= start < self._clock.midnight(day + timedelta(days=1)):
            raise ValueError(f"the day has no interval {cells[1]}")
        return start

    def _instants(self, moment: Moment) -> tuple[int, ...]:
        return (moment,) if isinstance(moment, int) else self._clock.instants(moment)

    def _moment(self, text: str) -> Moment:
        """An instant, or a label. Raises `ValueError`."""
        time = self._mapping.time
        next_day = timedelta(0)
        if time.hour24:
            found = re.fullmatch(r"(.*[ T])24:00(:00)?", text)
            if found:
                text, next_day = f"{found[1]}00:00{found[2] or ''}", timedelta(days=1)
        match time.format:
            case "iso":
                moment = iso_instant(text)
            case "epoch_s" | "epoch_ms":
                if not (text.isascii() and text.isdigit()) or len(text) > 13:
                    raise ValueError(f"{text[:20]!r} is no time since 1970")
                moment = int(text) * (1_000 if time.format == "epoch_s" else 1)
                in_range(EPOCH + timedelta(milliseconds=moment))
            case "excel":
                moment = excel_label(text)
            case pattern:
                moment = _parsed(text, pattern)
        if isinstance(moment, int):
            return moment + next_day // timedelta(milliseconds=1)
        if time.zone == "UTC":
            return self._clock.instants(in_range(moment + next_day))[0]
        return in_range(moment + next_day)


def _rises(registers: ReadingCollector, collector: ReadingCollector) -> None:
    """Energies of successive readings of registers one step apart; others stay a gap. Raises `BadFile`."""
    for series, readings in registers.document.series.items():
        known = [(at, reading) for at, reading in sorted(readings.items()) if reading.energy_mwh is not None]
        for (start_ms, first), (end_ms, last) in pairwise(known):
            rise = (last.energy_mwh or 0) - (first.energy_mwh or 0)
            if rise < 0:
                raise BadFile(
                    f"the register of {series.point_id} falls at {text_of(end_ms)}: was the meter changed?",
                    code="register_falls",
                    advice="Import the time before and after it as two files.",
                )
            if end_ms - start_ms == last.length_ms:
                collector.add(series, start_ms, msgspec.structs.replace(last, energy_mwh=rise))
    collector.document.counts.update(
        {name: count for name, count in registers.document.counts.items() if name != "rows"}
    )
    collector.document.rejected.extend(registers.document.rejected)


@lru_cache(KNOWN_LABELS)
def _parsed(text: str, pattern: str) -> Moment:
    try:
        if "%z" in pattern:
            return (in_range(datetime.strptime(text, pattern).astimezone(UTC)) - EPOCH) // timedelta(milliseconds=1)
        return in_range(datetime.strptime(text, pattern).replace(tzinfo=UTC))
    except re.error as error:
        raise bad_mapping(f"time.format {pattern!r}: {error}") from None


def excel_label(text: str) -> datetime:
    """The label of a spreadsheet's serial number, to the nearest minute. Raises `ValueError`."""
    days = NumberStyle().parse(text)
    minutes = int((days * 1_440).to_integral_value())
    if not 36_526 * 1_440 <= minutes <= 73_415 * 1_440:
        raise ValueError(f"{text[:20]!r} is no day of a meter")
    return EXCEL_EPOCH + timedelta(minutes=minutes)
