"""Groups: their terms and accounts, who has which share, what a member would get."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from ledger.bank.genesis import assets_of
from ledger.bank.queries import holdings_of
from ledger.encoding.quantities import Parts, TimeMs
from ledger.groups.payments import spent_in_month
from ledger.groups.queries import (
    GroupPreview,
    group_members,
    group_of,
    groups,
    groups_of_member,
    preview,
    running_distribution,
    share_changes,
)
from ledger.groups.schema import AssetAmount, Group, GroupMembership, ShareChange
from ledger.groups.terms import OperatorRight
from ledger.keys.address import format_address
from ledger.slots.clock import SlotClock, clock_of
from nodechain.api.access import visitor_of
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EXAMINED, MEMBERS, Open, Right, Visitor, own
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import CommittedState, Work, cursor_text, ledger
from nodechain.api.render import struct
from nodechain.errors import NotFound
from nodechain.node import Node


class GroupAmount(ApiModel):
    """An amount of an asset, by its number."""

    asset: int
    amount: Amount


class GroupView(ApiModel):
    """A group. `balances`: what its account may spend of each asset that it has; `dividing`: a distribution goes on.

    `spent`: what the operator has spent of its limit in this month. `next_ms`: when its rhythm divides next, 0: never.
    `dissolved_slot` is 0 while it is open.
    """

    number: int
    account: str
    terms: dict[str, Any]
    rights: list[str]
    members: int
    opened_slot: int
    opened_ms: TimeMs
    from_slot: int
    distributions: int
    dividing: bool
    balances: list[GroupAmount]
    spent: Amount
    next_ms: TimeMs
    dissolved_slot: int


class Groups(At):
    """A page of groups by number."""

    groups: list[GroupView]
    next: str | None


class GroupAnswer(At):
    """One group."""

    group: GroupView


class ShareChangeView(ApiModel):
    """What a member has from a slot on, in parts of 10^9; all empty: it has left."""

    from_slot: int
    from_ms: TimeMs
    share: Parts
    key: int
    points: list[int]


class GroupMemberView(ApiModel):
    """A member's changes, the oldest first; the group's own part stands under its account."""

    account: str
    changes: list[ShareChangeView]


class GroupMembers(At):
    """A page of members; who is not in the group, nor its operator, sees itself only."""

    group: int
    members: list[GroupMemberView]
    next: str | None


class MemberGroup(ApiModel):
    """A group that an account is in."""

    group: int
    name: str
    account: str
    changes: list[ShareChangeView]


class MemberGroups(At):
    """The groups that an account is in."""

    account: str
    groups: list[MemberGroup]


class GroupPreviewView(At):
    """What a distribution would come to now, or of an amount that is asked for: `divided` of each asset, and what the
    account would get of it. `weight` of `all_weights` is its weight, of the slots from the first to before the end.
    """

    group: int
    account: str
    first_slot: int
    end_slot: int
    weight: int
    all_weights: int
    divided: list[GroupAmount]
    gets: list[GroupAmount]


def _changes(clock: SlotClock, changes: tuple[ShareChange, ...]) -> list[ShareChangeView]:
    return [
        ShareChangeView(
            from_slot=change.from_slot,
            from_ms=clock.start_ms(change.from_slot),
            share=change.share,
            key=change.key,
            points=list(change.points),
        )
        for change in changes
    ]


def _amounts(at: CommittedState, amounts: tuple[AssetAmount, ...]) -> list[GroupAmount]:
    return [GroupAmount(asset=each.asset, amount=tokens(at.chain, each.asset, each.amount)) for each in amounts]


def _group(at: CommittedState, group: Group) -> GroupView:
    held = holdings_of(at.state, group.account, len(assets_of(at.view.genesis)), ())
    balances = tuple(AssetAmount(each.asset, each.available) for each in held if each.available)
    return GroupView(
        number=group.number,
        account=format_address(group.account),
        terms=struct(at.chain, group.terms),
        rights=[OperatorRight(right).name.lower() for right in group.terms.rights],
        members=group.members,
        opened_slot=group.opened_slot,
        opened_ms=clock_of(at.view).start_ms(group.opened_slot),
        from_slot=group.from_slot,
        distributions=group.distributions,
        dividing=running_distribution(at.state, group.number) is not None,
        balances=_amounts(at, balances),
        spent=tokens(at.chain, group.asset, spent_in_month(at.view, group)[1]),
        next_ms=group.due_ms,
        dissolved_slot=group.dissolved_slot,
    )


def _known(at: CommittedState, number: int) -> Group:
    group = group_of(at.state, number)
    if group is None:
        raise NotFound(f"there is no group {number}", code="unknown_group")
    return group


def read_groups(at: CommittedState, cursor: bytes | None, limit: int) -> Groups:
    """A page of groups."""
    page = groups(at.reader, cursor, limit)
    views = [_group(at, group) for _key, group in page.entries]
    return Groups(height=at.height, groups=views, next=cursor_text(page.cursor))


def read_group(at: CommittedState, number: int) -> GroupAnswer:
    """One group; raises `NotFound`."""
    return GroupAnswer(height=at.height, group=_group(at, _known(at, number)))


def read_members(at: CommittedState, visitor: Visitor, number: int, cursor: bytes | None, limit: int) -> GroupMembers:
    """A page of members: all of them for who is one, or operates the group; raises `NotFound`, `LoginNeeded`."""
    visitor.require(Open.MEMBERS)
    group = _known(at, number)
    page = group_members(at.reader, number, cursor, limit)
    inside = visitor.reads_everything or not visitor.own.isdisjoint(
        {group.account, group.terms.operator, *(who for who in visitor.own if share_changes(at.state, number, who))}
    )
    views = [
        _member(at, key, entry) for key, entry in page.entries if inside or key[8:] in (group.account, *visitor.own)
    ]
    return GroupMembers(height=at.height, group=number, members=views, next=cursor_text(page.cursor))


def _member(at: CommittedState, key: bytes, entry: GroupMembership) -> GroupMemberView:
    return GroupMemberView(account=format_address(key[8:]), changes=_changes(clock_of(at.view), entry.changes))


def read_member_groups(at: CommittedState, account: bytes) -> MemberGroups:
    """The groups that an account is in."""
    clock, found = clock_of(at.view), []
    for number in groups_of_member(at.reader, account):
        group = _known(at, number)
        found.append(
            MemberGroup(
                group=number,
                name=group.terms.name,
                account=format_address(group.account),
                changes=_changes(clock, share_changes(at.state, number, account)),
            )
        )
    return MemberGroups(height=at.height, account=format_address(account), groups=found)


def read_preview(at: CommittedState, number: int, account: bytes, amount: int) -> GroupPreviewView:
    """What an account would get; raises `NotFound`."""
    found: GroupPreview = preview(at.view, _known(at, number), account, amount)
    return GroupPreviewView(
        height=at.height,
        group=number,
        account=format_address(account),
        first_slot=found.first_slot,
        end_slot=found.end_slot,
        weight=found.weight,
        all_weights=found.all_weights,
        divided=_amounts(at, found.amounts),
        gets=_amounts(at, found.parts),
    )


async def get_groups(node: Node, request: web.Request) -> Work:
    """Groups."""
    cursor, limit = requests.cursor(request), requests.limit(request)
    return ledger(node, request, lambda at: read_groups(at, cursor, limit))


async def get_group(node: Node, request: web.Request) -> Work:
    """A group."""
    number = requests.path_number(request)
    return ledger(node, request, lambda at: read_group(at, number))


async def get_members(node: Node, request: web.Request) -> Work:
    """Who has which share of a group."""
    number, cursor, limit = requests.path_number(request), requests.cursor(request), requests.limit(request)
    visitor = visitor_of(request)
    return ledger(node, request, lambda at: read_members(at, visitor, number, cursor, limit))


async def get_member_groups(node: Node, request: web.Request) -> Work:
    """The groups that an account is in."""
    account = requests.path_address(request)
    return ledger(node, request, lambda at: read_member_groups(at, account))


async def get_preview(node: Node, request: web.Request) -> Work:
    """What an account would get."""
    number, account = requests.path_number(request), requests.path_address(request)
    amount = requests.number(request, "amount", 0)
    return ledger(node, request, lambda at: read_preview(at, number, account, amount))


_PREVIEW: Final = "/v1/groups/{number}/preview/{address}"

ROUTES: Final = (
    Route("GET", "/v1/groups", "Groups by number", Groups, get_groups, query=(*AT, *PAGE)),
    Route("GET", "/v1/groups/{number}", "A group: terms and account", GroupAnswer, get_group, query=AT, kind=POINT),
    Route(
        "GET",
        "/v1/groups/{number}/members",
        "Who has which share of a group",
        GroupMembers,
        get_members,
        query=(*AT, *PAGE),
    ),
    Route(
        "GET",
        _PREVIEW,
        "What an account would get of a group's income",
        GroupPreviewView,
        get_preview,
        query=(("amount", "of the community's currency, in base units (default: what is there)"), *AT),
    ),
    Route(
        "GET",
        "/v1/groups/accounts/{address}",
        "The groups that an account is in",
        MemberGroups,
        get_member_groups,
        query=AT,
        kind=POINT,
    ),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/groups": MEMBERS,
    "/v1/groups/{number}": MEMBERS,
    "/v1/groups/{number}/members": EXAMINED,
    _PREVIEW: own("address"),
    "/v1/groups/accounts/{address}": own("address"),
}
