"""Points on the command line, as docs/together.md shows them: the board joined and left, rules by vote, figures."""

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
from ledger.together.genesis import TOGETHER_SECTION
from nodechain.api.http.rights import MEMBERS, own
from nodechain.api.together import RIGHTS, season_text
from tests.support.live_commands import LiveCommands, on_a_standing_clock
from tests.support.metering_points import SLOTS_TABLE

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "together.md").read_text()
(TABLE,) = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
DAY_MS = 86_400_000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))
    text = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    (tmp_path / "template.toml").write_text(f"{text}{SLOTS_TABLE}\n[resolutions]\n{TABLE}")
    return HomeFixture(tmp_path / "home", str(tmp_path / "template.toml"))


def test_points_from_a_ballot_to_a_prize(home: HomeFixture, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text("A new roof.")

    def lived(run: LiveCommands, clock: Any) -> None:
        assert run("together", "show")["terms"]["prizes"][0]["amount"]["tokens"] == "25"
        run("together", "join", "Sunny", "--from", "alice")
        assert run.refused("together", "join", "sunny", "--from", "bob") == "nickname_taken"
        assert run.refused("together", "leave", "--from", "bob") == "not_on_board"
        run("together", "join", "Windy", "--from", "bob")
        assert "Nobody has points" in run.text("board")
        until = datetime.fromtimestamp((clock.wall_ms() + 7_200_000) / 1_000, UTC).isoformat()
        run("resolution", "open", "Roof?", str(paper), "--until", until, "--from", "alice")
        run("resolution", "cast", "1", "1", "--from", "bob")
        assert [row["nickname"] for row in run("board")["rows"]] == ["Windy"]
        assert re.search(r"1 +Windy +20", run.text("board"))
        mine = run("together", "points", "bob")
        assert (mine["seasons"][0]["points"]["ballots"], mine["seasons"][0]["place"]) == (20, 1)
        assert "a ballot in a question" in run.text("together", "points", "bob")
        assert "not on the board" in run.text("together", "points", "carol")
        for name in ("alice", "bob"):
            run("vote", "set-together", "--used", "7", "--from", name)
        shown = run("together", "show")
        assert (shown["next_terms"]["used"], shown["terms"]["used"]) == (7, 10)
        assert f"from {shown['since']}: points for a kWh used" in run.text("together", "show")
        run("fund", "give", "30", "--from", "carol")
        clock.move_to(clock.wall_ms() + 40 * DAY_MS)
        run("transfer", "eeuro", "carol", "1", "--from", "alice")
        (closed,) = run("together", "show")["closed"]
        assert [(place["nickname"], place["amount"]["tokens"]) for place in closed["places"]] == [("Windy", "25")]
        run("together", "leave", "--from", "bob")
        assert "(has left)" in run.text("together", "show")
        assert run("fund", "show")["books"][1]["prizes"]["tokens"] == "25"
        _measured(run)

    on_a_standing_clock(home, capsys, lived)


def _measured(run: LiveCommands) -> None:
    with urllib.request.urlopen(f"{run.here[-1]}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    assert "nodechain_together_participants 1" in lines
    assert any(
        line.partition(" ")[0] == "nodechain_fund_prizes_total" and float(line.split()[1]) == 25 for line in lines
    )


def test_the_table_of_the_page_is_the_section(home: HomeFixture) -> None:
    terms = TOGETHER_SECTION.of(home.genesis).terms
    assert (terms.used, terms.given, terms.on_time, terms.ballots, terms.most) == (10, 5, 3, 20, 1_000)
    assert (terms.on_time_ms, terms.grace_days) == (3_600_000, 3)
    assert [prize.amount for prize in terms.prizes] == [25 * 10**9, 10 * 10**9]


def test_members_read_the_board_and_each_its_own_points() -> None:
    assert {"/v1/together": MEMBERS, "/v1/together/accounts/{address}": own("address")} == RIGHTS
    assert [season_text(number) for number in (12 * 2026, 12 * 2026 + 11)] == ["2026-01", "2026-12"]


def test_the_commands_of_the_page_are_typed_right() -> None:
    lines = [line for block in re.findall(r"```console\n(.*?)```", DOCS, re.DOTALL) for line in block.splitlines()]
    assert len(lines) >= 6
    for line in lines:
        words = shlex.split(line, comments=True)[2:]
        command: click.Command | None = cli.nodechain
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None, line
        command.make_context("page", words)
