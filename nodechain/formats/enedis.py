"""France, Enedis: load curves as CSV in three shapes, and as JSON.

Values are average powers (W) or energies (Wh). The label is the end of the step, unless a person says otherwise: one
service that hands such files on is known to move it to the beginning. The step may change from row to row.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from nodechain.formats.collecting import LabelledRows, OperatorFile, ReadingCollector
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import LocalClock, iso_instant, offset_instant
from nodechain.formats.quantities import NumberStyle, checked_point_id, duration_ms, energy_of, minutes_ms
from nodechain.formats.text import cell_at, columns_of, decoded, folded, rows_of
from nodechain.formats.values import DataQuality, EnergyPart, FileReading, GridFlow, ImportSettings, PointSeries

FORMAT: Final = "fr-enedis"
ZONE: Final = "Europe/Paris"
HEADING: Final = "identifiant prm"
FLOWS: Final = {
    "cons": GridFlow.OFFTAKE,
    "consommation": GridFlow.OFFTAKE,
    "prod": GridFlow.INJECTION,
    "production": GridFlow.INJECTION,
}
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "point": (HEADING,),
    "physical": ("grandeur physique",),
    "kind": ("grandeur metier",),
    "stage": ("etape metier",),
    "unit": ("unite",),
    "time": ("horodate",),
    "value": ("valeur",),
    "nature": ("nature",),
    "step": ("pas", "pas en minutes"),
    "plausible": ("indice de vraisemblance",),
}
STATES: Final = {"BRUT": DataQuality.MEASURED, "CORRIGE": DataQuality.SUBSTITUTED, "COMPLETE": DataQuality.SUBSTITUTED}
_PRM: Final = re.compile(r"[0-9]{14}")
_INDEX_COLUMNS: Final = re.compile(r"(eas )?f(10|[1-9])|d[1-4]|periode")


def recognises(head: str) -> bool:
    """Whether the first line of a file is this format's."""
    return folded(head).startswith(HEADING)


def read(data: bytes, settings: ImportSettings) -> OperatorFile:
    """The document of any of the three shapes. Raises `BadFile`."""
    text = decoded(data)
    delimiter = _delimiter(text)
    rows = [row for row in rows_of(text, delimiter) if any(cell.strip() for cell in row)]
    if not rows or not recognises(rows[0][0]):
        raise BadFile("the file does not begin with 'Identifiant PRM'", code="wrong_format")
    names = [folded(cell) for cell in rows[0]]
    if any(_INDEX_COLUMNS.fullmatch(folded(cell)) for row in rows[:4] for cell in row):
        raise BadFile(
            "the file holds register readings (type Index), no load curve",
            code="register_readings",
            advice="Ask for the load curve (courbe de charge) of the point.",
        )
    reader = _Curve(settings)
    if "horodate" in names:
        reader.flat(rows)
    elif len(rows[0]) > 1 and not names[1].startswith("type"):
        reader.two_columns(rows)
    else:
        reader.preamble(rows)
    return reader.finish()


def _delimiter(text: str) -> str:
    line = text.partition("\n")[0]
    return max(";\t,", key=line.count)


