"""The demonstration as a person runs it, and what would make it fail."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.header import CERTIFICATE
from nodechain.commands import demo as commands
from nodechain.commands.terminal import errors
from nodechain.demo.figures import HouseholdDay, check_every_wh, check_registers, key_figures, kwh, short
from nodechain.demo.live import IntervalFigures, LiveView
from nodechain.demo.plans import CENT, ENT, LOT, SMALLEST_ORDER, Holdings, plan_order, plan_session, tokens_for
from nodechain.demo.play import LOSS_INTERVAL, LOST_WH, missing_readings
from nodechain.demo.street import load_street
from nodechain.demo.thesis import Compared
from nodechain.errors import NodeError, NotFound
from nodechain.home.lock import HomeLock
from nodechain.node import Node
from tests.support.hearing import hearing

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


def test_the_whole_measured_day_and_again_in_the_same_folder(tmp_path: Path) -> None:
    street = load_street()
    letter = tmp_path / "demo" / "letter"
    for intervals in (street.intervals, 8):
        code, envelope = run("--directory", str(tmp_path / "demo"), "--intervals", str(intervals))
        assert code == 0, envelope
        data = envelope["data"]
        assert [day["name"] for day in data["households"]] == [house.name for house in street.houses]
        for day, house in zip(data["households"], street.houses, strict=True):
            assert day["consumed_wh"] + day["imported_wh"] == sum(house.load_wh[:intervals])
            assert day["produced_wh"] + day["exported_wh"] == sum((house.pv_wh or ())[:intervals])
        assert data["audit"]["sound"]
        assert data["audit"]["height"] == data["height"]
        if intervals == street.intervals:
            assert data["imbalance"]["lost_wh"] == LOST_WH
            assert data["imbalance"]["rate"] > 0
            assert LOSS_INTERVAL < data["imbalance"]["paid_off_at"] < street.intervals
            assert data["figures"]["traded"] > 0
            letter.write_text("somebody else's")
    assert letter.exists(), "only what a demo makes is replaced"


def test_four_validators_agree_on_the_day(tmp_path: Path) -> None:
    code, envelope = run("--directory", str(tmp_path / "demo"), "--intervals", "6", "--validators", "4")
    assert code == 0, envelope
    assert envelope["data"]["audit"]["sound"]
    homes = sorted(path.name for path in (tmp_path / "demo").iterdir() if (path / "genesis").is_file())
    assert homes == ["home", "validator2", "validator3", "validator4"]
    node = Node.open(tmp_path / "demo" / "home", None)
    try:
        stored = node.app.store.certificate(envelope["data"]["height"])
        assert len(CERTIFICATE.decode(stored or b"").signatures) >= 3
    finally:
        node.close()


def run_here(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = errors.run(commands.demo, ["--output", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_a_watt_hour_that_the_data_have_and_the_ledger_has_not_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The meters play the true data; what they are compared with has one Wh more."""
    true = load_street()
    fifth = true.houses[4]
    more = replace(fifth, load_wh=(fifth.load_wh[0] + 1, *fifth.load_wh[1:]))
    false = replace(true, houses=(*true.houses[:4], more, *true.houses[5:]))
    monkeypatch.setattr(commands, "load_street", lambda: false)
    code, envelope = run_here(capsys, "--directory", str(tmp_path / "demo"), "--intervals", "1")
    assert code == 1
    (error,) = envelope["errors"]
    assert error["code"] == "energy_differs"
    assert "house05" in error["detail"]


