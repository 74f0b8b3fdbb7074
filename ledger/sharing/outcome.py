"""What a run comes to: from the terms of a slot and its inputs to a row for each point, and nothing else (rule SC6).

Pure: whoever has the terms and the inputs gets the same rows and roots.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, Amount, MilliWattHours, Number
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import Cascade
from ledger.sharing.prices import charged, priced
from ledger.sharing.schema import RunSums, SchemeMember
from ledger.sharing.scheme_terms import SchemeTerms
from ledger.sharing.slot_flows import AllocationKeys, SlotFlows
from ledger.slots.schema import Direction


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


class Roster(msgspec.Struct, frozen=True):
    """The members of a version as allocation needs them: by place, those who produce and those who consume."""

    members: Sequence[SchemeMember]
    producing: Sequence[int]
    consuming: Sequence[int]
    keys: AllocationKeys


class Computed(msgspec.Struct, frozen=True):
    """What a slot comes to: by the places of the members what is shared, the amounts and the fees; and the sums.

    delivered: what each producer delivered, by the hour in all of it: what zones are weighed by (SR19). pairs:
    (producer, consumer, mWh), by places among the producers and the consumers, where the rule has some.
    """

    shared: Sequence[int]
    amounts: Sequence[int]
    fees: Sequence[int]
    sums: RunSums
    delivered: Sequence[int]
    pairs: Sequence[tuple[int, int, int]] = ()


class Outcome(msgspec.Struct, frozen=True):
    """The rows of a run by the places of the version's members."""

    rows: tuple[RunRow, ...]
    sums: RunSums


class Booking(msgspec.Struct, frozen=True):
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


def roster_of(terms: SchemeTerms, members: Sequence[SchemeMember]) -> Roster:
    """What stands beside the flows of a version's slots."""
    producing = [place for place, member in enumerate(members) if member.direction == Direction.INJECTION]
    consuming = [place for place, member in enumerate(members) if member.direction != Direction.INJECTION]
    levels = range(len(terms.rule.method.levels) if isinstance(terms.rule.method, Cascade) else 0)
    keys = AllocationKeys(
        weights=[members[place].keys[0] for place in consuming],
        levels=[[members[place].keys[level] for place in consuming] for level in levels],
        commissioned=[members[place].commissioned_ms for place in producing],
        producers=[members[place].point for place in producing],
        consumers=[members[place].point for place in consuming],
        producer_owners=[members[place].account for place in producing],
        consumer_owners=[members[place].account for place in consuming],
    )
    return Roster(members, producing, consuming, keys)


def keys_in_slot(roster: Roster, absent: Container[int]) -> AllocationKeys:
    """What stands beside a slot's flows; `absent`: places of points that are closed in it, whose keys are 0 (SC4)."""
    gone = [at for at, place in enumerate(roster.consuming) if place in absent]
    if not gone:
        return roster.keys
    rows = [list(keys) for keys in (roster.keys.weights, *roster.keys.levels)]
    for keys in rows:
        for at in gone:
            keys[at] = 0
    return replace(roster.keys, weights=rows[0], levels=rows[1:])


def computed(
    terms: SchemeTerms, roster: Roster, slot: int, energies: Sequence[int], absent: Container[int] = ()
) -> Computed:
    """Allocate and price the energies of a slot, by the places of the members, of which some are absent."""
    flows = SlotFlows([energies[place] for place in roster.producing], [energies[place] for place in roster.consuming])
    keys = keys_in_slot(roster, absent)
    allocated = allocate(terms.rule, flows, keys, slot)
    prices = priced(terms.prices, flows, keys, allocated, slot)
    consumers_fees = charged(allocated.shares, terms.fee, slot)
    shared, amounts, fees = ([0] * len(energies) for _ in range(3))
    for place, delivered, sold in zip(roster.producing, allocated.delivered, prices.sold, strict=True):
        shared[place], amounts[place] = delivered, sold
    for place, taken, bought, fee in zip(
        roster.consuming, allocated.shares, prices.bought, consumers_fees, strict=True
    ):
        shared[place], amounts[place], fees[place] = taken, bought, fee
    sums = RunSums(
        sum(flows.injections), sum(flows.offtakes), sum(allocated.shares), sum(prices.bought), sum(consumers_fees)
    )
    return Computed(shared, amounts, fees, sums, allocated.delivered, allocated.pairs)


def rows_of(
    members: Sequence[SchemeMember],
    energies: Sequence[int],
    shared: Sequence[int],
    amounts: Sequence[int],
    fees: Sequence[int],
) -> list[RunRow]:
    """The rows of members, all or those of a chunk."""
    return [
        RunRow(member.point, member.account, *figures)
        for member, *figures in zip(members, energies, shared, amounts, fees, strict=True)
    ]


def booking_of(member: SchemeMember, shared_mwh: int, amount: int, fee: int) -> Booking:
    """What a member's part of a slot comes to."""
    if member.direction == Direction.INJECTION:
        return Booking(sold_mwh=shared_mwh, revenue=amount)
    return Booking(bought_mwh=shared_mwh, cost=amount, fee=fee)


def add_booking(found: dict[bytes, Booking], account: bytes, booked: Booking) -> None:
    """Add an account's figures to what is found of it so far."""
    found[account] = found.get(account, NOTHING_BOOKED) + booked


def bookings(terms: SchemeTerms, members: Sequence[SchemeMember], rows: Sequence[RunRow]) -> dict[bytes, Booking]:
    """What a run's rows come to by account; fees are revenue of the account that receives them."""
    found: dict[bytes, Booking] = {}
    for member, row in zip(members, rows, strict=True):
        add_booking(found, member.account, booking_of(member, row.shared_mwh, row.amount, row.fee))
    fees = sum(row.fee for row in rows)
    if fees:
        add_booking(found, terms.fee_account, Booking(revenue=fees))
    return found
