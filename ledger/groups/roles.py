"""Groups in the rules of others: their accounts are members, and their operators sign for them (rules GP2, GP7)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.groups.opened import group_of_account, open_group
from ledger.groups.payloads import AdmitGroupPoint
from ledger.groups.schema import GROUP_ACCOUNTS, OPERATED_GROUPS
from ledger.groups.terms import OperatorRight
from ledger.slots.registration import check_agreed_point, register_agreed_point


def is_group_role(context: Context, address: bytes) -> bool:
    """Whether the address is a group's account, or operates a group: both are members by that (N2)."""
    state = context.state
    return state.get(GROUP_ACCOUNTS, address) is not None or state.first(OPERATED_GROUPS, address) is not None


def signs_for_group(context: Context, account: bytes, signer: bytes) -> bool:
    """Whether a signer's consent to a metering point is that of the group whose account it is (GP2)."""
    group = group_of_account(context.state, account)
    if group is None or group.dissolved_slot:
        return False
    return signer == group.terms.operator and OperatorRight.POINTS in group.terms.rights


def check_group_point(context: Context, action: AdmitGroupPoint) -> None:
    """Refuse to register by vote a point of what is no open group (GP2)."""
    group = group_of_account(context.state, action.terms.owner)
    if group is None:
        raise Refused("the owner is no group; others agree by their signature", code="unknown_group")
    open_group(context, group.number)
    check_agreed_point(context, action.terms)


def admit_group_point(context: Context, action: AdmitGroupPoint) -> None:
    """Carry out a vote: the voters agree for the group (GP2)."""
    check_group_point(context, action)
    register_agreed_point(context, action.terms)
