"""Spain, Datadis: consumption as JSON, hours (or quarters) named by their end, 24:00 the next midnight.

On the autumn day 03:00 comes twice: labels are the wall clock's start of the hour and one hour, so the n-th repetition
is found by the start's label.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from nodechain.formats.collecting import LabelledRows, OperatorFile, ReadingCollector, wall_start
from nodechain.formats.cups import COMPARED, checked_cups, letters_fit
from nodechain.formats.errors import BadFile
from nodechain.formats.limits import MAX_FILE_ROWS
from nodechain.formats.local_time import LocalClock, in_range
from nodechain.formats.quantities import energy_of
from nodechain.formats.values import DataQuality, EnergyPart, FileReading, GridFlow, ImportSettings, PointSeries

FORMAT: Final = "es-datadis"
ZONE: Final = "Europe/Madrid"
HOUR_MS: Final = 3_600_000
STATES: Final = {"Real": DataQuality.MEASURED, "Estimada": DataQuality.ESTIMATED}
FIELDS: Final = (
    ("consumptionKWh", GridFlow.OFFTAKE, EnergyPart.TOTAL),
    ("surplusEnergyKWh", GridFlow.INJECTION, EnergyPart.TOTAL),
    ("selfConsumptionEnergyKWh", GridFlow.OFFTAKE, EnergyPart.OWN_USE),
)


def read_hours(payload: Any, settings: ImportSettings) -> OperatorFile:
    """The document of a decoded answer of version 1 (a list) or 2 (an object). Raises `BadFile`."""
    rows: Any = payload
    errors: Any = []
    if isinstance(payload, dict):
        rows, errors = payload.get("timeCurve"), payload.get("distributorError") or []
    if not isinstance(rows, list) or len(rows) > MAX_FILE_ROWS or not all(isinstance(row, dict) for row in rows):
        raise BadFile("the file has no list of hours", code="wrong_format")
    if not rows:
        raise BadFile("the list of hours is empty: that is no consumption of zero", code="nothing_read")
    collector = ReadingCollector(FORMAT)
    for error in errors if isinstance(errors, list) else [errors]:
        collector.note(f"the distributor reports an error: {str(error)[:200]}")
    labels = LabelledRows(LocalClock(settings.zone or ZONE), ends=False)
    step = settings.step_ms or _step(rows)
    idle = _without_surplus(rows)
    for row in rows:
        _row(row, step, idle, collector, labels)
    if idle:
        collector.note("surplus that is 0 throughout cannot be told from no data: no injection was taken")
    labels.flush(collector)
    return collector.finish()


def label_of(day: str, time: str) -> datetime | None:
    """The wall clock's label of an end; None for a stray 00:00. Raises `ValueError`."""
    pattern = "%Y/%m/%d" if day[4:5] == "/" else "%d/%m/%Y"
    date = in_range(datetime.strptime(day, pattern).replace(tzinfo=UTC))
    hours, _colon, minutes = time.partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit()) or len(time) > 5:
        raise ValueError(f"{time!r} is no time such as 01:00")
    if int(hours) * 60 + int(minutes) > 24 * 60 or int(minutes) > 59:
        raise ValueError(f"{time!r} is no time of a day")
    if int(hours) == int(minutes) == 0:
        return None
    return date + timedelta(hours=int(hours), minutes=int(minutes))


def _step(rows: list[dict[str, Any]]) -> int:
    quarters = any(str(row.get("time", ""))[-3:] not in (":00", "") for row in rows)
    return HOUR_MS // 4 if quarters else HOUR_MS


def _without_surplus(rows: list[dict[str, Any]]) -> set[str]:
    """The points whose surplus is 0 or absent in every row."""
    found = {str(row.get("cups", ""))[:COMPARED]: False for row in rows}
    for row in rows:
        if row.get("surplusEnergyKWh"):
            found[str(row.get("cups", ""))[:COMPARED]] = True
    return {point for point, has in found.items() if not has}


def _row(row: dict[str, Any], step: int, idle: set[str], collector: ReadingCollector, labels: LabelledRows) -> None:
    collector.count_row()
    cups = checked_cups(str(row.get("cups", "")))
    if not letters_fit(cups):
        collector.note(f"the check letters of {cups} do not fit its digits")
    point = cups[:COMPARED]
    try:
        end = label_of(str(row.get("date", "")), str(row.get("time", "")))
    except ValueError as error:
        collector.reject(f"{point}: {str(error)[:100]}")
        return
    if end is None:
        collector.ignore("row for 00:00")
        return
    mark = str(row.get("obtainMethod") or "")
    for name, flow, quantity in FIELDS:
        value = row.get(name)
        if (flow == GridFlow.INJECTION and point in idle) or (value is None and name != "consumptionKWh"):
            continue
        energy: int | None = None
        if value is not None:
            if not isinstance(value, Decimal):
                raise BadFile(f"{name} is no number: {str(value)[:40]!r}", code="bad_number")
            try:
                energy, rounded = energy_of(value, "kWh", step)
            except ValueError as error:
                collector.reject(f"{point} {end:%Y-%m-%d %H:%M}: {error}")
            else:
                collector.rounded(rounded)
        reading = FileReading(step, energy, mark, STATES.get(mark, DataQuality.UNKNOWN))
        labels.add(PointSeries(point, flow, quantity), wall_start(end, step), reading)
