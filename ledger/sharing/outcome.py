"""What a run comes to: from the terms of a slot and its inputs to a row for each point, and nothing else (rule SC6).

Pure: whoever has the terms and the inputs gets the same rows and roots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.encoding.codec import Value, encode
from ledger.encoding.quantities import Address, Amount, MilliWattHours, Number
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import Cascade
from ledger.sharing.prices import charged, priced
from ledger.sharing.schema import SchemeVersion, SlotInput
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows
from ledger.slots.schema import Direction, SlotState
from ledger.state.merkle import list_root


class RunRow(Value, frozen=True):
    """A point's part of a slot: of `energy_mwh` that count in the scheme `shared_mwh` were shared, for `amount` (what a
    consumer pays, a producer receives), beside the consumer's `fee`.
    """

    point: Number
    account: Address
    energy_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    amount: Amount
    fee: Amount


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rows of a run by the places of the version's participants."""

    rows: tuple[RunRow, ...]
    injected_mwh: int
    taken_mwh: int
    shared_mwh: int
    paid: int
    fees: int

    @property
    def root(self) -> bytes:
        """Of the list of rows (T5)."""
        return list_root([encode(row) for row in self.rows])


@dataclass(frozen=True, slots=True)
class Booking:
    """An account's figures of a run, or of the difference between two."""

    bought_mwh: int = 0
    sold_mwh: int = 0
    cost: int = 0
    revenue: int = 0
    fee: int = 0

    def __add__(self, other: Booking) -> Booking:
        return Booking(
            self.bought_mwh + other.bought_mwh, self.sold_mwh + other.sold_mwh, self.cost + other.cost,
            self.revenue + other.revenue, self.fee + other.fee,
        )  # fmt: skip

    def __sub__(self, other: Booking) -> Booking:
        return self + Booking(-other.bought_mwh, -other.sold_mwh, -other.cost, -other.revenue, -other.fee)

    @property
    def due(self) -> int:
        """What the account pays; below 0: receives."""
        return self.cost + self.fee - self.revenue


NOTHING_BOOKED: Final = Booking()


def inputs_root(inputs: Sequence[SlotInput]) -> bytes:
    """Of the list of a run's inputs (T5)."""
    return list_root([encode(found) for found in inputs])


def outcome_of(version: SchemeVersion, slot: int, inputs: Sequence[SlotInput]) -> Outcome:
    """Allocate and price a slot; raises `Refused` where figures are more than the ledger stores."""
    terms = version.terms
    producing, consuming = _places(version, Direction.INJECTION), _places(version, Direction.OFFTAKE)
    parts = [found.part_mwh for found in inputs]
    flows = SlotFlows([parts[place] for place in producing], [parts[place] for place in consuming])
    absent = frozenset(place for place, found in enumerate(inputs) if found.state == SlotState.MISSING)
    keys = allocation_keys(version, producing, consuming, absent)
    allocated = allocate(terms.rule, flows, keys, slot)
    prices = priced(terms.prices, flows, keys, allocated, slot)
    fees = charged(allocated.shares, terms.fee, slot)
    nothing = (0,) * len(producing)
    found = dict(zip(producing, zip(allocated.delivered, prices.sold, nothing, strict=True), strict=True))
    found |= dict(zip(consuming, zip(allocated.shares, prices.bought, fees, strict=True), strict=True))
    rows = tuple(
        RunRow(participant.point, facts.account, parts[place], *found[place])
        for place, (participant, facts) in enumerate(zip(terms.participants, version.facts, strict=True))
    )
    return Outcome(
        rows, sum(flows.injections), sum(flows.offtakes), sum(allocated.shares), sum(prices.bought), sum(fees)
    )


def bookings(version: SchemeVersion, rows: Sequence[RunRow]) -> dict[bytes, Booking]:
    """What a run's rows come to by account; fees are revenue of the account that receives them."""
    found: dict[bytes, Booking] = {}
    for row, facts in zip(rows, version.facts, strict=True):
        if facts.direction == Direction.INJECTION:
            one = Booking(sold_mwh=row.shared_mwh, revenue=row.amount)
        else:
            one = Booking(bought_mwh=row.shared_mwh, cost=row.amount, fee=row.fee)
        found[row.account] = found.get(row.account, NOTHING_BOOKED) + one
    fees = sum(row.fee for row in rows)
    if fees:
        account = version.terms.fee_account
        found[account] = found.get(account, NOTHING_BOOKED) + Booking(revenue=fees)
    return found


def _places(version: SchemeVersion, direction: Direction) -> list[int]:
    return [place for place, facts in enumerate(version.facts) if facts.direction == direction]


def allocation_keys(
    version: SchemeVersion, producing: Sequence[int], consuming: Sequence[int], absent: frozenset[int]
) -> AllocationKeys:
    """What stands beside a slot's flows, by the places of producers and consumers.

    `absent`: the places of points that are closed in the slot, whose keys count as 0 (SC4).
    """
    members, facts = version.terms.participants, version.facts

    def key(place: int, level: int) -> int:
        return 0 if place in absent else members[place].keys[level]

    method = version.terms.rule.method
    levels = range(len(method.levels) if isinstance(method, Cascade) else 0)
    return AllocationKeys(
        weights=[key(place, 0) for place in consuming],
        levels=[[key(place, level) for place in consuming] for level in levels],
        commissioned=[facts[place].commissioned_ms for place in producing],
        producers=[members[place].point for place in producing],
        consumers=[members[place].point for place in consuming],
        producer_owners=[facts[place].account for place in producing],
        consumer_owners=[facts[place].account for place in consuming],
    )
