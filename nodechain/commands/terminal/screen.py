"""The terminal that a person looks at: how wide it is, and whether it may be coloured.

Where the output goes into a file or a pipe there is none: nothing is shortened, nothing coloured.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import Final, TextIO

import click

from ledger.encoding.columns import (
    COLUMN_GAP,
    NARROWEST_COLUMN,
    breakable_width,
    broken_cell,
    column_widths,
    fitted_columns,
    width_of,
)

FALLBACK_COLUMNS: Final = 80
LEAST_BESIDE: Final = 30
"""Characters that a last column of text needs beside the others; with fewer it stands below them."""
INDENT: Final = 4
_LONG: Final = re.compile(r"nrg(?:pub)?1[02-9ac-hj-np-z]{20,}|[0-9a-f]{32,}")
"""An address, a key or a hash: what tells them apart stands at both ends."""
_HEAD, _TAIL = 10, 6
_HEADINGS: Final = re.compile(r"[A-Z][A-Z .()/]*(?: {2,}[A-Z][A-Z .()/]*)+")


def columns_of(stream: TextIO) -> int:
    """How many characters a line has (COLUMNS, else as the terminal says)."""
    if os.environ.get("COLUMNS", "").isdecimal():
        return max(1, int(os.environ["COLUMNS"]))
    try:
        return os.get_terminal_size(stream.fileno()).columns or FALLBACK_COLUMNS
    except (OSError, ValueError):
        return FALLBACK_COLUMNS


def screen_columns() -> int | None:
    """The width of the terminal that stdout is; None where it is none."""
    return columns_of(sys.stdout) if sys.stdout.isatty() else None


def colours(stream: TextIO) -> bool:
    """Whether to colour what goes there: a terminal that can, and nobody has said no (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "") not in ("", "dumb")


def shortened(text: str) -> str:
    """Its addresses, keys and hashes by their ends: `nrg13aumxd..apmu`."""
    return _LONG.sub(lambda found: f"{found[0][:_HEAD]}..{found[0][-_TAIL:]}", text)


def fitted(rows: Sequence[Sequence[str]], columns: int) -> list[list[str]]:
    """The cells of a table so that its lines fit: first hashes are shortened, then columns of text are broken.

    A broken cell holds its lines, with line ends in between. `rows` begins with the headings.
    """
    cells = [[str(cell) for cell in row] for row in rows]
    if width_of(cells) > columns:
        cells = [[shortened(cell) for cell in row] for row in cells]
    return fitted_columns(cells, columns)


def hung(rows: Sequence[Sequence[str]], columns: int) -> list[str] | None:
    """The last column's cells as lines of their own below each row, where there is no room for them beside it.

    None where they are to stay beside it: they fit, or have no words to break them at.
    """
    cells = [[shortened(str(cell)) for cell in row] for row in rows]
    widths = column_widths(cells)
    room = columns - sum(widths[:-1]) - COLUMN_GAP * (len(widths) - 1)
    if (
        len(widths) < 2
        or widths[-1] <= room
        or room >= LEAST_BESIDE
        or breakable_width(cells, len(widths) - 1) < LEAST_BESIDE
    ):
        return None
    margin = " " * INDENT
    broken = [broken_cell(row[-1], max(NARROWEST_COLUMN, columns - INDENT)).split("\n") for row in cells]
    return ["\n".join(f"{margin}{line}" for line in lines) for lines in broken]


def painted(text: str) -> str:
    """The same with the headings of tables in bold, where stdout may be coloured."""
    if not colours(sys.stdout):
        return text
    lines = text.split("\n")
    return "\n".join(click.style(line, bold=True) if _HEADINGS.fullmatch(line) else line for line in lines)
