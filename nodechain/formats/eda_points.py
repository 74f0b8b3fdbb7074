"""Austria, EDA: ECMPList 01.10 and 01.20, the metering points of a community with their windows of time and shares."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from nodechain.formats.eda_record import check_traffic, created_of
from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.limits import MAX_SERIES
from nodechain.formats.quantities import NumberStyle, checked_point_id
from nodechain.formats.values import GridFlow, ImportSettings
from nodechain.formats.xml_reading import XmlElement, read_xml

FORMAT: Final = "at-eda-points"
NAMESPACE: Final = "http://www.ebutilities.at/schemata/customerprocesses/ecmplist/01p"
OPEN_FROM_YEAR: Final = 2099
"""An end in this year or later means: until further notice."""
FLOWS: Final = {"CONSUMPTION": GridFlow.OFFTAKE, "GENERATION": GridFlow.INJECTION}
_NUMBER: Final = NumberStyle()


class PointWindow(msgspec.Struct, frozen=True):
    """A point's part in a community from `first` to `last` (inclusive; None: open).

    `participation`: whole percent of the point's energy. `share`: percent of the generation, static model only.
    """

    point_id: str
    first: date
    last: date | None
    flow: GridFlow | None
    participation: int | None
    share: Decimal | None
    consent_id: str = ""


class PointList(msgspec.Struct, frozen=True):
    """All windows of a list."""

    community_id: str
    model: str
    created_ms: int
    windows: tuple[PointWindow, ...]
    notes: tuple[str, ...]

    def on(self, day: date) -> dict[str, PointWindow]:
        """The windows in force on a day, by point. Raises `BadFile` where a point has two."""
        found: dict[str, PointWindow] = {}
        for window in self.windows:
            if window.first <= day and (window.last is None or day <= window.last):
                if window.point_id in found:
                    raise BadFile(f"{window.point_id} is twice in the list on {day}", code="overlapping_intervals")
                found[window.point_id] = window
        return found


def recognises(head: str) -> bool:
    """Whether the beginning of a file is this format's."""
    return NAMESPACE in head


def read(data: bytes, settings: ImportSettings) -> PointList:
    """The list. Raises `BadFile`."""
    windows: list[PointWindow] = []

    def ended(_around: list[XmlElement], found: XmlElement) -> bool:
        if found.name == "MPListData":
            windows.extend(_windows(found))
            if len(windows) > MAX_SERIES:
                raise too_large("windows of points", MAX_SERIES)
            return True
        return False

    root = read_xml(data, ended)
    if root.name != "ECMPList" or not root.namespace.startswith(NAMESPACE):
        raise BadFile("the file is no ECMPList", code="wrong_format")
    head, process = root.child("MarketParticipantDirectory"), root.child("ProcessDirectory")
    if head is None or process is None or not windows:
        raise BadFile("the list has no head or no points", code="wrong_format")
    check_traffic(head, settings)
    version = root.namespace.removeprefix(NAMESPACE)
    notes = () if version in ("10", "20") else (f"schema version 01.{version} is not known here; read like 01.10",)
    ordered = tuple(sorted(windows, key=lambda window: (window.point_id, window.first)))
    found = PointList(process.value("ECID"), process.value("ECDisModel"), created_of(head), ordered, notes)
    for day in {window.first for window in ordered}:
        found.on(day)
    return found


def _windows(data: XmlElement) -> list[PointWindow]:
    point, consent = checked_point_id(data.value("MeteringPoint")), data.value("ConsentId")
    found: list[PointWindow] = []
    for time in data.all("MPTimeData"):
        first, last = _day(time.value("DateFrom")), _last(time.value("DateTo"))
        if time.value("DateDeactivate"):
            deactivated = _day(time.value("DateDeactivate"))
            last = deactivated if last is None else min(last, deactivated)
        flow = FLOWS.get(time.value("EnergyDirection"))
        factor = _percent(time.value("ECPartFact"), "ECPartFact", 0)
        share = _percent(time.value("ECShare"), "ECShare", 4)
        whole = PointWindow(point, first, last, flow, None if factor is None else int(factor), share, consent)
        found += _recalculated(whole, time)
    return found


def _recalculated(whole: PointWindow, time: XmlElement) -> list[PointWindow]:
    """The window cut where the operator recalculated the share (its sum would have passed 100)."""
    found: list[PointWindow] = []
    now = whole.first
    for part in sorted(time.all("ECShC"), key=lambda item: item.value("DateFrom")):
        first, last = max(_day(part.value("DateFrom")), whole.first), _last(part.value("DateTo"))
        if whole.last is not None:
            last = whole.last if last is None else min(last, whole.last)
        if first < now or (last is not None and last < first):
            raise BadFile(f"{whole.point_id}: recalculated shares overlap", code="overlapping_intervals")
        if first > now:
            found.append(msgspec.structs.replace(whole, first=now, last=first - timedelta(days=1)))
        share = _percent(part.value("ECShareCalc"), "ECShareCalc", 4)
        found.append(msgspec.structs.replace(whole, first=first, last=last, share=share))
        if last is None:
            return found
        now = last + timedelta(days=1)
    if whole.last is None or now <= whole.last:
        found.append(msgspec.structs.replace(whole, first=now))
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10] if len(text) == 10 else "")
    except ValueError:
        raise BadFile(f"{text[:40]!r} is no day", code="bad_time") from None


def _last(text: str) -> date | None:
    found = _day(text)
    return None if found.year >= OPEN_FROM_YEAR else found


def _percent(text: str, name: str, places: int) -> Decimal | None:
    if not text:
        return None
    try:
        found = _NUMBER.parse(text)
    except ValueError as error:
        raise BadFile(f"{name}: {error}", code="bad_number") from None
    if not 0 <= found <= 100 or -int(found.as_tuple().exponent) > places:
        raise BadFile(f"{name} {text[:20]} is no percentage with at most {places} decimals", code="bad_number")
    return found
