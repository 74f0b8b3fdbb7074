"""From which zones a share came: to the mWh, whatever the rule, the same for all who work it out (SR19)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.encoding.codec import encode
from ledger.sharing.allocation import allocate
from ledger.sharing.limits import CHUNK_POINTS, MAX_RUN_ZONES
from ledger.sharing.packing import pack
from ledger.sharing.schema import PAIRED_ZONES, RUN_PARTS, RUN_ZONES, PairedZones, RunPart, RunZones
from ledger.sharing.zone_parts import OTHER_ZONES, zones_of_slot
from ledger.sharing.zones import by_zone, share_by_zone, zone_weights
from ledger.slots.limits import MAX_ZONE_CHARACTERS
from tests.ledger.sharing.cases import Case, cases

ZONES = 3
MANY = settings(max_examples=300, deadline=None)


@MANY
@given(cases(), st.data())
def test_sr19_parts_sum_to_the_share_and_over_all_to_what_zones_delivered_but_for_rounding(
    case: Case, data: st.DataObject
) -> None:
    allocated = allocate(case.rule, case.flows, case.keys, case.slot)
    count = len(case.flows.injections)
    zones = data.draw(st.lists(st.integers(0, ZONES - 1), min_size=count, max_size=count))
    found = by_zone(allocated, zones, ZONES, case.slot)
    assert [sum(row) for row in found] == list(allocated.shares)
    assert all(part >= 0 for row in found for part in row)
    delivered = [0] * ZONES
    for energy, zone in zip(allocated.delivered, zones, strict=True):
        delivered[zone] += energy
    told = [sum(row[zone] for row in found) for zone in range(ZONES)]
    assert sum(told) == sum(allocated.shares)
    if allocated.pairs or not any(allocated.delivered):
        assert allocated.pairs == () or told == delivered
    elif sum(allocated.shares) == sum(delivered):
        assert all(abs(here - there) < len(found) for here, there in zip(told, delivered, strict=True))


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**12), min_size=1, max_size=6), st.integers(0, 99))
def test_sr19_a_share_comes_from_zones_that_delivered(share: int, weights: list[int], slot: int) -> None:
    zones = list(range(len(weights)))
    held = zone_weights(weights, zones, len(weights))
    parts = share_by_zone(share, held, slot)
    assert sum(parts) == share
    assert all(weight or not part for weight, part in zip(held, parts, strict=True))


def test_sr19_a_claim_of_earlier_slots_goes_by_how_many_producers_a_zone_has() -> None:
    assert zone_weights((0, 0, 0), (0, 1, 1), 2) == (1, 2)
    assert share_by_zone(9, (1, 2), 0) == (3, 6)


def part(zones: tuple[str, ...], places: bytes = b"") -> RunPart:
    return RunPart(bytes(32), 0, b"", b"", b"", b"", bytes(32), (), zones, places)


def test_sr19_zones_of_chunks_are_put_together_by_name() -> None:
    parts = [part(("north", "south"), bytes((1, 0, 1))), part(()), part(("east",))]
    assert zones_of_slot(parts, [3, 0, 2]) == (("east", "north", "south"), [2, 1, 2, 0, 0])


def test_more_zones_than_a_run_tells_apart_count_as_one() -> None:
    names = [f"z{number:03}" for number in range(MAX_RUN_ZONES + 2)]
    found, places = zones_of_slot([part((name,)) for name in names], [1] * len(names))
    assert (len(found), found[0], found[-1]) == (MAX_RUN_ZONES, OTHER_ZONES, names[MAX_RUN_ZONES - 2])
    assert places[-3:] == [0, 0, 0]
    assert [found[place] for place in places[:-3]] == names[:-3]
    exact, _places = zones_of_slot([part((name,)) for name in names[:MAX_RUN_ZONES]], [1] * MAX_RUN_ZONES)
    assert list(exact) == names[:MAX_RUN_ZONES]


def test_sr19_a_unit_that_is_left_goes_to_the_zones_in_turn() -> None:
    assert [share_by_zone(1, (5, 5), slot) for slot in range(3)] == [(1, 0), (0, 1), (1, 0)]


def test_the_entries_of_a_run_with_the_most_zones_and_pairs_can_be_stored() -> None:
    """A chunk of consumers each of which has something of every zone, whatever the names and energies."""
    names = tuple(f"{number:03}" + "\u20ac" * (MAX_ZONE_CHARACTERS - 3) for number in range(MAX_RUN_ZONES))
    cells = range(CHUNK_POINTS * MAX_RUN_ZONES)
    many = pack([2**63 - 1] * CHUNK_POINTS)
    rows, places = pack([2**63 - 1] * 3 * CHUNK_POINTS), tuple(range(CHUNK_POINTS))
    weights = (2**63 - 1,) * MAX_RUN_ZONES
    entries = (
        (PAIRED_ZONES, PairedZones(pack(cells), pack([2**63 - 1] * len(cells)))),
        (RUN_ZONES, RunZones(names, weights, weights, True)),
        (RUN_PARTS, RunPart(bytes(32), 64, many, many, rows, rows, bytes(32), places, names, bytes(CHUNK_POINTS))),
    )  # fmt: skip
    for table, entry in entries:
        assert table.codec.decode(encode(entry)) == entry
