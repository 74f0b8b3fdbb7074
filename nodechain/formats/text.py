"""Bytes to lines and cells: encodings with and without byte order mark, separators, limits."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.limits import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_FILE_ROWS,
    MAX_LINE_CHARACTERS,
)

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
ENCODINGS: Final = ("utf-8-sig", "cp1252", "iso-8859-1", "utf-16")


def decoded(data: bytes, encoding: str | None = None) -> str:
    """The text of a file; without an encoding UTF-8, with a mark or without, else Windows' western one.

    Raises `BadFile` (file_too_large, bad_text).
    """
    if len(data) > MAX_FILE_BYTES:
        raise too_large("bytes", MAX_FILE_BYTES)
    tried = [encoding] if encoding else ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS[:2]
    for name in tried:
        text = _text(data, name)
        if text is not None and "\0" not in text:
            return text
    raise BadFile(f"the file is no text in {' or '.join(tried)}", code="bad_text")


def _text(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def rows_of(text: str, delimiter: str, quote: str = '"') -> Iterator[list[str]]:
    """The rows of a delimited text, empty ones too. Raises `BadFile` (file_too_large, bad_text)."""
    lines = lines_of(text)
    if quote:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
    else:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    count = 0
    try:
        for row in reader:
            count += 1
            if count > MAX_FILE_ROWS:
                raise too_large("rows", MAX_FILE_ROWS)
            if len(row) > MAX_COLUMNS:
                raise too_large("columns", MAX_COLUMNS)
            if any(len(cell) > MAX_CELL_CHARACTERS for cell in row):
                raise too_large("characters in a cell", MAX_CELL_CHARACTERS)
            yield row
    except csv.Error as error:
        raise BadFile(f"line {reader.line_num}: {error}", code="bad_text") from None


def lines_of(text: str) -> Iterator[str]:
    """The lines of a delimited text with their ends. Raises `BadFile` (file_too_large).

    Not by `StringIO`, which takes four bytes a character; and a line is measured before it is split into cells.
    """
    for found in _LINE.finditer(text):
        if found.end() - found.start() > MAX_LINE_CHARACTERS:
            raise too_large("characters in a line", MAX_LINE_CHARACTERS)
        yield found[0]


def folded(text: str) -> str:
    """A heading without accents, case and double blanks: operators change these."""
    plain = unicodedata.normalize("NFKD", text.strip().lower())
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).split())


def unwrapped(cell: str) -> str:
    """`123` of the cell `="123"`, by which some files keep spreadsheets from taking ids for numbers."""
    found = cell.strip()
    return found[2:-1] if found.startswith('="') and found.endswith('"') and len(found) > 2 else found


def first_line(data: bytes) -> str:
    """The first line that has something in it (`sep=;` is for spreadsheets), to recognise a format; never fails."""
    head = data[:8_192]
    name = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(name, "replace")
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line and line.lower() != "sep=;"), "")


def columns_of(heading: list[str], wanted: dict[str, tuple[str, ...]], required: tuple[str, ...]) -> dict[str, int]:
    """Where each wanted column stands, by its possible folded headings. Raises `BadFile` (missing_column)."""
    places: dict[str, int] = {}
    names = [folded(cell) for cell in heading]
    for column, headings in wanted.items():
        found = [place for place, name in enumerate(names) if name in headings]
        if len(found) > 1:
            raise BadFile(f"the column {heading[found[0]]!r} comes twice", code="bad_heading")
        if found:
            places[column] = found[0]
        elif column in required:
            raise BadFile(f"the file has no column {headings[0]!r}", code="missing_column")
    return places


def cell_at(row: list[str], place: int | None) -> str:
    """A cell, empty where the row is too short or there is no such column."""
    return row[place].strip() if place is not None and place < len(row) else ""
