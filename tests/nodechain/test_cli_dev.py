"""The development chain as people meet it, and what takes several homes: a meter's terms, a shared account."""

from __future__ import annotations

import shutil
import signal
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.forked import run
from harness.processes import NodeProcess, Outcome, password_file, until
from ledger.keys.address import format_address
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.client.rest import NodeApi
from nodechain.commands.dev import DEV_MNEMONIC, DEV_PASSWORD
from nodechain.commands.running.dev_control import MAX_SNAPSHOTS, SNAPSHOTS, SOCKET
from nodechain.demo.community import meter_places
from nodechain.demo.street import INTERVAL_MS, load_street, smaller
from nodechain.home.keystore import Keystore
from tests.support.meter_openings import opening, simulated_meter

pytestmark = pytest.mark.xdist_group("cli-dev")


class Street:
    """A development chain with two more accounts, and the homes of two people who are not on its machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dev = folder / "dev"
        self.password = str(password_file(folder, DEV_PASSWORD))
        self.node = NodeProcess(["dev", "--port", "0", "--state", str(self.dev), "--accounts", "2"], {}, forked=True)
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


def test_the_chain_goes_back_to_a_snapshot_and_on_from_there(tmp_path: Path) -> None:
    """For writers of tests: what came after is gone, the node answers at the same address, and decides again."""
    street = Street(tmp_path)
    try:
        assert street.run("transfer", "eeuro", "bob", "5", "--from", "alice").code == 0
        assert street.run("dev", "snapshot", "before").data == {"name": "before", "height": 1}
        for _ in range(2):
            for amount in ("7", "8"):
                assert street.run("transfer", "eeuro", "bob", amount, "--from", "alice").code == 0
            assert street.run("balance", "bob").data["balances"][1]["available"]["tokens"] == "1020"
            assert street.run("dev", "revert", "before").data == {"name": "before", "height": 1}
            assert street.run("balance", "bob").data["balances"][1]["available"]["tokens"] == "1005"
        assert street.run("audit").error["code"] == "home_in_use"
        missing = street.run("dev", "revert", "nothing").error
        assert (missing["code"], "before" in missing["detail"]) == ("not_found", True)
        assert street.run("dev", "snapshot", "../x").error["exit_code"] == 2
        for number in range(1, MAX_SNAPSHOTS):
            shutil.copytree(street.dev / SNAPSHOTS / "before", street.dev / SNAPSHOTS / f"s{number}")
        assert street.run("dev", "snapshot", "more").error["code"] == "bad_usage"
        assert stat.S_IMODE((street.dev / SOCKET).stat().st_mode) == 0o600
    finally:
        code = street.node.stop()
    assert code == 0, street.node.errors
    assert street.run("audit").data["sound"]
    assert street.run("dev", "revert", "before").error["code"] == "no_dev_chain"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_validators_and_meters_play_the_measured_day_and_none_is_left(tmp_path: Path, number: int) -> None:
    arguments = ["dev", "--port", "0", "--validators", "2", "--meters", "3", "--quarter", "0"]
    node = NodeProcess(arguments, {"TMPDIR": str(tmp_path)}, forked=True)
    data = node.ready()["data"]
    left = children_of(node.process.pid)
    try:
        first, second = (closing(NodeApi(url)) for url in data["urls"])
        with first as api, second as other:
            meters = api.get("/v1/meters", dict)["meters"]
            assert sorted(meter["kind"] for meter in meters) == ["consumption", "consumption", "production"]
            names = {entry["name"] for entry in data["accounts"]}
            assert {"alice", "bob"} < names
            assert len([name for name in names if name.startswith("house")]) == 2
            # The second validator has what the first one's meters sent: an hour of the measured day and more.
            until(lambda: len({meter["time_ms"] for meter in other.get("/v1/meters", dict)["meters"]}) == 1, "meters")
            opened = min(meter["time_ms"] for meter in meters)
            until(
                lambda: all(
                    meter["time_ms"] >= opened + 4 * INTERVAL_MS for meter in other.get("/v1/meters", dict)["meters"]
                ),
                "an hour of readings",
            )
            assert len(left) >= 4
    finally:
        assert node.stop(number) == 130
    assert not [pid for pid in left if Path(f"/proc/{pid}/stat").exists()]
    assert not list(tmp_path.iterdir())


def test_several_processes_do_not_stay(tmp_path: Path) -> None:
    outcome = run("dev", "--meters", "1", "--state", str(tmp_path / "x"), "-o", "json")
    assert outcome.error["code"] == "bad_usage"
    assert not (tmp_path / "x").exists()


def children_of(pid: int) -> list[int]:
    """The processes that a process has begun and that run."""
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("meters", [1, 2, 3, 16, 17, 32])
def test_a_smaller_street_has_just_so_many_meters(meters: int) -> None:
    street = smaller(load_street(), meters, 7)
    places = meter_places(street)
    assert (len(places), street.start_ms) == (meters, 7)
    assert {place.series for place in places} <= {
        series for house in load_street().houses for series in (house.load_wh, house.pv_wh)
    }
