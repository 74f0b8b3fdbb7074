"""Who may use the ledger (rules N1-N4): members by admission or by role, unless genesis opens it to all."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.schema import ACCOUNTS
from ledger.errors import Refused
from ledger.governance.events import MemberChanged
from ledger.governance.genesis import GOVERNANCE_SECTION, Access
from ledger.governance.points import (
    ADMISSION_CHECK,
    DEVICE_KEY,
    MEMBER_ADMITTED,
    MEMBER_EXPELLED,
    ROLE_HELD,
    MemberAdmission,
)
from ledger.governance.schema import MEMBERS, VOTERS, Member, MemberStatus


def has_role(context: Context, address: bytes) -> bool:
    """Whether the address holds a role that makes it a member: voter, banker, unit, owner, validator (N2)."""
    return any(holds(context, address) for holds in context.hooks.at(ROLE_HELD))


def is_device_key(context: Context, address: bytes) -> bool:
    """Whether the address is that of a key that was ever bound as a meter (M11)."""
    return any(knows(context, address) for knows in context.hooks.at(DEVICE_KEY))


def is_voter(context: Context, address: bytes) -> bool:
    """Whether the address votes."""
    return context.state.get(VOTERS, address) is not None


def is_known(context: Context, address: bytes) -> bool:
    """Whether the address was admitted, expelled, or has sent something."""
    return context.state.get(MEMBERS, address) is not None or context.state.get(ACCOUNTS, address) is not None


def check_no_meter(context: Context, address: bytes) -> None:
    """Refuse a meter's address where an account is needed: it receives nothing and has no role (M11)."""
    if is_device_key(context, address):
        raise Refused("the address is a meter's, which sends readings and nothing else", code="is_a_meter")


def is_member(context: Context, address: bytes) -> bool:
    """Whether the address may receive and send (N1, N2); a meter's may not (M11)."""
    return not is_device_key(context, address) and is_admitted(context, address)


def is_admitted(context: Context, address: bytes) -> bool:
    """Whether an address that is no meter's may receive and send (N1, N2)."""
    entry = context.state.get(MEMBERS, address)
    if entry is not None and entry.status == MemberStatus.ADMITTED:
        return True
    if entry is None and GOVERNANCE_SECTION.of(context.genesis).access == Access.OPEN:
        return True
    return has_role(context, address)


def is_expelled(context: Context, address: bytes) -> bool:
    """Whether the address may only transfer and withdraw; a role given later makes it a member again (N2, N3)."""
    entry = context.state.get(MEMBERS, address)
    return entry is not None and entry.status == MemberStatus.EXPELLED and not has_role(context, address)


def require_member(context: Context, address: bytes) -> None:
    """Refuse to deal with an address that is no member (N4)."""
    check_no_meter(context, address)
    if not is_admitted(context, address):
        raise Refused("the address is no member; voters admit members (vote admit)", code="not_a_member")


def check_admission(context: Context, address: bytes) -> None:
    """Refuse to open a vote that would change nothing."""
    check_no_meter(context, address)
    entry = context.state.get(MEMBERS, address)
    if entry is not None and entry.status == MemberStatus.ADMITTED:
        raise Refused("the address is a member already", code="already_a_member")


def check_demands(context: Context, address: bytes) -> None:
    """Refuse a vote to admit that would change nothing, or whom it must not admit (N1)."""
    check_admission(context, address)
    for check in context.hooks.at(ADMISSION_CHECK):
        check(context, address)


def admit_by_vote(context: Context, address: bytes, sponsor: bytes = b"", referrer: bytes = b"") -> None:
    """Carry out a vote to admit (N1); `sponsor` and `referrer` are for modules that ask for them."""
    check_demands(context, address)
    admit(context, address, sponsor, referrer)


def admit(context: Context, address: bytes, sponsor: bytes = b"", referrer: bytes = b"") -> None:
    """Make an address a member, whatever is demanded of others: the genesis does it too (N1)."""
    check_admission(context, address)
    is_first = context.state.get(MEMBERS, address) is None
    context.state.put(MEMBERS, address, Member(MemberStatus.ADMITTED, context.height))
    context.emit(MemberChanged(address, True))
    for follow in context.hooks.at(MEMBER_ADMITTED):
        follow(context, MemberAdmission(address, is_first, sponsor, referrer))


def check_expulsion(context: Context, address: bytes) -> None:
    """A role is lost before its holder can be expelled (N3)."""
    if has_role(context, address):
        raise Refused("the address holds a role; take the role first", code="holds_a_role")
    if context.state.get(MEMBERS, address) is None and GOVERNANCE_SECTION.of(context.genesis).access != Access.OPEN:
        raise Refused("the address is no member", code="not_a_member")
    if is_expelled(context, address):
        raise Refused("the address is expelled already", code="already_expelled")


def expel(context: Context, address: bytes) -> None:
    """Carry out a vote to expel: sessions and orders end, transfer and withdrawal remain (N3)."""
    check_expulsion(context, address)
    for end in context.hooks.at(MEMBER_EXPELLED):
        end(context, address)
    context.state.put(MEMBERS, address, Member(MemberStatus.EXPELLED, context.height))
    context.emit(MemberChanged(address, False))
