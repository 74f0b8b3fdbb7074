"""JSON read safely: numbers as decimals, never as floats, within limits."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final

from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.limits import MAX_JSON_DEPTH, MAX_JSON_ITEMS, MAX_NUMBER_CHARACTERS
from nodechain.formats.text import decoded

_BRACKET: Final = re.compile(r"[\[\]{}]")


def read_json(data: bytes) -> Any:
    """The value. Raises `BadFile` (bad_json, file_too_large)."""
    text = decoded(data, "utf-8-sig")
    depth = deepest = 0
    if text.count(",") > MAX_JSON_ITEMS:
        raise too_large("items", MAX_JSON_ITEMS)
    for mark in _BRACKET.finditer(text):
        if mark[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    # Brackets inside texts count too: no operator's file comes near the limit either way.
    if deepest > MAX_JSON_DEPTH:
        raise BadFile(f"the file is nested deeper than {MAX_JSON_DEPTH}", code="bad_json")
    try:
        return json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_no_number)
    except ValueError as error:
        raise BadFile(f"the file is no JSON: {error}", code="bad_json") from None


def _number(text: str) -> Decimal:
    if len(text) > MAX_NUMBER_CHARACTERS or "e" in text.lower():
        raise ValueError(f"{text[:MAX_NUMBER_CHARACTERS]} is no number of an energy")
    return Decimal(text)


def _no_number(text: str) -> Decimal:
    raise ValueError(f"{text} is no number")
