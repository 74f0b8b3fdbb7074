"""Every command of the ledger, on a real development chain: one envelope on stdout, and what it says happened."""

from __future__ import annotations

import gc
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest

import cli
from harness.forked import run
from harness.processes import NodeProcess, Outcome, password_file
from nodechain.commands.dev import DEV_PASSWORD, PASSWORD_FILE
from tests.support.meter_openings import opening, simulated_meter

pytestmark = pytest.mark.xdist_group("cli")


class Chain:
    """A development chain in a process, and commands that ask it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.node = NodeProcess(["dev", "--port", "0", "--state", str(home)], {}, forked=True)
        self.node.ready()
        self.environment = {"NODECHAIN_HOME": str(home), "NODECHAIN_PASSWORD_FILE": str(home / PASSWORD_FILE)}

    def run(self, *arguments: str) -> Outcome:
        """A command with JSON output."""
        return run(*arguments, "--output", "json", environment=self.environment)

    def text(self, *arguments: str) -> Outcome:
        """A command with text output."""
        return run(*arguments, environment=self.environment)

    def available(self, name: str, asset: str) -> str:
        """An available balance in tokens."""
        return self.locked(name, asset, "available")

    def locked(self, name: str, asset: str, purpose: str) -> str:
        """What is locked for a purpose, in tokens."""
        balances = self.run("balance", name).data["balances"]
        return next(str(held[purpose]["tokens"]) for held in balances if held["asset"] == asset)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    chain = Chain(tmp_path_factory.mktemp("cli") / "home")
    yield chain
    assert chain.node.stop() == 0


def test_transfers_and_balances(chain: Chain) -> None:
    before = float(chain.available("bob", "EEURO"))
    sent = chain.run("transfer", "eeuro", "bob", "5", "--from", "alice").data
    assert (sent["status"], sent["code"]) == ("decided", "")
    assert float(chain.available("bob", "EEURO")) == before + 5
    identity = sent["id"]
    assert chain.run("tx", "show", identity).data["receipt"]["events"][0]["kind"] == "transferred"
    assert chain.run("tx", "wait", identity).data["height"] == sent["height"]
    assert chain.run("block", "show", str(sent["height"])).data["transactions"] == [identity]
    movements = chain.run("statement", "bob").data["movements"]
    assert identity in [movement["transaction_id"] for movement in movements]
    address = chain.run("keys", "show", "bob").data["address"]
    assert chain.run("transfer", "eeuro", address, "1", "--from", "alice").code == 0


def test_sending_without_waiting(chain: Chain) -> None:
    sent = chain.run("transfer", "eeuro", "bob", "1", "--from", "dave", "--no-wait").data
    assert sent["status"] == "waiting"
    assert chain.run("tx", "wait", sent["id"]).data["status"] == "decided"


def test_energy_sessions_and_the_market(chain: Chain) -> None:
    assert chain.run("unit", "produced", "alice", "10 kWh", "--from", "battery").code == 0
    assert chain.available("alice", "ENT") == "8"
    assert chain.run("energy").data["network_wh"] == 10_000
    assert chain.run("session", "open", "battery", "2", "--from", "alice", "--overdraft", "0.5").code == 0
    (session,) = chain.run("session", "list", "--consumer", "alice").data["sessions"]
    assert session["energy_wh"] == 2_000
    assert chain.run("unit", "consumed", "alice", "500Wh", "--from", "battery").code == 0
    assert chain.run("unit", "batch", "produced:bob:1kWh", "actual:10500Wh", "--from", "battery").code == 0
    assert chain.run("unit", "actual", "10500Wh", "--from", "battery").code == 0
    assert chain.run("session", "close", "battery", "--from", "alice").code == 0
    assert chain.run("session", "list").data["sessions"] == []
    (waits,) = chain.run("session", "list", "--consumer", "alice").data["waiting"]
    assert (waits["number"], waits["energy_wh"], waits["reason"], waits["waits_for"]) == (1, 1_500, "closed", "report")
    assert waits["locked"]["tokens"] == chain.locked("alice", "ENT", "waiting") == "1.5"
    assert chain.run("unit", "release", "alice", "2", "--from", "battery").code != 0
    assert chain.run("unit", "release", "alice", "1", "--from", "battery").code == 0
    assert chain.run("session", "list").data["waiting"] == []
    (unit,) = chain.run("units").data["units"]
    assert unit["available_wh"] == 10_500
    assert chain.run("units", "battery").data["unit"] == unit

    assert chain.run("market", "sell", "1", "0.5", "--from", "alice").code == 0
    assert chain.run("market", "buy", "2", "1", "--from", "bob", "--expires-in", "1h").code == 0
    book = chain.run("market", "book").data
    assert [bid["quantity"]["tokens"] for bid in book["bids"]] == ["1"]
    (trade,) = chain.run("market", "trades").data["trades"]
    assert trade["payment"]["tokens"] == "0.5"
    (order,) = chain.run("market", "orders", "--owner", "bob").data["orders"]
    assert chain.run("market", "replace", str(order["number"]), "0.5", "1", "--from", "bob").code == 0
    (order,) = chain.run("market", "orders", "--all").data["orders"]
    assert chain.run("market", "cancel", str(order["number"]), "--from", "bob").code == 0
    assert chain.run("market", "buy", "1", "1", "--kind", "fok", "--from", "bob").code == 0
    assert chain.run("market", "orders", "--all").data["orders"] == []


def test_the_bank(chain: Chain) -> None:
    assert chain.run("bank", "mint", "carol", "7", "--from", "bank").code == 0
    assert chain.run("bank", "lock", "3", "--from", "carol").code == 0
    (waiting,) = chain.run("bank", "withdrawals").data["withdrawals"]
    assert waiting["amount"]["tokens"] == "3"
    assert "carol" in chain.text("bank", "withdrawals").out
    assert chain.run("bank", "unlock", "carol", "1", "--from", "bank").code == 0
    assert chain.run("bank", "burn", "carol", "2", "--from", "bank").error["code"] == "no_such_mark"
    assert chain.run("bank", "mark", "carol", "2", "--from", "bank").code == 0
    assert chain.run("bank", "take-back", "2", "--from", "carol").error["code"] == "withdrawal_marked"
    assert chain.run("bank", "burn", "carol", "2", "--from", "bank").code == 0
    assert "Nothing waits to be paid out." in chain.text("bank", "withdrawals").out
    assert chain.run("bank", "mint", "carol", "1", "--from", "alice").error["code"] == "not_the_banker"


def test_votes(chain: Chain) -> None:
    assert chain.run("vote", "admit", "operator", "--from", "alice").code == 0
    (vote,) = chain.run("vote", "list").data["votes"]
    assert (vote["action"]["kind"], vote["needed"], len(vote["yes"])) == ("admit_member", 2, 1)
    assert chain.run("vote", "admit", "operator", "--withdraw", "--from", "alice").code == 0
    assert chain.run("vote", "list").data["votes"] == []
    for _ in range(2):
        assert chain.run("vote", "admit", "operator", "--toggle", "--from", "alice").code == 0
    assert chain.run("vote", "list").data["votes"] == []
    for voter in ("alice", "bob"):
        assert chain.run("vote", "set-param", "C", "6 %", "--from", voter).code == 0
    parameters = {entry["name"]: entry["text"] for entry in chain.run("params").data["parameters"]}
    assert parameters["C"] == "6%"
    refused = {
        ("add-voter", "alice"): "already_voter",
        ("remove-voter", "carol"): "unknown_voter",
        ("register-unit", "battery", "carol"): "unit_registered",
        ("remove-unit", "dave"): "unknown_unit",
        ("reinstate-unit", "battery"): "nothing_to_reinstate",
        ("set-banker", "bank"): "already_banker",
        ("add-validator", "validator", "carol", "again"): "already_validator",
        ("remove-validator", "carol"): "unknown_validator",
        ("expel", "alice"): "holds_a_role",
    }
    for arguments, code in refused.items():
        assert chain.run("vote", *arguments, "--from", "alice").error["code"] == code
    (validator,) = chain.run("validators").data["validators"]
    assert validator["name"] == "dev-1"


def test_meters(chain: Chain, tmp_path: Path) -> None:
    assert chain.run("keys", "new", "m1", "--kind", "meter", "--light").code == 0
    assert chain.run("keys", "new", "m2", "--kind", "meter", "--light", "--p256").code == 0
    battery = chain.run("keys", "show", "battery").data["address"]
    dave = chain.run("keys", "show", "dave").data["address"]
    files = {name: tmp_path / f"{name}.json" for name in ("m1", "m2")}
    with simulated_meter(3_000) as at:
        for name, file in files.items():
            done = opening(
                file, at, key=name, unit=battery, account=dave, node=chain.node.url, environment=chain.environment
            )
            assert done.data["opening_wh"] == 3_000
    bound = chain.text("unit", "bind", str(files["m1"]), "--from", "battery")
    assert "at 3000 Wh" in bound.out
    assert "opening=3 kWh" in bound.out
    assert chain.run("unit", "bind", str(files["m2"]), "--from", "battery").error["code"] == "already_bound"
    replaced = chain.text("unit", "replace", "m1", str(files["m2"]), "--closing", "3000", "--from", "battery")
    assert replaced.out.index("meter_unbound") < replaced.out.index("meter_bound")
    assert chain.run("vote", "settle-jump", "m2", "--accept", "--from", "alice").error["code"] == "no_jump"
    assert chain.run("vote", "release-meter", "m2", "--from", "alice").error["code"] == "not_held"
    assert chain.run("unit", "unbind", "m2", "--from", "battery").code == 0
    assert chain.run("unit", "unbind", "m2", "--from", "battery").error["code"] == "unknown_meter"
    assert chain.run("vote", "release-meter", "m2", "--from", "alice").code == 0
    assert chain.run("vote", "release-meter", "m2", "--withdraw", "--from", "alice").code == 0


def test_l1a_the_unit_cannot_say_what_a_meter_shows(chain: Chain, tmp_path: Path) -> None:
    """`unit bind` took 0 for a meter that showed 3,000 Wh; now it binds what the meter signed, or nothing."""
    assert chain.run("unit", "bind", "m3", "dave", "--from", "battery").error["code"] == "bad_usage"
    assert chain.run("keys", "new", "m3", "--kind", "meter", "--light").code == 0
    battery = chain.run("keys", "show", "battery").data["address"]
    carol = chain.run("keys", "show", "carol").data["address"]
    file = tmp_path / "m3.json"
    with simulated_meter(3_000) as at:
        said = opening(
            file, at, key="m3", unit=battery, account=carol, node=chain.node.url, environment=chain.environment
        )
        assert (said.data["opening_wh"], said.data["missing"]) == (3_000, ["account"])
        again = opening(
            file, at, key="m3", unit=battery, account=carol, node=chain.node.url, environment=chain.environment
        )
        assert again.error["code"] == "file_exists"
    document = json.loads(file.read_text())
    terms = bytearray.fromhex(document["terms"])
    terms[-1] ^= 1
    file.write_text(json.dumps({**document, "terms": terms.hex()}))
    refused = chain.run("unit", "bind", str(file), "--from", "battery").error
    assert refused["code"] == "bad_terms_file"
    assert "did not sign" in refused["detail"]


def test_l1c_all_commands_say_watt_hours(chain: Chain, tmp_path: Path) -> None:
    """`--opening` was raw while `meter read` shows Wh; behind transformers of 40 a step is 40 Wh."""
    assert chain.run("keys", "new", "m4", "--kind", "meter", "--light").code == 0
    names = {name: chain.run("keys", "show", name).data["address"] for name in ("battery", "bob")}
    file = tmp_path / "m4.json"
    with simulated_meter(3_000) as at:
        said = opening(
            file, at, key="m4", unit=names["battery"], account=names["bob"], node=chain.node.url, factor=40,
            environment=chain.environment,
        ).data  # fmt: skip
    assert (said["opening_wh"], said["step_wh"]) == (120_000, "40")
    done = chain.text("unit", "bind", str(file), "--from", "battery")
    assert "at 120000 Wh" in done.out
    shown = chain.run("keys", "show", "m4").data["public_key"]
    odd = chain.run("unit", "replace", shown, str(file), "--closing", "120010", "--from", "battery").error
    assert odd["code"] == "bad_closing"


def test_an_account_of_several_keys(chain: Chain, tmp_path: Path) -> None:
    fund = chain.run("keys", "multisig", "fund", "2", "alice", "bob", "carol").data
    assert chain.run("vote", "admit", "fund", "--from", "alice").code == 0
    assert chain.run("vote", "admit", "fund", "--from", "bob").code == 0
    assert chain.run("transfer", "eeuro", fund["address"], "9", "--from", "carol").code == 0
    assert chain.run("transfer", "eeuro", "dave", "2", "--from", "fund").code == 0
    file = tmp_path / "payment.json"
    assert chain.run("transfer", "eeuro", "dave", "3", "--from", "fund", "--sign-only", str(file)).code == 0
    written = json.loads(file.read_text())
    file.write_text(json.dumps({**written, "signatures": written["signatures"][:1]}))
    assert chain.run("tx", "send", str(file)).error["code"] == "too_few_signatures"
    assert chain.run("tx", "sign", str(file), "--from", "fund", "--yes").data["missing"] == 0
    assert chain.run("tx", "send", str(file)).code == 0
    assert chain.available("fund", "EEURO") == "4"


def test_keys_and_the_address_book(chain: Chain, tmp_path: Path) -> None:
    phrase, exported = tmp_path / "phrase", tmp_path / "erin.json"
    made = chain.run("keys", "new", "erin", "--light", "--mnemonic-file", str(phrase))
    words = phrase.read_text().split()
    assert len(words) == 24
    # Single words may stand there by chance; two in a row do not.
    assert not any(f"{first} {second}" in made.out + made.err for first, second in pairwise(words))
    assert chain.run("keys", "export", "erin", str(exported)).code == 0
    assert chain.run("keys", "rename", "erin", "emma").code == 0
    assert (
        chain.run("keys", "import", "erin", "--file", str(exported), "--light").data["address"] == made.data["address"]
    )
    assert chain.run("keys", "rm", "emma").error["code"] == "not_confirmed"
    assert chain.run("keys", "rm", "emma", "--yes").code == 0
    assert chain.run("keys", "book", "add", "neighbour", made.data["address"]).code == 0
    assert chain.run("keys", "book", "list").data["entries"]
    assert chain.run("keys", "book", "rm", "neighbour").code == 0
    assert "erin" in [key["name"] for key in chain.run("keys", "list").data["keys"]]


def test_text_and_csv(chain: Chain) -> None:
    for arguments in (("status",), ("params",), ("units",), ("energy",), ("balance", "alice"), ("keys", "list")):
        text = chain.text(*arguments)
        assert text.code == 0
        assert text.out.strip()
        assert text.err == ""
    rows = chain.text("params", "--output", "csv").out.splitlines()
    assert rows[0].startswith("name,value,text")
    assert len(rows) > 10


def test_settings_and_help_around_it(chain: Chain) -> None:
    assert chain.run("config", "set", "timeout", "20").data == {"name": "timeout", "value": 20}
    settings = {entry["name"]: entry for entry in chain.run("config", "show", "--origin").data["settings"]}
    assert settings["timeout"]["value"] == 20
    assert settings["timeout"]["origin"].endswith("config.toml")
    environment = {**chain.environment, "NODECHAIN_TIMEOUT": "25"}
    shown = run("config", "show", "--output", "json", environment=environment).data["settings"]
    assert {entry["name"]: entry["value"] for entry in shown}["timeout"] == 25
    assert chain.run("config", "set", "timeout", "0").error["code"] == "bad_configuration"
    assert chain.run("config", "set", "colour", "red").error["code"] == "unknown_setting"
    assert chain.run("config", "check").data["valid"]
    checks = {entry["check"]: entry["result"] for entry in chain.run("doctor").data["checks"]}
    assert checks["signature library"] == checks["node"] == "ok"
    for shell in ("bash", "zsh", "fish"):
        assert "NODECHAIN_COMPLETE" in chain.run("completion", shell).data["script"].upper()


def test_help_imports_no_group() -> None:
    script = (
        "import sys, cli\n"
        "from click.testing import CliRunner\n"
        "assert CliRunner().invoke(cli.nodechain, ['--help']).exit_code == 0\n"
        "print([name for name in sys.modules if name.startswith(('nodechain', 'devices', 'ledger', 'market'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "kept_away"),
    [
        (["--help"], {"msgspec", "cryptography", "nacl", "asyncio"}),
        (["status", "--help"], {"nodechain.modules", "aiohttp", "pydantic", "asyncio"}),
    ],
)
def test_a_start_imports_no_more_than_it_needs(arguments: list[str], kept_away: set[str]) -> None:
    """What costs tens of milliseconds to import stays away from `nodechain --help`, errors included, and what hundreds
    from a command that asks a node and holds no rule.
    """
    script = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print({kept_away} & set(sys.modules)))\n"
        f"sys.argv = ['nodechain', *{arguments}]\n"
        "import cli\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip().splitlines()[-1] == "set()"


def test_the_collector_rests_while_a_command_is_imported_and_no_longer() -> None:
    gc.disable()
    try:
        assert cli.nodechain.get_command(click.Context(cli.nodechain), "status") is not None
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0, "what was imported is looked at again"
    finally:
        gc.enable()
        gc.unfreeze()


@pytest.mark.parametrize("name", sorted(cli.GROUPS))
def test_every_command_of_the_table_has_help(name: str) -> None:
    done = run(name, "--help")
    assert done.code == 0, done.err
    assert done.out.startswith("Usage: nodechain")


def test_a_page_that_the_table_does_not_know_is_a_group_of_its_name(tmp_path: Path) -> None:
    """A subject brings its page; `--help` reads the first line of it and imports nothing."""
    (tmp_path / "insurance.py").write_text('"""Batteries against damage."""\n\nraise RuntimeError("imported")\n')
    (tmp_path / "bank.py").write_text('"""Known."""\n')
    (tmp_path / "__init__.py").write_text("")
    found = cli.groups_of(tmp_path)
    assert found["insurance"] == ("nodechain.commands.insurance:insurance", "Batteries against damage.")
    assert set(found) == {*cli.GROUPS, "insurance"}


def test_a_whole_life_offline(tmp_path: Path) -> None:
    home, copy, file = tmp_path / "home", tmp_path / "copy", tmp_path / "chain.bin"
    environment = {"NODECHAIN_HOME": str(home), "NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path, DEV_PASSWORD))}
    made = run("init", "--template", "dev", "--light", "--output", "json", environment=environment).data
    assert {key["name"] for key in made["keys"]} >= {"validator", "alice", "battery"}
    assert run("init", "--output", "json", environment=environment).error["code"] == "home_exists"
    node = NodeProcess(["validate", "--api-port", "0"], environment, forked=True)
    for amount in ("1", "2"):
        sent = run("transfer", "eeuro", "bob", amount, "--from", "alice", "--node", node.url, environment=environment)
        assert sent.code == 0, sent.err
    assert node.stop(signal.SIGINT) == 0
    audited = run("audit", "--output", "json", environment=environment).data
    assert (audited["height"], audited["transactions"]) == (2, 2)
    assert run("export", str(file), "--output", "json", environment=environment).data["height"] == 2
    imported = run("import", str(file), "--home", str(copy), "--output", "json").data
    assert imported["height"] == 2
    again = run("audit", "--home", str(copy), "--output", "json").data
    assert again["state_root"] == audited["state_root"]
    data = bytearray(file.read_bytes())
    data[-200] ^= 1
    file.write_bytes(data)
    spoiled = run("import", str(file), "--home", str(tmp_path / "third"), "--output", "json")
    assert spoiled.code in (2, 8)


def test_break_28_a_replaced_order_keeps_its_expiry_and_says_what_became_of_it(chain: Chain) -> None:
    placed = chain.run("market", "buy", "2", "0.01", "--from", "bob", "--expires-in", "1h").data
    number = str(next(event["number"] for event in placed["receipt"]["events"] if event["kind"] == "order_placed"))

    def expiry(order: str) -> int:
        orders = chain.run("market", "orders", "--all").data["orders"]
        return next(int(found["expires_ms"]) for found in orders if found["number"] == int(order))

    before = expiry(number)
    assert before > 0
    assert chain.text("market", "replace", number, "1", "0.01", "--from", "bob").out.startswith(
        f"Replaced order {number}.\n"
    )
    assert expiry(number) == before
    again = chain.run("market", "replace", number, "1", "0.01", "--expires-in", "never", "--from", "bob").data
    number = str(next(event["number"] for event in again["receipt"]["events"] if event["kind"] == "order_replaced"))
    assert expiry(number) == 0

    sold = chain.run("market", "sell", "1", "0.02", "--from", "bob").data
    resting = next(event["number"] for event in sold["receipt"]["events"] if event["kind"] == "order_placed")
    said = chain.text("market", "replace", number, "1", "0.02", "--from", "bob").out
    assert "it was cancelled." in said.splitlines()[0]
    assert [order["number"] for order in chain.run("market", "orders", "--all").data["orders"]] == [resting]
    assert chain.run("market", "cancel", str(resting), "--from", "bob").code == 0


def test_break_28_a_vote_says_what_it_changed(chain: Chain) -> None:
    def first_line(*words: str) -> str:
        return chain.text("vote", "set-param", "C", "7 %", *words).out.splitlines()[0]

    opened = first_line("--from", "alice")
    number = opened.removeprefix("Voted yes on vote ").removesuffix(".")
    assert number.isdigit()
    assert first_line("--from", "alice") == "Nothing changed: you had said yes already."
    assert first_line("--withdraw", "--from", "bob") == "Nothing changed: no yes of yours stood."
    closed = first_line("--withdraw", "--from", "alice")
    assert closed == f"Withdrew the yes of vote {number}. Nobody says yes any more: it is closed."
    first_line("--from", "alice")
    assert first_line("--from", "bob") == f"Voted yes on vote {int(number) + 1}. It passed."
