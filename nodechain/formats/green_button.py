"""Green Button (ESPI): an Atom feed whose entries are tied by links; delta energies in Wh, times in UTC.

Entries may come in any order. Of the same block the entry that was updated last counts. Cumulative registers and demand
are no energies of intervals: refused.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import msgspec

from nodechain.formats.collecting import OperatorFile, ReadingCollector
from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.limits import MAX_FILE_ROWS
from nodechain.formats.local_time import offset_instant, text_of
from nodechain.formats.quantities import checked_point_id, whole_mwh
from nodechain.formats.values import DataQuality, EnergyPart, FileReading, GridFlow, ImportSettings, PointSeries
from nodechain.formats.xml_reading import XmlElement, read_xml

FORMAT: Final = "green-button"
ATOM: Final = "http://www.w3.org/2005/Atom"
ESPI: Final = "http://naesb.org/espi"
STATES: Final = {
    0: DataQuality.MEASURED, 17: DataQuality.MEASURED, 18: DataQuality.MEASURED, 19: DataQuality.MEASURED,
    7: DataQuality.SUBSTITUTED, 8: DataQuality.ESTIMATED, 9: DataQuality.ESTIMATED, 11: DataQuality.SUBSTITUTED,
    10: DataQuality.PROVISIONAL, 14: DataQuality.PROVISIONAL,
}  # fmt: skip
FORECAST: Final = 12
WATT_HOURS: Final = "72"
DELTA: Final = "4"
FLOWS: Final = {"1": GridFlow.OFFTAKE, "19": GridFlow.INJECTION}
KINDS: Final = ("UsagePoint", "MeterReading", "ReadingType", "IntervalBlock")
_INTEGER: Final = re.compile(r"-?[0-9]{1,15}")


class _Entry(msgspec.Struct):
    kind: str
    content: XmlElement
    self_link: str
    up: str
    related: list[str]
    updated_ms: int


def recognises(head: str) -> bool:
    """Whether the beginning of a file is this format's."""
    return ESPI in head or (ATOM in head and "<feed" in head)


def read(data: bytes, settings: ImportSettings) -> OperatorFile:
    """The document. Raises `BadFile`."""
    entries: list[_Entry] = []

    def ended(around: list[XmlElement], found: XmlElement) -> bool:
        if found.name == "entry" and len(around) == 1:
            entry = _entry(found)
            if entry is not None:
                entries.append(entry)
            if len(entries) > MAX_FILE_ROWS:
                raise too_large("entries", MAX_FILE_ROWS)
            return True
        return False

    root = read_xml(data, ended)
    if root.name != "feed":
        raise BadFile("the file is no Atom feed", code="wrong_format")
    collector = ReadingCollector(FORMAT)
    collector.document.created_ms = offset_instant(root.value("updated"))
    _Feed(entries, settings, collector).blocks()
    return collector.finish()


def _entry(found: XmlElement) -> _Entry | None:
    content = found.child("content")
    inner = next((item for item in content.children if item.name in KINDS), None) if content else None
    if inner is None:
        return None
    links: dict[str, list[str]] = {}
    for link in found.all("link"):
        links.setdefault(link.attributes.get("rel", ""), []).append(link.attributes.get("href", "").rstrip("/"))
    own, up = links.get("self", [""])[0], links.get("up", [""])[0]
    return _Entry(inner.name, inner, own, up, links.get("related", []), offset_instant(found.value("updated")) or 0)


