"""Switzerland: the customer CSVs of EKZ (`Zeitraum;HT [kWh];NT [kWh]`) and BKW (`Messpunkt;Datum;...`) style.

Quarter hours in local time, labelled by their start. High and low tariff only say which register counted: both are
added. There is no national format: other operators' files are read with a mapping file.
"""

from __future__ import annotations

from typing import Final

from nodechain.formats.collecting import Differing, LabelledRows, OperatorFile, ReadingCollector
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import LocalClock, label_parser
from nodechain.formats.quantities import NumberStyle, checked_point_id, energy_of
from nodechain.formats.text import cell_at, columns_of, decoded, folded, rows_of
from nodechain.formats.values import DataQuality, EnergyPart, FileReading, GridFlow, ImportSettings, PointSeries

EKZ: Final = "ch-ekz"
BKW: Final = "ch-bkw"
ZONE: Final = "Europe/Zurich"
STEP_MS: Final = 900_000
GOOD: Final = "W"
"""BKW's mark of a true value; others are not usable."""
_NUMBER: Final = NumberStyle()
_LABEL: Final = label_parser("%d.%m.%Y %H:%M")
_EKZ_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "time": ("zeitraum",), "high": ("ht [kwh]",), "low": ("nt [kwh]",)
}  # fmt: skip
_BKW_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "point": ("messpunkt",), "time": ("datum",), "taken": ("strombezug [kwh]",),
    "given": ("stromeinspeisung [kwh]",), "quality": ("messdatengute",),
}  # fmt: skip


def recognises_ekz(head: str) -> bool:
    """Whether the first line with a heading is that of EKZ' style."""
    return folded(head).startswith("zeitraum;")


def recognises_bkw(head: str) -> bool:
    """Whether the first line is that of BKW's style."""
    return folded(head).startswith("messpunkt;datum;")


def read_ekz(data: bytes, settings: ImportSettings) -> OperatorFile:
    """The document; the file names no point, so `settings.point_id` must. Raises `BadFile`."""
    if settings.point_id is None:
        raise BadFile(
            "the file does not name its metering point",
            code="no_point",
            advice="Name it: --point CH... (33 characters).",
        )
    series = PointSeries(checked_point_id(settings.point_id), GridFlow.OFFTAKE, EnergyPart.TOTAL)
    rows = [row for row in rows_of(decoded(data), ";") if any(cell.strip() for cell in row)]
    if rows and rows[0][0].strip().lower() == "sep=":
        rows = rows[1:]
    if not rows or not recognises_ekz(";".join(rows[0])):
        raise BadFile("the file does not begin with 'Zeitraum'", code="wrong_format")
    places = columns_of(rows[0], _EKZ_COLUMNS, ("time", "low"))
    collector = ReadingCollector(EKZ)
    labels = LabelledRows(LocalClock(settings.zone or ZONE), ends=settings.ends is True)
    for row in rows[1:]:
        collector.count_row()
        time = cell_at(row, places["time"])
        parts = [_energy(cell_at(row, places.get(name)), collector, time) for name in ("high", "low")]
        known = [part for part in parts if part is not None]
        reading = FileReading(STEP_MS, sum(known) if known else None, "VALID", DataQuality.MEASURED)
        _labelled(labels, collector, series, time, reading)
    labels.flush(collector)
    return collector.finish()


def read_bkw(data: bytes, settings: ImportSettings) -> OperatorFile:
    """The document. Raises `BadFile`."""
    rows = [row for row in rows_of(decoded(data), ";") if any(cell.strip() for cell in row)]
    if not rows or not recognises_bkw(";".join(rows[0])):
        raise BadFile("the file does not begin with 'Messpunkt;Datum'", code="wrong_format")
    places = columns_of(rows[0], _BKW_COLUMNS, ("point", "time", "taken", "quality"))
    collector = ReadingCollector(BKW, differing=Differing.LAST_WINS)
    labels = LabelledRows(LocalClock(settings.zone or ZONE), ends=settings.ends is True)
    for row in rows[1:]:
        collector.count_row()
        point, time = checked_point_id(cell_at(row, places["point"])), cell_at(row, places["time"])
        mark = cell_at(row, places["quality"])
        for name, flow in (("taken", GridFlow.OFFTAKE), ("given", GridFlow.INJECTION)):
            if name not in places:
                continue
            energy = _energy(cell_at(row, places[name]), collector, f"{point} {time}") if mark == GOOD else None
            if energy is None and mark == GOOD and flow == GridFlow.INJECTION and settings.empty_injection_is_zero:
                energy = 0
            reading = FileReading(
                STEP_MS, energy, mark, DataQuality.MEASURED, missing="empty" if mark == GOOD else f"quality {mark[:10]}"
            )
            _labelled(labels, collector, PointSeries(point, flow, EnergyPart.TOTAL), time, reading)
    labels.flush(collector)
    return collector.finish()


def _energy(text: str, collector: ReadingCollector, where: str) -> int | None:
    if not text:
        return None
    try:
        energy, rounded = energy_of(_NUMBER.parse(text), "kWh", STEP_MS)
    except ValueError as error:
        collector.reject(f"{where}: {error}")
        return None
    collector.rounded(rounded)
    return energy


def _labelled(
    labels: LabelledRows, collector: ReadingCollector, series: PointSeries, time: str, reading: FileReading
) -> None:
    try:
        labels.add(series, _LABEL(time), reading)
    except ValueError:
        collector.reject(f"{series.point_id}: {time[:30]!r} is no time")
