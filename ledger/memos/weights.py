"""What work of memos weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

MEMO_KEY: Final = 2
"""A key for memos written or taken out."""

MEMO: Final = 4
"""A memo carried along, beside what the transaction itself weighs: it stands in the receipt too, for two accounts."""

MEMO_BYTES_A_UNIT: Final = 256
"""It weighs one more, for so many bytes of it."""
