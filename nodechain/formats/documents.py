"""Several documents joined: of every interval the newest document counts, in whichever order they are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from nodechain.formats.collecting import OperatorFile, check_no_overlap, overlapping
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import text_of
from nodechain.formats.reports import ImportReport, report_on
from nodechain.formats.values import EnergyPart, FileReading, ImportedValue, PointSeries


class ImportedFiles(msgspec.Struct, frozen=True):
    """What files gave together: values by series, and the report on them."""

    series: dict[PointSeries, dict[int, FileReading]]
    report: ImportReport

    def values(self, *, quantity: EnergyPart | None = EnergyPart.TOTAL) -> Iterator[ImportedValue]:
        """The values of one part of energy (None: of all), in order of point, direction and time."""
        for key in sorted(self.series):
            if quantity is not None and key.quantity != quantity:
                continue
            for start_ms, reading in sorted(self.series[key].items()):
                if reading.energy_mwh is not None:
                    yield ImportedValue(
                        key.point_id, key.flow, key.quantity, start_ms, reading.length_ms, reading.energy_mwh,
                        reading.quality, reading.state,
                    )  # fmt: skip


def joined(documents: list[OperatorFile]) -> ImportedFiles:
    """All documents as one. Raises `BadFile` where two that say nothing about their age differ (undated_conflict)."""
    ordered = sorted(documents, key=_age)
    series: dict[PointSeries, dict[int, tuple[FileReading, OperatorFile]]] = {}
    expected: dict[PointSeries, list[tuple[int, int]]] = {}
    counts: Counter[str] = Counter()
    for document in ordered:
        for key, periods in document.expected.items():
            expected.setdefault(key, []).extend(periods)
        for key, intervals in document.series.items():
            kept = series.setdefault(key, {})
            for start_ms, reading in intervals.items():
                there = kept.get(start_ms)
                if there is not None and not _replaces(key, start_ms, there, (reading, document), counts):
                    continue
                kept[start_ms] = reading, document
    found = {key: {at: reading for at, (reading, _from) in kept.items()} for key, kept in series.items()}
    for key, kept_readings in found.items():
        check_no_overlap(key, kept_readings)
    return ImportedFiles(found, report_on(ordered, found, expected, counts))


def _age(document: OperatorFile) -> tuple[int, int, str]:
    """Oldest first; those that do not say come first, and among equals the digest decides."""
    return (-1 if document.created_ms is None else document.created_ms, document.sequence, document.sha256)


def _replaces(
    key: PointSeries,
    start_ms: int,
    there: tuple[FileReading, OperatorFile],
    new: tuple[FileReading, OperatorFile],
    counts: Counter[str],
) -> bool:
    """Whether a newer document's reading takes the place of an older one's."""
    (old_reading, old), (reading, document) = there, new
    if reading.energy_mwh is None:
        return False
    if old_reading.energy_mwh is None:
        counts["corrections"] += 1
        return True
    if (old_reading.length_ms, old_reading.energy_mwh) == (reading.length_ms, reading.energy_mwh):
        counts["duplicates_equal"] += 1
        return True
    if old_reading.length_ms != reading.length_ms:
        raise overlapping(key, start_ms)
    if _age(old)[:2] == _age(document)[:2]:
        raise BadFile(
            f"{key.point_id} {text_of(start_ms)}: {old.name} and {document.name} differ, and none says it is newer",
            code="undated_conflict",
            advice="Say when each was made (--created FILE=TIME), or import them one by one, the older first.",
        )
    counts["corrections"] += 1
    counts["superseded"] += 1
    return True
