"""Spain's metering points: CUPS and CAU."""

from __future__ import annotations

import re
from typing import Final

from nodechain.formats.errors import BadFile
from nodechain.formats.quantities import checked_point_id

_CUPS: Final = re.compile(r"ES([0-9]{16})([A-Z]{2})([0-9A-Z]{2})?")
_CAU: Final = re.compile(r"(ES[0-9]{16}[A-Z]{2}[0-9A-Z]{2})A[0-9]{3}")
_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
COMPARED: Final = 20
"""Characters by which two CUPS are the same point: the two after them name the supply, and files leave them out."""


def checked_cups(text: str) -> str:
    """A CUPS, 20 or 22 characters. Raises `BadFile` (damaged_point, bad_point)."""
    found = checked_point_id(text).upper()
    if not _CUPS.fullmatch(found):
        raise BadFile(f"{found} is no CUPS: ES, 16 digits, 2 letters, and perhaps 2 more characters", code="bad_point")
    return found


def letters_fit(cups: str) -> bool:
    """Whether the two check letters are those of the 16 digits (the rule is not from an official text)."""
    quotient, rest = divmod(int(cups[2:18]) % 529, 23)
    return cups[18:20] == _LETTERS[quotient] + _LETTERS[rest]


def checked_cau(text: str) -> str:
    """A CAU: a CUPS of 22 characters, `A` and 3 digits. Raises `BadFile` (bad_point)."""
    found = text.strip().upper()
    if not _CAU.fullmatch(found):
        raise BadFile(f"{found[:40]!r} is no CAU: a CUPS of 22 characters, A and 3 digits", code="bad_point")
    return found