class _Curve:
    """Readings of a curve; labels with an offset are known at once, others when all rows are read."""

    def __init__(self, settings: ImportSettings) -> None:
        self._settings = settings
        self._ends = settings.ends is not False
        self._collector = ReadingCollector(FORMAT)
        self._labels = LabelledRows(LocalClock(settings.zone or ZONE), ends=self._ends)

    def finish(self) -> OperatorFile:
        self._labels.flush(self._collector)
        return self._collector.finish()

    def preamble(self, rows: list[list[str]]) -> None:
        """What the curve is in two rows, then `Horodate;Valeur`."""
        places = columns_of(rows[0], {**COLUMNS, "type": ("type de donnees",)}, ("point", "kind", "unit"))
        at = next((place for place, row in enumerate(rows) if folded(row[0]) == "horodate"), None)
        if at is None or at < 2:
            raise BadFile("the file has no row 'Horodate;Valeur'", code="wrong_format")
        said = rows[1]
        kind = folded(cell_at(said, places.get("type")))
        if kind and not kind.startswith("courbe"):
            raise BadFile(f"the file holds {kind!r}, no load curve", code="register_readings")
        step = self._step(cell_at(said, places.get("step")), rows[at + 1 :])
        series = self.series(cell_at(said, places["point"]), cell_at(said, places["kind"]))
        unit, mark = cell_at(said, places["unit"]), cell_at(said, places.get("stage"))
        state = DataQuality.MEASURED if folded(mark).endswith("brut") else DataQuality.UNKNOWN
        for row in rows[at + 1 :]:
            self._row(series, cell_at(row, 0), cell_at(row, 1), unit, step, mark, state, 0)

    def two_columns(self, rows: list[list[str]]) -> None:
        """The point in the first row, words in the second, then times and average powers in W."""
        said = folded(" ".join(rows[1])) if len(rows) > 1 else ""
        if "puissance" not in said and " w" not in said:
            raise BadFile("the second row does not say that the values are powers", code="wrong_format")
        series = self.series(rows[0][1], "production" if "production" in said else "consommation")
        if self._settings.ends is None and "debut" in said:
            raise BadFile(
                "the second row speaks of beginnings: say which side the labels are (--label start or end)",
                code="label_unclear",
            )
        step = self._step("", rows[2:])
        for row in rows[2:]:
            self._row(series, cell_at(row, 0), cell_at(row, 1), "W", step, "", DataQuality.UNKNOWN, 0)

    def flat(self, rows: list[list[str]]) -> None:
        """One row a value, with all that is said of it."""
        places = columns_of(rows[0], COLUMNS, ("point", "kind", "unit", "time", "value"))
        for row in rows[1:]:
            physical = cell_at(row, places.get("physical")).upper()
            if physical not in ("", "PA", "EA"):
                self._collector.count_row()
                self._collector.ignore(f"grandeur physique {physical[:20]}")
                continue
            series = self.series(cell_at(row, places["point"]), cell_at(row, places["kind"]))
            stage = folded(cell_at(row, places.get("stage"))).upper()
            rank = self._rank(stage)
            nature = cell_at(row, places.get("nature"))
            doubt = cell_at(row, places.get("plausible")) not in ("", "0")
            try:
                text = cell_at(row, places.get("step"))
                step = self._settings.step_ms or minutes_ms(text)
            except ValueError:
                raise BadFile("a row does not say how long its step is (Pas)", code="bad_interval") from None
            value = "" if doubt else cell_at(row, places["value"])
            mark = " ".join(part for part in (stage, nature) if part)
            self._row(
                series, cell_at(row, places["time"]), value, cell_at(row, places["unit"]), step, mark,
                STATES.get(stage, DataQuality.UNKNOWN), rank, "doubtful" if doubt else "empty",
            )  # fmt: skip

    def _rank(self, stage: str) -> int:
        stages = self._settings.stages
        return len(stages) - stages.index(stage) if stage in stages else 0

    def series(self, point: str, kind: str) -> PointSeries:
        """Whose energy, by the file's words for it. Raises `BadFile`."""
        flow = FLOWS.get(folded(kind))
        if flow is None:
            raise BadFile(f"{kind!r} is neither consumption nor production", code="bad_direction")
        found = checked_point_id(point)
        if not _PRM.fullmatch(found):
            raise BadFile(f"{found} is no PRM: that has 14 digits", code="bad_point")
        return PointSeries(found, flow, EnergyPart.TOTAL)

    def _step(self, minutes: str, rows: list[list[str]]) -> int:
        """As the file says, as a person says, else the smallest distance of two labels that is a usual step."""
        if self._settings.step_ms:
            return self._settings.step_ms
        if minutes:
            try:
                return minutes_ms(minutes)
            except ValueError:
                raise BadFile(f"{minutes[:20]!r} is no number of minutes", code="bad_interval") from None
        times = [at for row in rows[:200] if (at := offset_instant(cell_at(row, 0))) is not None]
        distances = {late - early for early, late in pairwise(times) if late > early}
        step = min(distances, default=0)
        if step not in (300_000, 600_000, 900_000, 1_800_000, 3_600_000):
            raise BadFile(
                "the file does not say how long a step is", code="bad_interval", advice="Say it, as --step PT30M."
            )
        self._collector.note(f"the step of {step // 60_000} minutes was taken from the distances of labels")
        return step

    def _row(
        self,
        series: PointSeries,
        time: str,
        value: str,
        unit: str,
        step_ms: int,
        mark: str,
        state: DataQuality,
        rank: int,
        missing: str = "empty",
    ) -> None:
        self._collector.count_row()
        energy: int | None = None
        if value:
            style = NumberStyle("," if "," in value else ".")
            try:
                energy, rounded = energy_of(style.parse(value), unit, step_ms)
            except ValueError as error:
                if unit.lower() not in ("w", "kw", "wh", "kwh"):
                    raise BadFile(f"the unit {unit!r} is no energy or active power", code="bad_unit") from None
                self._collector.reject(f"{series.point_id} {time[:30]}: {error}")
                energy, missing = None, "rejected"
            else:
                self._collector.rounded(rounded)
        self._timed(series, time, FileReading(step_ms, energy, mark, state, rank, missing))

    def _timed(self, series: PointSeries, time: str, reading: FileReading) -> None:
        try:
            found = iso_instant(time)
            if isinstance(found, datetime):
                self._labels.add(series, found, reading)
                return
        except ValueError:
            self._collector.reject(f"{series.point_id}: {time[:30]!r} is no time")
            return
        self._collector.add(series, found - reading.length_ms if self._ends else found, reading)

    def json_reading(self, series: PointSeries, unit: str, value: str | int | Decimal, time: str, step_ms: int) -> None:
        """A reading of the JSON shape."""
        self._row(series, time, str(value), unit, step_ms, "", DataQuality.UNKNOWN, 0)


def read_curve(payload: object, settings: ImportSettings) -> OperatorFile:
    """The document of the JSON shape (Data Connect), decoded. Raises `BadFile`."""
    reader = _Curve(settings)
    found = payload.get("meter_reading", payload) if isinstance(payload, dict) else None
    if not isinstance(found, dict) or not isinstance(found.get("interval_reading"), list):
        raise BadFile("the file has no meter_reading with interval_reading", code="wrong_format")
    kind = found.get("reading_type")
    unit = str(kind.get("unit", "")) if isinstance(kind, dict) else ""
    flow = "production" if "prod" in str(kind).lower() else "consommation"
    series = reader.series(str(found.get("usage_point_id", "")), flow)
    for row in found["interval_reading"]:
        if not isinstance(row, dict):
            raise BadFile("an interval_reading is no object", code="wrong_format")
        try:
            step = settings.step_ms or duration_ms(str(row.get("interval_length", "")))
        except ValueError as error:
            raise BadFile(str(error), code="bad_interval") from None
        if step > 3_600_000:
            raise BadFile("the file holds sums of days, no load curve", code="register_readings")
        value = row.get("value")
        reader.json_reading(series, unit, "" if value is None else str(value), str(row.get("date", "")), step)
    return reader.finish()
