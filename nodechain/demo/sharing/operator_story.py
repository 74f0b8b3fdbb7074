"""What the played operator does to the data: three planted differences, a gap that comes late, a correction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nodechain.demo.sharing.members import SharingPoint
from nodechain.demo.sharing.operator_file import write_message
from nodechain.demo.sharing.rules import MISSING
from nodechain.demo.sharing.week import DAY_SLOTS, MeasuredWeek

KWH: Final = 10**6
LEAST_MWH: Final = 4_000
"""What a slot must measure at least for half of it to lie beyond the scheme's bound of 1 Wh."""
LATE_SLOTS: Final = 4
LATE_METER: Final = "meter-house20"


@dataclass(frozen=True, slots=True)
class Planted:
    """A slot (its place in the week) in which the operator says something else, and whether it corrects that later."""

    point: SharingPoint
    place: int
    own_mwh: int
    operator_mwh: int
    corrected: bool


class OperatorStory:
    """The operator's values of a week, message by message; `values` are those that it has sent so far."""

    def __init__(self, week: MeasuredWeek, points: tuple[SharingPoint, ...]) -> None:
        self._week = week
        self._points = {point.place.name: point for point in points}
        self.planted = self._plant()
        self.values = {point.number: list(point.measured) for point in points}
        for planted in self.planted:
            self.values[planted.point.number][planted.place] = planted.operator_mwh
        self._late = self._points[LATE_METER]
        self.values[self._late.number][-LATE_SLOTS:] = [MISSING] * LATE_SLOTS

    def _plant(self) -> tuple[Planted, ...]:
        """In the largest slot of two loads on a day each, and of a plant in the whole week, if it delivers."""
        last = self._week.days - 1
        added = self._largest("meter-house05", min(1, last), 1)
        halved = self._largest("meter-house07-pv", 0, self._week.days)
        lost = self._largest("meter-house12", min(3, last), 1)
        planted = (
            Planted(*added, operator_mwh=added[2] + KWH, corrected=True),
            Planted(*halved, operator_mwh=halved[2] // 2, corrected=True),
            Planted(*lost, operator_mwh=0, corrected=False),
        )
        return tuple(each for each in planted if each.own_mwh >= LEAST_MWH)

    def _largest(self, meter: str, day: int, days: int) -> tuple[SharingPoint, int, int]:
        """Point, place and energy of a meter's largest slot of so many days."""
        point = self._points[meter]
        series = point.measured
        place = max(range(day * DAY_SLOTS, (day + days) * DAY_SLOTS), key=lambda slot: (series[slot], -slot))
        return point, place, series[place]

    def first_messages(self, folder: Path, created_ms: int) -> list[Path]:
        """All points, the whole week."""
        return [self._write(folder, point, 0, self._week.slots, created_ms, 1) for point in self._points.values()]

    def late_message(self, folder: Path, created_ms: int) -> Path:
        """What was missing."""
        first = self._week.slots - LATE_SLOTS
        self.values[self._late.number][first:] = self._late.measured[first : self._week.slots]
        return self._write(folder, self._late, first, LATE_SLOTS, created_ms, 2)

    def corrections(self, folder: Path, created_ms: int) -> list[Path]:
        """The days of the values that the operator corrects, as the meters have them."""
        found = []
        for planted in self.planted:
            if planted.corrected:
                self.values[planted.point.number][planted.place] = planted.own_mwh
                first = planted.place // DAY_SLOTS * DAY_SLOTS
                found.append(self._write(folder, planted.point, first, DAY_SLOTS, created_ms, 2))
        return found

    def _write(self, folder: Path, point: SharingPoint, first: int, count: int, created_ms: int, sequence: int) -> Path:
        folder.mkdir(exist_ok=True)
        path = folder / f"{point.place.name}-{sequence}.xml"
        write_message(
            path, number=point.number, direction=point.direction, first_slot=self._week.first_slot + first,
            energies=self.values[point.number][first : first + count], created_ms=created_ms, sequence=sequence,
        )  # fmt: skip
        return path
