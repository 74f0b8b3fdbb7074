"""What must hold of groups in every state (rule GP16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries, expiries_of
from ledger.chain.parameters import PARTS
from ledger.chain.schema import COUNTERS, LOCKS, SWEEPS
from ledger.errors import require
from ledger.groups.opened import group_account
from ledger.groups.schema import (
    DISTRIBUTED_WEIGHTS,
    DISTRIBUTION_LOCK,
    GROUP_ACCOUNTS,
    GROUP_DISTRIBUTIONS,
    GROUP_MEMBERS,
    GROUP_NUMBERS,
    GROUP_SWEEP,
    GROUPS,
    MEMBER_GROUPS,
    OPERATED_GROUPS,
    PERIOD_DUE,
    GroupMembership,
)
from ledger.groups.shares import held_at
from ledger.groups.terms import Rhythm
from ledger.state.full_key import NUMBER_BYTES, number_at_end
from ledger.state.overlay import Reader
from ledger.state.table import big_endian


def check_groups(state: Reader) -> None:
    """Each group up to the last has its account; operators are known by theirs; a rhythm has a next time."""
    counters = dict(entries(state, COUNTERS))
    numbers = counters[GROUP_NUMBERS].value if GROUP_NUMBERS in counters else 0
    due = {entry.subject[:8] for entry in expiries_of(state, PERIOD_DUE).values()}
    accounts = {key: link.target for key, link in entries(state, GROUP_ACCOUNTS)}
    operated = {key: link.target for key, link in entries(state, OPERATED_GROUPS)}
    found = list(entries(state, GROUPS))
    require([group.number for _key, group in found] == list(range(1, numbers + 1)), "groups are not numbered in turn")
    for key, group in found:
        require(group.account == group_account(group.number), "a group has another account than its number's")
        require(accounts.pop(group.account, b"") == key, "a group's account leads elsewhere")
        waits = not group.dissolved_slot and group.terms.rhythm != Rhythm.DEMAND
        require((key in due) == waits == bool(group.due_ms), "a group waits for a time that does not come")
        if not group.dissolved_slot:
            require(operated.pop(group.terms.operator + key, b"") == key, "a group is not among its operator's")
    require(not accounts, "an account is that of a group that is not there")
    require(not operated, "an account operates a group that has another operator, or is dissolved")


def check_group_shares(state: Reader) -> None:
    """In every slot from a group's first on that may still count, its shares sum to the whole (GP4)."""
    groups: dict[bytes, list[tuple[bytes, GroupMembership]]] = {}
    links = set()
    for key, membership in entries(state, GROUP_MEMBERS):
        groups.setdefault(key[:8], []).append((key[8:], membership))
        links.add((key[8:], key[:8]))
    for key, group in entries(state, GROUPS):
        members = groups.pop(key, [])
        require(len(members) == group.members + 1, "a group has another number of members than it says")
        require(group.account in dict(members), "a group has no own part")
        links.discard((group.account, key))
        slots = {change.from_slot for _account, entry in members for change in entry.changes}
        for slot in sorted({slot for slot in slots if slot >= group.from_slot} | {group.from_slot}):
            shares = [held_at(entry, slot).share for _account, entry in members]
            require(min(shares) >= 0 and sum(shares) == PARTS, "the shares of a group are not the whole")
    require(not groups, "shares are of a group that is not there")
    require(
        {(key[:20], key[20:]) for key, _link in entries(state, MEMBER_GROUPS)} == links, "members and groups differ"
    )


def check_distributions(state: Reader) -> None:
    """What is locked is of a distribution that a sweep works on; its chunks come to its totals (GP12)."""
    working = {sweep.subject for _key, sweep in entries(state, SWEEPS) if sweep.kind == GROUP_SWEEP.number}
    running = dict(entries(state, GROUP_DISTRIBUTIONS))
    require(set(running) == working, "a distribution waits and nothing divides it")
    locks = {
        key[:-NUMBER_BYTES]: lock.amount
        for key, lock in entries(state, LOCKS)
        if number_at_end(key) == DISTRIBUTION_LOCK.number
    }
    chunks = {key: sum(chunk.weights) for key, chunk in entries(state, DISTRIBUTED_WEIGHTS)}
    for key, found in running.items():
        account = group_account(int.from_bytes(key, "big"))
        for part in found.amounts:
            require(locks.pop(account + bytes((part.asset,)), 0) <= part.amount, "more is locked than is divided")
        for place, total in enumerate(found.totals):
            require(chunks.pop(key + big_endian(place), 0) == total, "a chunk's weights are not its total")
    require(not locks and not chunks, "something is left of a distribution that has ended")


GROUP_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (
    check_groups, check_group_shares, check_distributions,
)  # fmt: skip
