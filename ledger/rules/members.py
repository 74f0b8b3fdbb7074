"""Who may use the ledger (rules N1-N4): members by admission or by role, unless genesis opens it to all."""

from __future__ import annotations

from ledger.context import Context
from ledger.errors import Refused
from ledger.events import MemberChanged
from ledger.genesis import Access
from ledger.rules.sessions import close_sessions_of
from ledger.schema import (
    BANKER,
    COUNTERS,
    MEMBERS,
    METER_ADDRESSES,
    OWNERS,
    UNITS,
    VALIDATORS,
    VOTERS,
    Member,
    MemberStatus,
    UnitStatus,
)

VALIDATOR_ACCOUNTS = b"validator_account:"


def has_role(context: Context, address: bytes) -> bool:
    """Whether the address holds a role that makes it a member: voter, banker, unit, owner, meter, validator (N2)."""
    state = context.state
    if state.get(VOTERS, address) is not None or state.get(OWNERS, address) is not None:
        return True
    unit = state.get(UNITS, address)
    if unit is not None and unit.status != UnitStatus.REMOVED:
        return True
    banker = state.get(BANKER, b"")
    if banker is not None and banker.address == address:
        return True
    if state.get(METER_ADDRESSES, address) is not None or state.get(VALIDATORS, address) is not None:
        return True
    return state.get(COUNTERS, VALIDATOR_ACCOUNTS + address) is not None


def is_member(context: Context, address: bytes) -> bool:
    """Whether the address may receive and send (N1, N2)."""
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
    if not is_member(context, address):
        raise Refused("the address is no member; voters admit members (vote admit)", code="not_a_member")


def check_admission(context: Context, address: bytes) -> None:
    """Refuse to open a vote that would change nothing."""
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
    close_sessions_of(context, address)
    for hook in context.hooks.expelled:
        hook(context, address)
    context.state.put(MEMBERS, address, Member(MemberStatus.EXPELLED, context.height))
    context.emit(MemberChanged(address, False))
