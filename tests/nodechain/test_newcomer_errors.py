"""What a newcomer gets wrong is answered with what to do."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click
import pytest

from harness.forked import run_in
from harness.processes import Outcome
from nodechain.commands.terminal.moments import moment_ms
from nodechain.commands.terminal.slot_options import SLOT, Begins
from nodechain.errors import UsageError
from nodechain.home.home_genesis import read_genesis
from nodechain.home.scheme_file import read_scheme_file
from nodechain.home.tariff_file import read_tariff_file

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "community"
START = "2026-06-02T08:00+02:00"
START_MS = 1_780_380_000_000
OFFTAKE = ("--owner", "founder", "--direction", "offtake")


def run(folder: Path, *words: str) -> Outcome:
    password = folder / "password"
    password.write_text("a password of one's own")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NODECHAIN_")}
    environment = {**clean, "NODECHAIN_HOME": str(folder / "home"), "NODECHAIN_PASSWORD_FILE": str(password)}
    return run_in(folder, (*words, "--output", "json"), environment, deadline_s=60)


def failed(outcome: Outcome) -> dict[str, Any]:
    (error,) = json.loads(outcome.out)["errors"]
    return dict(error)


def test_a_slot_is_a_number_or_a_time_with_its_zone() -> None:
    assert SLOT.convert("1978216", None, None) == 1_978_216
    assert SLOT.convert("2026-06-02T12:00+02:00", None, None) == Begins(1_780_394_400_000)
    for wrong in ("0", "-1", "2026-06-02T12:00", "noon", "", str(2**63), "\u0661"):
        with pytest.raises(click.BadParameter, match="give its number, or when it begins"):
            SLOT.convert(wrong, None, None)
    with pytest.raises(UsageError, match="no time with its zone"):
        moment_ms("2026-06-02T12:00")


def test_a_key_that_a_file_does_not_have_is_told_with_those_that_it_has(tmp_path: Path) -> None:
    scheme = tmp_path / "scheme.toml"
    scheme.write_text((EXAMPLES / "scheme.toml").read_text().replace("price =", "rate ="))
    usual = {"rule": "dynamic"}
    with pytest.raises(UsageError, match=r"price: there is no 'rate' here; there are kind, price, retail, feed_in"):
        read_scheme_file(scheme, 2, 9, lambda _name: bytes(20), usual)
    tariff = tmp_path / "tariff.toml"
    tariff.write_text((EXAMPLES / "tariff.toml").read_text().replace("from =", "of ="))
    with pytest.raises(UsageError, match=r"zone_fees.0: there is no 'of' here; there are from, to, rate"):
        read_tariff_file(tariff, 2, 9)
    assert read_tariff_file(EXAMPLES / "tariff.toml", 2, 9).name == "house"


def test_a_chain_begins_when_it_is_told_to_only_where_its_clock_is_moved(tmp_path: Path) -> None:
    real = failed(run(tmp_path, "init", "--template", "at-eeg", "--light", "--start", START))
    assert real["code"] == "real_time"
    assert "simulated_clock = true" in real["advice"]
    template = str(EXAMPLES / "sonnenhang.toml")
    untold = failed(run(tmp_path, "init", "--template", template, "--light", "--start", "2026-06-02T08:00"))
    assert untold["code"] == "bad_usage"
    assert not (tmp_path / "home").exists()
    words = str(tmp_path / "words")
    made = run(tmp_path, "init", "--template", template, "--light", "--start", START, "--mnemonic-file", words)
    assert made.code == 0, made.out
    genesis = read_genesis(tmp_path / "home" / "genesis")
    assert genesis.time_ms == moment_ms(START) == START_MS
    unsalted = failed(run(tmp_path, "point", "consent", "a.json", *OFFTAKE, "--operator-id", "AT1", "--salt", "zz"))
    assert (unsalted["code"], unsalted["detail"]) == ("bad_usage", "--salt 'zz' is no hex")
    pointed = ("--direction", "injection", "--operator-id", "AT1", "--salt", "zz", "--from-slot", "9")
    assert failed(run(tmp_path, "vote", "group-point", "1", *pointed))["detail"] == unsalted["detail"]


def test_a_missing_list_of_points_says_what_it_is(tmp_path: Path) -> None:
    message = str(EXAMPLES / "anna.xml")
    missing = failed(run(tmp_path, "sharing", "import", message, "--test-traffic", "--yes"))
    assert missing["code"] == "file_not_found"
    assert "operator_id;direction;number;salt" in missing["advice"]


def test_who_is_unknown_can_be_named(tmp_path: Path) -> None:
    unknown = failed(run(tmp_path, "balance", "anna"))
    assert unknown["code"] == "key_not_found"
    assert "keys book add" in unknown["advice"]
