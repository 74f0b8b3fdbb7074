"""Who may use the ledger (rules N1-N4): members by admission or by role, unless genesis opens it to all."""

from __future__ import annotations

from typing import Any

from ledger.context import Context
from ledger.errors import Refused
from ledger.events import MemberChanged
from ledger.genesis import Access
from ledger.rules.sessions import end_sessions_of
from ledger.schema import (
    ACCOUNTS,
    BALANCES,
    BANKER,
    COUNTERS,
    HOUSEHOLDS,
    MEMBERS,
    METER_ADDRESSES,
    OWNERS,
    UNITS,
    VALIDATORS,
    VOTERS,
    WITHDRAWALS,
    Member,
    MemberStatus,
    Table,
    UnitStatus,
)

VALIDATOR_ACCOUNTS = b"validator_account:"


def has_role(context: Context, address: bytes) -> bool:
    """Whether the address holds a role that makes it a member: voter, banker, unit, owner, validator (N2)."""
    state = context.state
    if state.get(VOTERS, address) is not None or state.get(OWNERS, address) is not None:
        return True
    unit = state.get(UNITS, address)
    if unit is not None and unit.status != UnitStatus.REMOVED:
        return True
    banker = state.get(BANKER, b"")
    if banker is not None and banker.address == address:
        return True
    if state.get(VALIDATORS, address) is not None:
        return True
    return state.get(COUNTERS, VALIDATOR_ACCOUNTS + address) is not None


def is_meter(context: Context, address: bytes) -> bool:
    """Whether the address is that of a key that was ever bound as a meter (M11)."""
    return context.state.get(METER_ADDRESSES, address) is not None


def check_no_meter(context: Context, address: bytes) -> None:
    """Refuse a meter's address where an account is needed: it receives nothing and has no role (M11)."""
    if is_meter(context, address):
        raise Refused("the address is a meter's, which sends readings and nothing else", code="is_a_meter")


def check_meter_key(context: Context, address: bytes) -> None:
    """Refuse to bind a key whose address is an account's: its money and rights would be locked up (M11)."""
    if is_meter(context, address):
        return
    state = context.state
    tables: tuple[Table[Any], ...] = (MEMBERS, ACCOUNTS, HOUSEHOLDS, WITHDRAWALS)
    known = any(state.get(table, address) is not None for table in tables)
    if known or has_role(context, address) or state.first(BALANCES, address) is not None:
        raise Refused("the key is an account's; a meter has a key of its own", code="key_in_use")


def is_member(context: Context, address: bytes) -> bool:
    """Whether the address may receive and send (N1, N2); a meter's may not (M11)."""
    if is_meter(context, address):
        return False
    entry = context.state.get(MEMBERS, address)
    if entry is not None and entry.status == MemberStatus.ADMITTED:
        return True
    if entry is None and context.genesis.access == Access.OPEN:
        return True
    return has_role(context, address)


def is_expelled(context: Context, address: bytes) -> bool:
    """Whether the address may only transfer and withdraw; a role given later makes it a member again (N2, N3)."""
    entry = context.state.get(MEMBERS, address)
    return entry is not None and entry.status == MemberStatus.EXPELLED and not has_role(context, address)


def require_member(context: Context, address: bytes) -> None:
    """Refuse to deal with an address that is no member (N4)."""
    check_no_meter(context, address)
    if not is_member(context, address):
        raise Refused("the address is no member; voters admit members (vote admit)", code="not_a_member")


def check_admission(context: Context, address: bytes) -> None:
    """Refuse to open a vote that would change nothing."""
    check_no_meter(context, address)
    entry = context.state.get(MEMBERS, address)
    if entry is not None and entry.status == MemberStatus.ADMITTED:
        raise Refused("the address is a member already", code="already_a_member")


def admit(context: Context, address: bytes) -> None:
    """Carry out a vote to admit (N1)."""
    check_admission(context, address)
    context.state.put(MEMBERS, address, Member(MemberStatus.ADMITTED, context.height))
    context.emit(MemberChanged(address, True))


def check_expulsion(context: Context, address: bytes) -> None:
    """A role is lost before its holder can be expelled (N3)."""
    if has_role(context, address):
        raise Refused("the address holds a role; take the role first", code="holds_a_role")
    if context.state.get(MEMBERS, address) is None and context.genesis.access != Access.OPEN:
        raise Refused("the address is no member", code="not_a_member")
    if is_expelled(context, address):
        raise Refused("the address is expelled already", code="already_expelled")


def expel(context: Context, address: bytes) -> None:
    """Carry out a vote to expel: sessions and orders end, transfer and withdrawal remain (N3)."""
    check_expulsion(context, address)
    end_sessions_of(context, address)
    for hook in context.hooks.expelled:
        hook(context, address)
    context.state.put(MEMBERS, address, Member(MemberStatus.EXPELLED, context.height))
    context.emit(MemberChanged(address, False))
