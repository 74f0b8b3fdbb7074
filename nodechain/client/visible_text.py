"""Text of others made harmless before a person sees it (C7). Apart from what reads answers: `--help` must be quick."""

from __future__ import annotations

import unicodedata
from typing import Final

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
