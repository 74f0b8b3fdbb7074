"""What must hold of debts in every state (rule DB4)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.bank.balances import ASSET_KEYS
from ledger.bank.schema import BALANCES
from ledger.chain.invariants import check_account_counters, entries
from ledger.chain.schema import SWEEPS
from ledger.debts.limits import LEAST_DIVISION
from ledger.debts.pools import POOL_BYTES, DebtPool
from ledger.debts.schema import CLAIMS, DEBT_COUNT, DEBTS, DIVISION_SWEEP, POOL_SUMS
from ledger.errors import require
from ledger.keys.address import ADDRESS_BYTES
from ledger.state.overlay import Reader


def check_open_amounts(state: Reader) -> None:
    """What is owed to a pool, with what debtors paid and nobody got yet, is what it owes (DB4)."""
    owed: Tally[bytes] = Tally()
    debts: Tally[bytes] = Tally()
    for key, debt in entries(state, DEBTS):
        require(debt.amount > 0, "a debt of nothing has an entry")
        owed[key[ADDRESS_BYTES:]] -= debt.amount
        debts[key[:ADDRESS_BYTES]] += 1
    for key, claim in entries(state, CLAIMS):
        require(claim.amount > 0, "a claim of nothing has an entry")
        owed[key[:POOL_BYTES]] += claim.amount
    there = {pool: entry.there for pool, entry in entries(state, POOL_SUMS)}
    for pool, amount in sorted(owed.items()):
        require(amount == there.get(pool, 0), f"the pool {pool.hex()} owes other than what it gets")
    check_account_counters(state, DEBT_COUNT, debts)


def check_divisions(state: Reader) -> None:
    """A pool's sums are those of its claims; what lies in it is being divided, if it is enough (DB3, DB4)."""
    claims = [(key[:POOL_BYTES], key, claim.amount) for key, claim in entries(state, CLAIMS)]
    working = {sweep.subject for _key, sweep in entries(state, SWEEPS) if sweep.kind == DIVISION_SWEEP.number}
    sums = dict(entries(state, POOL_SUMS))
    require(set(sums) == {pool for pool, _key, _amount in claims}, "a pool owes and has no sum, or the other way round")
    for pool, entry in sums.items():
        mine = [(key, amount) for of, key, amount in claims if of == pool]
        behind = sum(amount for key, amount in mine if entry.left and key > entry.after)
        require(entry.claims == sum(amount for _key, amount in mine), "a pool's sum is another than that of its claims")
        require(entry.claims_left == behind >= entry.left, "a division has other claims left")
        require(bool(entry.left) == (pool in working), "a division has no sweep, or a sweep divides nothing")
        waits = bool(entry.left) or entry.there * LEAST_DIVISION < entry.claims
        require(waits, "enough lies in a pool and nothing divides it")
        require(entry.left <= entry.there <= _has(state, pool, entry.asset), "a pool's account has less than it got")


def _has(state: Reader, pool: bytes, asset: int) -> int:
    """What the pool's account has; a gift to it is never divided, so it may be more than what debtors paid."""
    found = state.get(BALANCES.number, DebtPool.of(pool).account + ASSET_KEYS[asset])
    return 0 if found is None else BALANCES.codec.decode_trusted(found).available


DEBTS_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_open_amounts, check_divisions)
