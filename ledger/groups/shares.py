"""Who has which share of a group from which slot on (rules GP4 to GP7); with the group's own part it is the whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

from ledger.chain.context import Context
from ledger.chain.envelope import check_signatures
from ledger.chain.parameters import DAY_MS, PARTS
from ledger.chain.schema import Link
from ledger.chain.weights import SIGNATURE
from ledger.errors import InvalidInput, Refused
from ledger.governance.members import require_member
from ledger.groups.events import GroupShareSet
from ledger.groups.limits import (
    MAX_GROUP_MEMBERS,
    MAX_GROUPS_PER_MEMBER,
    MAX_SHARE_CHANGES,
    MAX_SHARE_DAYS_AHEAD,
)
from ledger.groups.opened import open_group, require_right
from ledger.groups.payloads import LeaveGroup, SetGroupShares, TransferGroupShare
from ledger.groups.schema import (
    GROUP_DISTRIBUTIONS,
    GROUP_MEMBERS,
    GROUPS,
    MEMBER_GROUPS,
    Group,
    GroupMembership,
    ShareChange,
)
from ledger.groups.terms import GroupRow, OperatorRight, ShareTransfers, bad_group
from ledger.groups.weights import SHARE_CHECK, SHARE_SET
from ledger.keys.address import address_of, check_sender_key
from ledger.slots.clock import clock_of
from ledger.slots.registration import next_slot
from ledger.slots.schema import POINTS, Direction
from ledger.state.overlay import State
from ledger.state.table import big_endian

NO_MEMBERSHIP: Final = GroupMembership(())
NOTHING: Final = ShareChange(0, 0, 0, ())


def membership_of(state: State, group: int, account: bytes) -> GroupMembership:
    """What an account has had in a group; empty where it was never in it, or long ago."""
    return state.get(GROUP_MEMBERS, big_endian(group) + account) or NO_MEMBERSHIP


def held_at(membership: GroupMembership, slot: int) -> ShareChange:
    """What a member has in a slot."""
    return next((change for change in reversed(membership.changes) if change.from_slot <= slot), NOTHING)


def do_set_group_shares(context: Context, payload: SetGroupShares) -> None:
    """The operator sets shares, where the terms give it the right (GP4)."""
    require_right(open_group(context, payload.group), context.sender, OperatorRight.SHARES)
    set_shares(context, payload.group, payload.from_slot, payload.rows, context.sender)


def do_leave_group(context: Context, payload: LeaveGroup) -> None:
    """A member gives its share to the group (GP5)."""
    group = open_group(context, payload.group)
    if context.sender == group.account or not membership_of(context.state, group.number, context.sender).changes:
        raise Refused("the sender has nothing in this group", code="not_in_group")
    set_shares(context, group.number, payload.from_slot, (GroupRow(context.sender, 0, 0, ()),), context.sender)


def do_transfer_group_share(context: Context, payload: TransferGroupShare) -> None:
    """A part of the sender's share becomes another one's, who agreed (GP6)."""
    terms = payload.terms
    group = open_group(context, terms.group)
    if terms.sender != context.sender or terms.recipient in (terms.sender, group.account):
        raise bad_group("the sender gives a part of its own share, to another account than the group's")
    context.charge(SIGNATURE * len(payload.recipient_signatures))
    try:
        check_sender_key(payload.recipient_key)
    except InvalidInput as error:
        raise Refused(error.detail, code="bad_key") from None
    signed = check_signatures(payload.recipient_key, terms.message(context.genesis_hash), payload.recipient_signatures)
    if not signed or address_of(payload.recipient_key) != terms.recipient:
        raise Refused("who takes the share did not sign these terms", code="bad_share_consent")
    rows = []
    for account, change in ((terms.sender, -terms.parts), (terms.recipient, terms.parts)):
        membership = membership_of(context.state, group.number, account)
        if any(later.from_slot > terms.from_slot for later in membership.changes):
            raise Refused("the share of one of both changes later on", code="share_changes_pending")
        held = held_at(membership, terms.from_slot)
        if held.share + change < 0:
            raise Refused(f"the sender has {held.share} parts then", code="share_too_small")
        rows.append(GroupRow(account, held.share + change, held.key, held.points))
    _check_recipient(context, group, terms.recipient)
    if rows[1].share != terms.share_then:
        raise Refused(f"the recipient would have {rows[1].share} parts then", code="bad_share_consent")
    set_shares(context, group.number, terms.from_slot, rows, context.sender)


def _check_recipient(context: Context, group: Group, recipient: bytes) -> None:
    if group.terms.transfers == ShareTransfers.NOBODY:
        raise Refused("the group's terms let nobody transfer shares", code="no_share_transfers")
    inside = bool(membership_of(context.state, group.number, recipient).changes)
    if group.terms.transfers == ShareTransfers.GROUP and not inside:
        raise Refused("the recipient is not in the group", code="no_share_transfers")


def leave_groups(context: Context, account: bytes) -> None:
    """An expelled member's shares become the groups' own parts from the next slot on (GP7)."""
    from_slot = next_slot(context, clock_of(context))
    for key in context.state.keys(MEMBER_GROUPS, account):
        group = context.get(GROUPS, key[len(account) :])
        if not group.dissolved_slot:
            at = max(from_slot, group.opened_slot)
            write_shares(context, group, at, (GroupRow(account, 0, 0, ()),), b"")


def set_shares(context: Context, number: int, from_slot: int, rows: Sequence[GroupRow], sender: bytes) -> None:
    """Let members have what the rows say, from the beginning of a slot to come (GP4)."""
    group = open_group(context, number)
    check_rows(context, group.account, rows)
    check_from_slot(context, from_slot, group.opened_slot)
    write_shares(context, group, from_slot, rows, sender)


def check_from_slot(context: Context, from_slot: int, opened_slot: int) -> None:
    """Refuse a slot that has begun, or lies too far ahead, or before the group (GP4)."""
    start_ms = clock_of(context).start_ms(from_slot)
    if start_ms <= context.time_ms or from_slot < opened_slot:
        raise Refused("shares change at the beginning of a slot to come", code="slot_not_to_come")
    if start_ms > context.time_ms + MAX_SHARE_DAYS_AHEAD * DAY_MS:
        raise Refused(f"shares change at most {MAX_SHARE_DAYS_AHEAD} days ahead", code="slot_too_far")


def check_rows(context: Context, account: bytes, rows: Sequence[GroupRow]) -> None:
    """Refuse who is no member, whom two rows name, and points that are not the member's own (GP4)."""
    context.charge(SHARE_CHECK * len(rows))
    if len({row.account for row in rows}) != len(rows) or any(row.account == account for row in rows):
        raise bad_group("each member has one row, and the group itself none: its own part is what is left")
    for row in rows:
        if not row.is_empty:
            require_member(context, row.account)
        if any(here >= there for here, there in pairwise(row.points)):
            raise bad_group("a member's points are not in rising order, or one stands twice")
        for number in row.points:
            point = context.state.get(POINTS, big_endian(number))
            if point is None or point.owner != row.account or point.until_slot:
                raise Refused(f"point {number} is not an open one of the member's", code="bad_group_point")
            if point.direction != Direction.OFFTAKE:
                raise Refused(f"point {number} takes no energy out of the grid", code="bad_group_point")


