"""Who is short owes, and pays that first from what comes in; who is owed gets it in proportion (rules DB1 to DB4)."""

from __future__ import annotations

from itertools import islice

from msgspec.structs import replace

from ledger.bank.balances import balance, move
from ledger.bank.genesis import BANK_SECTION
from ledger.chain.context import Context, in_range
from ledger.chain.counters import change_count, counted
from ledger.chain.sweeps import begin_sweep
from ledger.debts.limits import LEAST_DIVISION, MAX_CLAIMS_AT_ONCE
from ledger.debts.points import CLAIM_PAID, DEBT_PAID
from ledger.debts.pools import POOL_BYTES, DebtPool
from ledger.debts.schema import CLAIMS, DEBT_COUNT, DEBTS, DIVISION_SWEEP, POOL_SUMS, OpenAmount, PoolSum
from ledger.debts.weights import CLAIM_PAID as CLAIM_WEIGHT
from ledger.debts.weights import DEBT_PAID as DEBT_WEIGHT
from ledger.errors import require
from ledger.state.table import Table


def pay_in(context: Context, pool: DebtPool, account: bytes, asset: int, due: int) -> int:
    """Let an account pay a pool what it has, of `due`, and owe the rest; what it owed before goes first. Says what it
    paid (DB2).
    """
    pay_debts(context, account, asset)
    paid = min(due, balance(context.state, account, asset).available)
    if paid:
        _into_pool(context, pool, account, asset, paid)
    owe(context, pool, account, asset, due - paid)
    return paid


def owe(context: Context, pool: DebtPool, account: bytes, asset: int, change: int) -> None:
    """Let an account owe a pool so much more."""
    if not change:
        return
    before, after = _change(context, DEBTS, account + pool.key, asset, change)
    if bool(before) != bool(after):
        change_count(context.state, account, DEBT_COUNT, 1 if after else -1)


def claim(context: Context, pool: DebtPool, account: bytes, asset: int, change: int) -> None:
    """Let a pool owe an account so much more. Who has claims and payments of one run brings the claims first: what
    lies in a pool goes in proportion to the claims that are there (DB3).
    """
    if not change:
        return
    entry = context.state.get(POOL_SUMS, pool.key) or PoolSum(asset, 0, 0, 0, 0, b"")
    key = pool.key + account
    _change(context, CLAIMS, key, asset, change)
    ahead = change if entry.left and key > entry.after else 0
    claims = in_range(entry.claims + change)
    _put_sum(context, pool, replace(entry, claims=claims, claims_left=entry.claims_left + ahead))


def pay_debts(context: Context, account: bytes, asset: int) -> None:
    """Tokens came in: what the account owes is paid from what it has, pool by pool (DB2)."""
    if not counted(context.state, account, DEBT_COUNT):
        return
    for key in context.state.keys(DEBTS, account):
        debt = context.get(DEBTS, key)
        amount = min(debt.amount, balance(context.state, account, asset).available)
        if debt.asset == asset and amount:
            pool = DebtPool.of(key[len(account) :])
            context.charge(DEBT_WEIGHT)
            owe(context, pool, account, asset, -amount)
            _into_pool(context, pool, account, asset, amount)
            for tell in context.hooks.at(DEBT_PAID):
                tell(context, pool, account, asset, amount)


def pay_from_fees(context: Context) -> int:
    """At the start of a block: the fees of those that its proposer proposed before are in its account (DB2).

    What that weighs, 0 where there is nothing to do.
    """
    account, asset = context.fee_account, BANK_SECTION.of(context.genesis).fee_asset
    before = balance(context.state, account, asset).available
    if before:
        pay_debts(context, account, asset)
    return DEBT_WEIGHT if balance(context.state, account, asset).available < before else 0


def _into_pool(context: Context, pool: DebtPool, account: bytes, asset: int, amount: int) -> None:
    move(context.state, account, pool.account, asset, amount)
    entry = context.get(POOL_SUMS, pool.key)
    _put_sum(context, pool, replace(entry, there=entry.there + amount))
    _begin_division(context, pool)


