"""The demonstration as a person runs it, and what would make it fail."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nodechain.demo.figures import HouseholdDay, check_every_wh, check_registers, key_figures, kwh, short
from nodechain.demo.plans import CENT, ENT, LOT, Holdings, plan_order, plan_session, tokens_for
from nodechain.demo.street import load_street
from nodechain.errors import NodeError, NotFound

pytestmark = pytest.mark.xdist_group("demo")
DEADLINE_S = 240


def run(*arguments: str) -> tuple[int, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "demo", *arguments, "--output", "json"],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_a_morning_of_the_measured_day_twice_in_one_folder(tmp_path: Path) -> None:
    street = load_street()
    for _ in range(2):
        code, envelope = run("--directory", str(tmp_path / "demo"), "--intervals", "30")
        assert code == 0, envelope
        data = envelope["data"]
        assert [day["name"] for day in data["households"]] == [house.name for house in street.houses]
        for day, house in zip(data["households"], street.houses, strict=True):
            assert day["consumed_wh"] + day["imported_wh"] == sum(house.load_wh[:30])
            assert day["produced_wh"] + day["exported_wh"] == sum((house.pv_wh or ())[:30])
        assert data["audit"]["sound"]
        assert data["audit"]["height"] == data["height"]
        assert data["imbalance"]["lost_wh"] > 0


def test_the_thesis_to_the_last_digit(tmp_path: Path) -> None:
    code, envelope = run("thesis", "--directory", str(tmp_path / "thesis"))
    assert code == 0, envelope
    values = envelope["data"]["values"]
    assert len(values) == 28
    assert all(value["right"] for value in values)


def test_nothing_but_an_earlier_demo_is_replaced(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "letter").write_text("dear")
    code, envelope = run("--directory", str(precious))
    assert code == 2
    assert envelope["errors"][0]["code"] == "not_a_demo"
    assert (precious / "letter").read_text() == "dear"


DAY = HouseholdDay(
    name="house01", load_wh=100, pv_wh=50, produced_wh=45, exported_wh=5, consumed_wh=70, imported_wh=30,
    bought=2 * ENT, sold=0, paid=30 * CENT, earned=0, ent=0, eeuro=0,
)  # fmt: skip


def test_a_lost_or_doubled_watt_hour_is_noticed() -> None:
    assert check_every_wh([DAY]) == 150
    changes: list[dict[str, Any]] = [{"imported_wh": 29}, {"consumed_wh": 71}, {"produced_wh": 44}, {"exported_wh": 6}]
    for change in changes:
        with pytest.raises(NodeError) as refused:
            check_every_wh([replace(DAY, **change)])
        assert refused.value.code == "energy_differs"
    check_registers({"m": 5}, {"m": 5})
    with pytest.raises(NodeError):
        check_registers({"m": 4}, {"m": 5})
    with pytest.raises(NodeError):
        check_registers({}, {"m": 0})


def test_key_figures() -> None:
    figures = key_figures([DAY, DAY])
    assert (figures.demand_wh, figures.drawn_wh, figures.self_sufficiency) == (200, 140, 700)
    assert figures.self_consumption == 1000
    assert figures.mean_price == 15 * CENT
    assert DAY.bill == 30 * CENT + 30 * 30 * CENT // 1000 - 5 * 8 * CENT // 1000
    assert (kwh(12_345), short(-15 * 10**8)) == ("12.345", "-1.50")


def test_plans_never_exceed_what_a_household_has() -> None:
    rate = ENT // 20
    for ent in (0, LOT - 1, LOT, ENT, 3 * ENT):
        for planned in (0, 1, 999, 4_000):
            held = Holdings(ent, ENT, session_open=False)
            order = plan_order(3, held, planned, rate)
            if order is not None:
                assert order.quantity % LOT == 0
                assert order.buy or order.quantity <= ent - tokens_for(planned, rate)
                assert not order.buy or order.quantity * order.price // ENT <= held.eeuro
            assert plan_session(held, planned, rate, 2_000) <= ent
    assert plan_session(Holdings(ENT, 0, session_open=True), 500, 0, 10**6) == 0
    assert plan_session(Holdings(10 * ENT, 0, session_open=False), 5_000, 0, 300) == 300 * 10**6


def test_the_street_is_the_measured_one() -> None:
    street = load_street()
    assert street.intervals == 96
    assert len(street.houses) == 24
    assert sum(house.pv_wh is not None for house in street.houses) == 8
    assert sum(sum(house.load_wh) for house in street.houses) == 189_271
    assert sum(sum(house.pv_wh or ()) for house in street.houses) == 204_574
    with pytest.raises(NotFound):
        load_street("1999-01-01")
