"""Money between grid zones on shared energy (GA13): by hand, by pairs, corrected, in other modes, and step by step."""

from __future__ import annotations

from typing import Any, Final

import pytest

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.context import Context
from ledger.chain.header import Event
from ledger.chain.parameters import PARTS
from ledger.chain.registry import Module
from ledger.grid.events import GridBooked
from ledger.grid.genesis import GridMode
from ledger.grid.payloads import SetTariff
from ledger.grid.postings import line_name
from ledger.grid.schema import LineKind
from ledger.grid.tariffs import Levy, TariffTerms, ZoneFee, charges_shared, constant, zone_fee
from ledger.sharing import booking_rests
from ledger.sharing.allocation_rules import AllocationMethod, AllocationRule, Pairs, PairShare
from ledger.sharing.points import POINTS_SETTLED, PointRest
from ledger.sharing.schema import PAIRED_ZONES, RUN_ZONES
from ledger.slots.payloads import AlterPoint, ChangePoint
from ledger.slots.schema import Direction
from ledger.state.table import big_endian
from tests.support.free_places import FREE
from tests.support.grid_chain import GridChain
from tests.support.grid_tariffs import FEE, LEVY, RETAIL, tariff
from tests.support.sharing_chain import BY_OFFTAKE, FIRST_SLOT, KWH, SeedPoint, participants, terms

NEAR: Final = ENT // 100
FAR: Final = 4 * ENT // 100
SHARED_LEVY: Final = ENT // 200
ZONED: Final = tariff(
    zone_fees=(
        ZoneFee("grid", "*", constant(FEE)),
        ZoneFee("south", "south", constant(NEAR)),
        ZoneFee("*", "*", constant(FAR)),
    ),
    levies=(Levy("green", constant(LEVY), False), Levy("meter", constant(SHARED_LEVY), True)),
)
MEMBERS: Final = participants(p1=(1,), p2=(1,), p3=(), p4=())
ZONES: Final = {1: "south", 2: "north", 3: "south", 4: "north"}


def zoned(
    method: AllocationMethod = BY_OFFTAKE, tariffs: tuple[TariffTerms, ...] = (ZONED,), **section: Any
) -> GridChain:
    """B consumes in the south, C in the north; D produces at point 3 in the south and at point 4 in the north."""
    chain = GridChain(tariffs=tariffs, **section)
    chain.do("D", SeedPoint(4, Direction.INJECTION, 4))
    for point, zone in ZONES.items():
        chain.vote(AlterPoint(ChangePoint(point, zone, point)))
    chain.open(terms(MEMBERS, rule=AllocationRule(method)))
    chain.until(FIRST_SLOT)
    return chain


def booked(events: list[Event], name: str) -> list[GridBooked]:
    return [event for event in events if isinstance(event, GridBooked) and event.account == address(name)]