def write_shares(context: Context, group: Group, from_slot: int, rows: Sequence[GroupRow], sender: bytes) -> None:
    """Write rows down that were checked; the group's own part has the rest, which is never below nothing (GP4)."""
    context.charge(SHARE_SET * len(rows))
    horizon = _horizon(context, group)
    own = list(membership_of(context.state, group.number, group.account).changes)
    members = group.members
    leaving = all(row.is_empty for row in rows)
    for row in rows:
        before = membership_of(context.state, group.number, row.account).changes
        own = _own_part(own, before, from_slot, row.share)
        members += _put(context, group, row, _replaced(before, from_slot, row, horizon))
        context.emit(GroupShareSet(group.number, group.account, row.account, from_slot, row.share, row.key, sender))
    if any(change.share < 0 for change in own):
        raise Refused("more than the whole would be given away", code="share_not_free")
    if members > MAX_GROUP_MEMBERS:
        raise Refused(f"a group has at most {MAX_GROUP_MEMBERS} members", code="too_many_group_members")
    kept = _remembered(own, horizon, leaving=leaving)
    context.state.put(GROUP_MEMBERS, big_endian(group.number) + group.account, GroupMembership(kept))
    context.state.put(GROUPS, big_endian(group.number), msgspec.structs.replace(group, members=members))


