"""Lines into sums, and money between an account and the operator (rules GA7 to GA9)."""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.bank.balances import balance, move
from ledger.chain.context import Context, in_range, in_signed_range
from ledger.debts.pools import DebtPool
from ledger.debts.queries import claim_on, debt_to
from ledger.debts.rules import claim, owe, pay_debts
from ledger.grid.events import GridBooked, GridClaimPaid, GridDebtPaid, GridUnpaid
from ledger.grid.genesis import GRID_SECTION, GridMode
from ledger.grid.schema import CHARGES_POOL, CREDITS_POOL, GRID_SUMS, GridLine, GridSum
from ledger.grid.versions import grid_terms
from ledger.state.table import big_endian

CHARGES: Final = DebtPool(CHARGES_POOL, 0)
"""What members owe for the grid."""

CREDITS: Final = DebtPool(CREDITS_POOL, 0)
"""What the operator owes."""


class ChargedSlots(msgspec.Struct, frozen=True):
    """Whose slots were charged."""

    account: bytes
    point: int
    scheme: int
    first_slot: int
    count: int


def book(context: Context, place: ChargedSlots, month: int, lines: tuple[GridLine, ...]) -> None:
    """Add lines to the account's sums of the month, and let their total move, as far as the payer has it (GA7)."""
    section, terms = GRID_SECTION.of(context.genesis), grid_terms(context)
    _add(context, place.account, month, section.asset, lines)
    asset, external = section.asset, section.mode == GridMode.EXTERNAL
    due = 0 if external else sum(line.amount for line in lines)
    mine = due > 0
    payer, payee, pool = (place.account, terms.operator, CHARGES) if mine else (terms.operator, place.account, CREDITS)
    pay_debts(context, payer, asset)
    before = net_debt(context, place.account)
    paid = _pay(context, pool, (payer, payee), asset, abs(due))
    short = abs(due) - paid
    context.emit(
        GridBooked(
            place.account, terms.operator, asset, place.point, place.scheme, place.first_slot, place.count, external,
            lines, paid if mine else 0, 0 if mine else paid, short if mine else 0, 0 if mine else short,
        )
    )  # fmt: skip
    _tell_mark(context, place.account, before)
    if paid:
        pay_debts(context, payee, asset)


def _pay(context: Context, pool: DebtPool, parties: tuple[bytes, bytes], asset: int, due: int) -> int:
    """The payer gives the payee what it has; the rest stays open in the pool. Says what moved."""
    payer, payee = parties
    paid = due if payer == payee else min(due, balance(context.state, payer, asset).available)
    if payer != payee:
        move(context.state, payer, payee, asset, paid)
    owe(context, pool, payer, asset, due - paid)
    claim(context, pool, payee, asset, due - paid)
    return paid


def _add(context: Context, account: bytes, month: int, asset: int, lines: tuple[GridLine, ...]) -> None:
    key = account + big_endian(month)
    entry = context.state.get(GRID_SUMS, key)
    found = {(line.kind, line.name): line for line in (() if entry is None else entry.lines)}
    for line in lines:
        held = found.get((line.kind, line.name), GridLine(line.kind, line.name, 0, 0))
        found[line.kind, line.name] = GridLine(
            line.kind, line.name,
            in_range(held.energy_mwh + line.energy_mwh), in_signed_range(held.amount + in_signed_range(line.amount)),
        )  # fmt: skip
    kept = tuple(line for _name, line in sorted(found.items()) if line.energy_mwh or line.amount)
    if kept:
        context.state.put(GRID_SUMS, key, GridSum(asset, kept))
    else:
        context.state.delete(GRID_SUMS, key)


def net_debt(context: Context, account: bytes) -> int:
    """What an account owes for the grid, less what the operator owes it; at least 0."""
    owed = debt_to(context.state, account, CHARGES)
    return max(0, owed - claim_on(context.state, account, CREDITS)) if owed else 0


def is_blocked(context: Context, owed: int) -> bool:
    """Whether so much reaches the mark (GA9)."""
    mark = grid_terms(context).mark
    return bool(mark) and owed >= mark


def _tell_mark(context: Context, account: bytes, before: int) -> None:
    """The household's controller hears when the mark is reached, and when it is not any more (GA9)."""
    now = net_debt(context, account)
    if is_blocked(context, now) != is_blocked(context, before):
        terms = grid_terms(context)
        context.emit(GridUnpaid(account, terms.asset, now, terms.mark, is_blocked(context, now)))


def tell_debt_paid(context: Context, pool: DebtPool, account: bytes, asset: int, amount: int) -> None:
    """What somebody owed for the grid, or the operator, was paid (GA8)."""
    if pool not in (CHARGES, CREDITS):
        return
    context.emit(GridDebtPaid(account, pool.account, asset, amount))
    if pool == CHARGES:
        claimed = claim_on(context.state, account, CREDITS)
        _tell_mark(context, account, max(0, debt_to(context.state, account, CHARGES) + amount - claimed))


def tell_claim_paid(context: Context, pool: DebtPool, account: bytes, asset: int, amount: int) -> None:
    """The operator, or whom it owed, got it (GA8)."""
    if pool in (CHARGES, CREDITS):
        context.emit(GridClaimPaid(account, pool.account, asset, amount))
