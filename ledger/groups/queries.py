"""What people ask of groups: terms, shares, what a member would get. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import assets_of
from ledger.chain.context import Context
from ledger.groups.distribution import current_slot, divisible, span_of
from ledger.groups.dividing import chunk_parts, member_parts
from ledger.groups.limits import CHUNK_MEMBERS, MAX_GROUPS_PER_MEMBER
from ledger.groups.opened import group_account
from ledger.groups.period_weights import energy_of, points_of, weight_of
from ledger.groups.schema import (
    GROUP_DISTRIBUTIONS,
    GROUP_MEMBERS,
    GROUPS,
    MEMBER_GROUPS,
    OPERATED_GROUPS,
    AssetAmount,
    Group,
    GroupDistribution,
    GroupMembership,
    ShareChange,
)
from ledger.groups.shares import membership_of
from ledger.groups.terms import Division
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


class GroupPreview(msgspec.Struct, frozen=True):
    """What a distribution would come to now: of each asset what is divided, and what one account would get.

    The energy or time that counts lies in the slots from `first_slot` to before `end_slot`.
    """

    first_slot: int
    end_slot: int
    weight: int
    all_weights: int
    amounts: tuple[AssetAmount, ...]
    parts: tuple[AssetAmount, ...]


class GroupFigures(msgspec.Struct, frozen=True):
    """How many groups there are and what goes on in them; `held`: what they may spend, in base units of the currency.

    `distributions`: since each was opened. `oldest_due_ms`: when the rhythm of a group that waits longest divides, or
    should have; 0: none does by itself.
    """

    open: int
    dissolved: int
    memberships: int
    dividing: int
    distributions: int
    oldest_due_ms: int
    held: int


def group_of(state: State, number: int) -> Group | None:
    """A group, also one that is dissolved."""
    return state.get(GROUPS, big_endian(number))


def groups(reader: Reader, cursor: bytes | None, limit: int) -> Page[Group]:
    """A page of all groups by number."""
    return page_of(reader, GROUPS, b"", cursor, limit)


def group_members(reader: Reader, number: int, cursor: bytes | None, limit: int) -> Page[GroupMembership]:
    """A page of who has, had or will have a share, by account (the key's last 20 bytes); the group itself too."""
    return page_of(reader, GROUP_MEMBERS, big_endian(number), cursor, limit)


def groups_of_member(reader: Reader, account: bytes) -> Iterator[int]:
    """The numbers of the groups that an account is in."""
    for key, _link in page_of(reader, MEMBER_GROUPS, account, None, MAX_GROUPS_PER_MEMBER).entries:
        yield int.from_bytes(key[len(account) :], "big")


def running_distribution(state: State, number: int) -> GroupDistribution | None:
    """What is being divided, if anything is."""
    return state.get(GROUP_DISTRIBUTIONS, big_endian(number))


def preview(context: Context, group: Group, account: bytes, amount: int = 0) -> GroupPreview:
    """What `account` would get if the group divided now what it has, or `amount` of its currency (GP11).

    It counts as the distribution itself does; what changes until then changes the outcome.
    """
    final = bool(group.dissolved_slot)
    first, end = span_of(group, current_slot(context), final=final)
    division = Division.SHARE if final else Division(group.terms.division)
    key, own = big_endian(group.number), 0
    members: list[bytes] = []
    weights: list[int] = []
    for entry in context.state.keys(GROUP_MEMBERS, key):
        who, membership = entry[len(key) :], context.get(GROUP_MEMBERS, entry)
        if who == group.account:
            own = 0 if final or division != Division.SHARE else weight_of(division, membership, first, end)
            continue
        weight = _weight(context, division, membership, first, end)
        if weight:
            members.append(who)
            weights.append(weight)
    amounts = (
        (AssetAmount(group.asset, amount),)
        if amount
        else divisible(context.state, group, len(assets_of(context.genesis)), final=final)
    )
    place = members.index(account) if account in members else -1
    parts = tuple(
        AssetAmount(each.asset, _part(each.amount, weights, own, group.distributions + 1, place)) for each in amounts
    )
    weight = weights[place] if place >= 0 else own if account == group.account else 0
    return GroupPreview(first, end, weight, sum(weights) + own, amounts, parts)


def _weight(context: Context, division: Division, membership: GroupMembership, first: int, end: int) -> int:
    if division != Division.USE:
        return weight_of(division, membership, first, end)
    points = points_of(membership, first, end)
    return sum(energy_of(context, membership, point, first, end) for point in points)


def _part(amount: int, weights: list[int], own: int, number: int, place: int) -> int:
    """The part of the member at a place, by the same chunks as a distribution has."""
    if place < 0:
        return 0
    chunks = [weights[at : at + CHUNK_MEMBERS] for at in range(0, len(weights), CHUNK_MEMBERS)]
    chunk, at = divmod(place, CHUNK_MEMBERS)
    part = chunk_parts(amount, [sum(each) for each in chunks], own, number)[chunk]
    return member_parts(part, chunks[chunk], number)[at]


def share_changes(state: State, number: int, account: bytes) -> tuple[ShareChange, ...]:
    """What an account has in a group since when, and will have, as far as it is remembered."""
    return membership_of(state, number, account).changes


def operated_accounts(state: State, address: bytes) -> frozenset[bytes]:
    """The accounts of the groups that an address operates: what is theirs, it reads."""
    keys = state.keys(OPERATED_GROUPS, address)
    return frozenset(group_account(int.from_bytes(key[len(address) :], "big")) for key in keys)


def figures_of_groups(context: Context) -> GroupFigures:
    """Of all groups, of which there are at most `MAX_GROUPS`."""
    state = context.state
    found = [context.get(GROUPS, key) for key in state.keys(GROUPS)]
    alive = [group for group in found if not group.dissolved_slot]
    return GroupFigures(
        open=len(alive),
        dissolved=len(found) - len(alive),
        memberships=sum(group.members for group in alive),
        dividing=sum(running_distribution(state, group.number) is not None for group in found),
        distributions=sum(group.distributions for group in found),
        oldest_due_ms=min((group.due_ms for group in alive if group.due_ms), default=0),
        held=sum(balance(state, group.account, CURRENCY_ASSET).available for group in found),
    )
