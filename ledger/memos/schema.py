"""The table of memos: whose key memos are sealed for."""

from __future__ import annotations

from typing import Any, Final

from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Height
from ledger.state.table import Table


class MemoKey(Value, frozen=True):
    """The X25519 key for memos to an account, and since which block it stands."""

    key: Bytes32
    since: Height


MEMO_KEYS: Final = Table(296, "memo_keys", "account", MemoKey, group=20)

MEMO_TABLES: Final[tuple[Table[Any], ...]] = (MEMO_KEYS,)
