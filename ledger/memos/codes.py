"""What the codes of memos mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

MEMO_CODES: Final = Codes(
    input=MappingProxyType(
        {
            "bad_memo": "It is no memo, was changed, or was sealed for another transaction.",
            "memo_too_long": "The text is longer than memos of this chain.",
            "weak_memo_key": "The key for memos is a point that gives everybody the same secret.",
            "memo_not_yours": "The memo is sealed for another key than those that are here.",
        }
    ),
    refused=MappingProxyType(
        {
            "bad_memo_key": "A key for memos has 32 bytes, none at all takes it back.",
            "same_memo_key": "This key for memos stands already, or there is none to take back.",
            "type_without_memo": "Transfers, withdrawals, orders, deals and swaps carry memos; other types do not.",
            "bad_memo_size": "Texts of memos are filled up to fixed sizes; this one has another, or a larger one.",
            "bad_memo_content": "The content is no payload of the type that it should be.",
        }
    ),
)
