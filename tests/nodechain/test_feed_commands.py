"""Feeds on the command line, as docs/feeds.md shows them: registered, reported, watched, and a tariff by one."""

from __future__ import annotations

import re
import shlex
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

import cli
from harness.node import PASSWORD, HomeFixture
from nodechain.commands import feed as feed_commands
from nodechain.commands.feed import value_in
from nodechain.errors import UsageError
from tests.support.live_commands import LiveCommands, on_a_standing_clock
from tests.support.metering_points import SLOTS_TABLE
from tests.support.optional_modules import GRID_TABLE

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "feeds.md").read_text()
TABLE, MIX, SPOT_TARIFF = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
QUARTER_MS = 900_000
VOTERS = ("alice", "bob")
AT_MS = 1_767_225_600_000
TOLD = {"base": 290_000_000, "text": "0.29"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))
    text = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    (tmp_path / "template.toml").write_text(f"{text}{SLOTS_TABLE}{TABLE}{GRID_TABLE}")
    return HomeFixture(tmp_path / "home", str(tmp_path / "template.toml"))


def test_a_feed_from_its_reporters_to_a_tariff(
    home: HomeFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mix, tariff, shown = tmp_path / "mix.toml", tmp_path / "spot.toml", tmp_path / "exchange.csv"
    mix.write_text(MIX)
    tariff.write_text(SPOT_TARIFF)
    shown.write_text("12:00,0.2135\n")

    def lived(run: LiveCommands, clock: Any) -> None:
        _reported(run, shown)
        clock.move_to(clock.wall_ms() + 12_000)
        _watched(run, clock, tmp_path, monkeypatch)
        _voted(run, mix)
        slot = clock.wall_ms() // QUARTER_MS + 2
        _vote(run, "set-tariff", str(tariff), "--from-slot", str(slot))
        said = run.text("grid", "tariff", "3")
        assert "feed 1 x 1.2 + 0.03 within 0.05 to 0.8, else 00:00 0.28, 06:00 0.34" in said
        assert "0.05 to 0.8" in run.text("grid", "tariffs")
        _measured(run)

    on_a_standing_clock(home, capsys, lived)


def _reported(run: LiveCommands, shown: Path) -> None:
    """Three reporters make a value."""
    assert "none" in run.text("feed", "list")
    run("feed", "report", "1", "0.2135", "--document", str(shown), "--from", "alice")
    assert run.refused("feed", "report", "1", "4.01", "--from", "bob") == "feed_out_of_bounds"
    assert run.refused("feed", "report", "1", "0.2", "--from", "erin") != ""
    assert run.refused("feed", "report", "1", "a price", "--from", "bob") == "bad_amount"
    assert run.refused("feed", "show", "2") == "unknown_feed"
    run("feed", "report", "1", "-0.02", "--from", "bob")
    run("feed", "report", "1", "0.21", "--from", "carol")
    found = run("feed", "show", "1")["feed"]
    assert (found["value"], found["liars"], found["counting"]) == ({"base": 210_000_000, "text": "0.21"}, 1, 3)
    assert found["reporters"][0]["document"] != ""
    said = run.text("feed", "show", "1")
    assert re.search(r"value: +0\.21 eEuro/kWh, since ", said)
    assert re.search(r"bob +-0\.02 ", said)
    (listed,) = run("feed", "list")["feeds"]
    assert listed["oldest_age_ms"] == 1_800_000
    assert run.text("feed", "history", "1").startswith("FROM")


def _watched(run: LiveCommands, clock: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service reports the row that holds when the quarter begins, and goes on after what it cannot do."""
    begin = clock.wall_ms() // QUARTER_MS * QUARTER_MS + QUARTER_MS
    prices = folder / "prices.csv"
    times = [datetime.fromtimestamp((begin + n * QUARTER_MS) // 1_000, UTC).isoformat() for n in (-1, 0, 1)]
    rows = [f"{at},{value}" for at, value in zip(times, ("0.25", "0.26", "0.27"), strict=True)]
    prices.write_text("\n".join(["time,value", *rows]))
    waits: list[float] = []

    def slept(seconds: float) -> None:
        waits.append(seconds)
        left_ms = (clock.wall_ms() + round(seconds * 1_000) + 20_000 - begin) % QUARTER_MS
        assert left_ms == 0 or seconds == 10.0, "the next one comes 20 s before a quarter hour"
        if len(waits) == 2:
            prices.write_text("")
        if len(waits) == 3:
            prices.write_text("0.29")
        clock.move_to(clock.wall_ms() + round(seconds * 1_000))

    monkeypatch.setattr(feed_commands, "sleep", slept)
    out = run.text("feed", "watch", "1", str(prices), "--every", "15m", "--times", "4", "--from", "dave")
    assert re.findall(r"Reported (\S+) eEuro/kWh for feed 1", out) == ["0.25", "0.26", "0.29"]
    assert waits[1:] == [900.0, 10.0]
    report = next(each for each in run("feed", "show", "1")["feed"]["reporters"] if each["value"] == TOLD)
    assert report["time_ms"] == clock.wall_ms()
    assert run.refused("feed", "watch", "1", str(prices), "--every", "5s", "--from", "dave") == "bad_period"
    prices.write_text("")
    assert run.refused("feed", "watch", "1", str(prices), "--from", "dave") == "bad_values"


def _measured(run: LiveCommands) -> None:
    """Each feed has its own age; what a figure means stands there once."""
    with urllib.request.urlopen(f"{run.here[-1]}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    assert "nodechain_feeds 1" in lines
    assert [line for line in lines if line.startswith("nodechain_feed_missing_reporters")] == [
        'nodechain_feed_missing_reporters{feed="1"} 1'
    ]
    assert sum(line.startswith("# HELP nodechain_feed_age_seconds ") for line in lines) == 1
    assert sum(line.startswith('nodechain_feed_age_seconds{feed="1"} ') for line in lines) == 1


def _voted(run: LiveCommands, mix: Path) -> None:
    _vote(run, "register-feed", str(mix))
    found = run("feed", "show", "2")["feed"]
    assert (found["counts"], found["unit"], found["most"]["text"]) == ("co2", "g CO2/kWh", "1500")
    assert run.refused("vote", "change-feed", "2", str(mix), "--from", "alice") == "unchanged"
    mix.write_text(MIX.replace("quorum = 3", "quorum = 1"))
    _vote(run, "change-feed", "2", str(mix))
    mix.write_text(MIX.replace('name = "grid mix"', ""))
    assert run.refused("vote", "change-feed", "2", str(mix), "--from", "alice") == "bad_feed_file"
    _vote(run, "end-feed", "2")
    assert [each["number"] for each in run("feed", "list")["feeds"]] == [1]
    assert [each["number"] for each in run("feed", "list", "--all")["feeds"]] == [1, 2]


def _vote(run: LiveCommands, *words: str) -> None:
    for name in VOTERS:
        run("vote", *words, "--from", name)


def test_the_commands_of_the_page_are_typed_right() -> None:
    lines = [line for block in re.findall(r"```console\n(.*?)```", DOCS, re.DOTALL) for line in block.splitlines()]
    assert len(lines) > 8
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        command: click.Command | None = cli.nodechain
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None, line
        command.make_context("page", words)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.21\n", "0.21"),
        ("# cents\n0.20\n0.21\n\n", "0.21"),
        ("2026-01-01T00:00Z,1\n2026-01-01T00:00:02Z,2\n", "1"),
        ("time,value\n2026-01-01T00:00:01Z,3\n2026-01-01T00:00Z,1\n", "3"),
    ],
)
def test_a_file_holds_a_value_or_rows_of_which_the_latest_that_has_begun_counts(text: str, value: str) -> None:
    assert value_in(text.encode(), AT_MS + 1_500) == value


@pytest.mark.parametrize("data", [b"", b"\n#\n", b"2026-01-01T00:00:05Z,1\n", b"\xff", b"time,value\nnoon,1\n"])
def test_a_file_without_a_value_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError) as error:
        value_in(data, AT_MS + 1_500)
    assert error.value.code == "bad_values"