def test_a_value_that_differs_from_the_thesis_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(wallet: object, show: Callable[[Compared], None]) -> list[Compared]:
        found = [Compared("6.4", "step", "A, ENT", "8", "8"), Compared("6.4", "step", "C, ENT", "2", "2.000000001")]
        for compared in found:
            show(compared)
        return found

    monkeypatch.setattr(commands, "thesis_wallet", lambda community: None)
    monkeypatch.setattr(commands, "play_thesis", wrong)
    code = errors.run(commands.demo, ["thesis", "--directory", str(tmp_path / "thesis")])
    shown = capsys.readouterr().err
    assert code == 1
    assert "1 of 2 values differ" in shown
    assert "WRONG C, ENT" in shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_however_it_is_ended_no_process_stays_behind(tmp_path: Path, number: signal.Signals) -> None:
    """While it runs nobody else gets its folder; afterwards its node has given the home back, so the next one can."""
    folder = tmp_path / "demo"
    process = subprocess.Popen(
        hearing("demo", "--directory", str(folder), "--keep", "--intervals", "1"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "Ctrl-C ends it" in line:
            break
    node = int((folder / "home" / "lock").read_text())
    code, envelope = run("--directory", str(folder), "--intervals", "1")
    assert (code, envelope["errors"][0]["code"]) == (1, "home_in_use")
    assert str(process.pid) in envelope["errors"][0]["detail"]
    os.kill(node, 0)
    process.send_signal(number)
    _, rest = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 130
    assert "Interrupted." in rest
    with pytest.raises(ProcessLookupError):
        os.kill(node, 0)
    HomeLock(folder / "nodechain-demo").release()


def test_a_node_that_a_killed_demo_left_behind_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "nodechain-demo").touch()
    (tmp_path / "home" / "genesis").write_text("kept")
    with HomeLock(tmp_path / "home" / "lock"):
        code, envelope = run_here(capsys, "--directory", str(tmp_path))
    assert (code, envelope["errors"][0]["code"]) == (1, "home_in_use")
    assert (tmp_path / "home" / "genesis").read_text() == "kept"


@pytest.mark.parametrize("option", [("--keep",), ("--intervals", "3")])
def test_options_of_the_day_are_refused_before_thesis(
    option: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, envelope = run_here(capsys, *option, "thesis")
    assert (code, envelope["errors"][0]["code"]) == (2, "bad_usage")


def test_the_thesis_to_the_last_digit(tmp_path: Path) -> None:
    code, envelope = run("--directory", str(tmp_path / "thesis"), "thesis")
    assert code == 0, envelope
    assert (tmp_path / "thesis" / "home").is_dir()
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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ""),
        ({"accepted": 31}, "only 31 of 32 readings were accepted"),
        ({"failed": [{"meter": "loft", "reason": "silent"}]}, "1 of 32 meters could not be read; loft: silent"),
        (
            {"unsettled": [{"meter": "01", "progress": "refused", "code": "bad_nonce", "detail": "too low"}] * 2},
            "readings of 2 of 32 meters were not decided; bad_nonce: too low",
        ),
    ],
)
def test_a_round_without_a_reading_is_noticed(change: dict[str, Any], said: str) -> None:
    assert missing_readings({"read": 32, "accepted": 32, "failed": [], "unsettled": [], **change}, 32) == said


def test_key_figures() -> None:
    figures = key_figures([DAY, DAY])
    assert (figures.demand_wh, figures.drawn_wh, figures.self_sufficiency) == (200, 140, 700)
    assert figures.self_consumption == 1000
    assert figures.mean_price == 15 * CENT
    assert DAY.bill == 30 * CENT + 30 * 30 * CENT // 1000 - 5 * 8 * CENT // 1000
    assert (kwh(12_345), short(-15 * 10**8)) == ("12.345", "-1.50")


def test_plans_never_exceed_what_a_household_has() -> None:
    rate = ENT // 20
    for ent in (0, SMALLEST_ORDER - 1, SMALLEST_ORDER, ENT, 3 * ENT):
        for planned in (0, 1, 999, 4_000):
            held = Holdings(ent, ENT, session_open=False)
            order = plan_order(3, held, planned, rate)
            if order is not None:
                assert order.quantity >= SMALLEST_ORDER
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


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


MOMENT = IntervalFigures(
    interval=0, intervals=96, end_ms=900_000, height=7, load_wh=1_086, pv_wh=0, battery_wh=5, sessions=2,
    last_price=11 * CENT, trades=3, difference=ENT, rate=ENT // 20, note="",
)  # fmt: skip


def test_the_live_view_redraws_its_block_on_a_terminal_and_notes_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    screen = Screen()
    view = LiveView(screen)
    view.show(MOMENT)
    first = screen.getvalue()
    assert len(first.splitlines()) == 4
    assert all(len(line) <= 30 for line in first.splitlines())
    view.show(replace(MOMENT, note="the battery loses 1 Wh"))
    assert screen.getvalue().removeprefix(first).startswith("\x1b[4F\x1b[Jthe battery loses 1 Wh\n00:15")


def test_the_live_view_is_sparing_elsewhere() -> None:
    lines = io.StringIO()
    view = LiveView(lines)
    for interval in range(16):
        view.show(replace(MOMENT, interval=interval, note="a loss" if interval == 9 else ""))
    shown = lines.getvalue().splitlines()
    assert len(shown) == 4, "every eighth, and where something happened, the note before it"
    assert shown[1] == "a loss"
    assert "imbalance 1 ENT, rate 0.05 ENT/kWh" in shown[0]
    assert "\x1b" not in lines.getvalue()
