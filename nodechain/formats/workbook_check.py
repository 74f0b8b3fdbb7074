"""What a workbook's parts hold, counted before openpyxl builds trees of them: a part of 200 kB unpacks to 256 MB.

Every part is looked at, whatever its name: the archive itself says what each is for. What is no XML ends at once.
"""

from __future__ import annotations

import zipfile
from contextlib import suppress
from typing import Final
from xml.parsers import expat

from nodechain.formats.errors import too_large
from nodechain.formats.limits import MAX_CELLS, MAX_COLUMNS, MAX_FILE_ROWS, MAX_PART_ELEMENTS, MAX_XML_DEPTH
from nodechain.formats.xml_reading import feed

_SHEETS: Final = "xl/worksheets/"
"""openpyxl reads parts here row by row, others (and those that an archive puts elsewhere) whole."""
_PER_CELL: Final = 4
"""Elements of a cell: itself, its value or text, a formula."""


def check_parts(archive: zipfile.ZipFile) -> None:
    """Raises `BadFile` (file_too_large, unsafe_xml)."""
    counts = _Counts()
    for part in archive.infolist():
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = counts.start
        parser.EndElementHandler = counts.end
        counts.begin(is_sheet=part.filename.startswith(_SHEETS))
        with archive.open(part) as content, suppress(expat.ExpatError, ValueError, LookupError):
            feed(parser, content.read)


class _Counts:
    """What stands in a row is used up with it; whatever else there is stays in memory until its part is read."""

    def __init__(self) -> None:
        self.depth = self._row_depth = 0
        """Of the row that is open; 0: none is."""
        self._of_row = self._of_rows = self._rows = self._others = 0
        self._is_sheet = False

    def begin(self, *, is_sheet: bool) -> None:
        """Another part."""
        self.depth = self._row_depth = 0
        self._is_sheet = is_sheet

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_XML_DEPTH:
            raise too_large("levels of XML", MAX_XML_DEPTH)
        if self._row_depth:
            self._of_row += 1
            self._of_rows += 1
            if self._of_row > MAX_COLUMNS * _PER_CELL:
                raise too_large("columns", MAX_COLUMNS)
            if self._of_rows > MAX_CELLS * _PER_CELL:
                raise too_large("cells", MAX_CELLS)
        else:
            self._others += 1
            if self._others > MAX_PART_ELEMENTS:
                raise too_large("elements beside rows", MAX_PART_ELEMENTS)
            if self._is_sheet and name.endswith(" row"):
                self._row_depth, self._of_row = self.depth, 0
                self._rows += 1
                self._others -= 1
                if self._rows > MAX_FILE_ROWS:
                    raise too_large("rows", MAX_FILE_ROWS)

    def end(self, _name: str) -> None:
        if self.depth == self._row_depth:
            self._row_depth = 0
        self.depth -= 1
