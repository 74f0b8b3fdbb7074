"""Check digits of IBANs, creditor references (ISO 11649) and creditor identifiers: all modulo 97."""

from __future__ import annotations

import re
from typing import Final

from nodechain.errors import UsageError

_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CREDITOR: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")
_MAX_REFERENCE: Final = 21


def compact(text: str) -> str:
    """Without spaces, in capitals."""
    return "".join(text.split()).upper()


def check_iban(text: str) -> str:
    """The IBAN without spaces; raises `UsageError` (bad_iban)."""
    found = compact(text)
    if not _IBAN.fullmatch(found) or _rest(found[4:] + found[:4]) != 1:
        raise UsageError("the account at a bank is no IBAN: its check digits are wrong", code="bad_iban")
    return found


def check_creditor_id(text: str) -> str:
    """A SEPA creditor identifier; its business code does not count. Raises `UsageError` (bad_creditor_id)."""
    found = compact(text)
    if not _CREDITOR.fullmatch(found) or _rest(found[7:] + found[:4]) != 1:
        raise UsageError("the creditor identifier has wrong check digits", code="bad_creditor_id")
    return found


def creditor_reference(number: int, prefix: str = "") -> str:
    """The structured reference of a bill (RF and check digits), from its prefix' letters and digits and its number."""
    letters = "".join(character for character in prefix.upper() if character.isascii() and character.isalnum())
    digits = f"{number:08d}"
    return with_check_digits(letters[: _MAX_REFERENCE - len(digits)] + digits)


def with_check_digits(body: str) -> str:
    """The structured reference of letters and digits, at most 21."""
    return f"RF{98 - _rest(f'{body}RF00'):02d}{body}"


def is_creditor_reference(text: str) -> bool:
    """Whether a text is a structured reference with right check digits."""
    found = compact(text)
    if not re.fullmatch(r"RF\d{2}[A-Z0-9]{1,21}", found):
        return False
    return _rest(found[4:] + found[:4]) == 1


def _rest(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text)) % 97
