"""Money of a run, through the scheme's pool: who is short owes, and pays first from what comes in (rules SC9, SC12)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ledger.bank.balances import balance, move
from ledger.chain.context import Context
from ledger.debts.pools import DebtPool
from ledger.debts.queries import debt_to
from ledger.debts.rules import claim, owe, pay_debts, pay_in
from ledger.errors import require
from ledger.keys.address import ADDRESS_BYTES
from ledger.keys.crypto import tagged_hash
from ledger.sharing.apportion import apportion
from ledger.sharing.events import ClaimPaid, DebtPaid
from ledger.sharing.genesis import SHARING_SECTION
from ledger.sharing.versions import SCHEME_POOL, debt_pool
from ledger.state.table import big_endian


class Payment(msgspec.Struct, frozen=True):
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
    state, pool, asset = context.state, debt_pool(scheme), sharing_asset(context)
    found: dict[bytes, Payment] = {}
    total = 0
    for account in sorted(dues):
        pay_debts(context, account, asset)
    for account in sorted(account for account, due in dues.items() if due > 0):
        paid = min(dues[account], balance(state, account, asset).available)
        move(state, account, pool.account, asset, paid)
        found[account] = Payment(paid=paid, owes=dues[account] - paid)
        owe(context, pool, account, asset, dues[account] - paid)
        total += paid
    receivers = sorted(account for account, due in dues.items() if due < 0)
    parts = apportion(total, [-dues[account] for account in receivers], slot)
    for account, part in zip(receivers, parts, strict=True):
        move(state, pool.account, account, asset, part)
        found[account] = Payment(received=part, is_owed=-dues[account] - part)
    for account in receivers:
        claim(context, pool, account, asset, found[account].is_owed)
    return found


def claim_first(context: Context, scheme: int, dues: Mapping[bytes, int]) -> dict[bytes, Payment]:
    """Of a run of many chunks who receives comes first: all of it is a claim, so that what payers bring goes in
    proportion. Until these have paid, or owe, the run owes in their place.
    """
    pool, asset = debt_pool(scheme), sharing_asset(context)
    found = {}
    for account in sorted(account for account, due in dues.items() if due < 0):
        owe(context, pool, run_account(scheme), asset, -dues[account])
        claim(context, pool, account, asset, -dues[account])
        found[account] = Payment(is_owed=-dues[account])
    return found


def pay_after(context: Context, scheme: int, account: bytes, due: int) -> Payment:
    """A payer of a run of many chunks: it pays what it has, and owes the rest in place of the run.

    Where somebody sent the run's account a gift, that has paid for the last ones.
    """
    pool, asset = debt_pool(scheme), sharing_asset(context)
    due = min(due, debt_to(context.state, run_account(scheme), pool))
    owe(context, pool, run_account(scheme), asset, -due)
    paid = pay_in(context, pool, account, asset, due)
    return Payment(paid=paid, owes=due - paid)


def run_account(scheme: int) -> bytes:
    """The account that owes in place of who is still to be booked in a run; nobody has a key to it."""
    return tagged_hash(b"nodechain/sharing-run", big_endian(scheme))[:ADDRESS_BYTES]


def tell_debt_paid(context: Context, pool: DebtPool, account: bytes, asset: int, amount: int) -> None:
    """Who owed a scheme paid (SC12)."""
    if pool.kind == SCHEME_POOL:
        context.emit(DebtPaid(account, pool.account, asset, pool.number, amount))


def tell_claim_paid(context: Context, pool: DebtPool, account: bytes, asset: int, amount: int) -> None:
    """Who was owed by a scheme got it (SC12)."""
    if pool.kind == SCHEME_POOL:
        context.emit(ClaimPaid(account, pool.account, asset, pool.number, amount))
