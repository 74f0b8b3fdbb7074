"""What is counted for each account, so that limits can hold it."""

from __future__ import annotations

from ledger.chain.schema import ACCOUNT_COUNTERS, AccountCounter, Counter
from ledger.errors import require
from ledger.state.full_key import number_key
from ledger.state.overlay import State


def counted(state: State, address: bytes, kind: AccountCounter) -> int:
    """How many of a kind the account has."""
    entry = state.get(ACCOUNT_COUNTERS, counter_key(address, kind))
    return 0 if entry is None else entry.value


def counter_key(address: bytes, kind: AccountCounter) -> bytes:
    """The key of an account's counter in `ACCOUNT_COUNTERS`."""
    return address + number_key(kind.number)


def change_count(state: State, address: bytes, kind: AccountCounter, change: int) -> int:
    """Count one of the account's counters up or down; its new value. One that comes to nothing has no entry."""
    value = counted(state, address, kind) + change
    require(value >= 0, f"an account's count of {kind.name} falls below zero")
    if value:
        state.put(ACCOUNT_COUNTERS, counter_key(address, kind), Counter(value))
    else:
        state.delete(ACCOUNT_COUNTERS, counter_key(address, kind))
    return value
