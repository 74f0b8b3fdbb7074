"""Accounts whose sessions end last where a unit holds too little, as a surgery's or a pump's (rule C11)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.energy.events import PriorityChanged
from ledger.energy.limits import MAX_PRIORITY_ACCOUNTS
from ledger.energy.schema import PRIORITY_ACCOUNTS, PriorityAccount
from ledger.errors import Refused
from ledger.governance.members import require_member

PRIORITY_COUNT = b"priority_accounts"


def has_priority(context: Context, account: bytes) -> bool:
    """Whether sessions that the account opens now end last."""
    return context.state.get(PRIORITY_ACCOUNTS, account) is not None


def check_priority(context: Context, account: bytes, *, wanted: bool) -> None:
    """Refuse who is no member, what stands already, and more than the limit."""
    if has_priority(context, account) == wanted:
        raise Refused("the account has priority already, or has none", code="unchanged")
    if wanted:
        require_member(context, account)
        if context.count(PRIORITY_COUNT) >= MAX_PRIORITY_ACCOUNTS:
            raise Refused(f"at most {MAX_PRIORITY_ACCOUNTS} accounts have priority", code="too_many_priorities")


def set_priority(context: Context, account: bytes, *, wanted: bool) -> None:
    """Carry out a vote; open sessions stay as they were opened."""
    check_priority(context, account, wanted=wanted)
    _set(context, account, wanted=wanted)


def end_priority(context: Context, account: bytes) -> None:
    """An expelled member has none."""
    if has_priority(context, account):
        _set(context, account, wanted=False)


def _set(context: Context, account: bytes, *, wanted: bool) -> None:
    if wanted:
        context.state.put(PRIORITY_ACCOUNTS, account, PriorityAccount(context.height))
    else:
        context.state.delete(PRIORITY_ACCOUNTS, account)
    context.change_count(PRIORITY_COUNT, 1 if wanted else -1)
    context.emit(PriorityChanged(account, wanted))
