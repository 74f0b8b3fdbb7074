"""Plays a measured load profile into simulated meters, interval by interval.

A load profile is a CSV with one row an interval and one column a meter, in whole Wh of that interval. Who plays
decides when: a clock at some speed, or somebody outside who asks for the next interval.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from devices.errors import Misuse


def read_columns(path: Path, columns: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """The named columns as whole Wh per interval; raises `Misuse` naming what is wrong and where."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Misuse(f"{path}: {error}") from None
    if not rows:
        raise Misuse(f"{path} has no intervals")
    missing = [column for column in columns if column not in rows[0]]
    if missing:
        raise Misuse(f"{path} has no column {missing[0]!r}; it has {', '.join(rows[0])}")
    return {column: tuple(_whole_wh(path, column, line, row) for line, row in enumerate(rows, 2)) for column in columns}


def _whole_wh(path: Path, column: str, line: int, row: Mapping[str, str]) -> int:
    text = row[column] or ""
    if not text.isascii() or not text.isdecimal():
        raise Misuse(f"{path}, line {line}, {column}: {text!r} is no number of whole Wh")
    return int(text)


class Counting(Protocol):
    """A simulated meter of any kind."""

    def advance(self, wh: int, register: str = "energy_import") -> int:
        """Count `wh` more (whole Wh)."""


class Player:
    """Feeds meters from series: `tracks` are (meter, register, Wh per interval), all of the same length.

    `state`: a file that remembers how far it is. It is written before anybody can read what was counted, so that a
    meter that was switched off never shows less than it did.
    """

    def __init__(self, tracks: Sequence[tuple[Counting, str, tuple[int, ...]]], state: Path | None = None) -> None:
        lengths = {len(series) for _, _, series in tracks}
        if len(lengths) != 1:
            raise Misuse("all load profiles that play together have the same number of intervals")
        self._tracks = tracks
        self._state = state
        self.intervals = lengths.pop()
        self.played = 0
        for _ in range(self._remembered()):
            self._count()

    def _remembered(self) -> int:
        if self._state is None or not self._state.exists():
            return 0
        text = self._state.read_text()
        if not text.isdecimal() or int(text) > self.intervals:
            raise Misuse(f"{self._state} does not say how many intervals of this load profile were played")
        return int(text)

    def step(self) -> bool:
        """Play the next interval into all meters; False when the profile is over."""
        if self.played >= self.intervals:
            return False
        if self._state is not None:
            part = self._state.with_suffix(".part")
            part.write_text(str(self.played + 1))
            part.replace(self._state)
        self._count()
        return True

    def _count(self) -> None:
        for meter, register, series in self._tracks:
            meter.advance(series[self.played], register)
        self.played += 1

    async def run(
        self, interval_s: float, speed: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Play to the end, each interval lasting `interval_s` / `speed` seconds and counted at its end."""
        if speed <= 0:
            raise Misuse("the speed is above 0; 1 is real time")
        while self.played < self.intervals:
            await sleep(interval_s / speed)
            self.step()
