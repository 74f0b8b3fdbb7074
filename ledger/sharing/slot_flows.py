"""What allocation reads and gives: plain sequences of integers by place, a place per point in rising number (SR4).

No object per point: a slot of ten thousand points is a few lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import Count, MilliWattHours, Number
from ledger.errors import Refused, require
from ledger.limits import MAX_INTEGER


class SlotFlows(msgspec.Struct, frozen=True):
    """The energy of a slot in mWh: of producers (injection) and consumers (offtake), each in rising point number."""

    injections: Sequence[int]
    offtakes: Sequence[int]


class CreditClaim(Value, frozen=True):
    """Energy that a consumer (by its place) may still take, up to and with the slot `until`."""

    consumer: Count
    until: Number
    energy_mwh: MilliWattHours


class AllocationKeys(msgspec.Struct, frozen=True):
    """What stands beside the flows, by the same places; only what the rule asks for must be there.

    weights: the consumers' keys, relative to each other. levels: those of each level of a cascade. commissioned:
    the producers' times (delivery by age). producers, consumers: points' numbers (fixed rows, prices by producer).
    producer_owners, consumer_owners: who may not share with itself. rows: (producer, consumer, parts of 10^9) by
    places in rising order, for rows that come with the slot. claims: what is left of earlier slots, oldest first.
    """

    weights: Sequence[int] = ()
    levels: Sequence[Sequence[int]] = ()
    commissioned: Sequence[int] = ()
    producers: Sequence[int] = ()
    consumers: Sequence[int] = ()
    producer_owners: Sequence[bytes] = ()
    consumer_owners: Sequence[bytes] = ()
    rows: Sequence[tuple[int, int, int]] = ()
    claims: Sequence[CreditClaim] = ()


class Allocated(msgspec.Struct, frozen=True):
    """Who takes and who delivers how many mWh.

    pairs: (producer, consumer, mWh) by places in rising order; empty where the rule has none. claims: what consumers
    may take later. expired: what they could have taken until this slot, paid at the price of feed-in.
    """

    shares: tuple[int, ...]
    delivered: tuple[int, ...]
    pairs: tuple[tuple[int, int, int], ...] = ()
    claims: tuple[CreditClaim, ...] = ()
    expired: tuple[CreditClaim, ...] = ()


def check_flows(flows: SlotFlows) -> None:
    """Raises `Refused` (out_of_range) unless every value and both sums lie within what the ledger stores."""
    for values in (flows.injections, flows.offtakes):
        if values and (min(values) < 0 or sum(values) > MAX_INTEGER):
            raise Refused(
                "the energies of a slot must not be below 0, nor sum to more than 2^63-1", code="out_of_range"
            )


def summed(slots: Iterable[SlotFlows]) -> SlotFlows:
    """The flows of several slots of the same points added up, for rules by the hour or the month."""
    parts = list(slots)
    require(bool(parts), "flows of at least one slot are added up")
    injections = [sum(values) for values in zip(*(part.injections for part in parts), strict=True)]
    return SlotFlows(injections, [sum(values) for values in zip(*(part.offtakes for part in parts), strict=True)])
