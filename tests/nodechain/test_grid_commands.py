"""The grid account on the command line, against a running node: the page's tariffs, lines, debts, votes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from harness.chain import make_genesis
from harness.node import PASSWORD, HomeFixture
from ledger.bank.assets import CURRENCY_ASSET, THESIS_ASSETS
from ledger.energy.payloads import EnergyProduced
from ledger.errors import GenesisError
from ledger.grid.genesis import GRID_SECTION, GridMode
from ledger.grid.tariffs import check_tariff, unfolded
from ledger.slots.payloads import ImportRow, ImportSlots
from nodechain.api.grid import RIGHTS
from nodechain.api.http.rights import EVERYTHING, MEMBERS, own
from nodechain.errors import UsageError
from nodechain.home.tariff_file import GridTable, grid_section, read_tariff_file
from tests.support.live_commands import LiveCommands, on_a_standing_clock
from tests.support.metering_points import SLOTS_TABLE

PAGE = Path(__file__).resolve().parents[2] / "docs" / "grid.md"
QUARTER_MS = 900_000
OCTETS = {"Content-Type": "application/octet-stream"}
NONCE = 3
"""The next one of alice, who has registered the point and paid bob."""


def tables() -> list[str]:
    """The TOML of the page, in its order: the template's table, a tariff's file."""
    return [block.partition("```")[0] for block in PAGE.read_text(encoding="utf-8").split("```toml\n")[1:]]


def test_the_table_and_the_file_of_the_page_are_what_they_say(tmp_path: Path) -> None:
    table = GridTable(**tomllib.loads(tables()[0])["grid"])
    ((name, content),) = grid_section(
        table, THESIS_ASSETS, {"EEURO": 2}.__getitem__, lambda text: text.encode()[:1] * 20
    )
    section = GRID_SECTION.codec.decode(content)
    assert (name, section.mode, section.operator, section.default) == ("grid", GridMode.ACCOUNT, b"a" * 20, 1)
    (house,) = section.tariffs
    assert (house.name, house.retail.workday[0].rate, house.levies[0].rate.workday[0].rate) == (
        "house",
        3 * 10**8,
        10**7,
    )
    file = tmp_path / "night.toml"
    file.write_text(tables()[1])
    night = read_tariff_file(file, CURRENCY_ASSET, 9)
    check_tariff(night, QUARTER_MS)
    rates = unfolded(night.retail)
    assert [rates[place] for place in (0, 24, 87, 88, 96 + 24, 192 + 24)] == [
        220_000_000, 340_000_000, 340_000_000, 220_000_000, 340_000_000, 220_000_000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["name", 'name = "a"\nretail = "x"\n', 'name = "a"\nretail = [["06:07", "1"]]\n', 'name = "a"\nretail = 1\n'],
)
def test_a_wrong_tariff_file_says_where(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tariff.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        read_tariff_file(file, CURRENCY_ASSET, 9)
    assert error.value.code == "bad_tariff_file"


def test_a_default_that_no_tariff_has_is_refused() -> None:
    with pytest.raises(UsageError, match="no tariff"):
        grid_section(GridTable(operator="a", default="b"), THESIS_ASSETS, lambda _name: 2, str.encode)


def test_figures_and_debts_are_an_accounts_own_and_tariffs_the_members() -> None:
    assert RIGHTS["/v1/grid/accounts/{address}"] == own("address")
    assert RIGHTS["/v1/grid/debts"] == EVERYTHING
    assert {RIGHTS[path] for path in ("/v1/grid", "/v1/grid/tariffs", "/v1/grid/tariffs/{number}")} == {MEMBERS}


def test_a_grid_account_from_tariff_to_debt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "template.toml"
    dev = (Path(__file__).resolve().parents[2] / "genesis" / "dev.toml").read_text()
    template.write_text(dev + SLOTS_TABLE + tables()[0].replace("own-then-operator", "operator"))
    home = HomeFixture(tmp_path / "home", str(template))
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "night.toml").write_text(tables()[1])
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))

    def lived(run: LiveCommands, clock: Any) -> None:
        def agree(*action: str) -> None:
            for voter in ("alice", "bob"):
                run("vote", *action, "--from", voter)

        file = str(tmp_path / "point.json")
        run("point", "consent", file, "--owner", "bob", "--direction", "offtake", "--operator-id", "AT001", "--yes")
        run("point", "register", file, "--from", "alice")
        first = run("point", "list", "--owner", "bob")["points"][0]["from_slot"]
        clock.move_to(clock.wall_ms() + 4 * QUARTER_MS)
        run("transfer", "eeuro", "bob", "1", "--from", "alice")
        slot = first + 1
        rows = (ImportRow(1, slot, 0, 2_000_000, ()),)
        part = home.raw("alice", ImportSlots(bytes(32), home.genesis.time_ms, 0, rows), nonce=NONCE)
        with urlopen(Request(f"{run.here[3]}/v1/transactions?wait=decided", part, OCTETS), timeout=60) as answer:
            assert json.load(answer)["code"] == ""
        text = " ".join(run.text("grid", "account", "bob").split())
        assert "retail - 2 kWh 0.6" in text
        assert "grid fee grid> 2 kWh 0.14" in text
        assert "levy green 2 kWh 0.02" in text
        assert "Point 1 (offtake, zone none) has tariff 1." in text
        shown = run("grid", "show")
        assert (shown["mode"], shown["band"]["feed_in"]["tokens"]) == ("account", "0.08")
        assert run("grid", "owed")["debts"] == []
        assert "Fewer than 5 accounts have figures in " in run.text("grid", "sums")
        agree("set-tariff", str(tmp_path / "night.toml"), "--from-slot", str(slot + 100))
        assert [each["terms"]["name"] for each in run("grid", "tariffs")["tariffs"]] == ["house", "night"]
        assert "0.22 to 0.34" in run.text("grid", "tariffs")
        assert "0.22" in run.text("grid", "tariff", "2")
        run("grid", "assign", "2", "1", "--from-slot", str(slot + 100), "--from", "alice")
        agree("set-point-tariff", "0", "1", "--from-slot", str(slot + 200))
        (point,) = run("grid", "account", "bob")["points"]
        assert (point["tariff"], point["next_tariff"], point["next_slot"]) == (1, 2, slot + 100)
        produced = home.raw("battery", EnergyProduced(1, home.address("bob"), 5_000))
        with urlopen(Request(f"{run.here[3]}/v1/transactions?wait=decided", produced, OCTETS), timeout=60) as answer:
            assert json.load(answer)["code"] == ""
        assert "Warning: the grid pays 0.08" in run.text("market", "sell", "1", "0.01", "--from", "bob")
        assert "Warning" not in run.text("market", "sell", "1", "0.09", "--from", "bob")
        agree("set-grid", "alice", "--mark", "5", "--band")
        assert run("grid", "show")["mark"]["tokens"] == "5"
        assert "bound by vote" in run.text("grid", "show")
        assert run.refused("market", "buy", "1", "0.01", "--from", "bob") == "price_out_of_band"

    on_a_standing_clock(home, capsys, lived)


def test_a_section_without_slots_is_refused() -> None:
    ((_name, content),) = grid_section(GridTable(operator="a"), THESIS_ASSETS, lambda _name: 2, lambda _text: bytes(20))
    with pytest.raises(GenesisError, match="slots"):
        GRID_SECTION.check(make_genesis(), GRID_SECTION.codec.decode(content))
