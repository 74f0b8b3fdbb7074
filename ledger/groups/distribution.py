"""What came in, divided among members in bounded steps (rules GP8 to GP12)."""

from __future__ import annotations

from itertools import islice
from typing import Final

import msgspec

from ledger.bank.assets import ENERGY_ASSET
from ledger.bank.balances import balance, credit, lock, locked, spend_locked, unlock
from ledger.bank.genesis import assets_of
from ledger.bank.points import tell_came_in
from ledger.chain.context import Context, in_range
from ledger.chain.sweeps import begin_sweep
from ledger.errors import Refused
from ledger.groups.dividing import chunk_parts, member_parts
from ledger.groups.events import GroupDistributionBegun, GroupDistributionEnded, GroupIncomePaid
from ledger.groups.limits import CHUNK_MEMBERS
from ledger.groups.opened import known_group, require_right
from ledger.groups.payloads import DistributeGroup
from ledger.groups.period_weights import charge_energy, energy_of, points_of, weight_of
from ledger.groups.periods import await_end, end_of_period
from ledger.groups.schema import (
    DISTRIBUTED_WEIGHTS,
    DISTRIBUTION_LOCK,
    GROUP_DISTRIBUTIONS,
    GROUP_MEMBERS,
    GROUP_SWEEP,
    GROUPS,
    AssetAmount,
    Group,
    GroupDistribution,
    GroupMembership,
    WeightChunk,
)
from ledger.groups.shares import forget_member, membership_of
from ledger.groups.terms import Division, OperatorRight
from ledger.groups.weights import DISTRIBUTED_ASSET, GATHERED_MEMBER, PAID_MEMBER
from ledger.slots.clock import clock_of
from ledger.state.overlay import State
from ledger.state.table import big_endian

EMPTY_CHUNK: Final = WeightChunk((), ())


def current_slot(context: Context) -> int:
    """The slot that the block's time lies in; those before it are over."""
    return clock_of(context).slot_of(context.time_ms)


def do_distribute_group(context: Context, payload: DistributeGroup) -> None:
    """The operator, or of a dissolved group anybody in it, has divided what is there (GP8)."""
    group = known_group(context, payload.group)
    if not group.dissolved_slot:
        require_right(group, context.sender, OperatorRight.DISTRIBUTE)
    elif not membership_of(context.state, group.number, context.sender).changes:
        raise Refused("the sender has nothing in this group", code="not_in_group")
    if context.state.get(GROUP_DISTRIBUTIONS, big_endian(group.number)) is not None:
        raise Refused("a distribution is running", code="distribution_running")
    if not begin_distribution(context, group, current_slot(context), final=bool(group.dissolved_slot)):
        raise Refused("the group has nothing beyond its reserve", code="nothing_to_distribute")


def period_due(context: Context, subject: bytes) -> None:
    """A period of the group's rhythm is over: it is divided, and the next one awaited (GP9)."""
    key, end = subject[:8], int.from_bytes(subject[8:], "big")
    group = context.get(GROUPS, key)
    clock = clock_of(context)
    group = await_end(context, group, end_of_period(clock, group.terms.rhythm, end))
    context.state.put(GROUPS, key, group)
    if context.state.get(GROUP_DISTRIBUTIONS, key) is None and not begin_distribution(context, group, end):
        passed = msgspec.structs.replace(group, from_slot=max(group.from_slot, end))
        context.state.put(GROUPS, key, passed)


def divisible(state: State, group: Group, assets: int, *, final: bool) -> tuple[AssetAmount, ...]:
    """What of each asset the group may divide: all that it has, but the reserve."""
    found = []
    for asset in range(ENERGY_ASSET, assets + 1):
        reserve = group.terms.reserve if asset == group.asset and not final else 0
        amount = balance(state, group.account, asset).available - reserve
        if amount > 0:
            found.append(AssetAmount(asset, amount))
    return tuple(found)


def span_of(group: Group, end_slot: int, *, final: bool) -> tuple[int, int]:
    """The slots that count: since the last distribution, and at least one; finally that of the dissolution."""
    if final:
        return group.dissolved_slot, group.dissolved_slot + 1
    return min(group.from_slot, end_slot - 1), end_slot


def begin_distribution(context: Context, group: Group, end_slot: int, *, final: bool = False) -> bool:
    """Lock what is divided, and let the sweep begin; False where there is nothing (GP8, GP14)."""
    amounts = divisible(context.state, group, len(assets_of(context.genesis)), final=final)
    if not amounts:
        return False
    context.charge(DISTRIBUTED_ASSET * len(amounts))
    key, number = big_endian(group.number), group.distributions + 1
    first, end = span_of(group, end_slot, final=final)
    for part in amounts:
        lock(context.state, group.account, part.asset, DISTRIBUTION_LOCK, part.amount)
        context.emit(GroupDistributionBegun(group.number, group.account, number, part.asset, part.amount, first, end))
    division = Division.SHARE if final else Division(group.terms.division)
    found = GroupDistribution(number, first, end, division, final, amounts, False, b"", 0, 0, 0, (), 0, 0)
    context.state.put(GROUP_DISTRIBUTIONS, key, found)
    begun = msgspec.structs.replace(group, distributions=number, from_slot=max(group.from_slot, end))
    context.state.put(GROUPS, key, begun)
    begin_sweep(context, GROUP_SWEEP, key)
    return True


