"""Money of a run, through the scheme's pool: who is short owes, and pays first from what comes in (rules SC9, SC12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.bank.balances import balance, move
from ledger.chain.context import Context, in_range
from ledger.chain.counters import change_count, counted
from ledger.chain.schema import AccountCounter
from ledger.chain.sweeps import begin_sweep
from ledger.errors import require
from ledger.sharing.apportion import apportion
from ledger.sharing.events import ClaimPaid, DebtPaid
from ledger.sharing.genesis import SHARING_SECTION
from ledger.sharing.schema import DISTRIBUTION_SWEEP, SCHEME_CLAIMS, SCHEME_DEBTS, OpenAmount
from ledger.sharing.versions import pool_of
from ledger.sharing.weights import CLAIM_PAID, DEBT_PAID
from ledger.state.table import Table, big_endian

SCHEME_DEBT_COUNT: Final = AccountCounter(112, "scheme_debts")
"""In how many schemes an account owes."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What became of an account's due: moved at once, and still open."""

    paid: int = 0
    received: int = 0
    owes: int = 0
    is_owed: int = 0


def sharing_asset(context: Context) -> int:
    """The currency that schemes settle in."""
    return SHARING_SECTION.of(context.genesis).asset


def pay(context: Context, scheme: int, slot: int, dues: Mapping[bytes, int]) -> dict[bytes, Payment]:
    """Carry out what accounts have to pay (above 0) and to receive (below 0), which sums to 0.

    Payers give what they have; that is apportioned over the receivers, and the rest of both stays open.
    """
    require(sum(dues.values()) == 0, "what is paid is what is received")
    state, pool, asset = context.state, pool_of(scheme), sharing_asset(context)
    found: dict[bytes, Payment] = {}
    total = 0
    for account in sorted(dues):
        pay_debts(context, account, asset)
    for account in sorted(account for account, due in dues.items() if due > 0):
        paid = min(dues[account], balance(state, account, asset).available)
        move(state, account, pool, asset, paid)
        found[account] = Payment(paid=paid, owes=dues[account] - paid)
        _owe(context, account, scheme, dues[account] - paid)
        total += paid
    receivers = sorted(account for account, due in dues.items() if due < 0)
    parts = apportion(total, [-dues[account] for account in receivers], slot)
    for account, part in zip(receivers, parts, strict=True):
        move(state, pool, account, asset, part)
        found[account] = Payment(received=part, is_owed=-dues[account] - part)
        _change(context, SCHEME_CLAIMS, big_endian(scheme) + account, -dues[account] - part)
    return found


def pay_debts(context: Context, account: bytes, asset: int) -> None:
    """Currency came in: what the account owes is paid from what it has, scheme by scheme (SC12)."""
    if asset != sharing_asset(context) or not counted(context.state, account, SCHEME_DEBT_COUNT):
        return
    for key in context.state.keys(SCHEME_DEBTS, account):
        amount = min(context.get(SCHEME_DEBTS, key).amount, balance(context.state, account, asset).available)
        if amount:
            _pay_debt(context, account, int.from_bytes(key[len(account) :], "big"), amount)


def _pay_debt(context: Context, account: bytes, scheme: int, amount: int) -> None:
    pool, asset = pool_of(scheme), sharing_asset(context)
    context.charge(DEBT_PAID)
    if not balance(context.state, pool, asset).available:
        begin_sweep(context, DISTRIBUTION_SWEEP, big_endian(scheme))
    move(context.state, account, pool, asset, amount)
    _owe(context, account, scheme, -amount)
    context.emit(DebtPaid(account, pool, asset, scheme, amount))


def distribution_step(context: Context, subject: bytes) -> bool:
    """Divide what lies in a scheme's pool among those whom it owes, in proportion; who owes itself pays on (SC12)."""
    scheme = int.from_bytes(subject, "big")
    pool, asset = pool_of(scheme), sharing_asset(context)
    keys = context.state.keys(SCHEME_CLAIMS, subject)
    claims = [context.get(SCHEME_CLAIMS, key).amount for key in keys]
    context.charge(CLAIM_PAID * len(keys))
    total = min(balance(context.state, pool, asset).available, sum(claims))
    for key, part in zip(keys, apportion(total, claims), strict=True):
        if part:
            account = key[len(subject) :]
            move(context.state, pool, account, asset, part)
            _change(context, SCHEME_CLAIMS, key, -part)
            context.emit(ClaimPaid(account, pool, asset, scheme, part))
    return False


def _owe(context: Context, account: bytes, scheme: int, change: int) -> None:
    key = account + big_endian(scheme)
    before = context.state.get(SCHEME_DEBTS, key) is not None
    after = _change(context, SCHEME_DEBTS, key, change)
    if before != after:
        change_count(context.state, account, SCHEME_DEBT_COUNT, 1 if after else -1)


def _change(context: Context, table: Table[OpenAmount], key: bytes, change: int) -> bool:
    """Change an open amount; whether there is one afterwards."""
    before = context.state.get(table, key)
    amount = in_range((0 if before is None else before.amount) + change)
    if amount:
        context.state.put(table, key, OpenAmount(sharing_asset(context), amount))
    else:
        context.state.delete(table, key)
    return amount > 0
