"""Currency out: locked by its holder, marked by the banker, paid, burned; or taken back (rules K3, K4, BK2 to BK5).

What is locked and not marked is its holder's to take back. A mark binds it while the banker pays; a mark that is open
for too long has lapsed, from its instant on and not only when that is noticed, and is the voters' to settle.
"""

from __future__ import annotations

from typing import Final

from ledger.bank.balances import ASSET_KEYS, burn_locked, lock, unlock
from ledger.bank.checks import require_banker, require_currency
from ledger.bank.events import (
    CurrencyBurned,
    MarkLapsed,
    WithdrawalLocked,
    WithdrawalMarked,
    WithdrawalReturned,
    WithdrawalSettled,
    WithdrawalTakenBack,
    WithdrawalUnlocked,
)
from ledger.bank.limits import MARK_LIFETIME_MS, MAX_OPEN_MARKS
from ledger.bank.lines import take_line
from ledger.bank.payloads import (
    BurnCurrency,
    LockWithdrawal,
    MarkWithdrawal,
    SettleWithdrawal,
    TakeBackWithdrawal,
    UnlockCurrency,
)
from ledger.bank.points import check_binding, tell_came_in
from ledger.bank.schema import (
    MARK_DUE,
    MARK_NUMBERS,
    OUTSTANDING,
    WITHDRAWAL_MARKS,
    WITHDRAWALS,
    BankLine,
    Outstanding,
    Withdrawal,
    WithdrawalMark,
)
from ledger.bank.weights import MARK_END, MARKING
from ledger.chain.context import Context
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.schema import Purpose
from ledger.errors import Refused, require
from ledger.governance.voting import vote_on
from ledger.state.table import big_endian

WITHDRAWAL_LOCK: Final = Purpose(16, "withdrawal")
"""Currency that the holder wants to be paid out."""

NOTHING_ASKED: Final = Withdrawal(0, 0, 0)
NOTHING_OUTSTANDING: Final = Outstanding(0, 0)


def do_lock_withdrawal(context: Context, payload: LockWithdrawal) -> None:
    """Lock currency to be paid out (K3)."""
    check_binding(context, context.sender)
    require_currency(context, payload.asset)
    lock(context.state, context.sender, payload.asset, WITHDRAWAL_LOCK, payload.amount)
    _change(context, context.sender, payload.asset, asked=payload.amount)
    context.emit(WithdrawalLocked(context.sender, payload.asset, payload.amount))


def do_take_back_withdrawal(context: Context, payload: TakeBackWithdrawal) -> None:
    """Its holder has back what nobody has marked (BK3)."""
    require_currency(context, payload.asset)
    give_back_waiting(context, context.sender, payload.asset, payload.amount)
    context.emit(WithdrawalTakenBack(context.sender, payload.asset, payload.amount))
    tell_came_in(context, context.sender, payload.asset)


def do_mark_withdrawal(context: Context, payload: MarkWithdrawal) -> None:
    """The banker says what it pays now, before it pays (BK2)."""
    require_banker(context)
    require_currency(context, payload.asset)
    context.charge(MARKING)
    holder, asset, amount = payload.holder, payload.asset, payload.amount
    require_waiting(context, holder, asset, amount)
    if withdrawal_of(context, holder, asset).marks >= MAX_OPEN_MARKS:
        raise Refused(f"{MAX_OPEN_MARKS} marks of the account are open; burn or unlock first", code="too_many_marks")
    number = context.next_number(MARK_NUMBERS)
    key, lapses_ms = mark_key(holder, asset, number), context.time_ms + MARK_LIFETIME_MS
    context.state.put(WITHDRAWAL_MARKS, key, WithdrawalMark(amount, context.time_ms, lapses_ms))
    schedule(context, lapses_ms, MARK_DUE, number, key)
    _change(context, holder, asset, marked=amount, marks=1)
    context.emit(WithdrawalMarked(context.sender, holder, asset, number, amount, lapses_ms))


def do_burn_currency(context: Context, payload: BurnCurrency) -> None:
    """Destroy what was paid out, of a mark that has not lapsed (K4, BK2, BK4)."""
    require_banker(context)
    holder, asset, amount, number = payload.holder, payload.asset, payload.amount, payload.mark
    mark = _require_mark(context, holder, asset, number, amount)
    if has_lapsed(context, mark):
        raise Refused("the mark has lapsed: voters decide what becomes of it", code="mark_lapsed")
    take_line(context, payload.reference, BankLine(holder, asset, amount, number))
    _end_part(context, holder, asset, number, mark, amount)
    burn_locked(context.state, holder, asset, WITHDRAWAL_LOCK, amount)
    context.emit(CurrencyBurned(context.sender, holder, asset, amount, number, payload.reference))


def do_unlock_currency(context: Context, payload: UnlockCurrency) -> None:
    """The banker gives back what is not paid, of a mark or of what waits (K4)."""
    require_banker(context)
    holder, asset, amount, number = payload.holder, payload.asset, payload.amount, payload.mark
    if number:
        mark = _require_mark(context, holder, asset, number, amount)
        _end_part(context, holder, asset, number, mark, amount)
        unlock(context.state, holder, asset, WITHDRAWAL_LOCK, amount)
    else:
        give_back_waiting(context, holder, asset, amount)
    context.emit(WithdrawalUnlocked(context.sender, holder, asset, amount, number))
    tell_came_in(context, holder, asset)