def distribution_step(context: Context, subject: bytes) -> bool:
    """Gather some weights, or pay some members; whether more is to be done (GP12)."""
    found, group = context.get(GROUP_DISTRIBUTIONS, subject), context.get(GROUPS, subject)
    if not found.gathered:
        context.state.put(GROUP_DISTRIBUTIONS, subject, _gather(context, group, found))
        return True
    if found.asset < len(found.amounts):
        context.state.put(GROUP_DISTRIBUTIONS, subject, _pay(context, group, found))
        return True
    return _end(context, group, found)


def _gather(context: Context, group: Group, found: GroupDistribution) -> GroupDistribution:
    """The weights of the next members; by energy of one point of one of them."""
    key = big_endian(group.number)
    by_use = found.division == Division.USE
    scan = context.state.scan(GROUP_MEMBERS, key, after=key + found.cursor if found.cursor else None)
    entries = tuple(islice(scan, 1 if by_use else CHUNK_MEMBERS))
    if not entries:
        return msgspec.structs.replace(found, gathered=True)
    context.charge(GATHERED_MEMBER * len(entries))
    gone = 0
    for entry in entries:
        account, membership = entry[len(key) :], context.get(GROUP_MEMBERS, entry)
        if account == group.account:
            found = msgspec.structs.replace(found, own_weight=_own_weight(found, membership), cursor=account)
            continue
        if by_use:
            found = _count_point(context, found, membership)
            if found.point < len(points_of(membership, found.first_slot, found.end_slot)):
                break
        weight = found.energy_mwh if by_use else _weight(found, membership)
        found = _add(context, key, found, account, weight)
        last = membership.changes[-1]
        if last.is_empty and last.from_slot <= found.first_slot and not group.dissolved_slot:
            gone += forget_member(context.state, group.number, account)
    if gone:
        context.state.put(GROUPS, key, msgspec.structs.replace(group, members=group.members - gone))
    return found


def _weight(found: GroupDistribution, membership: GroupMembership) -> int:
    return weight_of(Division(found.division), membership, found.first_slot, found.end_slot)


def _own_weight(found: GroupDistribution, membership: GroupMembership) -> int:
    """The group's own part counts by shares alone, and finally not at all."""
    return 0 if found.final or found.division != Division.SHARE else in_range(_weight(found, membership))


def _count_point(context: Context, found: GroupDistribution, membership: GroupMembership) -> GroupDistribution:
    points = points_of(membership, found.first_slot, found.end_slot)
    if found.point >= len(points):
        return found
    charge_energy(context, found.first_slot, found.end_slot)
    energy = energy_of(context, membership, points[found.point], found.first_slot, found.end_slot)
    return msgspec.structs.replace(found, point=found.point + 1, energy_mwh=in_range(found.energy_mwh + energy))


def _add(context: Context, key: bytes, found: GroupDistribution, account: bytes, weight: int) -> GroupDistribution:
    """A member's weight into the last chunk, or the first of a new one; of 0 none."""
    passed = msgspec.structs.replace(found, cursor=account, point=0, energy_mwh=0)
    if not weight:
        return passed
    totals = list(found.totals)
    at = key + big_endian(max(len(totals) - 1, 0))
    chunk = context.state.get(DISTRIBUTED_WEIGHTS, at) or EMPTY_CHUNK
    if not totals or len(chunk.members) == CHUNK_MEMBERS:
        totals.append(0)
        at, chunk = key + big_endian(len(totals) - 1), EMPTY_CHUNK
    totals[-1] = in_range(totals[-1] + weight)
    added = WeightChunk((*chunk.members, account), (*chunk.weights, in_range(weight)))
    context.state.put(DISTRIBUTED_WEIGHTS, at, added)
    return msgspec.structs.replace(passed, totals=tuple(totals))


def _pay(context: Context, group: Group, found: GroupDistribution) -> GroupDistribution:
    """The members of one chunk get their parts of one asset; what they owe is paid first from it (GP12)."""
    asset, amount = found.amounts[found.asset].asset, found.amounts[found.asset].amount
    if found.chunk >= len(found.totals):
        return msgspec.structs.replace(found, asset=found.asset + 1, chunk=0)
    chunk = context.get(DISTRIBUTED_WEIGHTS, big_endian(group.number) + big_endian(found.chunk))
    part = chunk_parts(amount, found.totals, found.own_weight, found.number)[found.chunk]
    context.charge(PAID_MEMBER * len(chunk.members))
    paid = member_parts(part, chunk.weights, found.number)
    for account, share in zip(chunk.members, paid, strict=True):
        if share:
            spend_locked(context.state, group.account, asset, DISTRIBUTION_LOCK, share)
            credit(context.state, account, asset, share)
            context.emit(GroupIncomePaid(group.number, group.account, account, found.number, asset, share))
            tell_came_in(context, account, asset)
    return msgspec.structs.replace(found, chunk=found.chunk + 1)


def _end(context: Context, group: Group, found: GroupDistribution) -> bool:
    """What is left is the group's own part and stays; of a dissolved group all that is left is divided again."""
    key = big_endian(group.number)
    context.charge(DISTRIBUTED_ASSET * len(found.amounts))
    for part in found.amounts:
        kept = locked(context.state, group.account, part.asset, DISTRIBUTION_LOCK)
        unlock(context.state, group.account, part.asset, DISTRIBUTION_LOCK, kept)
        context.emit(
            GroupDistributionEnded(group.number, group.account, found.number, part.asset, part.amount - kept, kept)
        )
    for at in context.state.keys(DISTRIBUTED_WEIGHTS, key):
        context.state.delete(DISTRIBUTED_WEIGHTS, at)
    context.state.delete(GROUP_DISTRIBUTIONS, key)
    if group.dissolved_slot:
        begin_distribution(context, group, group.dissolved_slot, final=True)
    return False
