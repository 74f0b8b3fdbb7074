"""Shared energy between zones over any order of values, corrections, closings and changes of zone in a day (GA13).

What stands in the end is what the newest values come to under the zones that points had in their slots, worked out anew
by another way: fractions, no runs, no differences.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import floor
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.grid.schema import LineKind
from ledger.sharing.queries import settled_run
from ledger.slots.payloads import AlterPoint, ChangePoint
from ledger.slots.schema import Direction
from tests.ledger.grid.test_shared_zones import FAR, MEMBERS, NEAR, SHARED_LEVY, ZONED, ZONES
from tests.support.grid_chain import GridChain
from tests.support.grid_tariffs import FEE, LEVY, RETAIL
from tests.support.sharing_chain import FIRST_SLOT, KWH, SLOT_MS, SeedPoint, terms

NAMES = ("south", "north", "east")
OWNERS = {1: "B", 2: "C"}
ENERGIES = st.one_of(st.integers(0, 3 * KWH), st.integers(0, 7))


class Zones(RuleBasedStateMachine):
    """A scheme of two consumers and two producers, of which any may change its zone at any slot."""

    @initialize()
    def begin(self) -> None:
        self.chain = GridChain(tariffs=(ZONED,))
        self.chain.do("D", SeedPoint(4, Direction.INJECTION, 4))
        for point, zone in ZONES.items():
            self.chain.vote(AlterPoint(ChangePoint(point, zone, point)))
        self.chain.open(terms(MEMBERS))
        self.chain.until(FIRST_SLOT)
        self.zones = dict(ZONES)
        self.known: dict[int, dict[int, str]] = {FIRST_SLOT: dict(ZONES)}

    @property
    def last(self) -> int:
        return max(self.known)

    @rule(point=st.integers(1, 4), zone=st.sampled_from(NAMES))
    def change_zone(self, point: int, zone: str) -> None:
        if self.zones[point] == zone:
            return
        self.chain.vote(AlterPoint(ChangePoint(point, zone, point)))
        self.zones[point] = zone

    @precondition(lambda self: len(self.known) < 6)
    @rule()
    def pass_a_slot(self) -> None:
        """The zones of a slot are those that its points had when it began: votes took less than the slot before."""
        begins = -(-self.chain.time_ms // SLOT_MS)
        for slot in range(self.last + 1, begins):
            self.known[slot] = self.known[self.last]
        self.chain.until(begins)
        self.known[begins] = dict(self.zones)

    @rule(data=st.data(), energies=st.tuples(*[ENERGIES] * 4))
    def bring_values(self, data: st.DataObject, energies: tuple[int, ...]) -> None:
        slot = data.draw(st.sampled_from(sorted(self.known)))
        self.chain.values(slot, dict(zip(range(1, 5), energies, strict=True)))

    @rule(data=st.data(), point=st.integers(1, 4), energy=ENERGIES)
    def bring_one(self, data: st.DataObject, point: int, energy: int) -> None:
        self.chain.values(data.draw(st.sampled_from(sorted(self.known))), {point: energy})

    @invariant()
    def what_stands_is_what_the_newest_values_come_to(self) -> None:
        if not hasattr(self, "chain"):
            return
        for point, name in OWNERS.items():
            found = {line: sums for line, sums in self.chain.lines(name).items() if sums != (0, 0)}
            assert found == self._expected(point)

    def _expected(self, point: int) -> dict[Any, tuple[int, int]]:
        energies: Counter[Any] = Counter()
        amounts: Counter[Any] = Counter()

        def charge(kind: LineKind, name: str, energy: int, rate: int) -> None:
            energies[kind, name] += energy
            amounts[kind, name] += energy * rate // KWH

        for slot, zones in self.known.items():
            run = settled_run(self.chain.context(), 1, slot)
            if run is None or run.outcome is None:
                continue
            rows = {row.point: row for row in run.outcome.rows}
            here, rest = zones[point], rows[point].energy_mwh - rows[point].shared_mwh
            charge(LineKind.RETAIL, "", rest, RETAIL)
            charge(LineKind.GRID_FEE, f"grid>{here}", rest, FEE)
            charge(LineKind.LEVY, "green", rest, LEVY)
            charge(LineKind.LEVY, "meter", rest, SHARED_LEVY)
            delivered: dict[str, int] = {zones[producer]: 0 for producer in (3, 4)}
            for producer in (3, 4):
                delivered[zones[producer]] += rows[producer].shared_mwh
            for zone, part in divided(rows[point].shared_mwh, delivered, slot).items():
                near = zone == here == "south"
                charge(LineKind.GRID_FEE, f"{zone}>{here}", part, NEAR if near else FAR)
                charge(LineKind.SHARED_LEVY, "meter", part, SHARED_LEVY)
        return {key: (energies[key], amounts[key]) for key in energies if energies[key] or amounts[key]}


def divided(share: int, delivered: dict[str, int], slot: int) -> dict[str, int]:
    """SR1 by fractions: floors, then the missing units to the largest remainders, equal ones in a ring."""
    names, whole = sorted(delivered), sum(delivered.values())
    exact = {name: Fraction(share * delivered[name], whole) if whole else Fraction(0) for name in names}
    parts = {name: floor(exact[name]) for name in names}
    begin = slot % len(names)
    ring = [*names[begin:], *names[:begin]]
    for name in sorted(ring, key=lambda name: parts[name] - exact[name])[: share - sum(parts.values()) if whole else 0]:
        parts[name] += 1
    return parts


TestZones = Zones.TestCase
TestZones.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
