"""Allocation by pairs: producers offer parts of their injections, consumers take what they can (SR8, SR11)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import msgspec

from ledger.chain.parameters import PARTS
from ledger.errors import Refused, require
from ledger.sharing.allocation_rules import (
    AllocationMethod,
    AllocationRule,
    Cascade,
    Credit,
    Pairs,
    PairsEachSlot,
    PairShare,
    StaticRedistributed,
)
from ledger.sharing.apportion import apportion_sparse
from ledger.sharing.limits import MAX_ALLOCATION_PAIRS, MAX_RULE_ROWS, MAX_SHARE_ROUNDS
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows

Row = list[tuple[int, int]]
"""One producer's consumers, by rising place, each with its weight."""


class Offers(msgspec.Struct, frozen=True):
    """By producer, the consumers' weights; with `with_rest` they are parts of 10^9, and the rest is the producer's."""

    rows: Sequence[Row]
    with_rest: bool


def check_pairs(rule: AllocationRule, producers: int, consumers: int, slot_rows: int | None = None) -> None:
    """Raises `Refused` (too_heavy) where the rule pairs more of so many points than may be, whatever their energies.

    So a scheme that was accepted is never refused because of a slot.
    """
    pairs = pairs_of(rule, producers, consumers, slot_rows)
    if pairs > MAX_ALLOCATION_PAIRS:
        raise Refused(
            f"the rule pairs producers and consumers, and these are {pairs} pairs, at most {MAX_ALLOCATION_PAIRS} may "
            "be; divide the scheme, or choose a rule without pairs",
            code="too_heavy",
        )


def pairs_of(rule: AllocationRule, producers: int, consumers: int, slot_rows: int | None = None) -> int:
    """How many pairs the rule looks at at most, of so many points; each as often as there are rounds.

    `slot_rows`: how many rows came with the slot; None: as many as may come.
    """
    methods = rule.method.levels if isinstance(rule.method, Cascade) else (rule.method,)
    return sum(
        _pairs(method, rule.no_self_share, producers * consumers, slot_rows) * _rounds(rule, method, consumers)
        for method in methods
    )


def _pairs(method: AllocationMethod, no_self_share: bool, every_pair: int, slot_rows: int | None) -> int:
    if isinstance(method, PairsEachSlot):
        return slot_rows_at_most(every_pair, slot_rows)
    if isinstance(method, Pairs | Credit) and method.rows:
        return len(method.rows)
    return every_pair if no_self_share or isinstance(method, Credit) else 0


def slot_rows_at_most(every_pair: int, slot_rows: int | None) -> int:
    """How many rows a slot has; where they have not come (None), how many it may have."""
    return min(every_pair, MAX_RULE_ROWS) if slot_rows is None else slot_rows


def goes_in_rounds(rule: AllocationRule, method: AllocationMethod) -> bool:
    """Whether what one does not take is offered again, pair by pair (SR11)."""
    return rule.no_self_share and isinstance(method, StaticRedistributed)


def _rounds(rule: AllocationRule, method: AllocationMethod, consumers: int) -> int:
    """How often all pairs may be looked at: each round but the last fills a consumer."""
    return min(consumers + 1, MAX_SHARE_ROUNDS) if goes_in_rounds(rule, method) else 1


def offers_by_number(rows: Sequence[PairShare], keys: AllocationKeys) -> Offers:
    """Of rows that name points; a point that takes no part in this slot's flows is passed over, its part is rest."""
    producers = {number: place for place, number in enumerate(keys.producers)}
    consumers = {number: place for place, number in enumerate(keys.consumers)}
    found = [
        (producers[row.producer], consumers[row.consumer], row.share)
        for row in rows
        if row.producer in producers and row.consumer in consumers
    ]
    return offers_by_place(found, len(producers), len(consumers))


