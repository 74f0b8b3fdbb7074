"""Tests of the limits of memos; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from msgspec.structs import replace

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.errors import InvalidInput
from ledger.memos import limits
from ledger.memos.padding import padded
from ledger.memos.payloads import WithMemo
from tests.support.memo_chain import MemoChain
from tests.support.refusals import payload_codec, refused_above


def max_memo_bytes() -> None:
    padded("x" * (limits.MAX_MEMO_BYTES - 1))
    with pytest.raises(InvalidInput):
        padded("x" * limits.MAX_MEMO_BYTES)


def max_sealed_memo_bytes() -> None:
    chain = MemoChain()
    memo = chain.sealed()
    at, above = (
        chain.carried(Transfer(CURRENCY_ASSET, memo.reader, 1), replace(memo, sealed=bytes(size)))
        for size in (limits.MAX_SEALED_MEMO_BYTES, limits.MAX_SEALED_MEMO_BYTES + 1)
    )
    refused_above(payload_codec(WithMemo), at, above)


MEMO_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_MEMO_BYTES": (max_memo_bytes,),
    "MAX_SEALED_MEMO_BYTES": (max_sealed_memo_bytes,),
}
