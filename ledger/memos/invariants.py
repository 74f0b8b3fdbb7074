"""What must hold of memos in every state (rule ME8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.errors import require
from ledger.keys.address import ADDRESS_BYTES
from ledger.memos.schema import MEMO_KEYS
from ledger.state.overlay import Reader


def check_memo_keys(state: Reader) -> None:
    """A key is an account's, and stands since a block."""
    for key, found in entries(state, MEMO_KEYS):
        require(len(key) == ADDRESS_BYTES, "a key for memos is of no account")
        require(found.since > 0, "a key for memos stands since before the first block")


MEMO_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_memo_keys,)
