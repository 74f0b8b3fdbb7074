"""Text in rules, read alike by every validator.

Python's tables of characters grow with its version: what it calls printable or the lower case of a letter today, an
older one may not know. Two validators on different Pythons would decide differently, so rules ask here, where nothing
depends on characters that came later.
"""

from __future__ import annotations

from typing import Final

_FOLDED_BELOW: Final = 0x530
"""Latin, Greek and Cyrillic letters: Unicode never changes the folding of a letter that it has."""

_UNSEEN: Final = (
    (0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xD800, 0xF8FF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFF), (0x13430, 0x1345F),
    (0x16FE4, 0x16FE4), (0x1BCA0, 0x1BCA3), (0x1D159, 0x1D159), (0x1D173, 0x1D17A), (0xE0000, 0x10FFFF),
)  # fmt: skip
"""First and last of what shows nothing, turns the direction of writing, or is nobody's: controls, fillers, joiners,
selectors, surrogates, private use, tags."""


def is_shown(text: str) -> bool:
    """Whether every character is one that people can see, or a space between those that they see."""
    return not any(first <= ord(character) <= last for character in text for first, last in _UNSEEN)


def folded(text: str) -> str:
    """The text without the difference between large and small letters, where these are Latin, Greek or Cyrillic."""
    return "".join(character.casefold() if ord(character) < _FOLDED_BELOW else character for character in text)
