"""Tables of texts made as narrow as a screen: what the commands of nodes and of devices share of showing them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

NARROWEST_COLUMN: Final = 12
"""Characters to which a column of text is broken at most; a screen that is narrower breaks the lines itself."""
COLUMN_GAP: Final = 2


def fitted_columns(rows: Sequence[Sequence[str]], columns: int) -> list[list[str]]:
    """The cells with line ends where columns of words are broken, the widest first, until the lines fit.

    A word stays whole. `rows` begins with the headings.
    """
    cells = [list(row) for row in rows]
    while (excess := width_of(cells) - columns) > 0:
        widest = max(range(len(cells[0])), key=lambda column: breakable_width(cells, column))
        room = max(NARROWEST_COLUMN, column_widths(cells)[widest] - excess)
        broken = [
            [broken_cell(cell, room) if column == widest else cell for column, cell in enumerate(row)] for row in cells
        ]
        if width_of(broken) >= width_of(cells):
            break
        cells = broken
    return cells


def column_widths(cells: Sequence[Sequence[str]]) -> list[int]:
    """The widest line of each column."""
    return [max(len(line) for row in cells for line in row[column].split("\n")) for column in range(len(cells[0]))]


def width_of(cells: Sequence[Sequence[str]]) -> int:
    """Of the widest line of the table."""
    widths = column_widths(cells)
    return sum(widths) + COLUMN_GAP * (len(widths) - 1)


def breakable_width(cells: Sequence[Sequence[str]], column: int) -> int:
    """The width of a column that has spaces to be broken at; 0 for one that has none."""
    return max((len(line) for row in cells for line in row[column].split("\n") if " " in line), default=0)


def broken_cell(cell: str, room: int) -> str:
    """A cell's words on lines of at most `room` characters; a longer word stays whole."""
    lines: list[str] = []
    for old in cell.split("\n"):
        line = ""
        for word in old.split(" "):
            if line and len(line) + 1 + len(word) > room:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return "\n".join(lines)
