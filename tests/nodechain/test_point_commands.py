"""Metering points on the command line, against a running node: agreed to, registered, read, closed, voted on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from harness.node import PASSWORD, HomeFixture
from ledger.slots.payloads import ImportRow, ImportSlots
from tests.support.live_commands import LiveCommands, on_a_standing_clock
from tests.support.metering_points import SLOTS_TABLE

QUARTER_MS = 900_000
OCTETS = {"Content-Type": "application/octet-stream"}
NONCE = 4
"""The next one of alice, who has registered the point (twice, once refused) and paid bob."""


def test_a_point_from_consent_to_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "template.toml"
    template.write_text((Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text() + SLOTS_TABLE)
    home = HomeFixture(tmp_path / "home", str(template))
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password))

    def lived(run: LiveCommands, clock: Any) -> None:
        file = str(tmp_path / "point.json")
        agreed = run(
            "point", "consent", file, "--owner", "bob", "--direction", "offtake", "--operator-id", "AT001", "--zone",
            "local", "--yes",
        )  # fmt: skip
        assert agreed["missing"] == 0
        assert len(bytes.fromhex(agreed["salt"])) == 16
        assert run.refused("point", "register", file, "--from", "bob") == "not_a_registrar"
        run("point", "register", file, "--from", "alice")
        assert run.refused("point", "register", file, "--from", "alice") == "point_registered"
        (listed,) = run("point", "list", "--owner", "bob")["points"]
        assert (listed["number"], listed["direction"], listed["id_hash"]) == (1, "offtake", agreed["id_hash"])
        assert "local" in run.text("point", "list")
        clock.move_to(clock.wall_ms() + 4 * QUARTER_MS)
        run("transfer", "eeuro", "bob", "1", "--from", "alice")
        first = listed["from_slot"]
        rows = (ImportRow(1, first, 0, 250_000, (1,)),)
        assert home.genesis.time_ms < first * QUARTER_MS
        part = home.raw("alice", ImportSlots(bytes(32), home.genesis.time_ms, 0, rows), nonce=NONCE)
        with urlopen(Request(f"{run.here[3]}/v1/transactions?wait=decided", part, OCTETS), timeout=60) as answer:
            assert json.load(answer)["code"] == ""
        values = run("point", "slots", "1")["slots"]
        found = {value["slot"]: value["energy_mwh"] for value in values if value["state"] == "imported"}
        assert found == {first: 250_000, first + 1: 250_001}
        assert "0.250001" in run.text("point", "slots", "1")
        run("point", "change", "1", "--zone", "far", "--from", "alice")
        run("vote", "set-custodian", "bob", "--from", "alice")
        run("vote", "extend-zone", "--offset", "2090-03-26T01:00Z=120", "--holiday", "2027-01-01", "--from", "alice")
        run("point", "close", "1", "--from", "bob")
        shown = run("point", "show", "1")["point"]
        assert shown["zone"] == "far"
        assert shown["until_ms"] is not None
        assert run("point", "list", "--owner", "bob")["points"] == []

    on_a_standing_clock(home, capsys, lived)
