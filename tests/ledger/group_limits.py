"""Tests of the limits of groups; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.chain.schema import COUNTERS, Counter, Link
from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import MalformedInput, Refused
from ledger.groups import limits
from ledger.groups.events import GroupIncomePaid
from ledger.groups.genesis import GROUPS_SECTION, GroupsSection
from ledger.groups.opening import open_by_vote
from ledger.groups.payloads import OpenGroup, PayFromGroup
from ledger.groups.schema import GROUP_NUMBERS, GROUPS, MEMBER_GROUPS
from ledger.groups.shares import set_shares
from ledger.groups.terms import GroupRow, GroupTerms
from ledger.limits import MAX_TRANSACTION_BYTES, MIN_BLOCK_WEIGHT
from ledger.slots.limits import KEPT_DAYS
from ledger.state.table import big_endian
from tests.support.group_chain import GroupChain, group_terms, row
from tests.support.sharing_chain import FIRST_SLOT, SeedPoint


def _context(chain: GroupChain | None = None) -> Context:
    chain = chain or GroupChain()
    return context_at(chain.registry, chain.state, chain.genesis, 10, chain.time_ms)


def _code(do: Callable[[], None]) -> str:
    with pytest.raises(Refused) as refused:
        do()
    return refused.value.code


def _bounded(kind: type[Value], at: Value, above: Value) -> None:
    codec: Codec[Any] = Codec(kind, MAX_TRANSACTION_BYTES)
    assert codec.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        codec.decode(encode(above))


def max_groups() -> None:
    context, opening = _context(), OpenGroup(group_terms(), FIRST_SLOT, ())
    context.state.put(COUNTERS, GROUP_NUMBERS, Counter(limits.MAX_GROUPS - 1))
    open_by_vote(context, opening)
    assert _code(lambda: open_by_vote(context, opening)) == "too_many_groups"


def max_group_members() -> None:
    context = _context()
    open_by_vote(context, OpenGroup(group_terms(), FIRST_SLOT, ()))
    group = context.get(GROUPS, big_endian(1))
    context.state.put(GROUPS, big_endian(1), replace(group, members=limits.MAX_GROUP_MEMBERS - 1))
    set_shares(context, 1, FIRST_SLOT, (row("B", 1),), b"")
    assert _code(lambda: set_shares(context, 1, FIRST_SLOT, (row("C", 1),), b"")) == "too_many_group_members"
    set_shares(context, 1, FIRST_SLOT, (row("B", 2),), b"")


def max_group_managers() -> None:
    named = tuple(address(f"manager {number}") for number in range(limits.MAX_GROUP_MANAGERS + 1))
    at, above = GroupsSection(CURRENCY_ASSET, named[1:]), GroupsSection(CURRENCY_ASSET, named)
    assert GROUPS_SECTION.codec.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        GROUPS_SECTION.codec.decode(encode(above))


def max_groups_per_member() -> None:
    context = _context()
    open_by_vote(context, OpenGroup(group_terms(), FIRST_SLOT, ()))
    for number in range(2, limits.MAX_GROUPS_PER_MEMBER + 1):
        context.state.put(MEMBER_GROUPS, address("B") + big_endian(number), Link(big_endian(number)))
    set_shares(context, 1, FIRST_SLOT, (row("B", 1),), b"")
    for number in range(2, limits.MAX_GROUPS_PER_MEMBER + 2):
        context.state.put(MEMBER_GROUPS, address("C") + big_endian(number), Link(big_endian(number)))
    assert _code(lambda: set_shares(context, 1, FIRST_SLOT, (row("C", 1),), b"")) == "too_many_groups"


def max_group_rows() -> None:
    rows = tuple(GroupRow(address(f"member {number}"), 1, 0, ()) for number in range(limits.MAX_GROUP_ROWS + 1))
    _bounded(OpenGroup, OpenGroup(group_terms(), 1, rows[1:]), OpenGroup(group_terms(), 1, rows))


def max_group_points() -> None:
    points = tuple(range(1, limits.MAX_GROUP_POINTS + 2))
    _bounded(GroupRow, row("B", 0, 0, points[1:]), row("B", 0, 0, points))


def max_share_changes() -> None:
    context = _context()
    open_by_vote(context, OpenGroup(group_terms(), FIRST_SLOT, ()))
    for number in range(limits.MAX_SHARE_CHANGES - 2):
        set_shares(context, 1, FIRST_SLOT + 1 + number, (row("B", 1 + number),), b"")
    set_shares(context, 1, FIRST_SLOT + 99, (row("C", 7),), b"")
    assert _code(lambda: set_shares(context, 1, FIRST_SLOT + 100, (row("C", 8),), b"")) == "too_many_share_changes"


def max_share_days_ahead() -> None:
    chain = GroupChain()
    chain.found()
    latest = (chain.time_ms + 1_000 + limits.MAX_SHARE_DAYS_AHEAD * DAY_MS) // 900_000
    assert chain.change(row("B", 1), slot=latest).code == ""
    assert chain.change(row("B", 1), slot=latest + 1).code == "slot_too_far"


def max_group_wait_ms() -> None:
    """A month by the clock, and the wait, are over before its first values are forgotten."""
    most = limits.MAX_GROUP_WAIT_MS
    _bounded(GroupTerms, group_terms(wait_ms=most), group_terms(wait_ms=most + 1))
    assert 31 * DAY_MS + most < KEPT_DAYS * DAY_MS


def max_purpose_characters() -> None:
    most = limits.MAX_PURPOSE_CHARACTERS
    at = PayFromGroup(1, address("B"), 2, 1, 0, "\U0001f50c" * most)
    _bounded(PayFromGroup, at, replace(at, purpose="x" * (most + 1)))


def chunk_members() -> None:
    """Four chunks of members and one are gathered and paid in steps that fit into the smallest block."""
    most = limits.CHUNK_MEMBERS
    count = 4 * most + 1
    names = ("A", "B", "C", "D", *(f"member {number}" for number in range(count)))
    chain = GroupChain(block_weight=MIN_BLOCK_WEIGHT, members=tuple(sorted(map(address, names))))
    chain.found(*(row(f"member {number}", 1 + number) for number in range(count)))
    chain.pay_in("B", 7 * ENT)
    chain.to_slot(FIRST_SLOT + 1)
    said = [chain.preview(f"member {number}").parts[0].amount for number in range(count)]
    before = len(chain.blocks)
    events = chain.distribute()
    paid = {event.member: event.amount for event in events if isinstance(event, GroupIncomePaid)}
    assert [paid.get(address(f"member {number}"), 0) for number in range(count)] == said
    own_work = [block.executed.receipts[0].weight for block in chain.blocks[before + 1 :]]
    assert len(own_work) > 1
    assert max(own_work) <= MIN_BLOCK_WEIGHT // 4


def one_point_a_step() -> None:
    """A month's energy of a member's points is read point by point, so that each step fits into the smallest block."""
    chain = GroupChain(block_weight=MIN_BLOCK_WEIGHT)
    chain.block([chain.tx("B", SeedPoint(number, 1, number)) for number in range(4, 7)])
    chain.found(row("B", 1, 0, (1, 4, 5, 6)), division=3, rhythm=4)
    chain.pay_in("C", ENT)
    chain.block(after_ms=40 * DAY_MS)
    before = len(chain.blocks)
    chain.work_off()
    heaviest = max(block.executed.receipts[0].weight for block in chain.blocks[before - 1 :])
    assert heaviest <= MIN_BLOCK_WEIGHT // 4


GROUP_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_GROUPS": (max_groups,),
    "MAX_GROUP_MEMBERS": (max_group_members,),
    "MAX_GROUP_MANAGERS": (max_group_managers,),
    "MAX_GROUPS_PER_MEMBER": (max_groups_per_member,),
    "MAX_GROUP_ROWS": (max_group_rows,),
    "MAX_GROUP_POINTS": (max_group_points, one_point_a_step),
    "MAX_SHARE_CHANGES": (max_share_changes,),
    "MAX_SHARE_DAYS_AHEAD": (max_share_days_ahead,),
    "MAX_GROUP_WAIT_MS": (max_group_wait_ms,),
    "MAX_PURPOSE_CHARACTERS": (max_purpose_characters,),
    "CHUNK_MEMBERS": (chunk_members,),
}