def test_ga13_a_worked_example() -> None:
    """B draws 2 kWh and C 1; the south brings 1.5 and the north 0.5. So 2 are shared, of which B gets 4/3 and C 2/3,
    each 3/4 from the south: B 1.000000 and 0.333333, C 0.500000 and 0.166667."""
    chain = zoned()
    events = chain.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 3 * KWH // 2, 4: KWH // 2})
    (south,), (north,) = booked(events, "B"), booked(events, "C")
    rest_b, rest_c = 666_667, 333_333
    assert {line_name(line): (line.energy_mwh, line.amount) for line in south.lines} == {
        "retail": (rest_b, rest_b * RETAIL // KWH),
        "grid_fee:grid>south": (rest_b, rest_b * FEE // KWH),
        "grid_fee:north>south": (333_333, 333_333 * FAR // KWH),
        "grid_fee:south>south": (1_000_000, NEAR),
        "levy:green": (rest_b, rest_b * LEVY // KWH),
        "levy:meter": (rest_b, rest_b * SHARED_LEVY // KWH),
        "shared_levy:meter": (1_333_333, (333_333 * SHARED_LEVY // KWH) + SHARED_LEVY),
    }
    assert {line_name(line): line.energy_mwh for line in north.lines if line.kind != LineKind.RETAIL} == {
        "grid_fee:grid>north": rest_c, "grid_fee:north>north": 166_667, "grid_fee:south>north": 500_000,
        "levy:green": rest_c, "levy:meter": rest_c, "shared_levy:meter": 666_667,
    }  # fmt: skip
    lines = [each for event in events for each in chain.registry.postings_of(event, CURRENCY_ASSET)]
    moved = {each.line: each.amount for each in lines if each.holder == address("B") and each.line}
    assert moved["grid_fee:north>south"] == -333_333 * FAR // KWH
    assert moved["shared_levy:meter"] == -((333_333 * SHARED_LEVY // KWH) + SHARED_LEVY)
    assert chain.lines("B")[LineKind.SHARED_LEVY, "meter"][0] == 1_333_333


def test_ga13_pairs_say_exactly_from_whom_a_share_came() -> None:
    """B has all of the north's, C all of the south's: apportioned by what zones delivered each had some of both."""
    rows = (PairShare(3, 2, PARTS), PairShare(4, 1, PARTS))
    chain = zoned(Pairs(rows))
    chain.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 3 * KWH // 2, 4: KWH // 2})
    fees = {
        name: {line: energy for (kind, line), (energy, _) in chain.lines(name).items() if kind == LineKind.GRID_FEE}
        for name in "BC"
    }
    assert fees == {
        "B": {"grid>south": 3 * KWH // 2, "north>south": KWH // 2},
        "C": {"south>north": KWH},
    }
    assert not chain.entries(PAIRED_ZONES)
    assert not chain.entries(RUN_ZONES), "nothing is left of a run"
    chain.values(FIRST_SLOT, {1: KWH // 4})
    assert chain.lines("B") == {
        (LineKind.GRID_FEE, "north>south"): (KWH // 4, FAR // 4),
        (LineKind.SHARED_LEVY, "meter"): (KWH // 4, SHARED_LEVY // 4),
    }


def test_ga13_a_correction_books_differences_and_its_reversal_leaves_nothing() -> None:
    chain = zoned()
    before = {1: 2 * KWH + 1, 2: KWH, 3: 1_500_001, 4: 499_999}
    chain.values(FIRST_SLOT, before)
    lines, money = [chain.lines(name) for name in "BCD"], [chain.has(name) for name in "BCDO"]
    changed = chain.values(FIRST_SLOT, {3: 0, 4: 700_003})
    (south,) = booked(changed, "B")
    fees = {line.name: line.energy_mwh for line in south.lines if line.kind == LineKind.GRID_FEE}
    assert fees["south>south"] < 0 < fees["north>south"]
    assert [chain.lines(name) for name in "BCD"] != lines
    chain.values(FIRST_SLOT, {3: before[3], 4: before[4]})
    assert [chain.lines(name) for name in "BCD"] == lines
    assert [chain.has(name) for name in "BCDO"] == money


def test_ga13_a_slot_keeps_the_zones_that_its_points_had() -> None:
    chain = zoned()
    chain.vote(AlterPoint(ChangePoint(3, "north", 3)))
    chain.until(FIRST_SLOT + 2)
    for slot in range(3):
        chain.values(FIRST_SLOT + slot, {1: KWH, 2: 0, 3: KWH, 4: 0})
    fees = {line: energy for (kind, line), (energy, _) in chain.lines("B").items() if kind == LineKind.GRID_FEE}
    assert fees == {"south>south": 2 * KWH, "north>south": KWH}
    chain.values(FIRST_SLOT, {3: KWH // 2})
    fees = {line: energy for (kind, line), (energy, _) in chain.lines("B").items() if kind == LineKind.GRID_FEE}
    assert fees == {"south>south": 3 * KWH // 2, "north>south": KWH, "grid>south": KWH // 2}


def test_ga13_a_tariff_that_comes_later_charges_the_slots_from_then_on() -> None:
    chain = zoned(tariffs=(tariff(),))
    chain.vote(SetTariff(1, FIRST_SLOT + 2, ZONED))
    chain.until(FIRST_SLOT + 2)
    for slot in (1, 2):
        chain.values(FIRST_SLOT + slot, {1: KWH, 2: 0, 3: KWH, 4: 0})
    assert chain.lines("B") == {
        (LineKind.GRID_FEE, "south>south"): (KWH, NEAR), (LineKind.SHARED_LEVY, "meter"): (KWH, SHARED_LEVY),
    }  # fmt: skip
    chain.values(FIRST_SLOT + 1, {3: 2 * KWH})
    chain.values(FIRST_SLOT + 1, {1: 2 * KWH})
    assert chain.lines("B")[LineKind.GRID_FEE, "south>south"] == (KWH, NEAR)


def test_ga10_external_books_the_same_lines_and_an_island_none() -> None:
    values = {1: 2 * KWH, 2: KWH, 3: 3 * KWH // 2, 4: KWH // 2}
    account, external, island = (zoned(mode=mode) for mode in GridMode)
    for chain in (account, external, island):
        chain.values(FIRST_SLOT, values)
    assert account.lines("B") == external.lines("B") != {}
    assert island.lines("B") == {}
    assert external.has("O") == 100 * ENT


@pytest.mark.parametrize("tariffs", [(tariff(),), (ZONED,)], ids=["nothing to charge", "charged"])
def test_ga13_zones_are_worked_out_only_where_a_tariff_charges_shared_energy(tariffs: tuple[TariffTerms, ...]) -> None:
    told: list[PointRest] = []

    def listen(context: Context, _scheme: int, _slots: tuple[int, ...], rests: tuple[PointRest, ...]) -> None:
        held = context.state.get(RUN_ZONES, big_endian(1) + big_endian(FIRST_SLOT))
        assert (held is not None) == charges_shared(tariffs[0])
        told.extend(rests)

    chain = zoned(tariffs=tariffs, modules=(Module("listener", FREE, hooks=(POINTS_SETTLED.by(listen),)),))
    chain.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: KWH, 4: KWH})
    consumers = [rest for rest in told if rest.direction == Direction.OFFTAKE]
    assert {rest.zones for rest in consumers} == ({("north", "south")} if charges_shared(tariffs[0]) else {()})
    assert not chain.entries(RUN_ZONES), "nothing is left of a run"


def test_ga13_energy_of_points_is_never_charged_as_if_it_came_from_outside() -> None:
    """Also where somebody calls a zone of points `grid`."""
    assert zone_fee(ZONED, "grid", "south") == constant(FEE)
    assert zone_fee(ZONED, "grid", "south", shared=True) == constant(FAR)
    assert zone_fee(tariff(), "south", "south", shared=True) is None
    assert not charges_shared(tariff())


def test_max_told_at_once_more_pieces_tell_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {1: 2 * KWH, 2: KWH, 3: 3 * KWH // 2, 4: KWH // 2}
    whole = zoned()
    whole.values(FIRST_SLOT, values)
    monkeypatch.setattr(booking_rests, "MAX_TOLD_AT_ONCE", 2)
    pieces = zoned()
    pieces.values(FIRST_SLOT, values)
    assert [pieces.lines(name) for name in "BCD"] == [whole.lines(name) for name in "BCD"]
    assert pieces.has("B") == whole.has("B")
