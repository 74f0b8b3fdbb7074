"""Groups: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ledger.encoding.quantities import Parts, TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class GroupAmount(TypedDict):
    """An amount of an asset, by its number."""

    asset: Int
    amount: Amount


class GroupView(TypedDict):
    """A group. `balances`: what its account may spend of each asset that it has; `dividing`: a distribution goes on.

    `spent`: what the operator has spent of its limit in this month. `next_ms`: when its rhythm divides next, 0: never.
    `dissolved_slot` is 0 while it is open.
    """

    number: Int
    account: str
    terms: dict[str, Any]
    rights: list[str]
    members: Int
    opened_slot: Int
    opened_ms: TimeMs
    from_slot: Int
    distributions: Int
    dividing: bool
    balances: list[GroupAmount]
    spent: Amount
    next_ms: TimeMs
    dissolved_slot: Int


class Groups(At):
    """A page of groups by number."""

    groups: list[GroupView]
    next: str | None


class GroupAnswer(At):
    """One group."""

    group: GroupView


class ShareChangeView(TypedDict):
    """What a member has from a slot on, in parts of 10^9; all empty: it has left."""

    from_slot: Int
    from_ms: TimeMs
    share: Parts
    key: Int
    points: list[Int]


class GroupMemberView(TypedDict):
    """A member's changes, the oldest first; the group's own part stands under its account."""

    account: str
    changes: list[ShareChangeView]


class GroupMembers(At):
    """A page of members; who is not in the group, nor its operator, sees itself only."""

    group: Int
    members: list[GroupMemberView]
    next: str | None


class MemberGroup(TypedDict):
    """A group that an account is in."""

    group: Int
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

    group: Int
    account: str
    first_slot: Int
    end_slot: Int
    weight: Int
    all_weights: Int
    divided: list[GroupAmount]
    gets: list[GroupAmount]
