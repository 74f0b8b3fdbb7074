"""What a server says, before a person or a program here sees it: types checked, text made harmless (C4, C7)."""

from __future__ import annotations

import unicodedata
from typing import Any, Final, TypeVar

import msgspec

from nodechain.errors import BadAnswer

T = TypeVar("T")

MAX_DEPTH: Final = 32
"""Real answers nest 6 deep."""

_HARMFUL: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
"""Control and format characters (escape codes, writing direction), line and paragraph separators, surrogates."""


def visible(text: str) -> str:
    """A text in which nothing moves the cursor, colours, turns the writing direction or starts a line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escaped(character) if unicodedata.category(character) in _HARMFUL else character for character in text
    )


def visible_lines(text: str) -> str:
    """The same for a text of our own that has lines."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def read_answer(data: bytes, kind: type[T], url: str) -> T:
    """JSON as what it must be; raises `BadAnswer` for everything else."""
    try:
        found: T = _harmless(msgspec.json.decode(data, type=kind), MAX_DEPTH)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _TooDeep) as error:
        raise BadAnswer(f"{url} does not answer like a node: {visible(str(error))[:300]}") from None
    return found


class _TooDeep(ValueError):
    """Nested deeper than any answer is."""


def _harmless(value: Any, depth: int) -> Any:
    if not depth:
        raise _TooDeep(f"nested deeper than {MAX_DEPTH}")
    match value:
        case str():
            return visible(value)
        case dict():
            return {visible(str(name)): _harmless(part, depth - 1) for name, part in value.items()}
        case list():
            return [_harmless(part, depth - 1) for part in value]
        case int() if not -(2**63) <= value < 2**63:
            raise _TooDeep("a number of more than 64 bits")
        case _:
            return value
