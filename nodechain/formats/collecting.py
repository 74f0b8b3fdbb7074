"""Readings of one document put in order: duplicates, corrections, overlaps, gaps; nothing is taken silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.limits import MAX_LISTED, MAX_SERIES, MAX_STEP_MS, MAX_VALUES
from nodechain.formats.local_time import LocalClock, resolve, text_of
from nodechain.formats.values import FileReading, PointSeries


class Differing(StrEnum):
    """What counts when one document gives two values for one interval."""

    REJECT = "reject"
    LAST_WINS = "last_wins"
    FIRST_WINS = "first_wins"
    SUM = "sum"


class MissingTime(msgspec.Struct, frozen=True):
    """A time without a value: [start, end), and why."""

    series: PointSeries
    start_ms: int
    end_ms: int
    reason: str


class OperatorFile(msgspec.Struct):
    """What one file gave. `created_ms` and `sequence` say which of two documents is newer; None: the file says nothing.

    `expected`: periods that the file says it covers, so that a value which is missing at an edge is a gap too.
    """

    format: str
    sha256: str = ""
    name: str = ""
    created_ms: int | None = None
    sequence: int = 0
    series: dict[PointSeries, dict[int, FileReading]] = {}
    expected: dict[PointSeries, list[tuple[int, int]]] = {}
    counts: Counter[str] = msgspec.field(default_factory=Counter)
    ignored: Counter[str] = msgspec.field(default_factory=Counter)
    rejected: list[str] = []
    notes: list[str] = []


class ReadingCollector:
    """Takes the readings of one document as they are read."""

    def __init__(self, form: str, *, differing: Differing = Differing.REJECT, reject_equal: bool = False) -> None:
        self.document = OperatorFile(form)
        self._differing = differing
        self._reject_equal = reject_equal
        self._values = 0

    def count_row(self) -> None:
        """One more row, message or cell with a value was read."""
        self.document.counts["rows"] += 1

    def ignore(self, why: str) -> None:
        """A row or column that is no energy of a point was passed over."""
        self.document.ignored[why] += 1

    def reject(self, what: str) -> None:
        """A row that cannot be understood: its interval becomes a gap, and the report says which."""
        self.document.counts["rejected"] += 1
        if len(self.document.rejected) < MAX_LISTED:
            self.document.rejected.append(what)

    def note(self, text: str) -> None:
        """Something that whoever imports should know."""
        if text not in self.document.notes and len(self.document.notes) < MAX_LISTED:
            self.document.notes.append(text)

    def expect(self, series: PointSeries, start_ms: int, end_ms: int) -> None:
        """The file says that it covers this period of a series."""
        self.document.expected.setdefault(series, []).append((start_ms, end_ms))

    def rounded(self, was: bool) -> None:
        """Whether a value was finer than 1 mWh."""
        if was:
            self.document.counts["rounded"] += 1

    def add(self, series: PointSeries, start_ms: int, reading: FileReading) -> None:
        """One reading. Raises `BadFile` beyond the limits, and where two values differ and neither may win."""
        if not 0 < reading.length_ms <= MAX_STEP_MS:
            raise BadFile(f"{series.point_id}: an interval of {reading.length_ms} ms", code="bad_interval")
        if reading.energy_mwh is not None and reading.energy_mwh < 0:
            self.reject(f"{series.point_id} {text_of(start_ms)}: a negative energy")
            reading = msgspec.structs.replace(reading, energy_mwh=None, missing="negative")
        intervals = self.document.series.get(series)
        if intervals is None:
            if len(self.document.series) >= MAX_SERIES:
                raise too_large("series of points", MAX_SERIES)
            intervals = self.document.series[series] = {}
        there = intervals.get(start_ms)
        if there is None:
            self._values += 1
            if self._values > MAX_VALUES:
                raise too_large("values", MAX_VALUES)
            intervals[start_ms] = reading
        else:
            intervals[start_ms] = self._chosen(series, start_ms, there, reading)

    def _chosen(self, series: PointSeries, start_ms: int, there: FileReading, new: FileReading) -> FileReading:
        """Which of two readings of one interval counts."""
        counts = self.document.counts
        same = (there.length_ms, there.energy_mwh) == (new.length_ms, new.energy_mwh)
        if same and there.rank == new.rank:
            if self._reject_equal:
                raise BadFile(f"{series.point_id} {text_of(start_ms)} comes twice", code="duplicate_value")
            counts["duplicates_equal"] += 1
            return there
        if there.energy_mwh is None or new.energy_mwh is None:
            # No value never takes the place of one.
            counts["corrections"] += 1
            return new if there.energy_mwh is None else there
        if there.length_ms != new.length_ms:
            raise overlapping(series, start_ms)
        if there.rank != new.rank:
            counts["duplicates_equal" if same else "corrections"] += 1
            return max(there, new, key=lambda reading: reading.rank)
        counts["duplicates_different"] += 1
        match self._differing:
            case Differing.LAST_WINS:
                counts["corrections"] += 1
                return new
            case Differing.FIRST_WINS:
                return there
            case Differing.SUM:
                return msgspec.structs.replace(new, energy_mwh=there.energy_mwh + new.energy_mwh)
        raise BadFile(
            f"{series.point_id} {text_of(start_ms)} has two values ({there.energy_mwh} and {new.energy_mwh} mWh),"
            " and nothing says which one counts",
            code="two_values",
            advice="Ask the operator which one is right; a mapping file may say what wins (duplicates.different).",
        )

    def finish(self) -> OperatorFile:
        """The document. Raises `BadFile` where intervals overlap, or nothing was read."""
        if not self.document.series:
            raise BadFile("the file has no energy of a metering point", code="nothing_read")
        for series, intervals in self.document.series.items():
            check_no_overlap(series, intervals)
        return self.document


class LabelledRows:
    """Readings whose times are local labels: kept in the order of the file until every label is known."""

    def __init__(self, clock: LocalClock, *, ends: bool, reject_repeated: bool = False, first: bool = False) -> None:
        self._clock = clock
        self._ends = ends
        self._reject_repeated = reject_repeated
        self._first = first
        self._rows: dict[tuple[PointSeries, int], list[tuple[datetime, FileReading]]] = {}
        self._count = 0

    def add(self, series: PointSeries, label: datetime, reading: FileReading) -> None:
        """One reading by its label."""
        self._count += 1
        if self._count > 2 * MAX_VALUES:
            raise too_large("rows of values", 2 * MAX_VALUES)
        self._rows.setdefault((series, reading.rank), []).append((label, reading))

    def flush(self, collector: ReadingCollector) -> None:
        """Resolve all labels and hand the readings on."""
        for (series, _rank), rows in self._rows.items():
            labels = [label for label, _reading in rows]
            instants = self._instants(labels, [reading.length_ms for _label, reading in rows])
            for (label, reading), at_ms in zip(rows, instants, strict=True):
                if at_ms is None:
                    collector.reject(f"{series.point_id} {label:%Y-%m-%d %H:%M}: {self._why(label)}")
                else:
                    collector.add(series, at_ms - reading.length_ms if self._ends else at_ms, reading)

    def _instants(self, labels: list[datetime], steps: list[int]) -> list[int | None]:
        if not (self._reject_repeated or self._first):
            return resolve(labels, steps, self._clock)
        found: list[int | None] = []
        for label in labels:
            instants = self._clock.instants(label)
            unclear = not instants or (len(instants) > 1 and self._reject_repeated)
            found.append(None if unclear else instants[0])
        return found

    def _why(self, label: datetime) -> str:
        if not self._clock.instants(label):
            return "clocks skip this time"
        return "clocks show this time twice, and nothing says which one is meant"


def overlapping(series: PointSeries, start_ms: int) -> BadFile:
    """The error for two intervals that share time."""
    return BadFile(
        f"{series.point_id}: two intervals overlap at {text_of(start_ms)}",
        code="overlapping_intervals",
        advice="Import files of different interval lengths one by one, for different days.",
    )


def check_no_overlap(series: PointSeries, intervals: dict[int, FileReading]) -> None:
    """Energy that two intervals count would be counted twice: raises `BadFile` (overlapping_intervals)."""
    end = None
    for start_ms in sorted(intervals):
        reading = intervals[start_ms]
        if reading.energy_mwh is None:
            continue
        if end is not None and start_ms < end:
            raise overlapping(series, start_ms)
        end = start_ms + reading.length_ms


def gaps_of(
    series: PointSeries, intervals: dict[int, FileReading], expected: list[tuple[int, int]]
) -> Iterator[MissingTime]:
    """What is missing between the first and the last interval and in the periods that the file says it covers."""
    times = sorted(intervals)
    first = min([*times[:1], *(start for start, _end in expected)])
    end = max([*(at + intervals[at].length_ms for at in times[-1:]), *(end for _start, end in expected)])
    now = first
    pending: MissingTime | None = None
    for at in [*times, end]:
        reading = intervals.get(at)
        found = [MissingTime(series, now, at, "absent")] if at > now else []
        if reading is not None and reading.energy_mwh is None:
            found.append(MissingTime(series, at, at + reading.length_ms, reading.missing))
        for gap in found:
            if pending is not None and (pending.end_ms, pending.reason) == (gap.start_ms, gap.reason):
                pending = msgspec.structs.replace(pending, end_ms=gap.end_ms)
                continue
            if pending is not None:
                yield pending
            pending = gap
        if reading is not None:
            now = max(now, at + reading.length_ms)
    if pending is not None:
        yield pending


def wall_start(label: datetime, step_ms: int) -> datetime:
    """The label of an interval's start by the clock on the wall, for files that name ends as start + step."""
    return label - timedelta(milliseconds=step_ms)
