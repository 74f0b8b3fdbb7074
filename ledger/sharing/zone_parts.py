"""Producers' zones in a run that goes on: gathered by chunk, weighed by slot, told by point (rules SR19, SC13).

What a slot's zones delivered is a few figures, so each consumer's parts are worked out where they are told; of rules by
pairs they stand with the chunk. So the state holds no figure for each consumer and zone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence, Set
from itertools import accumulate, pairwise
from typing import Final

import msgspec
from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.sharing.limits import MAX_RUN_ZONES
from ledger.sharing.outcome import Computed, Roster
from ledger.sharing.packing import pack, unpack
from ledger.sharing.points import ZONES_ASKED
from ledger.sharing.schema import PAIRED_ZONES, RUN_ZONES, PairedZones, RunPart, RunZones, SchemeMember
from ledger.sharing.weights import ZONE_ASKED
from ledger.sharing.zones import paired_by_zone, share_by_zone, zone_weights
from ledger.slots.schema import Direction
from ledger.state.table import big_endian

OTHER_ZONES: Final = "*"
"""Stands for the zones that one run does not tell apart."""

ChunkZones = tuple[tuple[str, ...], bytes]
"""The zones of a chunk's producers in a slot, rising; and of each producer which, 0 bytes: all in the first."""

NO_ZONES: Final[ChunkZones] = ((), b"")
NO_PAIRS: Final = PairedZones(b"", b"")

CELL_BYTES: Final = 4


def zones_of_chunk(context: Context, members: Sequence[SchemeMember], slots: Sequence[int]) -> list[ChunkZones]:
    """By slot; nothing where nobody asks."""
    asked = context.hooks.at(ZONES_ASKED)
    producers = tuple(member.point for member in members if member.direction == Direction.INJECTION)
    if not asked or not producers or not slots:
        return [NO_ZONES] * len(slots)
    context.charge(ZONE_ASKED * len(producers))
    answers = (ask(context, producers, tuple(slots)) for ask in asked)
    by_point = next((answer for answer in answers if answer is not None), None)
    if by_point is None:
        return [NO_ZONES] * len(slots)
    known: dict[tuple[str, ...], ChunkZones] = {}
    return [known.setdefault(zones, _chunk_zones(zones)) for zones in zip(*by_point, strict=True)]


def _chunk_zones(zones: tuple[str, ...]) -> ChunkZones:
    names = tuple(sorted(set(zones)))
    return names, bytes(names.index(zone) for zone in zones) if len(names) > 1 else b""


def zones_of_slot(parts: Sequence[RunPart], counts: Sequence[int]) -> tuple[tuple[str, ...], list[int]]:
    """The zones of a slot, and of each producer which by place; `counts`: the producers of each chunk.

    Where there are more than a run tells apart, the last by name count as one, which any zone's fee fits.
    """
    names, place_of, other = _told_apart({zone for part in parts for zone in part.producer_zones})
    found: list[int] = []
    for part, count in zip(parts, counts, strict=True):
        places = [place_of.get(zone, other) for zone in part.producer_zones]
        found.extend([places[at] for at in part.zone_places] if part.zone_places else places[:1] * count)
    return names, found


def _told_apart(zones: Set[str]) -> tuple[tuple[str, ...], dict[str, int], int]:
    """The zones that a run tells apart, rising, the place of each, and that of all others."""
    names = sorted(zones)
    if len(names) > MAX_RUN_ZONES:
        names = sorted({OTHER_ZONES, *names[: MAX_RUN_ZONES - 1]})
    other = names.index(OTHER_ZONES) if OTHER_ZONES in names else 0
    return tuple(names), {name: place for place, name in enumerate(names)}, other


def zones_of_shares(roster: Roster, found: Computed, zones: Sequence[str], slot: int) -> dict[int, dict[str, int]]:
    """By the places of consumers who share in a slot what came from each zone; `zones`: of the producers, by place."""
    names, place_of, other = _told_apart(set(zones))
    places = [place_of.get(zone, other) for zone in zones]
    shares = {place: found.shared[place] for place in roster.consuming if found.shared[place]}
    if found.pairs:
        parts: dict[int, list[int]] = {place: [0] * len(names) for place in shares}
        for (consumer, zone), energy in paired_by_zone(found.pairs, places).items():
            parts[roster.consuming[consumer]][zone] = energy
        told: Mapping[int, Sequence[int]] = parts
    else:
        weights = zone_weights(found.delivered, places, len(names))
        told = {place: share_by_zone(share, weights, slot) for place, share in shares.items()}
    return {place: {name: e for name, e in zip(names, row, strict=True) if e} for place, row in told.items()}


