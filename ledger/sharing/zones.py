"""From which grid zone a consumer's share of a slot came (rule SR19). Pure: zones are places, energies are mWh.

Each consumer's parts sum to its share exactly. Of pairs those of all consumers sum to what a zone delivered; else they
differ from that by less than a unit for each consumer, since each is rounded by itself: whoever knows what zones
delivered checks its own parts without the others' shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.sharing.apportion import apportion
from ledger.sharing.slot_flows import Allocated


def by_zone(allocated: Allocated, producer_zones: Sequence[int], zones: int, slot: int) -> tuple[tuple[int, ...], ...]:
    """By consumer, the energy of each of `zones` grid zones (by place) in its share (SR19).

    Of its pairs where the rule has some, else apportion(share, delivered by zone).
    """
    if allocated.pairs:
        found = [[0] * zones for _ in allocated.shares]
        for (consumer, zone), energy in paired_by_zone(allocated.pairs, producer_zones).items():
            found[consumer][zone] = energy
        return tuple(map(tuple, found))
    weights = zone_weights(allocated.delivered, producer_zones, zones)
    return tuple(share_by_zone(share, weights, slot) for share in allocated.shares)


def zone_weights(delivered: Sequence[int], producer_zones: Sequence[int], zones: int) -> tuple[int, ...]:
    """What the producers of each zone delivered; where nobody delivered anything, how many they are: a share is then a
    claim of earlier slots, whose zones nobody kept.
    """
    found = [0] * zones
    energies = delivered if any(delivered) else [1] * len(delivered)
    for energy, zone in zip(energies, producer_zones, strict=True):
        found[zone] += energy
    return tuple(found)


def share_by_zone(share: int, weights: Sequence[int], slot: int) -> tuple[int, ...]:
    """One consumer's share by zone."""
    return (share,) if len(weights) == 1 else apportion(share, weights, slot)


def paired_by_zone(pairs: Iterable[tuple[int, int, int]], producer_zones: Sequence[int]) -> dict[tuple[int, int], int]:
    """By consumer and zone what pairs of (producer, consumer, mWh) come to."""
    found: dict[tuple[int, int], int] = {}
    for producer, consumer, energy in pairs:
        place = consumer, producer_zones[producer]
        found[place] = found.get(place, 0) + energy
    return found
