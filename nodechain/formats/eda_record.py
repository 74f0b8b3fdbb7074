"""Austria, EDA: ConsumptionRecord (CR_MSG) 01.30 to 01.41, the operators' message with a point's values.

Intervals carry offsets and are half-open. A point's direction comes from the prefix of its code G.01, never from that
of G.02 and G.03, which begin with 2.9.0 for consumers too. A newer message wins for every interval that it contains.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from nodechain.formats.collecting import OperatorFile, ReadingCollector
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import offset_instant, text_of
from nodechain.formats.quantities import NumberStyle, checked_point_id, energy_of
from nodechain.formats.values import DataQuality, EnergyPart, FileReading, GridFlow, ImportSettings, PointSeries
from nodechain.formats.xml_reading import XmlElement, read_xml

FORMAT: Final = "at-eda-record"
NAMESPACE: Final = "http://www.ebutilities.at/schemata/customerprocesses/consumptionrecord/01p"
KNOWN: Final = ("30", "31", "40", "41")
QUALITY: Final = {"L1": DataQuality.MEASURED, "L2": DataQuality.SUBSTITUTED, "L3": DataQuality.ESTIMATED}
STEPS: Final = {"QH": 900_000, "H": 3_600_000}
UNITS: Final = {"KWH": "kWh", "MWH": "MWh", "WH": "Wh", "KWT": "kW"}
CODES: Final = {
    ("1.9.0", "G.01"): (GridFlow.OFFTAKE, EnergyPart.TOTAL),
    ("1.9.0", "G.01T"): (GridFlow.OFFTAKE, EnergyPart.PARTICIPATING),
    ("2.9.0", "G.02"): (GridFlow.OFFTAKE, EnergyPart.OFFERED),
    ("2.9.0", "G.03"): (GridFlow.OFFTAKE, EnergyPart.SHARED),
    ("2.9.0", "G.03R"): (GridFlow.OFFTAKE, EnergyPart.RENEWABLE),
    ("2.9.0", "G.01"): (GridFlow.INJECTION, EnergyPart.TOTAL),
    ("2.9.0", "G.01T"): (GridFlow.INJECTION, EnergyPart.PARTICIPATING),
    ("2.9.0", "P.01"): (GridFlow.INJECTION, EnergyPart.SURPLUS),
    ("2.9.0", "P.01T"): (GridFlow.INJECTION, EnergyPart.RESIDUAL),
}
"""By register and code: what a series counts. Source: docs/formats.md."""
_CODE: Final = re.compile(r"1-[0-9]:([12]\.9\.0) ([GP]\.[0-9]{2}[TR]?)")
_NUMBER: Final = NumberStyle()


def recognises(head: str) -> bool:
    """Whether the beginning of a file is this format's."""
    return NAMESPACE in head


def read(data: bytes, settings: ImportSettings) -> OperatorFile:
    """The document. Raises `BadFile`."""
    reader = _Record(settings)
    root = read_xml(data, reader.ended)
    if root.name != "ConsumptionRecord" or not root.namespace.startswith(NAMESPACE):
        raise BadFile("the file is no ConsumptionRecord", code="wrong_format")
    return reader.collector.finish()


def created_of(directory: XmlElement) -> int:
    """When a message says it was made, in ms. Raises `BadFile`."""
    text = directory.value("RoutingHeader", "DocumentCreationDateTime")
    found = offset_instant(text)
    if found is None:
        raise BadFile(f"the message does not say when it was made: {text!r}", code="bad_time")
    return found


def check_traffic(directory: XmlElement, settings: ImportSettings) -> None:
    """Test messages are refused unless they are asked for. Raises `BadFile` (test_traffic)."""
    if directory.attributes.get("DocumentMode") != "PROD" and not settings.test_traffic:
        raise BadFile(
            "the message is marked as test traffic (DocumentMode is not PROD)",
            code="test_traffic",
            advice="Test messages are taken with --test-traffic, on a chain for tests.",
        )


