"""Several accounts of a household on the command line: the examples of `docs/household.md`, in their order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.node import PASSWORD, HomeFixture
from ledger.keys.address import format_address, parse_address
from market.denominations import Denominations
from nodechain.client.answers.bank import AssetChange, Movement
from nodechain.commands.household import as_one
from nodechain.home.households import DamagedHouseholds, Households
from tests.support.live_commands import LiveCommands, beside_node, console_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "household.md").read_text(encoding="utf-8")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    """The development chain; the words lie where the test stands."""
    (tmp_path / "password").write_text(PASSWORD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.setenv("NODECHAIN_MNEMONIC_FILE", str(tmp_path / "words.txt"))
    return HomeFixture(tmp_path / "home")


def test_the_household_of_the_page(home: HomeFixture, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def lived(run: LiveCommands, node: Any) -> None:
        new, second, third, listing = console_of(PAGE, 1)
        run(*new)
        assert "Made account 2 of the household of emma." in run.text(*second)
        assert run(*third)["path"] == "m/44'/7238247'/0'/2'"
        mine = {"emma", "emma-2", "emma-heat"}
        assert mine <= {each["name"] for each in run(*listing)["keys"]}
        run("keys", "new", "fritz", "--light")
        assert run.refused("account", "next", "fritz") == "other_phrase"
        assert run.refused("account", "next", "alice") == "no_phrase"

        for name in ("emma", "emma-2"):
            for voter in ("alice", "bob"):
                run("vote", "admit", name, "--from", voter)
        run("transfer", "EEURO", "emma", "12", "--from", "alice")
        run("transfer", "EEURO", "emma-2", "5", "--from", "emma")

        (tmp_path / "home" / "keys" / "emma-heat.json").unlink()
        ((restoring,),) = (console_of(PAGE, 2),)
        restored = run(*restoring)
        assert restored["brought_back"] == 1
        assert [each["name"] for each in restored["accounts"]] == ["emma", "emma-2", "emma-3"]
        run("keys", "rename", "emma-3", "emma-heat")

        shown, told = console_of(PAGE, 3)
        said = PAGE.split("```text\n")[1].partition("```")[0].splitlines()
        assert said == run.text(*shown).splitlines()[: len(said)]
        assert run("household")["together"]["balances"][1]["total"]["tokens"] == "12"
        movements = run(*told)["movements"]
        kinds = [[event["kind"] for event in each["events"]] for each in movements]
        assert kinds.count(["transferred"]) == 2, "the receipt that concerns two of them stands there once"
        assert [change["total"]["tokens"] for each in movements for change in each["changes"]] == ["12"]

    beside_node(home, capsys, lived)


def movement(height: int, index: int, change: int, *events: str) -> Movement:
    """What a receipt was for an account."""
    amount: Any = {"base": change, "tokens": str(change)}
    changes = [AssetChange(asset="EEURO", symbol="eEuro", available=amount, total=amount)] if change else []
    return Movement(
        height=height, index=index, time_ms=0, transaction_id="", code="", changes=changes,
        events=[{"kind": kind} for kind in events],
    )  # fmt: skip


def test_statements_as_one_have_each_receipt_once_and_sums_of_changes(home: HomeFixture) -> None:
    chain = Denominations.of(home.genesis)
    first = [movement(1, 1, -5 * 10**9, "fee", "sent"), movement(9, 1, 3, "sent")]
    second = [movement(1, 1, 5 * 10**9, "sent", "sent", "came"), movement(1, 0, 7, "block"), movement(9, 2, 1, "late")]
    found = as_one([first, second], chain)
    assert [(each["height"], each["index"]) for each in found] == [(1, 0), (1, 1), (9, 1), (9, 2)]
    assert found[1]["changes"] == []
    assert [event["kind"] for event in found[1]["events"]] == ["fee", "sent", "sent", "came"]
    partly = as_one([[movement(1, 1, -5 * 10**9)], [movement(1, 1, 2 * 10**9)]], chain)
    assert partly[0]["changes"][0]["total"] == {"base": -3 * 10**9, "tokens": "-3"}


def test_households_are_kept_in_a_file_that_is_never_guessed_at(tmp_path: Path) -> None:
    households, accounts = Households(tmp_path / "home"), [bytes((number,)) * 20 for number in range(5)]
    assert households.of(accounts[0]) == (accounts[0],)
    households.join(accounts[0], accounts[1])
    households.join(accounts[3], accounts[4])
    households.join(accounts[1], accounts[2], accounts[0])
    assert households.all() == (tuple(accounts[3:]), tuple(accounts[:3]))
    assert households.of(accounts[2]) == tuple(accounts[:3])
    text = json.loads(households.path.read_text())
    assert [parse_address(each) for each in text["households"][0]] == accounts[3:]
    assert households.path.stat().st_mode & 0o077 == 0
    for bad in ("{", '{"version": 2, "households": []}', json.dumps({"version": 1, "households": [["nrg1x"]]})):
        households.path.write_text(bad)
        with pytest.raises(DamagedHouseholds):
            households.all()
        with pytest.raises(DamagedHouseholds):
            households.join(accounts[0], accounts[1])
        assert households.path.read_text() == bad
    assert format_address(accounts[0]).startswith("nrg1")
