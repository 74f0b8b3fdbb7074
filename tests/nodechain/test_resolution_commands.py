"""Resolutions on the command line: asked, voted, checked against their document, counted."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD, HomeFixture
from ledger.governance.genesis import GOVERNANCE_SECTION
from tests.support.live_commands import LiveCommands, on_a_standing_clock
from tests.support.optional_modules import home_with_modules

HOUR_MS = 3_600_000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))
    return home_with_modules(tmp_path)


def test_members_are_asked_and_counted(home: HomeFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, other = tmp_path / "roof.pdf", tmp_path / "other.pdf"
    text.write_bytes(b"a new roof")
    other.write_bytes(b"a new roof, and a pool")

    def lived(run: LiveCommands, clock: Any) -> None:
        def at(hours: int) -> str:
            return datetime.fromtimestamp((clock.wall_ms() + hours * HOUR_MS) // 1000, UTC).isoformat()

        asked = ("resolution", "open", "A new roof", str(text), "--until", at(2), "--quorum", "50%")
        assert run.refused(*asked, "--from", "carol") == "not_an_opener"
        assert run.refused(*asked[:-1], "half", "--from", "alice") == "bad_quorum"
        assert run.refused(*asked[:-1], "101%", "--from", "alice") == "bad_quorum"
        assert run.refused(*asked, "--option", "only", "--from", "alice") == "bad_options"
        run(*asked, "--majority", "half", "--from", "alice")
        (shown,) = run("resolution", "list")["resolutions"]
        section = GOVERNANCE_SECTION.of(home.genesis)
        may_vote = len({*section.voters, *section.members})
        assert (shown["quorum"], shown["majority"]) == (-(-may_vote // 2), "half")
        assert shown["text_hash"] == hashlib.sha256(text.read_bytes()).hexdigest()
        run("resolution", "verify", "1", str(text))
        assert run.refused("resolution", "verify", "1", str(other)) == "wrong_text"
        assert run.refused("resolution", "show", "2") == "unknown_resolution"
        for name, option in (("alice", "1"), ("carol", "1"), ("dave", "0"), ("carol", "2"), ("carol", "1")):
            run("resolution", "cast", "1", option, "--from", name)
        assert run.refused("resolution", "cast", "1", "3", "--from", "dave") == "unknown_option"
        assert run.refused("resolution", "withdraw", "1", "--from", "alice") == "ballots_cast"
        seen = run.text("resolution", "show", "1", "carol")
        assert "your ballot:         option 1" in seen
        assert "1       yes                 2" in seen
        assert "0       (abstention)        1" in seen
        clock.move_to(clock.wall_ms() + 2 * HOUR_MS)
        run("transfer", "eeuro", "bob", "1", "--from", "alice")
        assert run("resolution", "list")["resolutions"] == []
        (closed,) = run("resolution", "list", "--all")["resolutions"]
        assert (closed["outcome"], closed["decided"]) == ("decided", 1)
        assert "decided: yes" in run.text("resolution", "list", "--all")
        assert run.refused("resolution", "cast", "1", "2", "--from", "dave") == "resolution_closed"

    on_a_standing_clock(home, capsys, lived)
