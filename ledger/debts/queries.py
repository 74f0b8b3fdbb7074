"""What people ask of debts. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.debts.pools import DebtPool
from ledger.debts.schema import CLAIMS, DEBTS, POOL_SUMS, OpenAmount
from ledger.keys.address import ADDRESS_BYTES
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of


def debts_of(state: State, account: bytes, kind: int) -> dict[int, int]:
    """What an account owes to pools of a kind, by number, in base units."""
    found = {DebtPool.of(key[ADDRESS_BYTES:]): state.get(DEBTS, key) for key in state.keys(DEBTS, account)}
    return {pool.number: debt.amount for pool, debt in found.items() if debt is not None and pool.kind == kind}


def debt_to(state: State, account: bytes, pool: DebtPool) -> int:
    """What an account owes a pool, in base units."""
    found = state.get(DEBTS, account + pool.key)
    return 0 if found is None else found.amount


def claim_on(state: State, account: bytes, pool: DebtPool) -> int:
    """What a pool owes an account, in base units."""
    found = state.get(CLAIMS, pool.key + account)
    return 0 if found is None else found.amount


def claims_of_pool(state: State, pool: DebtPool) -> int:
    """All that a pool owes, in base units."""
    found = state.get(POOL_SUMS, pool.key)
    return 0 if found is None else found.claims


def claims_on(reader: Reader, pool: DebtPool, cursor: bytes | None, limit: int) -> Page[OpenAmount]:
    """A page of who is owed by a pool; an account follows the pool in the key."""
    return page_of(reader, CLAIMS, pool.key, cursor, limit)


def open_debts(reader: Reader) -> tuple[int, int]:
    """How many debts of one account to one pool there are, and their sum in base units."""
    found = [DEBTS.codec.decode_trusted(value) for _key, value in reader.scan(DEBTS.number, b"", None)]
    return len(found), sum(debt.amount for debt in found)
