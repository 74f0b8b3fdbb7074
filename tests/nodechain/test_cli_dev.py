"""The development chain as people meet it, and what takes several homes: a meter's terms, a shared account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.forked import run
from harness.processes import NodeProcess, Outcome, password_file
from ledger.keys.address import format_address
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.commands.dev import DEV_MNEMONIC, DEV_PASSWORD
from nodechain.home.keystore import Keystore
from tests.support.meter_openings import opening, simulated_meter

pytestmark = pytest.mark.xdist_group("cli-dev")


class Street:
    """A development chain with two more accounts, and the homes of two people who are not on its machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dev = folder / "dev"
        self.password = str(password_file(folder, DEV_PASSWORD))
        self.node = NodeProcess(["dev", "--port", "0", "--state", str(self.dev), "--accounts", "2"], {})
        self.welcome = self.node.ready()["data"]

    def run(self, *arguments: str, home: Path | None = None, form: str = "json") -> Outcome:
        """A command, in the chain's home or another one."""
        environment = {"NODECHAIN_HOME": str(home or self.dev), "NODECHAIN_PASSWORD_FILE": self.password}
        return run(*arguments, "--node", self.node.url, "-o", form, environment=environment)

    def tie(self, home: Path) -> None:
        """Let a home of keys alone belong to this chain."""
        genesis_hash = self.run("status").data["genesis_hash"]
        assert self.run("config", "set", "genesis_hash", genesis_hash, home=home).code == 0

    def book(self) -> dict[str, str]:
        """The accounts that the chain printed."""
        return {entry["name"]: entry["address"] for entry in self.welcome["accounts"]}


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    street = Street(tmp_path_factory.mktemp("street"))
    yield street
    assert street.node.stop() == 0


def test_the_keys_are_those_that_everybody_knows(street: Street, tmp_path: Path) -> None:
    accounts = street.book()
    assert street.welcome["mnemonic"] == DEV_MNEMONIC
    store = Keystore(tmp_path / "keys", cost=COST_LIGHT)
    known = {
        format_address(store.import_mnemonic(f"k{index}", KeyKind.ACCOUNT, "x", DEV_MNEMONIC, index=index).address)
        for index in (*range(len(accounts) - 2), 100, 101)
    }
    assert set(accounts.values()) == known
    assert {"alice", "bob", "user1", "user2"} <= set(accounts)
    assert street.run("transfer", "eeuro", "alice", "7", "--from", "user2").code == 0
    assert street.run("balance", "user2").data["balances"][1]["available"]["tokens"] == "993"


def test_the_home_knows_its_node(street: Street) -> None:
    done = run("--home", str(street.dev), "balance", "alice")
    assert done.code == 0
    assert "eEuro" in done.out


def test_text_says_what_happened(street: Street) -> None:
    done = street.run("unit", "produced", "bob", "1 kWh", "--from", "battery", form="text")
    assert done.out.startswith(
        "Reported 1 kWh produced by bob.\n  energy_stored: unit=battery producer=bob owner=carol"
    )
    sold = street.run("market", "sell", "0.1", "0.5", "--from", "bob", form="text").out
    assert "order_placed: product=1 number=1 owner=bob side=sell price=0.5" in sold
    identity = sold.split()[-1]
    shown = street.run("tx", "show", identity, form="text").out
    assert "sender:      bob" in shown
    assert "kind=limit" in shown
    assert street.run("vote", "set-param", "C", "7 %", "--from", "bob").code == 0
    assert "to 7%" in street.run("vote", "list", form="text").out
    assert street.run("vote", "set-param", "C", "7 %", "--withdraw", "--from", "bob").code == 0
    refused = street.run("market", "cancel", "99", "--from", "bob").error
    assert refused["code"] == "unknown_order"
    assert "No such order is open" in refused["detail"]


def test_a_validator_is_named_as_it_is_shown(street: Street) -> None:
    (validator,) = street.run("validators").data["validators"]
    assert street.run("keys", "show", "validator").data["address"] == validator["address"]
    for name in ("dev-1", "validator", validator["address"], validator["key"]):
        assert street.run("vote", "remove-validator", name, "--from", "alice").error["code"] == "last_validator", name


def test_terms_travel_to_the_meter_and_the_account(street: Street, tmp_path: Path) -> None:
    meter_home, erin_home, file = tmp_path / "meter", tmp_path / "erin", tmp_path / "terms.json"
    meter = street.run("keys", "new", "m1", "--kind", "meter", "--light", "--p256", home=meter_home).data
    erin = street.run("keys", "new", "erin", "--light", home=erin_home).data
    street.tie(meter_home)
    for voter in ("alice", "bob"):
        assert street.run("vote", "admit", erin["address"], "--from", voter).code == 0
    where = {"NODECHAIN_HOME": str(meter_home), "NODECHAIN_PASSWORD_FILE": street.password}
    battery = street.run("keys", "show", "battery").data["address"]
    with simulated_meter(700) as at:
        written = opening(
            file, at, key="m1", unit=battery, account=erin["address"], node=street.node.url, environment=where
        )
    assert (written.data["missing"], written.data["opening_wh"]) == (["account"], 700)
    early = street.run("unit", "bind", str(file), "--from", "battery").error
    assert early["code"] == "too_few_signatures"
    assert street.run("unit", "consent", str(file), home=erin_home).error["code"] == "unknown_chain"
    assert street.run("unit", "consent", str(file), "--trust", home=erin_home).error["code"] == "not_confirmed"
    assert street.run("unit", "consent", str(file), "--yes").error["code"] == "nothing_to_sign"
    other = street.run("unit", "consent", str(file), "--yes", "--account", "alice").error
    assert (other["code"], other["exit_code"]) == ("other_account", 7)
    assert street.run("unit", "consent", str(file), "--yes", home=meter_home).error["code"] == "nothing_to_sign"
    assert street.run("unit", "consent", str(file), "--yes", home=erin_home).data["missing"] == []
    assert street.run("unit", "bind", str(file), "--from", "battery").code == 0
    stale = street.run("unit", "bind", str(file), "--from", "battery").error
    assert stale["code"] in ("stale_terms", "already_bound")
    assert street.run("unit", "unbind", meter["public_key"], "--from", "battery").code == 0


def test_co_owners_sign_in_turn(street: Street, tmp_path: Path) -> None:
    """2 of 3, where no home holds two of the keys."""
    homes = [tmp_path / name for name in ("one", "two", "three")]
    keys = [street.run("keys", "new", "mine", "--light", home=home).data["public_key"] for home in homes]
    address = ""
    for home in homes:
        address = street.run("keys", "multisig", "fund", "2", *keys, home=home).data["address"]
        street.tie(home)
    for voter in ("alice", "bob"):
        assert street.run("vote", "admit", address, "--from", voter).code == 0
    assert street.run("transfer", "eeuro", address, "9", "--from", "alice").code == 0
    pay = ("transfer", "eeuro", street.book()["dave"], "4", "--from", "fund")
    alone = street.run(*pay, home=homes[0]).error
    assert (alone["code"], alone["exit_code"]) == ("too_few_signatures", 7)
    file = str(tmp_path / "pay.json")
    assert street.run(*pay, "--sign-only", file, home=homes[2]).data["signatures"] == 1
    assert street.run("tx", "sign", file, "--from", "fund", "--yes", home=homes[0]).data["missing"] == 0
    assert street.run("tx", "send", file, home=homes[1]).data["code"] == ""
    assert street.run("balance", address).data["balances"][1]["available"]["tokens"] == "5"