def mark_due(context: Context, key: bytes) -> None:
    """A mark's time is over: voters decide from now on (BK4)."""
    mark = context.get(WITHDRAWAL_MARKS, key)
    context.emit(MarkLapsed(key[:20], key[20], int.from_bytes(key[21:], "big"), mark.amount))


def check_settlement(context: Context, action: SettleWithdrawal) -> None:
    """Refuse what voters cannot decide, or not yet (BK5)."""
    context.charge(MARK_END)
    mark = _require_mark(context, action.holder, action.asset, action.mark, 0)
    if not has_lapsed(context, mark):
        raise Refused("the banker may still burn or unlock the mark", code="mark_not_lapsed")


def settle_withdrawal(context: Context, action: SettleWithdrawal) -> None:
    """Carry out a vote: the mark was paid, and is burned; or it was not, and its holder has it back (BK5)."""
    check_settlement(context, action)
    vote, holder, asset, number = vote_on(context, action), action.holder, action.asset, action.mark
    mark = _require_mark(context, holder, asset, number, 0)
    _end_part(context, holder, asset, number, mark, mark.amount)
    if action.paid:
        burn_locked(context.state, holder, asset, WITHDRAWAL_LOCK, mark.amount)
        context.emit(WithdrawalSettled(vote, holder, asset, number, mark.amount))
        return
    unlock(context.state, holder, asset, WITHDRAWAL_LOCK, mark.amount)
    context.emit(WithdrawalReturned(vote, holder, asset, number, mark.amount))
    tell_came_in(context, holder, asset)


def withdrawal_of(context: Context, holder: bytes, asset: int) -> Withdrawal:
    """What a holder asks to be paid out of an asset."""
    return context.state.get(WITHDRAWALS, holder + ASSET_KEYS[asset]) or NOTHING_ASKED


def has_lapsed(context: Context, mark: WithdrawalMark) -> bool:
    """Whether its time is over, also where that still waits to be handled (BK4, D1)."""
    return context.time_ms >= mark.lapses_ms


def require_waiting(context: Context, holder: bytes, asset: int, amount: int) -> None:
    """Refuse more than a holder asks for and nobody has marked (BK3)."""
    found = withdrawal_of(context, holder, asset)
    if found.asked < amount:
        raise Refused("less is locked for withdrawal", code="insufficient_lock")
    if found.waiting < amount:
        raise Refused("the banker has marked it, and is paying it", code="withdrawal_marked")


def give_back_waiting(context: Context, holder: bytes, asset: int, amount: int) -> None:
    """Unlock a part of what nobody has marked."""
    require_waiting(context, holder, asset, amount)
    unlock(context.state, holder, asset, WITHDRAWAL_LOCK, amount)
    _change(context, holder, asset, asked=-amount)


def burn_waiting(context: Context, holder: bytes, asset: int, amount: int) -> None:
    """Destroy a part of what nobody has marked: where voters issue, no banker marks (FU12)."""
    require_waiting(context, holder, asset, amount)
    burn_locked(context.state, holder, asset, WITHDRAWAL_LOCK, amount)
    _change(context, holder, asset, asked=-amount)


def mark_key(holder: bytes, asset: int, number: int) -> bytes:
    """The key of a mark in `WITHDRAWAL_MARKS`."""
    return holder + ASSET_KEYS[asset] + big_endian(number)


def _require_mark(context: Context, holder: bytes, asset: int, number: int, amount: int) -> WithdrawalMark:
    mark = context.state.get(WITHDRAWAL_MARKS, mark_key(holder, asset, number))
    if mark is None:
        raise Refused(f"the account has no open mark {number} of this asset", code="no_such_mark")
    if mark.amount < amount:
        raise Refused(f"mark {number} is for less", code="above_mark")
    return mark


def _end_part(context: Context, holder: bytes, asset: int, number: int, mark: WithdrawalMark, amount: int) -> None:
    """A part of a mark is paid or given back; with nothing left it is closed."""
    context.charge(MARK_END)
    key = mark_key(holder, asset, number)
    if amount == mark.amount:
        context.state.delete(WITHDRAWAL_MARKS, key)
        cancel_expiry(context, mark.lapses_ms, MARK_DUE, number)
        _change(context, holder, asset, asked=-amount, marked=-amount, marks=-1)
        return
    left = WithdrawalMark(mark.amount - amount, mark.marked_ms, mark.lapses_ms)
    context.state.put(WITHDRAWAL_MARKS, key, left)
    _change(context, holder, asset, asked=-amount, marked=-amount)


def _change(context: Context, holder: bytes, asset: int, *, asked: int = 0, marked: int = 0, marks: int = 0) -> None:
    """Keep what a holder asks to be paid out, and all together; an entry that comes to nothing goes."""
    before = withdrawal_of(context, holder, asset)
    after = Withdrawal(before.asked + asked, before.marked + marked, before.marks + marks)
    require(0 <= after.marked <= after.asked and after.marks >= 0, "more is marked than a holder asks for")
    key = holder + ASSET_KEYS[asset]
    if after.asked:
        context.state.put(WITHDRAWALS, key, after)
    else:
        context.state.delete(WITHDRAWALS, key)
    total = context.state.get(OUTSTANDING, ASSET_KEYS[asset]) or NOTHING_OUTSTANDING
    rest = Outstanding(total.asked + asked, total.marked + marked)
    if rest.asked:
        context.state.put(OUTSTANDING, ASSET_KEYS[asset], rest)
    else:
        context.state.delete(OUTSTANDING, ASSET_KEYS[asset])