def offers_by_place(rows: Sequence[tuple[int, int, int]], producers: int, consumers: int) -> Offers:
    """Of rows that name places. Raises `Refused` where one is not in order, or a producer gives more than its whole."""
    offered: list[Row] = [[] for _ in range(producers)]
    for producer, consumer, share in rows:
        if not (0 <= producer < producers and 0 <= consumer < consumers and share >= 0):
            raise Refused("a row of the slot names a point that is not there, or a share below 0", code="bad_rule_rows")
        row = offered[producer]
        if row and row[-1][0] >= consumer:
            raise Refused("the rows of a slot stand in rising order, each pair once", code="bad_rule_rows")
        row.append((consumer, share))
    for row in offered:
        if sum(share for _consumer, share in row) > PARTS:
            raise Refused(f"the shares of one producer sum to more than the whole ({PARTS} parts)", code="rule_shares")
    return Offers(offered, with_rest=True)


def offers_by_weight(weights: Sequence[int], producers: int) -> Offers:
    """The same weights for every producer, nothing left to the producer."""
    row = [(place, weight) for place, weight in enumerate(weights) if weight > 0]
    return Offers([row] * producers, with_rest=False)


def without_own(offers: Offers, keys: AllocationKeys) -> Offers:
    """No producer offers to a consumer of the same owner."""
    require(len(keys.producer_owners) == len(offers.rows), "every producer has an owner")
    owners = keys.consumer_owners
    rows = [
        [(consumer, weight) for consumer, weight in row if owners[consumer] != owner]
        for row, owner in zip(offers.rows, keys.producer_owners, strict=True)
    ]
    return Offers(rows, offers.with_rest)


def offered(flows: SlotFlows, offers: Offers, slot: int) -> list[Row]:
    """By consumer, the producers (rising) and the mWh that each offers to it: o_j = apportion(G_j, row and rest)."""
    received: list[Row] = [[] for _ in flows.offtakes]
    size = len(flows.offtakes) + offers.with_rest
    for producer, (injection, row) in enumerate(zip(flows.injections, offers.rows, strict=True)):
        if not row or not injection:
            continue
        places, weights = [list(column) for column in zip(*row, strict=True)]
        if offers.with_rest:
            places.append(len(flows.offtakes))
            weights.append(PARTS - sum(weights))
        parts = apportion_sparse(injection, places, weights, size, slot)
        for consumer, part in zip(places[: len(row)], parts, strict=False):
            if part:
                received[consumer].append((producer, part))
    return received


def taken(flows: SlotFlows, received: Sequence[Row], slot: int) -> tuple[tuple[int, int, int], ...]:
    """The pairs: each consumer takes at most its offtake, of each producer by apportion(a_i, o_.i)."""
    by_producer: list[list[tuple[int, int, int]]] = [[] for _ in flows.injections]
    for consumer, (offtake, row) in enumerate(zip(flows.offtakes, received, strict=True)):
        if not row or not offtake:
            continue
        producers, parts = zip(*row, strict=True)
        if sum(parts) > offtake:
            parts = apportion_sparse(offtake, producers, parts, len(flows.injections), slot)
        for producer, part in zip(producers, parts, strict=True):
            if part:
                by_producer[producer].append((producer, consumer, part))
    return tuple(chain.from_iterable(by_producer))


def taken_in_rounds(flows: SlotFlows, offers: Offers, slot: int) -> tuple[tuple[int, int, int], ...]:
    """The pairs of a redistributed rule: what is left is offered again to those of the row who still lack energy, until
    nothing is taken, or for `MAX_SHARE_ROUNDS` (SR11).
    """
    injections, offtakes = list(flows.injections), list(flows.offtakes)
    found: dict[tuple[int, int], int] = {}
    for _round in range(MAX_SHARE_ROUNDS):
        rows = [[(place, weight) for place, weight in row if offtakes[place]] for row in offers.rows]
        left = SlotFlows(injections, offtakes)
        pairs = taken(left, offered(left, Offers(rows, offers.with_rest), slot), slot)
        if not pairs:
            break
        for producer, consumer, energy in pairs:
            injections[producer] -= energy
            offtakes[consumer] -= energy
            found[producer, consumer] = found.get((producer, consumer), 0) + energy
    return tuple((producer, consumer, energy) for (producer, consumer), energy in sorted(found.items()))
