"""Austria, EDA: the community report of the user portal (XLSX), a column or pair of columns a point and meter code.

Rows are found by the label in the first column: their order has changed over time, and so have names of sheets. Times
are local (Vienna) and name the start; an empty cell is no data. Needs the extra `xlsx`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from nodechain.formats.collecting import LabelledRows, OperatorFile, ReadingCollector
from nodechain.formats.eda_record import QUALITY
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import LocalClock, label_parser
from nodechain.formats.quantities import NumberStyle, checked_point_id, energy_of, plain_decimal
from nodechain.formats.spreadsheet import Cell, sheets_of
from nodechain.formats.text import folded
from nodechain.formats.values import DataQuality, EnergyPart, FileReading, GridFlow, ImportSettings, PointSeries

FORMAT: Final = "at-eda-report"
ZONE: Final = "Europe/Vienna"
STEP_MS: Final = 900_000
SEARCHED_ROWS: Final = 60
"""The heads stand in the first rows of a sheet."""
EXCEL_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
SUM: Final = "spaltensumme"
CODES: Final = {
    "gesamtverbrauch lt. messung (bei teilnahme gem. erzeugung)": EnergyPart.TOTAL,
    "verbrauch lt. messung entsprechend dem teilnahmefaktor je zp und ec-id": EnergyPart.PARTICIPATING,
    "anteil gemeinschaftliche erzeugung": EnergyPart.OFFERED,
    "eigendeckung gemeinschaftliche erzeugung": EnergyPart.SHARED,
    "eigendeckung aus erneuerbarer energie": EnergyPart.RENEWABLE,
    "gesamte gemeinschaftliche erzeugung": EnergyPart.TOTAL,
    "erzeugung lt. messung entsprechend dem teilnahmefaktor und ec-id": EnergyPart.PARTICIPATING,
    "gesamt/uberschusserzeugung, gemeinschaftsuberschuss": EnergyPart.SURPLUS,
    "restuberschuss bei eg und je zp": EnergyPart.RESIDUAL,
}
"""By the column's text without accents and case. The wording has changed and may change: columns that are not here are
refused by name, not guessed."""
FLOWS: Final = {"consumption": GridFlow.OFFTAKE, "generation": GridFlow.INJECTION}
_TEXT_LABEL: Final = label_parser("%d.%m.%Y %H:%M:%S")
_NUMBER: Final = NumberStyle()


class _Column(msgspec.Struct, frozen=True):
    place: int
    series: PointSeries
    quality_place: int | None
    unit: str


def read(data: bytes, settings: ImportSettings) -> OperatorFile:
    """The document. Raises `BadFile`."""
    collector = ReadingCollector(FORMAT)
    found = False
    for rows in sheets_of(data):
        heads = _heads(rows)
        if heads is None:
            continue
        if found:
            raise BadFile("the workbook has two sheets of energies", code="wrong_format")
        found = True
        _Sheet(heads, settings, collector).read(rows)
    if not found:
        raise BadFile("no sheet has the rows 'MeteringpointID' and 'Metercode'", code="wrong_format")
    return collector.finish()


def _heads(rows: Iterator[list[Cell]]) -> dict[str, list[Cell]] | None:
    """The rows above the values by their label, down to the sums; None: another sheet."""
    heads: dict[str, list[Cell]] = {}
    for count, row in enumerate(rows):
        label = folded(str(row[0])) if row and row[0] is not None else ""
        heads.setdefault(label, row)
        if label.startswith(SUM):
            heads[SUM] = row
            return heads if {"meteringpointid", "metercode", "energy direction"} <= heads.keys() else None
        if count > SEARCHED_ROWS:
            return None
    return None


class _Sheet:
    def __init__(self, heads: dict[str, list[Cell]], settings: ImportSettings, collector: ReadingCollector) -> None:
        self._collector = collector
        self._labels = LabelledRows(LocalClock(settings.zone or ZONE), ends=False)
        self._step_ms = settings.step_ms or self._step(heads)
        self._columns = self._value_columns(heads)

    def _step(self, heads: dict[str, list[Cell]]) -> int:
        said = {str(cell).split()[0].upper() for cell in heads.get("metering interval", [])[1:] if cell}
        if said - {"QH"}:
            raise BadFile(f"the intervals {', '.join(sorted(said))} are no quarter hours", code="bad_interval")
        return STEP_MS

    def _value_columns(self, heads: dict[str, list[Cell]]) -> list[_Column]:
        points, codes, flows = heads["meteringpointid"], heads["metercode"], heads["energy direction"]
        found = []
        for place in range(1, len(points)):
            point = points[place]
            if point is None or str(point).strip().upper() in ("MM", ""):
                continue
            if str(point).strip().upper() == "TOTAL":
                self._collector.ignore("column TOTAL")
                continue
            text = folded(_at(codes, place))
            meaning, _bracket, unit = text.rpartition("[")
            quantity, flow = CODES.get(meaning.strip()), FLOWS.get(folded(_at(flows, place)))
            if quantity is None or flow is None:
                raise BadFile(
                    f"the column {_at(codes, place)[:80]!r} ({_at(flows, place)[:20]}) is not known",
                    code="bad_heading",
                    advice="The portal's wording may have changed: report it, and use the XML messages until then.",
                )
            beside = place + 1 if _at(points, place + 1).upper() == "MM" else None
            found.append(
                _Column(place, PointSeries(checked_point_id(str(point)), flow, quantity), beside, unit.rstrip("] "))
            )
        if not found:
            raise BadFile("the sheet has no column of a metering point", code="nothing_read")
        return found

    def read(self, rows: Iterator[list[Cell]]) -> None:
        for row in rows:
            if not row or row[0] is None:
                continue
            self._collector.count_row()
            label = self._label(row[0])
            if label is None:
                self._collector.reject(f"{str(row[0])[:30]!r} is no time")
                continue
            for column in self._columns:
                mark = "" if column.quality_place is None else _at(row, column.quality_place)
                energy = self._energy(row, column, label)
                reading = FileReading(self._step_ms, energy, mark[:20], QUALITY.get(mark, DataQuality.UNKNOWN))
                self._labels.add(column.series, label, reading)
        self._labels.flush(self._collector)

    def _label(self, cell: Cell) -> datetime | None:
        """A time of a day, a serial number (with the noise of binary fractions), or a text; to the nearest quarter."""
        if isinstance(cell, datetime):
            return _to_step(cell.replace(tzinfo=UTC))
        try:
            return _TEXT_LABEL(str(cell))
        except ValueError:
            try:
                days = _NUMBER.parse(str(cell))
            except ValueError:
                return None
        if not 36_526 <= days < 73_415:
            return None
        return EXCEL_EPOCH + timedelta(minutes=15 * int((days * 96).to_integral_value()))

    def _energy(self, row: list[Cell], column: _Column, label: datetime) -> int | None:
        cell = row[column.place] if column.place < len(row) else None
        if cell is None or cell == "":
            return None
        try:
            energy, rounded = energy_of(_exact(cell), column.unit, self._step_ms)
        except ValueError as error:
            self._collector.reject(f"{column.series.point_id} {label:%Y-%m-%d %H:%M}: {error}")
            return None
        self._collector.rounded(rounded)
        return energy


def _exact(cell: Cell) -> Decimal:
    """The number of a cell; a binary fraction's text may have an exponent. Raises `ValueError`."""
    text = str(cell)
    mantissa, mark, exponent = text.lower().partition("e")
    if not mark:
        return _NUMBER.parse(text)
    if not exponent.lstrip("+-").isdigit() or len(exponent) > 4:
        raise ValueError(f"{text[:40]!r} is no number")
    return plain_decimal(_NUMBER.parse(mantissa).scaleb(int(exponent)))


def _to_step(label: datetime) -> datetime:
    minutes = (label - EXCEL_EPOCH) / timedelta(minutes=15)
    return EXCEL_EPOCH + timedelta(minutes=15 * round(minutes))


def _at(row: list[Cell], place: int) -> str:
    return str(row[place]).strip() if place < len(row) and row[place] is not None else ""
