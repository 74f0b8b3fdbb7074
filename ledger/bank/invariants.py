"""What must hold of tokens in every state (rules Z1, Z7)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.bank.balances import lock_key
from ledger.bank.rules import WITHDRAWAL_LOCK
from ledger.bank.schema import BALANCES, SUPPLY, WITHDRAWALS
from ledger.chain.invariants import check_locks, entries
from ledger.chain.schema import LOCKS
from ledger.errors import require
from ledger.state.full_key import NUMBER_BYTES
from ledger.state.overlay import Reader


def check_supply(state: Reader) -> None:
    """For each asset, available and locked balances sum to the supply (Z1)."""
    sums: Tally[bytes] = Tally()
    for key, value in entries(state, BALANCES):
        sums[key[20:]] += value.available
    for key, lock in entries(state, LOCKS):
        sums[key[20:-NUMBER_BYTES]] += lock.amount
    supplies = {key: value.amount for key, value in entries(state, SUPPLY)}
    for key in sorted({*sums, *supplies}):
        require(
            sums[key] == supplies.get(key, 0),
            f"the balances of asset {key[0]} sum to {sums[key]}, its supply is {supplies.get(key, 0)}",
        )


def check_withdrawal_locks(state: Reader) -> None:
    """Withdrawal locks equal what their holders ask the banker to pay out (Z7)."""
    asked = {lock_key(key[:20], key[20], WITHDRAWAL_LOCK): value.value for key, value in entries(state, WITHDRAWALS)}
    check_locks(state, WITHDRAWAL_LOCK, asked)


BANK_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_supply,
    check_withdrawal_locks,
)
