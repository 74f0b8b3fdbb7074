"""Limits of schemes by the month, each at its edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.sharing.credit_following import first_kept_month
from ledger.sharing.credit_limits import MAX_FORGOTTEN_AT_ONCE, MONTH_ROWS_KEPT
from ledger.sharing.credit_schema import CREDIT_SCHEMES, MONTH_SUMS, CreditScheme, MonthSum
from ledger.sharing.credit_settlement import credit_step, forget_piece
from ledger.sharing.credit_terms import last_day_of_month
from ledger.state.table import big_endian
from tests.support.credit_chain import STREET, CreditChain, monthly


def _with_old_month(sums: int, months: int) -> tuple[Context, CreditScheme]:
    """A scheme whose first month has so many sums, and lies so many before that of the newest cut-off."""
    chain = CreditChain()
    chain.begin(monthly(STREET))
    context, group = chain.context(), big_endian(1)
    found = context.get(CREDIT_SCHEMES, group)
    day = last_day_of_month(found.first_month + months)
    found = replace(found, cut_off_day=day, substituted_day=day)
    context.state.put(CREDIT_SCHEMES, group, found)
    for point in range(sums):
        key = group + big_endian(found.first_month) + big_endian(1 + point)
        context.state.put(MONTH_SUMS, key, MonthSum(1, 1, 0, 1))
    return context, found


def _sums(context: Context) -> int:
    month = context.get(CREDIT_SCHEMES, big_endian(1)).first_month
    return len(context.state.keys(MONTH_SUMS, big_endian(1) + big_endian(month)))


def month_rows_kept() -> None:
    context, found = _with_old_month(1, MONTH_ROWS_KEPT)
    assert first_kept_month(found) == found.first_month
    assert not credit_step(context, big_endian(1))
    assert _sums(context) == 1
    context, _found = _with_old_month(1, MONTH_ROWS_KEPT + 1)
    assert not credit_step(context, big_endian(1))
    assert _sums(context) == 0


def max_forgotten_at_once() -> None:
    """A step goes on until it weighs enough; each piece of it forgets so many, and is charged for them."""
    context, found = _with_old_month(MAX_FORGOTTEN_AT_ONCE + 1, MONTH_ROWS_KEPT + 1)
    forget_piece(context, 1, found)
    assert _sums(context) == 1
    forget_piece(context, 1, found)
    assert _sums(context) == 0


CREDIT_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MONTH_ROWS_KEPT": (month_rows_kept,),
    "MAX_FORGOTTEN_AT_ONCE": (max_forgotten_at_once,),
}
