"""Values of points as plain CSV: what nodechain writes for others, and reads back with `MAPPING`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from nodechain.formats.local_time import text_of
from nodechain.formats.values import ImportedValue

HEADING: Final = "point;direction;quantity;start;step;energy_kwh;quality;state"
MAPPING: Final = """\
# How nodechain's own export of values is read again.
version = 1
[file]
delimiter = ";"
[number]
decimal = "."
[time]
layout = "single"
column = "start"
format = "iso"
zone = "UTC"
label = "start"
step = "column:step"
[point]
source = "column"
column = "point"
[[series]]
column = "energy_kwh"
kind = "energy"
unit = "kWh"
direction = "consumption"
filter = { column = "direction", in = ["offtake"] }
[[series]]
column = "energy_kwh"
kind = "energy"
unit = "kWh"
direction = "generation"
filter = { column = "direction", in = ["injection"] }
[quality]
column = "state"
map = { measured = "measured", substituted = "substituted", estimated = "estimated", provisional = "provisional" }
"""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def values_file(values: Iterable[ImportedValue]) -> bytes:
    """The values as CSV, UTF-8, times in UTC, energies with six decimals (1 mWh); what is missing has no line."""
    lines = [HEADING]
    for value in values:
        cells = (
            guarded(value.point_id),
            value.direction.value,
            value.quantity.value,
            text_of(value.start_ms),
            f"PT{value.length_ms // 1_000}S" if value.length_ms % 60_000 else f"PT{value.length_ms // 60_000}M",
            f"{value.energy_mwh // 1_000_000}.{value.energy_mwh % 1_000_000:06}",
            guarded(value.quality),
            value.state.value,
        )
        lines.append(";".join(cells))
    return ("\n".join(lines) + "\n").encode()


def guarded(text: str) -> str:
    """A text's cell: quoted where it must be, and no formula for a spreadsheet that opens the file."""
    found = f"'{text}" if text.startswith(_FORMULA) else text
    return '"' + found.replace('"', '""') + '"' if any(mark in found for mark in ';"\n\r') else found