def _begin_division(context: Context, pool: DebtPool) -> None:
    """Where enough lies in the pool and somebody has a claim, unless a division goes on (DB3)."""
    entry = context.state.get(POOL_SUMS, pool.key)
    if entry is None or entry.left:
        return
    left = min(entry.claims, entry.there)
    if left * LEAST_DIVISION >= entry.claims:
        begin_sweep(context, DIVISION_SWEEP, pool.key)
        _put_sum(context, pool, replace(entry, left=left, claims_left=entry.claims, after=b""))


def division_step(context: Context, subject: bytes) -> bool:
    """Pay the next claims of a pool; whether there are more (DB3).

    Each gets floor(left x claim / claims left), so the last one gets all that is left: the sum is exact, and nobody's
    part is a unit or more from its proportion of what was left at its turn. Who owes the pool itself sets its claim off
    against that first: tokens would go round for ever.
    """
    pool = DebtPool.of(subject)
    entry = context.get(POOL_SUMS, subject)
    keys = tuple(islice(context.state.scan(CLAIMS, subject, entry.after or None), MAX_CLAIMS_AT_ONCE))
    context.charge(CLAIM_WEIGHT * len(keys))
    for key in keys:
        entry = _offset(context, pool, key, entry)
        claimed = context.state.get(CLAIMS, key)
        if claimed is None:
            continue
        amount = claimed.amount
        part = entry.left * amount // entry.claims_left
        entry = PoolSum(
            entry.asset, entry.claims - part, entry.there - part, entry.left - part, entry.claims_left - amount, key
        )  # fmt: skip
        _pay_claim(context, pool, key, entry.asset, part)
    require(entry.left <= entry.claims_left, "a division has more left than there are claims")
    _put_sum(context, pool, entry)
    if entry.left:
        return True
    _begin_division(context, pool)
    return False


def _offset(context: Context, pool: DebtPool, key: bytes, entry: PoolSum) -> PoolSum:
    """Set a claim off against what its account owes the same pool; how far the division is then."""
    account = key[POOL_BYTES:]
    claimed, owed = context.get(CLAIMS, key), context.state.get(DEBTS, account + pool.key)
    if owed is None:
        return entry
    both = min(claimed.amount, owed.amount)
    _change(context, CLAIMS, key, entry.asset, -both)
    owe(context, pool, account, entry.asset, -both)
    context.charge(DEBT_WEIGHT)
    for point in (CLAIM_PAID, DEBT_PAID):
        for tell in context.hooks.at(point):
            tell(context, pool, account, entry.asset, both)
    left = entry.claims_left - both
    return PoolSum(entry.asset, entry.claims - both, entry.there, min(entry.left, left), left, key)


def _pay_claim(context: Context, pool: DebtPool, key: bytes, asset: int, part: int) -> None:
    """What an account gets pays first what it owes itself (DB2)."""
    if not part:
        return
    account = key[POOL_BYTES:]
    _change(context, CLAIMS, key, asset, -part)
    move(context.state, pool.account, account, asset, part)
    for tell in context.hooks.at(CLAIM_PAID):
        tell(context, pool, account, asset, part)
    pay_debts(context, account, asset)


def _change(context: Context, table: Table[OpenAmount], key: bytes, asset: int, change: int) -> tuple[int, int]:
    """Change what is open; how much it was, and is. Of nothing there is no entry."""
    found = context.state.get(table, key)
    before = 0 if found is None else found.amount
    after = in_range(before + change)
    if after:
        context.state.put(table, key, OpenAmount(asset, after))
    else:
        context.state.delete(table, key)
    return before, after


def _put_sum(context: Context, pool: DebtPool, entry: PoolSum) -> None:
    if entry.claims:
        kept = entry if entry.left else replace(entry, claims_left=0, after=b"")
        context.state.put(POOL_SUMS, pool.key, kept)
    else:
        context.state.delete(POOL_SUMS, pool.key)
