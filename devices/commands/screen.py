"""Tables as wide as the terminal; where the output goes into a file or a pipe nothing is broken.

The node's commands fit theirs alike (`nodechain/commands/terminal/screen.py`), which devices do not import.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Final

NARROWEST: Final = 12
"""Characters to which a column is broken at most; a screen that is narrower breaks the lines itself."""
GAP: Final = 2


def screen_columns() -> int | None:
    """The width of the terminal that stdout is (COLUMNS, else as it says); None where it is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def fitted(rows: Sequence[Sequence[str]], columns: int) -> list[list[str]]:
    """The cells with line ends where columns of words are broken, the widest first, until the lines fit.

    A word stays whole. `rows` begins with the headings.
    """
    cells = [list(row) for row in rows]
    while (excess := _width(cells) - columns) > 0:
        widest = max(range(len(cells[0])), key=lambda column: _breakable(cells, column))
        room = max(NARROWEST, widths_of(cells)[widest] - excess)
        broken = [
            [_broken(cell, room) if column == widest else cell for column, cell in enumerate(row)] for row in cells
        ]
        if _width(broken) >= _width(cells):
            break
        cells = broken
    return cells


def widths_of(cells: Sequence[Sequence[str]]) -> list[int]:
    """The widest line of each column."""
    return [max(len(line) for row in cells for line in row[column].split("\n")) for column in range(len(cells[0]))]


def _width(cells: Sequence[Sequence[str]]) -> int:
    widths = widths_of(cells)
    return sum(widths) + GAP * (len(widths) - 1)


def _breakable(cells: Sequence[Sequence[str]], column: int) -> int:
    """The width of a column that has spaces to be broken at; 0 for one that has none."""
    return max((len(line) for row in cells for line in row[column].split("\n") if " " in line), default=0)


def _broken(cell: str, room: int) -> str:
    wrapped = textwrap.wrap(cell.replace("\n", " "), room, break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrapped)
