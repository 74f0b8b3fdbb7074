"""Spain: CSV of distributors, hours counted 1 to 25 (or quarters to 100), or named by their end like Datadis does.

Hour n is the n-th real hour of the local day: on the autumn day there are 25, on the spring day 23.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from nodechain.formats.collecting import LabelledRows, OperatorFile, ReadingCollector, wall_start
from nodechain.formats.cups import COMPARED, checked_cups, letters_fit
from nodechain.formats.datadis import HOUR_MS, ZONE, label_of
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import LocalClock, in_range
from nodechain.formats.quantities import NumberStyle, energy_of
from nodechain.formats.text import cell_at, columns_of, decoded, folded, rows_of
from nodechain.formats.values import DataQuality, EnergyPart, FileReading, GridFlow, ImportSettings, PointSeries

FORMAT: Final = "es-distributor"
STATES: Final = {
    "r": DataQuality.MEASURED,
    "real": DataQuality.MEASURED,
    "e": DataQuality.ESTIMATED,
    "estimada": DataQuality.ESTIMATED,
}
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "cups": ("cups",),
    "day": ("fecha",),
    "hour": ("hora",),
    "taken": ("ae_kwh", "consumo_kwh"),
    "given": ("as_kwh",),
    "own": ("ae_autocons_kwh",),
    "quality": ("real/estimado", "estado", "metodo_obtencion"),
}
SERIES: Final = (
    ("taken", GridFlow.OFFTAKE, EnergyPart.TOTAL),
    ("given", GridFlow.INJECTION, EnergyPart.TOTAL),
    ("own", GridFlow.OFFTAKE, EnergyPart.OWN_USE),
)
_NUMBER: Final = NumberStyle(",")


def recognises(head: str) -> bool:
    """Whether the first line of a file is this format's."""
    return folded(head).startswith("cups;fecha;hora;")


def read(data: bytes, settings: ImportSettings) -> OperatorFile:
    """The document. Raises `BadFile`."""
    rows = [row for row in rows_of(decoded(data), ";") if any(cell.strip() for cell in row)]
    if not rows or not recognises(";".join(rows[0])):
        raise BadFile("the file does not begin with 'CUPS;Fecha;Hora'", code="wrong_format")
    places = columns_of(rows[0], COLUMNS, ("cups", "day", "hour", "taken"))
    known = {name for names in COLUMNS.values() for name in names}
    for heading in rows[0]:
        # Reactive energies R1 to R4 are passed over.
        if heading.strip() and folded(heading) not in known and not folded(heading).startswith("r"):
            raise BadFile(f"the column {heading[:40]!r} is not known", code="bad_heading")
    return _Hours(settings, places).read(rows[1:])


class _Hours:
    def __init__(self, settings: ImportSettings, places: dict[str, int]) -> None:
        self._settings = settings
        self._places = places
        self._clock = LocalClock(settings.zone or ZONE)
        self._collector = ReadingCollector(FORMAT)
        self._labels = LabelledRows(self._clock, ends=False)

    def read(self, rows: list[list[str]]) -> OperatorFile:
        self._step_ms = self._settings.step_ms or self._step(rows)
        empty = [name for name, _flow, _part in SERIES if not any(cell_at(r, self._places.get(name)) for r in rows)]
        for row in rows:
            self._row(row, empty)
        self._labels.flush(self._collector)
        return self._collector.finish()

    def _step(self, rows: list[list[str]]) -> int:
        """Quarters where an hour is beyond 25, or is named with minutes."""
        for row in rows:
            text = cell_at(row, self._places["hour"])
            if (text.isascii() and text.isdigit() and int(text[:4]) > 25) or (":" in text and text[-2:] != "00"):
                return HOUR_MS // 4
        self._collector.note("hours are counted to 25 at most: read as hours (quarters: --step PT15M)")
        return HOUR_MS

    def _row(self, row: list[str], empty: list[str]) -> None:
        self._collector.count_row()
        cups = checked_cups(cell_at(row, self._places["cups"]))
        if not letters_fit(cups):
            self._collector.note(f"the check letters of {cups} do not fit its digits")
        day, hour = cell_at(row, self._places["day"]), cell_at(row, self._places["hour"])
        try:
            start = self._start(day, hour)
        except ValueError as error:
            self._collector.reject(f"{cups} {day[:12]} {hour[:8]}: {str(error)[:100]}")
            return
        if start is None:
            self._collector.ignore("row for 00:00")
            return
        mark = cell_at(row, self._places.get("quality"))
        for name, flow, quantity in SERIES:
            if name in self._places and name not in empty:
                reading = self._reading(cell_at(row, self._places[name]), mark, f"{cups} {day} {hour}")
                series = PointSeries(cups[:COMPARED], flow, quantity)
                if isinstance(start, int):
                    self._collector.add(series, start, reading)
                else:
                    self._labels.add(series, start, reading)

    def _reading(self, text: str, mark: str, where: str) -> FileReading:
        energy: int | None = None
        if text:
            try:
                energy, rounded = energy_of(_NUMBER.parse(text), "kWh", self._step_ms)
            except ValueError as error:
                self._collector.reject(f"{where}: {error}")
            else:
                self._collector.rounded(rounded)
        return FileReading(self._step_ms, energy, mark, STATES.get(folded(mark), DataQuality.UNKNOWN))

    def _start(self, day: str, hour: str) -> int | datetime | None:
        """The instant, or the wall clock's label of the start. Raises `ValueError`."""
        if ":" in hour:
            end = label_of(day, hour)
            return None if end is None else wall_start(end, self._step_ms)
        if not (hour.isascii() and hour.isdigit()) or len(hour) > 4:
            raise ValueError(f"{hour!r} is no hour of a day")
        pattern = "%Y/%m/%d" if day[4:5] == "/" else "%d/%m/%Y"
        date = in_range(datetime.strptime(day, pattern).replace(tzinfo=UTC))
        start = self._clock.midnight(date) + (int(hour) - 1) * self._step_ms
        next_day = self._clock.midnight(wall_start(date, -24 * HOUR_MS))
        if not self._clock.midnight(date) <= start < next_day:
            raise ValueError(f"the day has no hour {hour}")
        return start
