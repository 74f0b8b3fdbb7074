"""Flanders, Fluvius: the customer's consumption CSV. Start and end of each interval are given, in local time.

Day and night only say which tariff register counted: both are added. An empty volume is 0 with the mark 'Geen
verbruik' and a gap with any other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from nodechain.formats.collecting import LabelledRows, OperatorFile, ReadingCollector
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import LocalClock, label_parser, paired
from nodechain.formats.quantities import NumberStyle, checked_point_id, energy_of
from nodechain.formats.text import cell_at, columns_of, decoded, folded, rows_of, unwrapped
from nodechain.formats.values import DataQuality, EnergyPart, FileReading, GridFlow, ImportSettings, PointSeries

FORMAT: Final = "be-fluvius"
ZONE: Final = "Europe/Brussels"
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "from_day": ("van (datum)",), "from_time": ("van (tijdstip)",), "to_day": ("tot (datum)",),
    "to_time": ("tot (tijdstip)",), "point": ("ean-code",), "register": ("register",), "volume": ("volume",),
    "unit": ("eenheid",), "status": ("validatiestatus",), "meter": ("meter",),
}  # fmt: skip
STATES: Final = {
    "uitgelezen": DataQuality.MEASURED, "gevalideerd": DataQuality.MEASURED, "geschat": DataQuality.ESTIMATED,
    "voorlopig": DataQuality.PROVISIONAL, "geen verbruik": DataQuality.MEASURED,
}  # fmt: skip
_NO_USE: Final = "geen verbruik"
_NUMBER: Final = NumberStyle(",")
_LABEL: Final = label_parser("%d-%m-%Y %H:%M:%S")


def recognises(head: str) -> bool:
    """Whether the first line of a file is this format's."""
    return folded(head).startswith("van (datum);")


def read(data: bytes, settings: ImportSettings) -> OperatorFile:
    """The document. Raises `BadFile`."""
    rows = [row for row in rows_of(decoded(data), ";") if any(cell.strip() for cell in row)]
    if not rows or not recognises(";".join(rows[0])):
        raise BadFile("the file does not begin with 'Van (datum)'", code="wrong_format")
    places = columns_of(rows[0], COLUMNS, tuple(COLUMNS))
    collector, clock = ReadingCollector(FORMAT), LocalClock(settings.zone or ZONE)
    registers: dict[tuple[PointSeries, str], LabelledRows] = {}
    parts: dict[tuple[PointSeries, str], ReadingCollector] = {}
    for row in rows[1:]:
        found = _row(row, places, collector, clock)
        if found is not None:
            series, register, label, reading = found
            key = series, register
            registers.setdefault(key, LabelledRows(clock, ends=False)).add(series, label, reading)
            parts.setdefault(key, ReadingCollector(FORMAT))
    for key, labelled in registers.items():
        labelled.flush(parts[key])
    _add_registers(collector, parts)
    return collector.finish()


def _add_registers(collector: ReadingCollector, parts: dict[tuple[PointSeries, str], ReadingCollector]) -> None:
    """The registers of a point and direction added, interval by interval; a register without a value is a gap."""
    sums: dict[PointSeries, dict[int, FileReading]] = {}
    for part in parts.values():
        collector.document.counts.update({name: n for name, n in part.document.counts.items() if name != "rows"})
        collector.document.rejected.extend(part.document.rejected)
        for series, intervals in part.document.series.items():
            kept = sums.setdefault(series, {})
            for start_ms, reading in intervals.items():
                there = kept.get(start_ms)
                kept[start_ms] = reading if there is None else _added(there, reading)
    for series, intervals in sums.items():
        for start_ms in sorted(intervals):
            collector.add(series, start_ms, intervals[start_ms])


def _added(one: FileReading, other: FileReading) -> FileReading:
    if one.length_ms != other.length_ms:
        raise BadFile("the registers of one point have intervals of different lengths", code="overlapping_intervals")
    if one.energy_mwh is None or other.energy_mwh is None:
        return msgspec.structs.replace(one, energy_mwh=None)
    marks = dict.fromkeys((one.quality, other.quality))
    worse = one if _doubt(one) >= _doubt(other) else other
    return msgspec.structs.replace(worse, energy_mwh=one.energy_mwh + other.energy_mwh, quality="+".join(marks)[:60])


def _doubt(reading: FileReading) -> int:
    return list(DataQuality).index(reading.state)


def _row(
    row: list[str], places: dict[str, int], collector: ReadingCollector, clock: LocalClock
) -> tuple[PointSeries, str, datetime, FileReading] | None:
    """A reading with its register and the label of its start; None where the row is passed over."""
    collector.count_row()
    register = folded(cell_at(row, places["register"]))
    unit = cell_at(row, places["unit"])
    if register.startswith("piekvermogen") or folded(unit) in ("m3", "m\u00b3", "kw"):
        collector.ignore(f"register {cell_at(row, places['register'])[:30]} in {unit[:10]}")
        return None
    if not register.startswith(("afname", "injectie")):
        raise BadFile(f"the register {register[:40]!r} is not known", code="bad_direction")
    flow = GridFlow.OFFTAKE if register.startswith("afname") else GridFlow.INJECTION
    point = checked_point_id(unwrapped(cell_at(row, places["point"])))
    series = PointSeries(point, flow, EnergyPart.TOTAL)
    try:
        start = _LABEL(f"{cell_at(row, places['from_day'])} {cell_at(row, places['from_time'])}")
        end = _LABEL(f"{cell_at(row, places['to_day'])} {cell_at(row, places['to_time'])}")
    except ValueError as error:
        collector.reject(f"{point}: {str(error)[:100]}")
        return None
    pair = paired(clock.instants(start), clock.instants(end))
    if pair is None:
        collector.reject(f"{point} {start:%Y-%m-%d %H:%M}: the interval does not end after it begins")
        return None
    step_ms = pair[0]
    status, text = cell_at(row, places["status"]), cell_at(row, places["volume"])
    energy: int | None = 0 if not text and folded(status) == _NO_USE else None
    if text:
        try:
            energy, rounded = energy_of(_NUMBER.parse(text), unit, step_ms)
        except ValueError as error:
            collector.reject(f"{point} {start:%Y-%m-%d %H:%M}: {error}")
        else:
            collector.rounded(rounded)
    meter = cell_at(row, places["meter"])
    reading = FileReading(step_ms, energy, status, STATES.get(folded(status), DataQuality.UNKNOWN))
    return series, f"{register} {meter}", start, reading
