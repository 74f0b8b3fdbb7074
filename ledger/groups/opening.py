"""Groups opened, changed and dissolved (rules GP1 to GP3, GP14)."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context
from ledger.chain.schema import LOCKS, Link
from ledger.errors import Refused
from ledger.governance.members import require_member
from ledger.groups.distribution import begin_distribution, current_slot
from ledger.groups.events import GroupChanged, GroupDissolved
from ledger.groups.genesis import GROUPS_SECTION
from ledger.groups.limits import MAX_GROUPS
from ledger.groups.opened import group_account, group_of_account, open_group
from ledger.groups.payloads import ChangeGroup, DissolveGroup, OpenGroup
from ledger.groups.periods import await_period, stop_waiting
from ledger.groups.schema import (
    GROUP_ACCOUNTS,
    GROUP_DISTRIBUTIONS,
    GROUP_MEMBERS,
    GROUP_NUMBERS,
    GROUPS,
    OPERATED_GROUPS,
    Group,
)
from ledger.groups.shares import check_from_slot, check_rows, held_at, membership_of, whole_part, write_shares
from ledger.groups.terms import GroupTerms, bad_group, check_group_terms
from ledger.groups.weights import GATHERED_MEMBER, GROUP_CHANGE
from ledger.slots.schema import OWNER_POINTS
from ledger.state.table import big_endian


def do_open_group(context: Context, payload: OpenGroup) -> None:
    """A manager that the section names opens a group (GP1)."""
    if context.sender not in GROUPS_SECTION.of(context.genesis).managers:
        raise Refused("only managers of groups may do this; others open a vote", code="not_a_group_manager")
    _open(context, payload, context.sender)


def check_opening(context: Context, payload: OpenGroup) -> None:
    """Refuse to open what cannot be opened now (GP1)."""
    context.charge(GROUP_CHANGE)
    if context.count(GROUP_NUMBERS) >= MAX_GROUPS:
        raise Refused(f"at most {MAX_GROUPS} groups", code="too_many_groups")
    _check_terms(context, payload.terms)
    check_from_slot(context, payload.from_slot, 0)
    check_rows(context, group_account(context.count(GROUP_NUMBERS) + 1), payload.rows)


def open_by_vote(context: Context, payload: OpenGroup) -> None:
    """Carry out a vote (GP1)."""
    _open(context, payload, b"")


def _open(context: Context, payload: OpenGroup, manager: bytes) -> None:
    check_opening(context, payload)
    number = context.next_number(GROUP_NUMBERS)
    account, key, terms = group_account(number), big_endian(number), payload.terms
    group = Group(number, account, terms, 0, payload.from_slot, payload.from_slot, 0, 0, terms.asset, 0, 0, 0)
    context.state.put(GROUP_ACCOUNTS, account, Link(key))
    context.state.put(GROUP_MEMBERS, key + account, whole_part(payload.from_slot))
    context.state.put(OPERATED_GROUPS, terms.operator + key, Link(key))
    context.state.put(GROUPS, key, await_period(context, group))
    context.emit(GroupChanged(number, account, terms.operator, manager))
    if payload.rows:
        write_shares(context, context.get(GROUPS, key), payload.from_slot, payload.rows, manager)


def _check_terms(context: Context, terms: GroupTerms) -> None:
    check_group_terms(terms)
    if terms.asset != GROUPS_SECTION.of(context.genesis).asset:
        raise bad_group("limits and reserves are of the currency that the section of groups names")
    require_member(context, terms.operator)
    if group_of_account(context.state, terms.operator) is not None:
        raise Refused("an operator signs, and nobody has a key to the account of a group", code="bad_group")


def check_group_change(context: Context, action: ChangeGroup) -> Group:
    """Refuse terms that cannot be, or that hold already (GP3)."""
    context.charge(GROUP_CHANGE)
    group = open_group(context, action.group)
    _check_terms(context, action.terms)
    if group.terms == action.terms:
        raise Refused("the group has these terms already", code="unchanged")
    return group


def change_group(context: Context, action: ChangeGroup) -> None:
    """Carry out a vote: other terms hold from now on (GP3)."""
    group = stop_waiting(context, check_group_change(context, action))
    key = big_endian(group.number)
    context.state.delete(OPERATED_GROUPS, group.terms.operator + key)
    context.state.put(OPERATED_GROUPS, action.terms.operator + key, Link(key))
    changed = await_period(context, msgspec.structs.replace(group, terms=action.terms))
    context.state.put(GROUPS, key, changed)
    context.emit(GroupChanged(group.number, group.account, action.terms.operator, b""))


def check_dissolution(context: Context, action: DissolveGroup) -> Group:
    """Refuse to dissolve what still has business of its own, or whose rest would be nobody's (GP14)."""
    context.charge(GROUP_CHANGE)
    state, group = context.state, open_group(context, action.group)
    if state.get(GROUP_DISTRIBUTIONS, big_endian(group.number)) is not None:
        raise Refused("a distribution is running", code="distribution_running")
    if state.first(LOCKS, group.account) is not None or state.first(OWNER_POINTS, group.account) is not None:
        raise Refused("points, orders or sessions of the group are open", code="group_has_open_business")
    slot, key = current_slot(context), big_endian(group.number)
    context.charge(GATHERED_MEMBER * group.members)
    accounts = (entry[len(key) :] for entry in state.keys(GROUP_MEMBERS, key))
    if not any(
        held_at(membership_of(state, group.number, account), slot).share
        for account in accounts
        if account != group.account
    ):
        raise Refused("no member has a share, so the rest would be nobody's", code="no_group_shares")
    return group


def dissolve_group(context: Context, action: DissolveGroup) -> None:
    """Carry out a vote: what came in is divided by the rule, then the rest, and all that comes, by shares (GP14)."""
    group = stop_waiting(context, check_dissolution(context, action))
    context.state.delete(OPERATED_GROUPS, group.terms.operator + big_endian(group.number))
    slot = current_slot(context)
    context.emit(GroupDissolved(group.number, group.account, slot))
    closed = msgspec.structs.replace(group, dissolved_slot=slot)
    context.state.put(GROUPS, big_endian(group.number), closed)
    if not begin_distribution(context, closed, slot):
        begin_distribution(context, closed, slot, final=True)