class _Feed:
    def __init__(self, entries: list[_Entry], settings: ImportSettings, collector: ReadingCollector) -> None:
        self._entries = entries
        self._settings = settings
        self._collector = collector
        self._by_link = {(entry.kind, entry.self_link): entry for entry in entries}
        self._related: dict[tuple[str, str], list[_Entry]] = {}
        for entry in entries:
            for link in dict.fromkeys(entry.related):
                self._related.setdefault((entry.kind, link), []).append(entry)
        self._series: dict[int, tuple[PointSeries, int, int] | None] = {}

    def blocks(self) -> None:
        """The readings of all blocks, the newest entry of each link."""
        newest: dict[str, _Entry] = {}
        for entry in self._entries:
            if entry.kind == "IntervalBlock":
                there = newest.get(entry.self_link)
                if there is None or entry.updated_ms >= there.updated_ms:
                    newest[entry.self_link] = entry
                if there is not None:
                    self._collector.document.counts["superseded"] += 1
        for entry in newest.values():
            self._block(entry)

    def _block(self, block: _Entry) -> None:
        readings = self._related.get(("MeterReading", block.up), [])
        if len(readings) != 1:
            raise BadFile("a block of intervals belongs to no meter reading", code="wrong_format")
        described = self._described(readings[0])
        if described is None:
            return
        series, length_ms, exponent = described
        whole = block.content.child("interval")
        if whole is not None:
            start, duration = _number(whole, "start"), _number(whole, "duration")
            if duration > 0:
                self._collector.expect(series, start * 1_000, (start + duration) * 1_000)
        for place, item in enumerate(block.content.all("IntervalReading")):
            self._collector.count_row()
            period = item.child("timePeriod")
            if period is not None:
                at, step = _number(period, "start") * 1_000, _number(period, "duration") * 1_000
            elif whole is not None and length_ms:
                at, step = _number(whole, "start") * 1_000 + place * length_ms, length_ms
            else:
                raise BadFile("a reading does not say when it was", code="bad_time")
            self._collector.add(series, at, self._reading(item, step, exponent, f"{series.point_id} {text_of(at)}"))

    def _reading(self, item: XmlElement, step_ms: int, exponent: int, where: str) -> FileReading:
        marks = [_number(mark, "quality") for mark in item.all("ReadingQuality")]
        if FORECAST in marks:
            raise BadFile(f"{where}: a forecast is no measured energy", code="forecast")
        state = max(
            (STATES.get(mark, DataQuality.UNKNOWN) for mark in marks), key=list(DataQuality).index, default=None
        )
        energy: int | None = None
        if item.value("value"):
            try:
                energy, rounded = whole_mwh(Decimal(_number(item, "value")).scaleb(exponent), 1_000)
            except ValueError as error:
                self._collector.reject(f"{where}: {error}")
            else:
                self._collector.rounded(rounded)
        text = " ".join(str(mark) for mark in marks)
        return FileReading(step_ms, energy, text[:60], state or DataQuality.MEASURED)

    def _described(self, reading: _Entry) -> tuple[PointSeries, int, int] | None:
        """Whose energy, the usual interval in ms, and the power of ten; None: another commodity."""
        if id(reading) in self._series:
            return self._series[id(reading)]
        found = self._described_anew(reading)
        self._series[id(reading)] = found
        return found

    def _described_anew(self, reading: _Entry) -> tuple[PointSeries, int, int] | None:
        kinds = [self._by_link[key] for link in reading.related if (key := ("ReadingType", link)) in self._by_link]
        points = self._related.get(("UsagePoint", reading.up), [])
        if len(kinds) != 1 or len(points) != 1:
            raise BadFile("a meter reading has no reading type or no usage point", code="wrong_format")
        kind, point = kinds[0].content, points[0]
        if point.content.value("ServiceCategory", "kind") not in ("", "0") or kind.value("commodity") not in ("", "1"):
            self._collector.ignore("usage point that is not electricity")
            return None
        if kind.value("accumulationBehaviour") != DELTA or kind.value("uom") != WATT_HOURS:
            raise BadFile(
                f"the readings are no energies of intervals (accumulation {kind.value('accumulationBehaviour')[:5]!r},"
                f" unit {kind.value('uom')[:5]!r}): registers and demand are not read",
                code="register_readings",
                advice="Ask the utility for interval data: delta energy in Wh.",
            )
        flow = FLOWS.get(kind.value("flowDirection"))
        if flow is None:
            raise BadFile(
                f"the flow direction {kind.value('flowDirection')[:5]!r} is neither forward (1) nor reverse (19)",
                code="bad_direction",
            )
        exponent = _number(kind, "powerOfTenMultiplier") if kind.value("powerOfTenMultiplier") else 0
        if not -12 <= exponent <= 9:
            raise BadFile(f"the power of ten {exponent} is out of -12 to 9", code="bad_unit")
        length = _number(kind, "intervalLength") * 1_000 if kind.value("intervalLength") else 0
        point_id = checked_point_id(self._settings.point_id or point.self_link.rpartition("/")[2] or "-")
        return PointSeries(point_id, flow, EnergyPart.TOTAL), length, exponent


def _number(around: XmlElement, name: str) -> int:
    text = around.value(name)
    if not _INTEGER.fullmatch(text):
        raise BadFile(f"{name} is no whole number: {text[:40]!r}", code="bad_number")
    found = int(text)
    if name in ("start", "duration") and not 0 <= found < 4_102_444_800:
        raise BadFile(f"{name} {found} is no time of a meter", code="bad_time")
    return found
