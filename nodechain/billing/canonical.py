"""Canonical JSON: one value, one text; what a bill's hash is taken of (rule BL8)."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeVar

import msgspec

from ledger.keys.crypto import tagged_hash
from nodechain.errors import UsageError

T = TypeVar("T")

MAX_BILL_BYTES: Final = 64 * 1024 * 1024

Digits = Annotated[str, msgspec.Meta(pattern=r"^(0|-?[1-9][0-9]{0,30})\Z")]
"""An integer of any size as decimal digits: readers of JSON may not know integers above 2^53."""

BILL_DOMAIN: Final = b"nodechain/bill"
BANK_ENTRY_DOMAIN: Final = b"nodechain/bank-entry"


def canonical_json(value: Any) -> bytes:
    """The text of a value: names in rising order, no spaces, UTF-8."""
    return msgspec.json.encode(value, order="sorted")


def read_canonical(data: bytes, kind: type[T]) -> T:
    """The value of a text; raises `UsageError` (bad_bill) for another text than the value's own."""
    if len(data) > MAX_BILL_BYTES:
        raise UsageError(f"a bill has at most {MAX_BILL_BYTES} bytes, this {len(data)}", code="bad_bill")
    try:
        value = msgspec.json.decode(data, type=kind, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"this is no bill: {error}", code="bad_bill") from None
    if canonical_json(value) != data:
        raise UsageError("the bill is not written in its canonical form", code="bad_bill")
    return value


def bill_hash(data: bytes) -> bytes:
    """The hash by which the chain knows a bill (BL8)."""
    return tagged_hash(BILL_DOMAIN, data)


def bank_entry_hash(entry: tuple[str, str, str, str, str, str]) -> bytes:
    """The hash by which the chain knows an entry of a bank's statement (BL9): account, reference, date, cents, text and
    place."""
    return tagged_hash(BANK_ENTRY_DOMAIN, msgspec.msgpack.encode(entry))
