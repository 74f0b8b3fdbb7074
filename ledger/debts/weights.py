"""What work of debts weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

CLAIM_PAID: Final = 4
DEBT_PAID: Final = 4
