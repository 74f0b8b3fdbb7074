"""Generators and certificates on the command line, as docs/certificates.md shows them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD, HomeFixture
from nodechain.client.node_client import RestClient
from nodechain.commands.certificate_report import co2_grams
from tests.support.live_commands import LiveCommands, console_of, on_a_standing_clock
from tests.support.plant import Plant

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "certificates.md").read_text()
(TABLE,) = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
ANSWERS = re.findall(r"```text\n(.*?)```", DOCS, re.DOTALL)
NOVEMBER_MS = 1_793_491_200_000
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
CO2 = """
[feeds]
feeds = [{name = "mix", counts = "co2", reporters = ["bob"], quorum = 1, least = "0", most = "1500"}]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    (tmp_path / "template.toml").write_text(f"{text}{TABLE}{CO2}")
    return HomeFixture(tmp_path / "home", str(tmp_path / "template.toml"), time_ms=NOVEMBER_MS)


def test_a_certificate_from_the_meter_to_its_use(
    home: HomeFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.txt").write_text("pump replaced; read before and after")

    def lived(run: LiveCommands, clock: Any) -> None:
        plant = Plant(home, NOVEMBER_MS)
        _send(run, clock, plant.binding())
        played = _play(run, 1)
        assert re.search(r"alice +battery +pv +9800 W +2024-05-01 +yes", played[-1])
        _measured(run, clock, plant)
        played = _play(run, 2)
        assert re.search(r"2026-11-01 +4\.2 kWh +-", played[0])
        for line in ANSWERS[0].splitlines():
            assert line in played[-1]
        _refused(run)
        _traded(run)
        _used(run)
        _shown(run, tmp_path)
        _saved(run)
        _play(run, 7)
        assert re.search(r"still to be held back: +500 Wh", run.text("certificate", "days", "alice", "--at", "battery"))

    on_a_standing_clock(home, capsys, lived)


def _send(run: LiveCommands, clock: Any, raw: bytes) -> None:
    clock.move_to(clock.wall_ms() + 1_000)
    client = RestClient(run.here[-1])
    answer = client.submit(raw, wait_s=30)
    client.close()
    assert answer["code"] == "", answer


def _play(run: LiveCommands, number: int) -> list[str]:
    return [run.text(*words) for words in console_of(DOCS, number)]


def _measured(run: LiveCommands, clock: Any, plant: Plant) -> None:
    """Two days of sun; the third has begun."""
    clock.move_to(NOVEMBER_MS + 2 * DAY_MS + HOUR_MS)
    _send(run, clock, plant.reads((NOVEMBER_MS + 12 * HOUR_MS, 4_200), (NOVEMBER_MS + 36 * HOUR_MS, 7_300)))


def _refused(run: LiveCommands) -> None:
    at = ("--at", "battery")
    assert run.refused("certificate", "issue", "2026-11-02", *at, "--from", "alice") == "already_certified"
    assert run.refused("certificate", "issue", "2026-11-03", *at, "--from", "alice") == "period_not_over"
    assert run.refused("certificate", "issue", "2026-11-02", *at, "--from", "bob") == "unknown_generator"
    assert run.refused("certificate", "issue", "November", *at, "--from", "alice") == "bad_period"
    assert run.refused("certificate", "show", "9") == "unknown_certificate"
    assert run.refused("certificate", "take", "1", "alice", "1 kWh", "--from", "bob") == "unknown_certificate_offer"
    assert run.refused("certificate", "days", "bob") == "unknown_generator"
    with_report = ("--report", "report.txt")
    vote = ("vote", "hold-back-energy", "alice", "9 kWh", *at, *with_report, "--from", "alice")
    assert run.refused(*vote) == "above_metered"


def _traded(run: LiveCommands) -> None:
    played = _play(run, 3)
    assert re.search(r"1 +alice +pv +2026-11-01 to 2026-11-02 +5 kWh +0\.05 +0\.25 ", played[1])
    assert "paid 0.1 eEuro" in played[2]
    assert re.search(r"1 +pv +2026-11-01 to 2026-11-02 +4\.8 kWh +0 Wh +- ", played[-1])
    (held,) = run("certificate", "list", "bob")["holdings"]
    assert (held["energy_wh"], held["certificate"]["issued_wh"], held["price"]) == (2_000, 7_300, None)
    moved = [event for each in run("statement", "bob")["movements"] for event in each["events"]]
    (taken,) = [event for event in moved if event["kind"] == "certificate_taken"]
    assert taken["amount"]["tokens"] == "0.1"


def _used(run: LiveCommands) -> None:
    played = _play(run, 4)
    assert [line.split() for line in played[-1].splitlines()] == [
        line.replace("2026-11-01 to 2026-11-30", "2026-01-01 to 2026-12-31").split() for line in ANSWERS[1].splitlines()
    ]
    report = ("certificate", "report", "2026-11", "bob")
    assert run(*report, "--purpose", "other")["sites"] == []
    assert run("certificate", "report", "2026-11-01", "bob")["origin_wh"] == 0, "it covers more than this day"
    assert run.refused(*report, "--feed", "1") == "no_factor"
    run("feed", "report", "1", "350", "--from", "bob")
    found = run(*report, "--feed", "1")
    assert (found["co2_g"], found["origin_wh"], found["factor"]["feed"]) == (525, 1_500, 1)
    assert found["sites"][0]["retirements"] == 1
    assert run("certificate", "show", "1")["certificate"]["retired_wh"] == 1_500


def _shown(run: LiveCommands, folder: Path) -> None:
    """The file proves what it says, and nothing else passes."""
    played = _play(run, 5)
    assert re.search(r"used up: +1500 Wh for nrg1", played[-1])
    said = json.loads((folder / "used.json").read_text())
    assert (said["eecs"]["face_value_mwh"], said["eecs"]["capacity_kw"]) == ("0.0073", "9.8")
    assert said["eecs"]["production_last_day"] == "2026-11-02"
    assert "location" in said["eecs_not_filled"]
    other = folder / "other.json"
    for change in ({"certificate": {**said["certificate"], "issued_wh": 9_999}}, {"eecs": None}, {"retirement": None}):
        other.write_text(json.dumps({**said, **change}))
        assert run.refused("certificate", "check", str(other)) == "bad_certificate_file"
    for bad in (json.dumps({**said, "proof": "!"}), json.dumps({**said, "proof": "é"}), '{"a":' * 100_000):
        other.write_text(bad)
        assert run.refused("certificate", "check", str(other)) == "bad_file"
    genesis = str(Path(run.here[1]) / "genesis")
    assert run("certificate", "check", "used.json", "--genesis", genesis)["retirement"]["purpose"] == "Green power 2026"
    alone = run("certificate", "export", "1", "--out", str(other))
    assert (alone["retirement"], alone["certificate"]["retired_wh"]) == (None, 1_500)
    missing = ("certificate", "export", "9", "--out", str(other))
    assert run.refused(*missing) == "unknown_certificate"


def _saved(run: LiveCommands) -> None:
    played = _play(run, 6)
    assert re.search(r"baseline: +12 kWh\nmeasured: +9 kWh\nauditor: +carol", played[-1])
    words = console_of(DOCS, 6)[0]
    assert run.refused(*words[:-1], "bob") == "not_an_auditor"
    assert run.refused(*words) == "already_certified"


def test_co2_is_rounded_down_to_grams() -> None:
    assert co2_grams(1_500, 350, 0) == 525
    assert co2_grams(1, 3_500, 1) == 0
    assert co2_grams(2_999, 10, 1) == 2
