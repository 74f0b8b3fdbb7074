"""What each point takes and delivers in one slot (rules SR4 to SR11): `allocate`.

Pure and exact: the same flows, keys, rule and slot give the same mWh on every machine. The slot's number only says
where the ring of equal remainders begins, so that nobody is always the one who gets a unit less.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import le, sub
from typing import assert_never

from ledger.errors import require
from ledger.sharing.allocation_rules import (
    AllocationRule,
    Cascade,
    Credit,
    Delivery,
    Dynamic,
    LevelMethod,
    Pairs,
    PairsEachSlot,
    Static,
    StaticRedistributed,
)
from ledger.sharing.apportion import apportion
from ledger.sharing.credit import allocate_credit
from ledger.sharing.pairing import (
    Offers,
    Row,
    check_pairs,
    goes_in_rounds,
    offered,
    offers_by_number,
    offers_by_place,
    offers_by_weight,
    taken,
    taken_in_rounds,
    without_own,
)
from ledger.sharing.slot_flows import Allocated, AllocationKeys, SlotFlows, check_flows
from ledger.sharing.water_filling import fill


def allocate(rule: AllocationRule, flows: SlotFlows, keys: AllocationKeys, slot: int) -> Allocated:
    """Who takes and who delivers how much of the slot's energy.

    For a rule by the hour the flows are the hour's (`slot_flows.summed`), and `slot` is the hour's number; for
    credit the month's. Raises `Refused` (out_of_range, too_heavy) where energies or pairs are more than may be.
    """
    check_flows(flows)
    check_pairs(rule, len(flows.injections), len(flows.offtakes), len(keys.rows))
    method = rule.method
    if isinstance(method, Cascade):
        result = _cascade(rule, method, flows, keys, slot)
    elif isinstance(method, Credit):
        received = credited(rule, method, flows, keys, slot)
        result = allocate_credit(flows, received, keys.claims, method.lifetime, slot)
    else:
        result = _level(rule, method, flows, keys, keys.weights, slot)
    check_allocated(flows, keys, result)
    return result


def credited(rule: AllocationRule, method: Credit, flows: SlotFlows, keys: AllocationKeys, slot: int) -> list[Row]:
    """By consumer what producers offer to it in a month: its parts (SR10)."""
    weighing = Pairs(method.rows) if method.rows else Static()
    return offered(flows, _allowed(rule, _offers(weighing, flows, keys, keys.weights), keys), slot)


def check_allocated(flows: SlotFlows, keys: AllocationKeys, allocated: Allocated) -> None:
    """The invariants of SR4, wherever an allocation is made or applied. Raises `BrokenInvariant`."""
    shares, delivered = allocated.shares, allocated.delivered
    require(len(shares) == len(flows.offtakes) and len(delivered) == len(flows.injections), "one part per point")
    require(min(shares, default=0) >= 0 and all(map(le, shares, flows.offtakes)), "0 <= share <= offtake")
    require(min(delivered, default=0) >= 0 and all(map(le, delivered, flows.injections)), "0 <= delivered <= injection")
    before = sum(claim.energy_mwh for claim in keys.claims)
    after = sum(claim.energy_mwh for claim in allocated.claims + allocated.expired)
    require(sum(delivered) + before == sum(shares) + after, "what is taken was delivered")


def deliver(rule: AllocationRule, total: int, flows: SlotFlows, keys: AllocationKeys, slot: int) -> tuple[int, ...]:
    """What each producer delivers of a total that is at most the sum of injections.

    By injection, or in order of commissioning, of equal ones by point number, each up to its injection.
    """
    if rule.delivery == Delivery.PROPORTIONAL:
        return apportion(total, flows.injections, slot)
    require(len(keys.commissioned) == len(flows.injections), "delivery by age knows when every producer began")
    delivered = [0] * len(flows.injections)
    for place in sorted(range(len(delivered)), key=keys.commissioned.__getitem__):
        delivered[place] = min(total, flows.injections[place])
        total -= delivered[place]
    return tuple(delivered)


def _level(
    rule: AllocationRule,
    method: LevelMethod,
    flows: SlotFlows,
    keys: AllocationKeys,
    weights: Sequence[int],
    slot: int,
) -> Allocated:
    if rule.no_self_share or isinstance(method, Pairs | PairsEachSlot):
        offers = _allowed(rule, _offers(method, flows, keys, weights), keys)
        if goes_in_rounds(rule, method):
            return _paired(flows, taken_in_rounds(flows, offers, slot))
        return _paired(flows, taken(flows, offered(flows, offers, slot), slot))
    shares = _shares(method, sum(flows.injections), flows.offtakes, weights, slot)
    return Allocated(shares, deliver(rule, sum(shares), flows, keys, slot))


def _shares(
    method: Static | StaticRedistributed | Dynamic,
    supply: int,
    offtakes: Sequence[int],
    weights: Sequence[int],
    slot: int,
) -> tuple[int, ...]:
    require(isinstance(method, Dynamic) or len(weights) == len(offtakes), "every consumer has a key")
    match method:
        case Static():
            return tuple(map(min, apportion(supply, weights, slot), offtakes))
        case StaticRedistributed():
            return fill(supply, offtakes, weights, slot)
        case Dynamic():
            return apportion(min(supply, sum(offtakes)), offtakes, slot)
        case _:
            assert_never(method)


def _offers(method: LevelMethod, flows: SlotFlows, keys: AllocationKeys, weights: Sequence[int]) -> Offers:
    match method:
        case Pairs(rows):
            _check_numbers(flows, keys)
            return offers_by_number(rows, keys)
        case PairsEachSlot():
            return offers_by_place(keys.rows, len(flows.injections), len(flows.offtakes))
        case Dynamic():
            return _by_weight(flows.offtakes, flows)
        case Static() | StaticRedistributed():
            return _by_weight(weights, flows)
        case _:
            assert_never(method)


def _check_numbers(flows: SlotFlows, keys: AllocationKeys) -> None:
    counts = len(flows.injections), len(flows.offtakes)
    require(counts == (len(keys.producers), len(keys.consumers)), "rows by number know the number of every point")


def _by_weight(weights: Sequence[int], flows: SlotFlows) -> Offers:
    require(len(weights) == len(flows.offtakes), "every consumer has a key")
    return offers_by_weight(weights, len(flows.injections))


def _allowed(rule: AllocationRule, offers: Offers, keys: AllocationKeys) -> Offers:
    return without_own(offers, keys) if rule.no_self_share else offers


def _paired(flows: SlotFlows, pairs: tuple[tuple[int, int, int], ...]) -> Allocated:
    shares, delivered = [0] * len(flows.offtakes), [0] * len(flows.injections)
    for producer, consumer, energy in pairs:
        delivered[producer] += energy
        shares[consumer] += energy
    return Allocated(tuple(shares), tuple(delivered), pairs)


def _cascade(rule: AllocationRule, method: Cascade, flows: SlotFlows, keys: AllocationKeys, slot: int) -> Allocated:
    """Level by level on what is left; what levels without pairs took is delivered together, before the next pairs."""
    require(len(keys.levels) == len(method.levels), "a cascade has keys for each of its levels")
    injections, offtakes = list(flows.injections), list(flows.offtakes)
    pending, pairs, paired = 0, dict[tuple[int, int], int](), True
    for level, weights in zip(method.levels, keys.levels, strict=True):
        members = [offtake if weight else 0 for offtake, weight in zip(offtakes, weights, strict=True)]
        if rule.no_self_share or isinstance(level, Pairs | PairsEachSlot):
            injections = _less(injections, deliver(rule, pending, SlotFlows(injections, ()), keys, slot))
            pending = 0
            found = _level(rule, level, SlotFlows(injections, members), keys, weights, slot)
            injections = _less(injections, found.delivered)
            for producer, consumer, energy in found.pairs:
                pairs[producer, consumer] = pairs.get((producer, consumer), 0) + energy
            shares = found.shares
        else:
            shares = _shares(level, sum(injections) - pending, members, weights, slot)
            pending += sum(shares)
            paired = False
        offtakes = _less(offtakes, shares)
    injections = _less(injections, deliver(rule, pending, SlotFlows(injections, ()), keys, slot))
    all_pairs = tuple((producer, consumer, energy) for (producer, consumer), energy in sorted(pairs.items()))
    taken_all = tuple(map(sub, flows.offtakes, offtakes))
    return Allocated(taken_all, tuple(map(sub, flows.injections, injections)), all_pairs if paired else ())


def _less(values: Sequence[int], parts: Sequence[int]) -> list[int]:
    return list(map(sub, values, parts))
