"""What a run tells of each point to whoever bills a grid: what was not shared, and whence its share came (SC13).

A piece tells some members of a chunk about all slots of the run, so many as its work is bounded by (`limits`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import sub
from typing import Final

import msgspec
from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.sharing.limits import CHUNK_POINTS, MAX_TOLD_AT_ONCE
from ledger.sharing.members import members_of_chunk
from ledger.sharing.packing import unpack
from ledger.sharing.points import POINTS_SETTLED, PointRest
from ledger.sharing.schema import (
    RUN_PARTS,
    RUN_ZONES,
    DayRun,
    PairedZones,
    Phase,
    RunPart,
    RunZones,
    SchemeMember,
    SchemeVersion,
)
from ledger.sharing.weights import TOLD_CHUNK, TOLD_ROWS_A_UNIT, ZONE_CELLS_A_UNIT
from ledger.sharing.zone_parts import paired_zones, shares_by_zone
from ledger.slots.schema import Direction
from ledger.state.table import big_endian

NO_ZONES: Final = RunZones((), (), (), False)

Tell = Callable[[Context, int, tuple[int, ...], tuple[PointRest, ...]], None]


def tell_rests(context: Context, version: SchemeVersion, run: DayRun) -> DayRun:
    """Tell the next members, or go on to booking; `run.place`: chunks by the places that they have room for."""
    follows = context.hooks.at(POINTS_SETTLED)
    slots = tuple(slot for at, slot in enumerate(run.slots) if run.is_live(at))
    at, first = divmod(run.place, CHUNK_POINTS)
    if not follows or not slots or at == len(version.chunks):
        return replace(run, phase=Phase.BOOK, place=0)
    chunk = version.chunks[at]
    members = members_of_chunk(context.state, version.scheme, chunk)
    keys = [big_endian(version.scheme) + big_endian(slot) for slot in slots]
    zones = [context.state.get(RUN_ZONES, key) or NO_ZONES for key in keys]
    names = tuple(sorted({name for each in zones for name in each.zones}))
    cells = len(slots) * max(1, len(names))
    end = min(first + max(1, MAX_TOLD_AT_ONCE // cells), len(members))
    context.charge(TOLD_CHUNK + len(slots) * (1 + len(members) // TOLD_ROWS_A_UNIT))
    context.charge(cells * (end - first) // ZONE_CELLS_A_UNIT if names else 0)
    parts = [context.get(RUN_PARTS, key + big_endian(chunk.chunk)) for key in keys]
    paired = [
        [
            paired_zones(context, key + big_endian(chunk.chunk), each, old=old)
            for key, each in zip(keys, zones, strict=True)
        ]
        for old in (False, True)
    ]
    piece = _Piece(slots, members, range(first, end), zones, names)
    rests = tuple(piece.rests(parts, *paired))
    for follow in follows:
        follow(context, version.scheme, slots, rests)
    return replace(run, place=run.place + end - first if end < len(members) else (at + 1) * CHUNK_POINTS)


class _Figures(msgspec.Struct, frozen=True):
    """Of the members of a piece what was not shared, by slot; and by member and zone of the run what was, by slot."""

    rests: list[Sequence[int]]
    shared: list[list[list[int]]]


class _Piece(msgspec.Struct, frozen=True):
    """Members of a chunk, by their places, and the zones of each slot; `names`: of the zones of all slots, rising."""

    slots: tuple[int, ...]
    members: Sequence[SchemeMember]
    places: range
    zones: Sequence[RunZones]
    names: tuple[str, ...]

    def rests(
        self, parts: Sequence[RunPart], paired: Sequence[PairedZones], old_paired: Sequence[PairedZones]
    ) -> Iterator[PointRest]:
        """What a run says of each member."""
        now = self._figures([(part.energies, part.rows) for part in parts], paired, old=False)
        before = self._figures([(part.old_energies, part.old_rows) for part in parts], old_paired, old=True)
        by_member = zip(zip(*before.rests, strict=True), zip(*now.rests, strict=True), strict=True)
        for at, (old_rest, rest) in enumerate(by_member):
            member = self.members[self.places[at]]
            told = PointRest(member.point, member.account, Direction(member.direction), old_rest, rest)
            if self.names and member.direction != Direction.INJECTION:
                shared = (tuple(map(tuple, figures.shared[at])) for figures in (before, now))
                told = PointRest(*told[:5], self.names, *shared)
            yield told

    def _figures(self, packed: Sequence[tuple[bytes, bytes]], paired: Sequence[PairedZones], *, old: bool) -> _Figures:
        """Of one run; where there was none before, nothing."""
        count, here = len(self.members), slice(self.places.start, self.places.stop)
        rests: list[Sequence[int]] = []
        shared = [[[0] * len(self.slots) for _ in self.names] for _ in self.places]
        place_of = {name: place for place, name in enumerate(self.names)}
        consuming = [place for place in self.places if self.members[place].direction != Direction.INJECTION]
        for at, (energies, rows) in enumerate(packed):
            if not rows:
                rests.append((0,) * len(self.places))
                continue
            shares = unpack(rows, 3 * count)[:count]
            rests.append(tuple(map(sub, unpack(energies, count)[here], shares[here])))
            zones = self.zones[at]
            wanted = {place: shares[place] for place in consuming if shares[place]} if zones.zones else {}
            columns = [place_of[name] for name in zones.zones]
            for place, parts in shares_by_zone(zones, wanted, self.slots[at], paired[at], old=old).items():
                row = shared[place - self.places.start]
                for column, part in zip(columns, parts, strict=True):
                    row[column][at] = part
        return _Figures(rests, shared)
