"""What shared energy costs in one slot, to the base unit (rules SR12 to SR17): what is paid is what is received.

A total is rounded down once and then apportioned, over the shares for buyers and over what was delivered for sellers.
Nothing is rounded before a price is applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import sub
from typing import Final, assert_never

import msgspec

from ledger.errors import Refused, require
from ledger.limits import MAX_INTEGER
from ledger.sharing.apportion import apportion, apportion_sparse
from ledger.sharing.price_rules import (
    BillSharing,
    FixedByProducer,
    FixedPrice,
    MidMarket,
    PriceRule,
    SupplyDemandRatio,
)
from ledger.sharing.slot_flows import Allocated, AllocationKeys, SlotFlows

MWH_PER_KWH: Final = 10**6


class Priced(msgspec.Struct, frozen=True):
    """Base units per consumer and per producer; sum(bought) = sum(sold).

    rest_bought, rest_sold: what is not shared, at the scheme's reference prices; figures for statements, not moved
    (members have contracts of their own); zeros where the rule has no reference prices.
    """

    bought: tuple[int, ...]
    sold: tuple[int, ...]
    rest_bought: tuple[int, ...]
    rest_sold: tuple[int, ...]


def priced(rule: PriceRule, flows: SlotFlows, keys: AllocationKeys, allocated: Allocated, slot: int) -> Priced:
    """What consumers pay and producers receive for what was allocated, before fees.

    Raises `Refused`: out_of_range where a total is more than the ledger stores; refused where a producer that
    delivered has no price.
    """
    match rule:
        case FixedPrice(price):
            return _shared(_total(sum(allocated.shares), price), flows, allocated, slot, 0, 0)
        case FixedByProducer():
            return _by_producer(rule, flows, keys, allocated, slot)
        case MidMarket(retail, feed_in):
            total = _total(sum(allocated.shares), retail + feed_in, 2 * MWH_PER_KWH)
            return _shared(total, flows, allocated, slot, retail, feed_in)
        case SupplyDemandRatio(retail, feed_in):
            total = ratio_total(sum(allocated.shares), sum(flows.offtakes), retail, feed_in)
            return _shared(total, flows, allocated, slot, retail, feed_in)
        case BillSharing(retail, feed_in):
            return _bill_sharing(flows, allocated, slot, retail, feed_in)
        case _:
            assert_never(rule)


def ratio_total(shared_mwh: int, demand_mwh: int, retail: int, feed_in: int) -> int:
    """What sellers receive together by the supply-demand ratio, rounded down: a price that needs no division first.

    With r = shared / demand the price is retail feed_in / ((retail - feed_in) r + feed_in), so the total is
    shared retail feed_in demand / ((retail - feed_in) shared + feed_in demand); 0 where feed-in is worth nothing.
    Raises `Refused` (out_of_range).
    """
    below = (retail - feed_in) * shared_mwh + feed_in * demand_mwh
    if not feed_in or not below:
        return 0
    return _total(shared_mwh * demand_mwh, retail * feed_in, below * MWH_PER_KWH)


def charged(energies: Sequence[int], price: int, slot: int) -> tuple[int, ...]:
    """A fee, levy or reference price on energies: the total rounded down, apportioned over them.

    Raises `Refused` (out_of_range).
    """
    return apportion(_total(sum(energies), price), energies, slot)


def _total(energy: int, price: int, per: int = MWH_PER_KWH) -> int:
    total = energy * price // per
    if total > MAX_INTEGER:
        raise Refused("the price of a slot's energy is more than the ledger can store", code="out_of_range")
    return total


def _shared(total: int, flows: SlotFlows, allocated: Allocated, slot: int, retail: int, feed_in: int) -> Priced:
    bought, sold = apportion(total, allocated.shares, slot), apportion(total, allocated.delivered, slot)
    require(sum(bought) == sum(sold), "what is paid is what is received")
    rest_offtake = tuple(map(sub, flows.offtakes, allocated.shares))
    rest_injection = tuple(map(sub, flows.injections, allocated.delivered))
    return Priced(bought, sold, charged(rest_offtake, retail, slot), charged(rest_injection, feed_in, slot))


def _by_producer(
    rule: FixedByProducer, flows: SlotFlows, keys: AllocationKeys, allocated: Allocated, slot: int
) -> Priced:
    """Each producer gets its own price, rounded down; buyers pay it by pairs, else the sum of all by their shares."""
    prices = {row.producer: row.price for row in rule.prices}
    sold = []
    for number, energy in zip(keys.producers, allocated.delivered, strict=True):
        if energy and number not in prices:
            raise Refused(
                f"point {number} delivered energy and has no price; the scheme needs one for it",
                code="unpriced_producer",
            )
        sold.append(_total(energy, prices.get(number, 0)))
    if sum(sold) > MAX_INTEGER:
        raise Refused("the price of a slot's energy is more than the ledger can store", code="out_of_range")
    nothing = (0,) * len(flows.offtakes), (0,) * len(flows.injections)
    if not allocated.pairs:
        return Priced(apportion(sum(sold), allocated.shares, slot), tuple(sold), *nothing)
    rows: list[tuple[list[int], list[int]]] = [([], []) for _ in sold]
    for producer, consumer, energy in allocated.pairs:
        rows[producer][0].append(consumer)
        rows[producer][1].append(energy)
    bought = [0] * len(flows.offtakes)
    for total, (consumers, energies) in zip(sold, rows, strict=True):
        parts = apportion_sparse(total, consumers, energies, len(bought), slot)
        for consumer, part in zip(consumers, parts, strict=True):
            bought[consumer] += part
    require(sum(bought) == sum(sold), "what is paid is what is received")
    return Priced(tuple(bought), tuple(sold), *nothing)


def _bill_sharing(flows: SlotFlows, allocated: Allocated, slot: int, retail: int, feed_in: int) -> Priced:
    """The scheme's rest is divided by all offtake and all injection; what is shared costs nothing."""
    cost = _total(sum(flows.offtakes) - sum(allocated.shares), retail)
    income = _total(sum(flows.injections) - sum(allocated.delivered), feed_in)
    nothing_bought, nothing_sold = (0,) * len(flows.offtakes), (0,) * len(flows.injections)
    return Priced(
        nothing_bought, nothing_sold, apportion(cost, flows.offtakes, slot), apportion(income, flows.injections, slot)
    )
