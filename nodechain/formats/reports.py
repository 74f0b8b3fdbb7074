"""The report of an import: one shape for all formats, made before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from nodechain.formats.collecting import MissingTime, OperatorFile, gaps_of
from nodechain.formats.limits import MAX_LISTED
from nodechain.formats.local_time import text_of
from nodechain.formats.values import FileReading, PointSeries


class SeriesSum(msgspec.Struct, frozen=True):
    """One series of a report: how many values, their sum, from when to when."""

    series: PointSeries
    values: int
    energy_mwh: int
    start_ms: int
    end_ms: int
    lengths_ms: tuple[int, ...]


class ImportReport(msgspec.Struct, frozen=True):
    """What was read, and what was not: rows, used, gaps, duplicates, corrections, sums, quality."""

    formats: tuple[str, ...]
    files: tuple[tuple[str, str, int | None], ...]
    """Name, SHA-256, when it was made (ms), as far as the file says."""
    counts: Mapping[str, int]
    sums: tuple[SeriesSum, ...]
    gaps: tuple[MissingTime, ...]
    more_gaps: int
    quality: Mapping[str, int]
    """By the file's own mark and what it is taken to mean."""
    ignored: Mapping[str, int]
    rejected: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def used(self) -> int:
        """How many values there are to use."""
        return sum(line.values for line in self.sums)

    def shown(self) -> dict[str, Any]:
        """As the JSON output has it."""
        return {
            "formats": list(self.formats),
            "files": [
                {"name": name, "sha256": digest, "created": None if made is None else text_of(made)}
                for name, digest, made in self.files
            ],
            "used": self.used,
            **{name: self.counts.get(name, 0) for name in COUNTED},
            "gaps": [_gap(gap) for gap in self.gaps],
            "more_gaps": self.more_gaps,
            "series": [
                {
                    **_named(line.series),
                    "values": line.values,
                    "energy_mwh": line.energy_mwh,
                    "from": text_of(line.start_ms),
                    "to": text_of(line.end_ms),
                    "interval_minutes": [length // 60_000 for length in line.lengths_ms],
                }
                for line in self.sums
            ],
            "quality": dict(self.quality),
            "ignored": dict(self.ignored),
            "rejected_rows": list(self.rejected),
            "notes": list(self.notes),
        }


COUNTED = ("rows", "duplicates_equal", "duplicates_different", "corrections", "superseded", "rounded", "rejected")
"""What a report counts beside values and gaps."""


def _named(series: PointSeries) -> dict[str, str]:
    return {"point": series.point_id, "direction": series.flow.value, "quantity": series.quantity.value}


def _gap(gap: MissingTime) -> dict[str, str]:
    return {**_named(gap.series), "from": text_of(gap.start_ms), "to": text_of(gap.end_ms), "reason": gap.reason}


def report_on(
    documents: list[OperatorFile],
    series: Mapping[PointSeries, dict[int, FileReading]],
    expected: Mapping[PointSeries, list[tuple[int, int]]],
    superseded: Counter[str],
) -> ImportReport:
    """The report on documents that were joined to these series."""
    counts = sum((document.counts for document in documents), Counter[str]()) + superseded
    quality: Counter[str] = Counter()
    sums: list[SeriesSum] = []
    gaps: list[MissingTime] = []
    gap_count = 0
    for key in sorted(series):
        intervals = series[key]
        used = [at for at in sorted(intervals) if intervals[at].energy_mwh is not None]
        for at in used:
            quality[f"{intervals[at].quality or '-'}: {intervals[at].state.value}"] += 1
        if used:
            energy = sum(intervals[at].energy_mwh or 0 for at in used)
            lengths = tuple(sorted({intervals[at].length_ms for at in used}))
            end = used[-1] + intervals[used[-1]].length_ms
            sums.append(SeriesSum(key, len(used), energy, used[0], end, lengths))
        for gap in gaps_of(key, intervals, expected.get(key, [])):
            gap_count += 1
            if len(gaps) < MAX_LISTED:
                gaps.append(gap)
    return ImportReport(
        tuple(sorted({document.format for document in documents})),
        tuple((document.name, document.sha256, document.created_ms) for document in documents),
        counts,
        tuple(sums),
        tuple(gaps),
        gap_count - len(gaps),
        dict(sorted(quality.items())),
        dict(sorted(sum((document.ignored for document in documents), Counter[str]()).items())),
        tuple(line for document in documents for line in document.rejected)[:MAX_LISTED],
        tuple(dict.fromkeys(note for document in documents for note in document.notes)),
    )