class _Record:
    """Readings as elements end; `EP` elements are used up one by one."""

    def __init__(self, settings: ImportSettings) -> None:
        self.collector = ReadingCollector(FORMAT)
        self._settings = settings
        self._points: dict[int, PointSeries | None] = {}

    def ended(self, around: list[XmlElement], found: XmlElement) -> bool:
        match found.name:
            case "EP" if around and around[-1].name == "EnergyData":
                self._interval(around, found)
                return True
            case "EnergyData":
                self._points.pop(id(found), None)
                return True
            case "MarketParticipantDirectory":
                self._head(around, found)
            case "Energy" | "ProcessDirectory":
                return True
        return False

    def _head(self, around: list[XmlElement], directory: XmlElement) -> None:
        check_traffic(directory, self._settings)
        document = self.collector.document
        document.created_ms = created_of(directory)
        version = around[0].namespace.removeprefix(NAMESPACE) if around else ""
        if version not in KNOWN:
            self.collector.note(f"schema version 01.{version} is not known here; read like 01.41")
        if directory.attributes.get("Duplicate") == "true":
            self.collector.note("the operator marked the message as a repetition")

    def _series(self, around: list[XmlElement]) -> PointSeries | None:
        """Of the `EnergyData` that is open; asked once for each."""
        data, energy, process = around[-1], around[-2], around[-3]
        if id(data) in self._points:
            return self._points[id(data)]
        if self.collector.document.created_ms is None:
            raise BadFile("the message's values stand before its head", code="wrong_format")
        point = checked_point_id(process.value("MeteringPoint"))
        sequence = process.value("Sequence")
        if sequence.isascii() and sequence.isdigit():
            self.collector.document.sequence = max(self.collector.document.sequence, int(sequence[:18]))
        code = _CODE.fullmatch(" ".join(data.attributes.get("MeterCode", "").split()))
        meaning = CODES.get((code[1], code[2])) if code else None
        series = PointSeries(point, *meaning) if meaning else None
        if series is not None:
            start, end = (offset_instant(energy.value(name)) for name in ("MeteringPeriodStart", "MeteringPeriodEnd"))
            if start is not None and end is not None and start < end:
                self.collector.expect(series, start, end)
        self._points[id(data)] = series
        return series

    def _interval(self, around: list[XmlElement], found: XmlElement) -> None:
        if len(around) < 3:
            raise BadFile("an interval stands outside of a message", code="wrong_format")
        self.collector.count_row()
        series = self._series(around)
        data = around[-1].attributes
        if series is None:
            self.collector.ignore(f"meter code {data.get('MeterCode', '')[:40]}")
            return
        start, end = offset_instant(found.value("DTF")), offset_instant(found.value("DTT"))
        if start is None or end is None or start >= end:
            self.collector.reject(f"{series.point_id}: {found.value('DTF')} to {found.value('DTT')} is no interval")
            return
        step = STEPS.get(around[-2].value("MeteringIntervall"))
        if step is not None and end - start != step:
            self.collector.reject(
                f"{series.point_id} {text_of(start)}: the interval is not as long as the message says"
            )
            return
        mark, amount = found.value("MM"), found.value("BQ")
        unit = data.get("UOM", "")
        energy: int | None = None
        if amount:
            energy = self._energy(amount, unit, end - start, f"{series.point_id} {text_of(start)}")
        reading = FileReading(end - start, energy, mark, QUALITY.get(mark, DataQuality.UNKNOWN))
        self.collector.add(series, start, reading)

    def _energy(self, amount: str, unit: str, step_ms: int, where: str) -> int | None:
        if unit not in UNITS:
            raise BadFile(f"{where}: the unit {unit!r} is no energy", code="bad_unit")
        try:
            number: Decimal = _NUMBER.parse(amount)
            energy, rounded = energy_of(number, UNITS[unit], step_ms)
        except ValueError as error:
            self.collector.reject(f"{where}: {error}")
            return None
        self.collector.rounded(rounded)
        return energy
