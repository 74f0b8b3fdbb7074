"""A group found, open, with the rights of its operator (rules GP1, GP2)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.groups.schema import GROUP_ACCOUNTS, GROUPS, Group
from ledger.groups.terms import OperatorRight
from ledger.keys.address import ADDRESS_BYTES
from ledger.keys.crypto import tagged_hash
from ledger.state.overlay import State
from ledger.state.table import big_endian


def group_account(number: int) -> bytes:
    """The account of a group; nobody has a key to it."""
    return tagged_hash(b"nodechain/group", big_endian(number))[:ADDRESS_BYTES]


def known_group(context: Context, number: int) -> Group:
    """A group, also one that is dissolved; refused (unknown_group) where there is none."""
    group = context.state.get(GROUPS, big_endian(number))
    if group is None:
        raise Refused(f"no group has the number {number}", code="unknown_group")
    return group


def open_group(context: Context, number: int) -> Group:
    """A group that is not dissolved; refused (unknown_group, group_dissolved) otherwise."""
    group = known_group(context, number)
    if group.dissolved_slot:
        raise Refused("the group is dissolved", code="group_dissolved")
    return group


def group_of_account(state: State, account: bytes) -> Group | None:
    """The group whose account it is."""
    link = state.get(GROUP_ACCOUNTS, account)
    return None if link is None else state.get(GROUPS, link.target)


def require_right(group: Group, sender: bytes, right: OperatorRight) -> None:
    """Refuse anybody but an operator with the right (GP2)."""
    if group.terms.operator != sender:
        raise Refused("only the group's operator may do this", code="not_the_operator")
    if right not in group.terms.rights:
        raise Refused(f"the terms do not give the operator the right {right.name.lower()}", code="no_operator_right")
