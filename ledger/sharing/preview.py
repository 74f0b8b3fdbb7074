"""What a proposed rule, price or key would have changed: past slots computed again under other terms (rule SR20).

Pure: the caller brings the slots (its own last period, from values that the state still has or that it kept).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ledger.errors import require
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import AllocationRule
from ledger.sharing.price_rules import BillSharing, PriceRule
from ledger.sharing.prices import MWH_PER_KWH, priced
from ledger.sharing.slot_flows import AllocationKeys, CreditClaim, SlotFlows, summed


@dataclass(frozen=True, slots=True)
class PreviewTerms:
    """How a scheme allocates and prices; what of it is proposed, or in force."""

    rule: AllocationRule
    prices: PriceRule


@dataclass(frozen=True, slots=True)
class OwnContract:
    """What the one who asks pays the grid, and gets from it, for what is not shared; base units per kWh.

    The same under both terms: two rules with other reference prices, or one with none, would not compare.
    """

    retail: int
    feed_in: int


@dataclass(frozen=True, slots=True)
class PastSlot:
    """A slot's energies with the keys that it had, and those that it would have; both name the points' numbers."""

    slot: int
    flows: SlotFlows
    keys: AllocationKeys
    proposed: AllocationKeys


@dataclass(frozen=True, slots=True)
class PointTotals:
    """Sums of a point over all slots.

    shared_mwh: taken, or delivered. amount: what a consumer pays and a producer receives for it. rest_amount:
    what the rest costs or brings: by the own contract, and with bill sharing by its division. expired_mwh: claims that
    lapsed and are paid at feed-in, which is off the consumer's rest.
    """

    point: int
    injects: bool
    energy_mwh: int = 0
    shared_mwh: int = 0
    amount: int = 0
    rest_amount: int = 0
    expired_mwh: int = 0

    @property
    def balance(self) -> int:
        """What the point brings its owner, for its share and its rest together; a consumer's is at most 0."""
        return (self.amount + self.rest_amount) * (1 if self.injects else -1)


@dataclass(frozen=True, slots=True)
class PointChange:
    """One point under the terms in force and under the proposed ones."""

    before: PointTotals
    after: PointTotals

    @property
    def gain(self) -> int:
        """Base units that the proposal would have brought its owner; below 0 what it would have cost."""
        return self.after.balance - self.before.balance


def preview(
    in_force: PreviewTerms,
    proposed: PreviewTerms,
    contract: OwnContract,
    slots: Sequence[PastSlot],
    slots_per_hour: int,
) -> tuple[PointChange, ...]:
    """Every point's change over past slots (in rising order), by rising number.

    Raises `Refused` where either terms do: a proposal that cannot be computed cannot be voted for on its figures.
    """
    before = replayed(in_force, contract, [(past.slot, past.flows, past.keys) for past in slots], slots_per_hour)
    after = replayed(proposed, contract, [(past.slot, past.flows, past.proposed) for past in slots], slots_per_hour)
    require([totals.point for totals in before] == [totals.point for totals in after], "both sides have all points")
    return tuple(PointChange(old, new) for old, new in zip(before, after, strict=True))


def replayed(
    terms: PreviewTerms,
    contract: OwnContract,
    slots: Sequence[tuple[int, SlotFlows, AllocationKeys]],
    slots_per_hour: int,
) -> tuple[PointTotals, ...]:
    """Every point's sums under some terms, by rising number. Raises `Refused` as `allocate` and `priced` do.

    By the hour the slots of each are summed, under the keys of its first; all of them have the same points then.
    What is carried as credit goes from each slot to the next.
    """
    totals: dict[int, PointTotals] = {}
    claims: tuple[CreditClaim, ...] = tuple(slots[0][2].claims) if slots else ()
    for slot, flows, found in _spans(slots, slots_per_hour) if terms.rule.hourly else slots:
        keys = replace(found, claims=claims)
        allocated = allocate(terms.rule, flows, keys, slot)
        paid = priced(terms.prices, flows, keys, allocated, slot)
        claims = allocated.claims
        _add(
            totals,
            True,
            zip(keys.producers, flows.injections, allocated.delivered, paid.sold, paid.rest_sold, strict=True),
        )
        _add(
            totals,
            False,
            zip(keys.consumers, flows.offtakes, allocated.shares, paid.bought, paid.rest_bought, strict=True),
        )
        for claim in allocated.expired:
            known = totals[keys.consumers[claim.consumer]]
            totals[known.point] = replace(known, expired_mwh=known.expired_mwh + claim.energy_mwh)
    found_totals = [totals[number] for number in sorted(totals)]
    if isinstance(terms.prices, BillSharing):
        return tuple(found_totals)
    return tuple(_with_rest(point, contract) for point in found_totals)


def _with_rest(point: PointTotals, contract: OwnContract) -> PointTotals:
    """The rest of all slots at the own contract's price, rounded once."""
    price = contract.feed_in if point.injects else contract.retail
    rest = (point.energy_mwh - point.shared_mwh) * price // MWH_PER_KWH
    return replace(point, rest_amount=rest - point.expired_mwh * contract.feed_in // MWH_PER_KWH)


def _add(totals: dict[int, PointTotals], injects: bool, rows: Iterable[tuple[int, int, int, int, int]]) -> None:
    for number, energy, shared, amount, rest in rows:
        known = totals.get(number) or PointTotals(number, injects)
        totals[number] = replace(
            known,
            energy_mwh=known.energy_mwh + energy,
            shared_mwh=known.shared_mwh + shared,
            amount=known.amount + amount,
            rest_amount=known.rest_amount + rest,
        )


def _spans(
    slots: Sequence[tuple[int, SlotFlows, AllocationKeys]], slots_per_hour: int
) -> Iterable[tuple[int, SlotFlows, AllocationKeys]]:
    for hour, found in groupby(slots, key=lambda past: past[0] // slots_per_hour):
        parts = list(found)
        yield hour, summed(flows for _slot, flows, _keys in parts), parts[0][2]
