"""Texts of memos filled up to a few sizes, so that a memo's length tells next to nothing (rule ME4)."""

from __future__ import annotations

from typing import Final

from ledger.errors import InvalidInput
from ledger.memos.limits import MAX_MEMO_BYTES

SIZES: Final = (64, 256, MAX_MEMO_BYTES)
"""Bytes of a text with its padding."""

TAG_BYTES: Final = 16
"""What sealing adds to a text: AES-GCM's tag."""

_END: Final = b"\x80"
"""Stands once after the text; what follows are zeros. It is no first byte of a character in UTF-8."""


def padded(text: str, longest: int = MAX_MEMO_BYTES) -> bytes:
    """The text in UTF-8, filled up to the least size that holds it; raises `InvalidInput` (memo_too_long, bad_memo)."""
    if not text:
        raise InvalidInput("a memo has a text", code="bad_memo")
    try:
        data = text.encode() + _END
    except UnicodeEncodeError:
        raise InvalidInput("the memo holds what is no character", code="bad_memo") from None
    for size in SIZES:
        if len(data) <= size <= longest:
            return data.ljust(size, b"\x00")
    raise InvalidInput(f"the memo has {len(data) - 1} bytes, at most {longest - 1} fit", code="memo_too_long")


def text_of(data: bytes) -> str:
    """What was filled up, and only in this one way; raises `InvalidInput` (bad_memo)."""
    text, _end, _zeros = data.rpartition(_END)
    try:
        found = text.decode()
        if padded(found) == data:
            return found
    except UnicodeDecodeError:
        raise _not_filled_up() from None
    raise _not_filled_up()


def _not_filled_up() -> InvalidInput:
    return InvalidInput("the memo holds no text that was filled up as texts are", code="bad_memo")
