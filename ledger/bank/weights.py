"""What work of tokens weighs beside that of a transaction, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

BANK_LINE_TAKEN: Final = 4
"""A line of a bank's statement looked up, and kept."""

MARKING: Final = 9
"""A withdrawal marked: its mark, and a time that falls due."""

MARK_END: Final = 6
"""A mark of which a part, or all, is burned or given back."""

RESERVE_ATTESTATION: Final = 4
