"""What must hold of tokens in every state (rules Z1, Z7, BK7)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.bank.balances import lock_key
from ledger.bank.limits import MAX_OPEN_MARKS
from ledger.bank.schema import (
    BALANCES,
    BANK_LINES,
    MARK_DUE,
    OUTSTANDING,
    RESERVES,
    SUPPLY,
    WITHDRAWAL_MARKS,
    WITHDRAWALS,
)
from ledger.bank.withdrawals import WITHDRAWAL_LOCK
from ledger.chain.expiries import expiry_key
from ledger.chain.invariants import check_locks, entries, expiries_of
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
    asked = {lock_key(key[:20], key[20], WITHDRAWAL_LOCK): value.asked for key, value in entries(state, WITHDRAWALS)}
    check_locks(state, WITHDRAWAL_LOCK, asked)


def check_marks(state: Reader) -> None:
    """What is marked is what the open marks of an account say, and each of them falls due or has lapsed (BK7)."""
    amounts: Tally[bytes] = Tally()
    counts: Tally[bytes] = Tally()
    due = {}
    for key, mark in entries(state, WITHDRAWAL_MARKS):
        require(mark.amount > 0 and mark.marked_ms < mark.lapses_ms, "a mark is of nothing, or has no time")
        amounts[key[:21]] += mark.amount
        counts[key[:21]] += 1
        due[expiry_key(mark.lapses_ms, MARK_DUE, int.from_bytes(key[21:], "big"))] = key
    asked = dict(entries(state, WITHDRAWALS))
    require(set(amounts) <= set(asked), "a mark is of an account that asks for nothing")
    for key, value in asked.items():
        said = value.marked == amounts[key] and value.marks == counts[key] <= MAX_OPEN_MARKS
        require(said and value.marked <= value.asked, "the marks of an account are not what its withdrawal says")
    sums = {key: (value.asked, value.marked) for key, value in entries(state, OUTSTANDING)}
    all_asked: dict[bytes, tuple[int, int]] = {}
    for key, value in asked.items():
        before = all_asked.get(key[20:], (0, 0))
        all_asked[key[20:]] = (before[0] + value.asked, before[1] + value.marked)
    require(sums == all_asked, "what is outstanding is not the sum of what holders ask for")
    waits = expiries_of(state, MARK_DUE)
    require(all(due.get(key) == entry.subject for key, entry in waits.items()), "what is closed falls due as a mark")


def check_lines_and_reserves(state: Reader) -> None:
    """A line of a bank was for something, and an attestation for a time that had come (BK7)."""
    require(all(line.amount > 0 for _key, line in entries(state, BANK_LINES)), "a line of a bank was for nothing")
    said = all(entry.time_ms <= entry.taken_ms for _key, entry in entries(state, RESERVES))
    require(said, "reserves are attested for a time that had not come")


BANK_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_supply,
    check_withdrawal_locks,
    check_marks,
    check_lines_and_reserves,
)