class SlotParts(msgspec.Struct, frozen=True):
    """The parts of a slot's chunks, whose numbers are `chunks`; `counts`: the members of each."""

    scheme: int
    slot: int
    chunks: Sequence[int]
    parts: Sequence[RunPart]
    counts: Sequence[int]

    @property
    def key(self) -> bytes:
        """The slot's in tables of the run."""
        return big_endian(self.scheme) + big_endian(self.slot)

    @property
    def starts(self) -> list[int]:
        """The place of each chunk's first member among all, and the end."""
        return list(accumulate(self.counts, initial=0))


def put_zones(context: Context, slot: SlotParts, roster: Roster, found: Computed, *, again: bool) -> None:
    """Put down what a slot's zones delivered, by this run or (`again`) by the one before; by chunk what pairs say."""
    if not any(part.producer_zones for part in slot.parts):
        return
    edges = [bisect_left(roster.producing, start) for start in slot.starts]
    names, zones = zones_of_slot(slot.parts, [end - start for start, end in pairwise(edges)])
    weights = zone_weights(found.delivered, zones, len(names))
    held = context.state.get(RUN_ZONES, slot.key) or RunZones(names, (), (), False)
    paired = bool(found.pairs) and len(names) > 1
    held = replace(held, paired=held.paired or paired)
    held = replace(held, old_weights=weights) if again else replace(held, weights=weights)
    context.state.put(RUN_ZONES, slot.key, held)
    if paired:
        entries = _paired(slot, roster, paired_by_zone(found.pairs, zones), len(names))
        for chunk, entry in zip(slot.chunks, entries, strict=True):
            if entry.cells:
                context.state.put(PAIRED_ZONES, slot.key + big_endian(chunk) + big_endian(not again), entry)


def paired_zones(context: Context, key: bytes, zones: RunZones, *, old: bool) -> PairedZones:
    """What pairs say of a chunk in a slot, by its key; nothing where the rule has none."""
    found = context.state.get(PAIRED_ZONES, key + big_endian(not old)) if zones.paired else None
    return found or NO_PAIRS


def forget_zones(context: Context, key: bytes, chunks: Sequence[int]) -> None:
    """A slot of a run is finished; `key`: the slot's."""
    zones = context.state.get(RUN_ZONES, key)
    if zones is None:
        return
    context.state.delete(RUN_ZONES, key)
    for chunk in chunks if zones.paired else ():
        for run in (0, 1):
            context.state.delete(PAIRED_ZONES, key + big_endian(chunk) + big_endian(run))


def _paired(slot: SlotParts, roster: Roster, energies: Mapping[tuple[int, int], int], zones: int) -> list[PairedZones]:
    found: list[tuple[list[int], list[int]]] = [([], []) for _ in slot.parts]
    starts = slot.starts
    for (consumer, zone), energy in sorted(energies.items()):
        place = roster.consuming[consumer]
        chunk = bisect_right(starts, place) - 1
        found[chunk][0].append((place - starts[chunk]) * zones + zone)
        found[chunk][1].append(energy)
    return [PairedZones(pack(cells), pack(parts)) for cells, parts in found]


def shares_by_zone(
    zones: RunZones, shares: Mapping[int, int], slot: int, paired: PairedZones, *, old: bool
) -> dict[int, Sequence[int]]:
    """What of the shares of consumers, by their places in a chunk, came from each zone of the slot."""
    count = len(zones.zones)
    if not paired.cells:
        weights = zones.old_weights if old else zones.weights
        return {place: share_by_zone(share, weights, slot) for place, share in shares.items()}
    found = {place: [0] * count for place in shares}
    cells = unpack(paired.cells, len(paired.cells) // CELL_BYTES)
    for cell, energy in zip(cells, unpack(paired.parts, len(cells)), strict=True):
        place, zone = divmod(cell, count)
        if place in found:
            found[place][zone] = energy
    return dict(found)
