"""Memos as other languages seal and open them: the vectors are what this ledger makes."""

from __future__ import annotations

import json

import pytest

from ledger.errors import InvalidInput
from ledger.keys.address import parse_address
from ledger.memos.padding import text_of
from ledger.memos.payloads import SealedMemo
from ledger.memos.sealing import open_memo
from tests.makers import make_memo_vectors

VECTORS = json.loads(make_memo_vectors.FILE.read_text(encoding="utf-8"))


def opened(fields: dict[str, str], by: str = "B") -> str:
    """A vector's memo, opened."""
    memo = SealedMemo(
        parse_address(fields["reader"]),
        *(bytes.fromhex(fields[name]) for name in ("reader_key", "sender_key", "salt", "sealed")),
    )
    keys = VECTORS["keys"]
    return open_memo(
        memo, genesis_hash=bytes.fromhex(VECTORS["genesis_hash"]), sender=parse_address(keys["A"]["address"]),
        secret=bytes.fromhex(keys[by]["memo_secret"]),
    )  # fmt: skip


def test_the_vectors_are_what_the_ledger_makes() -> None:
    """If they changed: `python -m tests.makers.make_memo_vectors`."""
    assert make_memo_vectors.FILE.read_text(encoding="utf-8") == make_memo_vectors.text()


def test_the_vectors_open_for_both_and_the_wrong_ones_for_nobody() -> None:
    for vector in VECTORS["memos"]:
        assert opened(vector["memo"]) == opened(vector["memo"], "A") == vector["text"]
    for vector in VECTORS["refused"]:
        with pytest.raises(InvalidInput) as refused:
            opened(vector["memo"])
        assert refused.value.code == vector["code"], vector["name"]
    for data in VECTORS["unfilled"]:
        with pytest.raises(InvalidInput):
            text_of(bytes.fromhex(data))
