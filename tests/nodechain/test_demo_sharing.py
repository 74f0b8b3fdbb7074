"""The demonstration of sharing: a day of it as a person runs it, and what would make it fail."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import cli
from ledger.sharing.allocation_rules import Dynamic, Static
from ledger.slots.schema import Direction
from nodechain.commands import demo_sharing
from nodechain.commands.terminal.errors import run
from nodechain.demo.sharing import settled
from nodechain.demo.sharing.members import FOUNDER, sharing_points
from nodechain.demo.sharing.operator_story import LATE_SLOTS, OperatorStory
from nodechain.demo.sharing.play import FEE, PRICES, FoundDifference, require_planted
from nodechain.demo.sharing.rules import MISSING, SharedSums, SharingTerms
from nodechain.demo.sharing.settled import Posted, SettledSums
from nodechain.demo.sharing.week import SLOT_MS, Season, load_week, with_houses
from nodechain.errors import NodeError
from nodechain.formats.detection import read_document
from nodechain.formats.documents import joined
from nodechain.formats.values import ImportSettings

HOUSES = ("house02", "house05", "house07", "house12", "house20")
"""Those of the operator's story, and one that only shares; all 24 are treated alike, and are for who runs it."""


@pytest.mark.xdist_group("demo")
def test_a_summer_day_shared_corrected_billed_and_proven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo_sharing, "load_week", lambda season, days: with_houses(load_week(season, days), HOUSES))
    folder = str(tmp_path / "demo")
    code = run(
        cli.nodechain, ["demo", "sharing", "--season", "summer", "--days", "1", "--directory", folder, "-o", "json"]
    )
    shown = capsys.readouterr()
    assert code == 0, shown
    (week,) = json.loads(shown.out)["data"]["weeks"]
    households = week["households"]
    assert tuple(each["name"] for each in households) == HOUSES
    for key in ("dynamic", "static"):
        taken, given = (sum(each[key][part] for each in households) for part in ("taken_mwh", "given_mwh"))
        assert taken == given > 0
        paid, earned = (sum(each[key][part] for each in households) for part in ("paid", "earned"))
        assert paid == earned > 0
        assert all(each[key]["bill"] <= each["grid_bill"] for each in households)
    found = {(each["household"], each["corrected"]) for each in week["differences"]}
    assert found == {("house05", True), ("house07", True), ("house12", False)}
    assert week["corrected"]["house05"] < 0 < week["corrected"]["house02"]
    bills = week["bills"]
    assert len(bills["bills"]) == bills["files"] == len(households) + 1
    assert bills["receipts"] > len(bills["bills"])
    assert bills["changed"].startswith("bad_proof")
    assert not list((tmp_path / "demo" / "summer" / "bills").glob("changed*")), "a false bill lies beside no true one"


def test_what_is_found_must_be_what_was_planted() -> None:
    snow = load_week(Season.WINTER, 1)
    assert len(OperatorStory(snow, sharing_points(snow)).planted) == 2, "no plant delivers on that Monday"
    week = load_week(Season.WINTER, 3)
    planted = OperatorStory(week, sharing_points(week)).planted
    assert len(planted) == 3
    found = [
        FoundDifference(each.point.number, week.first_slot + each.place, each.own_mwh, each.operator_mwh)
        for each in planted
    ]
    require_planted(found, planted, week.first_slot)
    for wrong in (found[1:], [*found, found[0]], [replace(found[0], own_mwh=1), *found[1:]]):
        with pytest.raises(NodeError) as refused:
            require_planted(wrong, planted, week.first_slot)
        assert refused.value.code == "differences_differ"


def test_the_operators_messages_are_read_as_they_were_meant(tmp_path: Path) -> None:
    week = with_houses(load_week(Season.WINTER, 1), ("house05", "house07", "house12", "house20"))
    points = sharing_points(week)
    story = OperatorStory(week, points)
    at_ms = week.day_start_ms(1)
    for point, path in zip(points, story.first_messages(tmp_path, at_ms), strict=True):
        read = read_document(path.read_bytes(), ImportSettings(test_traffic=True), name=path.name)
        assert read.created_ms == at_ms
        values = {value.start_ms // SLOT_MS - week.first_slot: value.energy_mwh for value in joined([read]).values()}
        wanted = {place: energy for place, energy in enumerate(story.values[point.number]) if energy != MISSING}
        assert values == wanted
        assert len(wanted) == week.slots - (LATE_SLOTS if point.place.house.name == "house20" else 0)


def test_two_consumers_and_a_plant_by_hand() -> None:
    """3 kWh are injected; 1 and 5 are taken, then nothing: by offtake 0.5 and 2.5, by equal keys 1 and 1.5."""
    directions = {1: Direction.OFFTAKE, 2: Direction.OFFTAKE, 3: Direction.INJECTION}
    values = {1: [10**6, 0, 7], 2: [5 * 10**6, 0, MISSING], 3: [3 * 10**6, 10**6, 7]}
    dynamic = SharingTerms(Dynamic(), PRICES, FEE, directions).sums(values, 0)
    assert dynamic[1] == SharedSums(10**6, 500_000, 95_000_000, 5_000_000)
    assert dynamic[2] == SharedSums(5 * 10**6, 2_500_000, 475_000_000, 25_000_000)
    assert dynamic[3] == SharedSums(4 * 10**6, 3 * 10**6, 570_000_000)
    static = SharingTerms(Static(), PRICES, FEE, directions).sums(values, 0)
    assert [static[number].shared_mwh for number in (1, 2, 3)] == [10**6, 1_500_000, 2_500_000]


def test_a_base_unit_that_the_rule_does_not_give_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settled, "SETTLED_S", 0.0)
    monkeypatch.setattr(
        SettledSums, "posted", lambda _self, _api, name: Posted(cost=1) if name == FOUNDER else Posted()
    )
    week = with_houses(load_week(Season.SUMMER, 1), ("house02",))
    members: Any = SimpleNamespace(week=week, points=sharing_points(week))
    api: Any = None
    sums = SettledSums(members, SharingTerms(Dynamic(), PRICES, FEE, {1: Direction.OFFTAKE}))
    with pytest.raises(NodeError) as refused:
        sums.wait(api, {1: [5, 6]})
    assert refused.value.code == "sums_differ"
    assert FOUNDER in refused.value.detail
