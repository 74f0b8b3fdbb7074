"""What a proposed rule, price or key would have changed: past slots computed again under other terms (rule SR20).

Pure: the caller brings the slots (its own last period, from values that the state still has or that it kept).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec
from msgspec.structs import replace

from ledger.errors import require
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import AllocationRule
from ledger.sharing.hours import Together
from ledger.sharing.price_rules import BillSharing, PriceRule
from ledger.sharing.prices import MWH_PER_KWH, charged, priced
from ledger.sharing.slot_flows import AllocationKeys, CreditClaim, SlotFlows, summed

HourOf = Callable[[int], Together]
"""The hour that a slot lies in."""


class PreviewTerms(msgspec.Struct, frozen=True):
    """How a scheme allocates and prices, and what buyers pay beside, base units per kWh."""

    rule: AllocationRule
    prices: PriceRule
    fee: int = 0


class OwnContract(msgspec.Struct, frozen=True):
    """What the one who asks pays the grid, and gets from it, for what is not shared; base units per kWh.

    The same under both terms: two rules with other reference prices, or one with none, would not compare.
    """

    retail: int
    feed_in: int


class PastSlot(msgspec.Struct, frozen=True):
    """A slot's energies that count in the scheme, with the keys under some terms."""

    slot: int
    flows: SlotFlows
    keys: AllocationKeys


class PointTotals(msgspec.Struct, frozen=True):
    """Sums of a point over all slots.

    shared_mwh: taken, or delivered. amount: what a consumer pays and a producer receives for it, beside the consumer's
    fee. rest_amount: what the rest costs or brings: by the own contract, and with bill sharing by its division.
    expired_mwh: claims that lapsed and are paid at feed-in, which is off the consumer's rest.
    """

    point: int
    injects: bool
    energy_mwh: int = 0
    shared_mwh: int = 0
    amount: int = 0
    fee: int = 0
    rest_amount: int = 0
    expired_mwh: int = 0

    @property
    def balance(self) -> int:
        """What the point brings its owner, for its share and its rest together; a consumer's is at most 0."""
        return (self.amount + self.fee + self.rest_amount) * (1 if self.injects else -1)


class PastTerms(msgspec.Struct, frozen=True):
    """Past slots under the terms that hold in them: `spans` in rising order, each of slots in rising order.

    beside: points' energy that does not count in the scheme, so that two sides with other points or shares have the
    same energy.
    """

    spans: Sequence[tuple[PreviewTerms, Sequence[PastSlot]]]
    beside: Sequence[PointTotals] = ()


class PointChange(msgspec.Struct, frozen=True):
    """One point under the terms in force and under the proposed ones."""

    before: PointTotals
    after: PointTotals

    @property
    def gain(self) -> int:
        """Base units that the proposal would have brought its owner; below 0 what it would have cost."""
        return self.after.balance - self.before.balance


def preview(
    in_force: PastTerms, proposed: PastTerms, contract: OwnContract, hour_of: HourOf
) -> tuple[PointChange, ...]:
    """Every point's change over past slots, by rising number.

    Raises `Refused` where either terms do: a proposal that cannot be computed cannot be voted for on its figures.
    """
    before, after = (replayed(side, contract, hour_of) for side in (in_force, proposed))
    require([totals.point for totals in before] == [totals.point for totals in after], "both sides have all points")
    return tuple(PointChange(old, new) for old, new in zip(before, after, strict=True))


@dataclass
class _PointSums:
    """A point's sums as they grow; `grid_mwh`: what the own contract prices, once and at the end."""

    injects: bool
    energy_mwh: int = 0
    shared_mwh: int = 0
    amount: int = 0
    fee: int = 0
    rest_amount: int = 0
    expired_mwh: int = 0
    grid_mwh: int = 0

    def totals(self, point: int, contract: OwnContract) -> PointTotals:
        """The rest of all slots at the own contract's price, rounded once, beside what bill sharing has divided."""
        price = contract.feed_in if self.injects else contract.retail
        rest = self.rest_amount + self.grid_mwh * price // MWH_PER_KWH
        rest -= self.expired_mwh * contract.feed_in // MWH_PER_KWH
        return PointTotals(
            point, self.injects, self.energy_mwh, self.shared_mwh, self.amount, self.fee, rest, self.expired_mwh
        )


def replayed(side: PastTerms, contract: OwnContract, hour_of: HourOf) -> tuple[PointTotals, ...]:
    """Every point's sums under some terms, by rising number. Raises `Refused` as `allocate` and `priced` do.

    By the hour the slots of each are summed; all of them have the same points.
    What is carried as credit goes from each slot to the next.
    """
    sums: dict[int, _PointSums] = {}
    for found in side.beside:
        _add(sums, found.injects, [(found.point, found.energy_mwh, 0, 0, 0, 0)], grid_price=True)
    for terms, slots in side.spans:
        _replay(sums, terms, slots, hour_of)
    return tuple(sums[point].totals(point, contract) for point in sorted(sums))


def _replay(sums: dict[int, _PointSums], terms: PreviewTerms, slots: Sequence[PastSlot], hour_of: HourOf) -> None:
    claims: tuple[CreditClaim, ...] = tuple(slots[0].keys.claims) if slots else ()
    grid_price = not isinstance(terms.prices, BillSharing)
    for past in _by_the_hour(slots, hour_of) if terms.rule.hourly else slots:
        keys, flows = replace(past.keys, claims=claims), past.flows
        allocated = allocate(terms.rule, flows, keys, past.slot)
        paid = priced(terms.prices, flows, keys, allocated, past.slot)
        fees = charged(allocated.shares, terms.fee, past.slot)
        nothing = (0,) * len(keys.producers)
        claims = allocated.claims
        _add(
            sums,
            True,
            zip(keys.producers, flows.injections, allocated.delivered, paid.sold, nothing, paid.rest_sold, strict=True),
            grid_price=grid_price,
        )
        _add(
            sums,
            False,
            zip(keys.consumers, flows.offtakes, allocated.shares, paid.bought, fees, paid.rest_bought, strict=True),
            grid_price=grid_price,
        )
        for claim in allocated.expired:
            sums[keys.consumers[claim.consumer]].expired_mwh += claim.energy_mwh


def _add(
    sums: dict[int, _PointSums],
    injects: bool,
    rows: Iterable[tuple[int, int, int, int, int, int]],
    *,
    grid_price: bool,
) -> None:
    for number, energy, shared, amount, fee, rest in rows:
        found = sums.get(number)
        if found is None:
            found = sums[number] = _PointSums(injects)
        found.energy_mwh += energy
        found.shared_mwh += shared
        found.amount += amount
        found.fee += fee
        if grid_price:
            found.grid_mwh += energy - shared
        else:
            found.rest_amount += rest


def _by_the_hour(slots: Sequence[PastSlot], hour_of: HourOf) -> Iterable[PastSlot]:
    for hour, found in groupby(slots, key=lambda past: hour_of(past.slot)):
        parts = list(found)
        yield PastSlot(hour.number, summed(past.flows for past in parts), _keys_of_hour(parts))


def _keys_of_hour(parts: Sequence[PastSlot]) -> AllocationKeys:
    """A point that is closed in some slots of an hour keeps its keys, one that is closed in all has none (SR21)."""
    rows = [[past.keys.weights, *past.keys.levels] for past in parts]
    weights, *levels = [[max(keys) for keys in zip(*of_slots, strict=True)] for of_slots in zip(*rows, strict=True)]
    return replace(parts[0].keys, weights=weights, levels=levels)
