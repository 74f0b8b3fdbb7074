"""What people ask of memos. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.memos.schema import MEMO_KEYS, MemoKey
from ledger.state.overlay import Reader, State


def memo_key_of(state: State, account: bytes) -> MemoKey | None:
    """The key for which memos to an account are sealed."""
    return state.get(MEMO_KEYS, account)


def count_of_memo_keys(reader: Reader) -> int:
    """How many accounts take memos."""
    return sum(1 for _entry in reader.scan(MEMO_KEYS.number, b"", None))
