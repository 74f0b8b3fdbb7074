"""What runs over chunks tell of zones is what the rule says, by this run and the one before (SC13, SR19)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.chain.parameters import PARTS
from ledger.chain.registry import Module
from ledger.sharing import booking_rests
from ledger.sharing.allocation import allocate
from ledger.sharing.allocation_rules import (
    AllocationRule,
    Cascade,
    Dynamic,
    Pairs,
    PairShare,
    Static,
    StaticRedistributed,
)
from ledger.sharing.members import chunk_of
from ledger.sharing.outcome import roster_of
from ledger.sharing.points import POINTS_SETTLED, ZONES_ASKED, PointRest
from ledger.sharing.queries import settled_run
from ledger.sharing.slot_flows import SlotFlows
from ledger.sharing.zones import by_zone
from ledger.slots.schema import Direction
from tests.support.free_places import FREE
from tests.support.sharing_chain import FIRST_SLOT, KWH, SeedPoint, SharingChain, participants, terms

OTHERS = {70: ("C", Direction.OFFTAKE), 71: ("B", Direction.INJECTION), 140: ("D", Direction.OFFTAKE)}
ZONES = {3: "south", 71: "north"}
KEYS = {"p1": (3,), "p2": (5,), "p70": (1,), "p140": (2,)}
ROWS = tuple(PairShare(*row, PARTS // 5) for row in ((3, 1), (3, 2), (3, 140), (71, 1), (71, 2), (71, 70)))
RULES = {
    "static": AllocationRule(Static()),
    "dynamic": AllocationRule(Dynamic()),
    "pairs": AllocationRule(Pairs(ROWS)),
    "no self-share": AllocationRule(StaticRedistributed(), no_self_share=True),
    "cascade": AllocationRule(Cascade((Pairs(ROWS), Dynamic()))),
}
ENERGIES = st.tuples(*[st.integers(0, 3 * KWH)] * 6)
POINTS = (1, 2, 3, 70, 71, 140)


class Told:
    """A chain in which somebody asks for zones, and what it hears; points 1, 2 and 3, 70 and 71, 140 are chunks."""

    def __init__(self, rule: AllocationRule) -> None:
        self.rule = rule
        self.heard: list[PointRest] = []
        hooks = (ZONES_ASKED.by(self._zones), POINTS_SETTLED.by(self._hear))
        self.chain = SharingChain(modules=(Module("listener", FREE, hooks=hooks),))
        for number, (name, direction) in OTHERS.items():
            self.chain.do(name, SeedPoint(number, direction, number))
        levels = len(rule.method.levels) if isinstance(rule.method, Cascade) else 1
        keys = {name: key * levels for name, key in KEYS.items()}
        self.chain.open(terms(participants(**keys, p3=(), p71=()), rule=rule))
        self.chain.until(FIRST_SLOT)

    @staticmethod
    def _zones(_context: Context, points: tuple[int, ...], slots: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
        return tuple((ZONES[point],) * len(slots) for point in points)

    def _hear(self, _context: Context, _scheme: int, _slots: tuple[int, ...], rests: tuple[PointRest, ...]) -> None:
        self.heard.extend(rests)

    def run(self, energies: tuple[int, ...]) -> dict[int, PointRest]:
        """By consumer what the run that follows says."""
        self.heard.clear()
        # Blocks are executed when they are proposed and when they are checked: both say the same.
        self.chain.values(FIRST_SLOT, dict(zip(POINTS, energies, strict=True)))
        return {rest.point: rest for rest in self.heard if rest.direction == Direction.OFFTAKE}

    def expected(self) -> dict[int, tuple[tuple[int, ...], ...]]:
        """By consumer the parts by zone, north first, as the rules give them without runs."""
        found = settled_run(self.chain.context(), 1, FIRST_SLOT)
        assert found is not None
        assert found.outcome is not None
        rows, roster = found.outcome.rows, roster_of(terms((), rule=self.rule), found.members)
        flows = SlotFlows(
            [rows[place].energy_mwh for place in roster.producing],
            [rows[place].energy_mwh for place in roster.consuming],
        )
        zones = [sorted(ZONES.values()).index(ZONES[number]) for number in roster.keys.producers]
        parts = by_zone(allocate(self.rule, flows, roster.keys, FIRST_SLOT), zones, 2, FIRST_SLOT)
        return {
            number: tuple((part,) for part in each) for number, each in zip(roster.keys.consumers, parts, strict=True)
        }


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ENERGIES, second=ENERGIES)
def test_sc13_a_run_tells_what_the_rule_says_and_what_the_run_before_told(
    monkeypatch: pytest.MonkeyPatch, name: str, first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    assert len({chunk_of(point) for point in POINTS}) == 3
    monkeypatch.setattr(booking_rests, "MAX_TOLD_AT_ONCE", 3)
    told = Told(RULES[name])
    heard, before = told.run(first), told.expected()
    nothing = dict.fromkeys(before, ((0,), (0,)))
    assert {point: rest.shared_after for point, rest in heard.items()} == before
    assert {point: rest.shared_before for point, rest in heard.items()} == nothing
    if first == second:
        return
    again = told.run(second)
    assert {point: rest.shared_before for point, rest in again.items()} == before
    assert {point: rest.shared_after for point, rest in again.items()} == told.expected()
    assert {rest.zones for rest in again.values()} == {("north", "south")}


@pytest.mark.parametrize("name", RULES)
def test_by_the_hour_a_share_is_divided_by_what_the_zones_delivered_in_the_hour(name: str) -> None:
    """Plants give in the first two slots, homes take in the others: no slot's own plants could say whence it came."""
    told = Told(replace(RULES[name], hourly=True))
    told.chain.until(FIRST_SLOT + 3)
    slots = ((0, 0, 2, 0, 0, 0), (0, 0, 0, 0, 6, 0), (1, 1, 0, 1, 0, 1), (1, 2, 0, 0, 0, 1))
    for at, energies in enumerate(slots):
        values = {point: energy * KWH for point, energy in zip(POINTS, energies, strict=True)}
        told.chain.values(FIRST_SLOT + at, values)
    runs = [settled_run(told.chain.context(), 1, FIRST_SLOT + at) for at in range(4)]
    shares = [{row.point: row.shared_mwh for row in run.rows} for run in runs if run is not None]
    delivered = [sum(slot[point] for slot in shares) for point in (71, 3)]
    rests = [rest for rest in told.heard if rest.direction == Direction.OFFTAKE]
    assert {rest.point for rest in rests} == {1, 2, 70, 140}
    for rest in rests:
        assert rest.zones == ("north", "south")
        by_slot = list(zip(*rest.shared_after, strict=True))
        assert [sum(parts) for parts in by_slot] == [slot[rest.point] for slot in shares]
        if name in {"static", "dynamic"}:
            for parts in by_slot:
                assert abs(parts[0] * sum(delivered) - sum(parts) * delivered[0]) < sum(delivered)
    if name == "pairs":
        assert {rest.point: sum(rest.shared_after[1]) for rest in rests}[70] == 0
