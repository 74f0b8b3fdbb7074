"""What a person sees while the day is played: a block that is redrawn on a terminal, lines now and then elsewhere."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from typing import Final, TextIO

from ledger.encoding.times import format_time
from nodechain.demo.figures import exact, kwh, short

PLAIN_EVERY: Final = 8
BAR: Final = 32


@dataclass(frozen=True, slots=True)
class IntervalFigures:
    """The community at the end of an interval."""

    interval: int
    intervals: int
    end_ms: int
    height: int
    load_wh: int
    pv_wh: int
    battery_wh: int
    sessions: int
    last_price: int
    trades: int
    difference: int
    rate: int
    note: str


class LiveView:
    """Draws moments on `stream`, stderr unless said."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._terminal = self._stream.isatty()
        self._drawn = 0

    def say(self, text: str) -> None:
        """A line that stays."""
        self._clear()
        print(text, file=self._stream, flush=True)

    def show(self, moment: IntervalFigures) -> None:
        """The community now; what is worth a note stays."""
        if moment.note:
            self.say(moment.note)
        if not self._terminal:
            if moment.note or moment.interval % PLAIN_EVERY == PLAIN_EVERY - 1:
                print(" | ".join(_lines(moment)), file=self._stream, flush=True)
            return
        self._clear()
        # A line that wraps would take two rows, and the block could not be redrawn in its place.
        width = shutil.get_terminal_size().columns
        lines = [line[:width] for line in (*_lines(moment), _bar(moment))]
        print("\n".join(lines), file=self._stream, flush=True)
        self._drawn = len(lines)

    def _clear(self) -> None:
        if self._drawn:
            print(f"\x1b[{self._drawn}F\x1b[J", end="", file=self._stream)
            self._drawn = 0


def _lines(moment: IntervalFigures) -> list[str]:
    clock = format_time(moment.end_ms)[11:16]
    return [
        f"{clock}  block {moment.height}  load {kwh(moment.load_wh)} kWh  pv {kwh(moment.pv_wh)} kWh",
        f"battery {kwh(moment.battery_wh)} kWh, {moment.sessions} sessions open",
        f"{moment.trades} trades, last at {short(moment.last_price)} eEuro; {_imbalance(moment)}",
    ]


def _imbalance(moment: IntervalFigures) -> str:
    return f"imbalance {exact(moment.difference)} ENT, rate {exact(moment.rate)} ENT/kWh"


def _bar(moment: IntervalFigures) -> str:
    done = (moment.interval + 1) * BAR // moment.intervals
    return f"[{'#' * done}{'.' * (BAR - done)}] {moment.interval + 1} of {moment.intervals}"