def _own_part(
    own: Sequence[ShareChange], before: Sequence[ShareChange], from_slot: int, share: int
) -> list[ShareChange]:
    """The group's own part when a member has `share` from a slot on in place of what it had or would have had."""
    slots = {from_slot, *(change.from_slot for change in (*own, *before) if change.from_slot > from_slot)}
    earlier = [change for change in own if change.from_slot < from_slot]
    had, has = GroupMembership(tuple(before)), GroupMembership(tuple(own))
    later = [
        ShareChange(slot, held_at(has, slot).share + held_at(had, slot).share - share, 0, ()) for slot in sorted(slots)
    ]
    return _without_repeats([*earlier, *later])


def _without_repeats(changes: Sequence[ShareChange]) -> list[ShareChange]:
    """Without changes to what was there before."""
    found: list[ShareChange] = []
    for change in changes:
        if msgspec.structs.replace(change, from_slot=0) != msgspec.structs.replace(
            found[-1] if found else NOTHING, from_slot=0
        ):
            found.append(change)
    return found


def _replaced(before: Sequence[ShareChange], from_slot: int, row: GroupRow, horizon: int) -> tuple[ShareChange, ...]:
    """A member's changes with the new one in place of what had been decided for later."""
    kept = [change for change in before if change.from_slot < from_slot]
    new = ShareChange(from_slot, row.share, row.key, row.points)
    return _remembered(_without_repeats([*kept, new]), horizon, leaving=row.is_empty)


def _remembered(changes: Sequence[ShareChange], horizon: int, *, leaving: bool) -> tuple[ShareChange, ...]:
    """Without what no distribution can meet any more; refused where too many are left. Nobody is kept from leaving, or
    from being expelled: each member leaves once, so these changes are bounded by the group's members.
    """
    last = max((place for place, change in enumerate(changes) if change.from_slot <= horizon), default=0)
    kept = tuple(changes[last:])
    if len(kept) > MAX_SHARE_CHANGES and not leaving:
        raise Refused("the share changed too often since the last distribution", code="too_many_share_changes")
    return kept


def _horizon(context: Context, group: Group) -> int:
    """The first slot that a distribution may still count."""
    running = context.state.get(GROUP_DISTRIBUTIONS, big_endian(group.number))
    return (group.from_slot if running is None else min(running.first_slot, group.from_slot)) - 1


def _put(context: Context, group: Group, row: GroupRow, changes: tuple[ShareChange, ...]) -> int:
    """Write a member's changes; by how many the group has more members."""
    key, link = big_endian(group.number) + row.account, row.account + big_endian(group.number)
    was_in = context.state.get(GROUP_MEMBERS, key) is not None
    if not changes:
        return -forget_member(context.state, group.number, row.account) if was_in else 0
    if not was_in:
        if len(context.state.keys(MEMBER_GROUPS, row.account)) >= MAX_GROUPS_PER_MEMBER:
            raise Refused(f"a member is in at most {MAX_GROUPS_PER_MEMBER} groups", code="too_many_groups")
        context.state.put(MEMBER_GROUPS, link, Link(big_endian(group.number)))
    context.state.put(GROUP_MEMBERS, key, GroupMembership(changes))
    return not was_in


def forget_member(state: State, group: int, account: bytes) -> int:
    """Drop the entry of who has left, and nothing of whom counts any more; how many left."""
    state.delete(GROUP_MEMBERS, big_endian(group) + account)
    state.delete(MEMBER_GROUPS, account + big_endian(group))
    return 1


def whole_part(from_slot: int) -> GroupMembership:
    """What a group has itself before anybody has a share."""
    return GroupMembership((ShareChange(from_slot, PARTS, 0, ()),))
