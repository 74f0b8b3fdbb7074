"""Data sets as text, `1.8.0(0001234.567*kWh)`: the lines of DSMR P1 and IEC 62056-21."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from devices.errors import BadReply
from devices.protocols.obis import names
from devices.protocols.telegram import TelegramValue

MAX_CODE_CHARACTERS: Final = 16
MAX_SETS: Final = 1024
"""Of one telegram; a meter with four tariffs and 15 past periods shows about 300."""

_SET: Final = re.compile(rf"([^()]{{0,{MAX_CODE_CHARACTERS}}})((?:\([^()]*\))+)")
_NUMBER: Final = re.compile(r"(-?[0-9]{1,16})(?:\.([0-9]{0,9}))?(?:\*([^*]{1,16}))?")


class DataSet(NamedTuple):
    """A code and the texts in the brackets behind it; the code may be empty where it goes on from the one before."""

    code: str
    texts: tuple[str, ...]


def ascii_text(data: bytes) -> str:
    """Printable ASCII and line ends, as text; raises `BadReply` for any other byte."""
    if any(not 0x20 <= byte < 0x7F and byte not in b"\r\n" for byte in data):
        raise BadReply("a telegram of text holds bytes that are no text")
    return data.decode("ascii")


def parse_sets(lines: list[str]) -> tuple[DataSet, ...]:
    """All data sets of the lines, in order; raises `BadReply` where something else stands between them."""
    found: list[DataSet] = []
    for line in lines:
        place = 0
        while place < len(line):
            match = _SET.match(line, place)
            if match is None or len(found) == MAX_SETS:
                raise BadReply(f"{line[place : place + 40]!r} is no data set, or one too many")
            found.append(DataSet(match[1], tuple(match[2][1:-1].split(")("))))
            place = match.end()
    return tuple(found)


def parse_number(text: str) -> TelegramValue | None:
    """`0001234.567*kWh` as a value, exact; None if it is no number."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    fraction = match[2] or ""
    return TelegramValue(int(match[1] + fraction), -len(fraction), match[3] or "")


def numbers(sets: tuple[DataSet, ...]) -> tuple[tuple[str, TelegramValue], ...]:
    """The sets that are one number under a code of their own."""
    found = []
    for entry in sets:
        value = parse_number(entry.texts[0]) if len(entry.texts) == 1 and entry.code else None
        if value is not None:
            found.append((entry.code, value))
    return tuple(found)


def identity_of(sets: tuple[DataSet, ...], codes: Iterable[str]) -> str:
    """The first text under one of these codes that names a meter; nothing and only zeros name none."""
    found = (text_of(sets, code).strip() for code in codes)
    return next((text for text in found if text.strip("0")), "")


def text_of(sets: tuple[DataSet, ...], code: str) -> str:
    """The single text under a code (see `obis.names`), empty if there is none; raises `BadReply` if there are two."""
    found = [entry.texts[0] for entry in sets if len(entry.texts) == 1 and names(code, entry.code)]
    if len(found) > 1:
        raise BadReply(f"{code} stands in the telegram {len(found)} times")
    return found[0] if found else ""
