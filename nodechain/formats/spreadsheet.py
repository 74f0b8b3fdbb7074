"""Workbooks (XLSX) by openpyxl, read row by row; needs the extra `xlsx`.

A workbook is an archive: how large its parts become is checked before anything is unpacked, again while it is.
Numbers of a workbook are binary; their shortest decimal text is what the cell shows for up to 15 digits.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl import Workbook, load_workbook

from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.limits import (
    MAX_CELL_CHARACTERS,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_FILE_ROWS,
    MAX_PARTS,
    MAX_UNPACKED_BYTES,
)
from nodechain.formats.workbook_check import check_parts

Cell = str | datetime | None
"""A cell's text (numbers as decimal text), a time, or nothing."""
_DAMAGED = (
    DefusedXmlException, zipfile.BadZipFile, ParseError, zlib.error, LookupError, ValueError, TypeError,
    AttributeError, EOFError, OSError, RuntimeError, ArithmeticError, AssertionError,
)  # fmt: skip
"""What openpyxl lets out of damaged files."""


def sheets_of(data: bytes) -> Iterator[Iterator[list[Cell]]]:
    """The rows of each sheet. Raises `BadFile` (bad_workbook, file_too_large)."""
    _check_archive(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        names = book.sheetnames
    except _DAMAGED as error:
        raise _damaged(error) from None
    cells = _CellCount()
    for name in names:
        yield _rows(book, name, cells)


class _CellCount:
    """Of all sheets: a row that is not there is handed out as wide as the sheet says it is."""

    def __init__(self) -> None:
        self._seen = 0

    def add(self, count: int) -> None:
        self._seen += count
        if self._seen > MAX_CELLS:
            raise too_large("cells", MAX_CELLS)


def _rows(book: Workbook, name: str, cells: _CellCount) -> Iterator[list[Cell]]:
    count = 0
    try:
        for row in book[name].iter_rows(values_only=True):
            count += 1
            if count > MAX_FILE_ROWS:
                raise too_large("rows", MAX_FILE_ROWS)
            if len(row) > MAX_COLUMNS:
                raise too_large("columns", MAX_COLUMNS)
            cells.add(len(row))
            yield [_cell(value) for value in row]
    except BadFile:
        raise
    except _DAMAGED as error:
        raise _damaged(error) from None


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, datetime):
        return value
    text = repr(value) if isinstance(value, float) else str(value)
    if len(text) > MAX_CELL_CHARACTERS:
        raise too_large("characters in a cell", MAX_CELL_CHARACTERS)
    return text.strip()


def _check_archive(data: bytes) -> None:
    if len(data) > MAX_FILE_BYTES:
        raise too_large("bytes", MAX_FILE_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise too_large("bytes unpacked, or parts", MAX_UNPACKED_BYTES)
            if "xl/workbook.xml" not in archive.namelist():
                raise BadFile("the archive is no workbook (XLSX)", code="bad_workbook", advice="Unpack it first.")
            check_parts(archive)
    except _DAMAGED as error:
        if isinstance(error, BadFile):
            raise
        raise _damaged(error) from None


def _damaged(error: Exception) -> BadFile:
    return BadFile(f"the workbook cannot be read: {str(error)[:200]}", code="bad_workbook")
