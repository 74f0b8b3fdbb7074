"""Where modules take part in what is owed: who has a pool tells what was paid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint
from ledger.debts.pools import DebtPool

Paid = Callable[[Context, DebtPool, bytes, int, int], None]
"""Of a pool an account, the asset, the amount; whose pool it is emits the event with its postings."""

DEBT_PAID: Final[HookPoint[Paid]] = HookPoint("debt_paid")
"""An account paid of what it owed: its tokens lie in the pool's account."""

CLAIM_PAID: Final[HookPoint[Paid]] = HookPoint("claim_paid")
"""An account got of what it was owed, from the pool's account."""
