"""How commands fail: one message that says what to do, the exit code, and no word about what is secret."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest

import cli
from harness.forked import run
from harness.processes import Outcome, password_file, until
from ledger.encoding.codec import encode
from ledger.keys.address import format_address
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.client.answers.bank import AccountView
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.home.address_book import AddressBook
from nodechain.home.keystore import Keystore
from tests.support.answers import sample, status_of
from tests.support.fake_node import HANG_UP, SILENCE, fake_node
from tests.support.hearing import hearing

pytestmark = pytest.mark.xdist_group("cli-failures")

CHAIN, GENESIS = "dev-00000000", "00" * 32


class Place:
    """A home with two keys and no node."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.keystore = Keystore(self.home / "keys", cost=COST_LIGHT)
        self.alice = self.keystore.create("alice", KeyKind.ACCOUNT, "secret word")
        self.bob = self.keystore.create("bob", KeyKind.ACCOUNT, "secret word")
        (self.home / "config.toml").write_text(f'genesis_hash = "{GENESIS}"\n')
        self.book = AddressBook(self.home / "addresses.json")
        self.environment = {
            "NODECHAIN_HOME": str(self.home),
            "NODECHAIN_PASSWORD_FILE": str(password_file(folder, "secret word")),
        }

    def run(self, *arguments: str, **environment: str) -> Outcome:
        """A command with JSON output."""
        return run(*arguments, "-o", "json", environment={**self.environment, **environment})

    def answers(self, post: object) -> dict[str, Any]:
        """A node's answers up to the transaction itself."""
        address = format_address(self.alice.address)
        return {
            "GET /v1/status": status_of(CHAIN, GENESIS),
            f"GET /v1/accounts/{address}": sample(AccountView, address=address, next_nonce=1),
            "POST /v1/transactions": post,
        }


PAY = ("transfer", "ent", "bob", "1", "--from", "alice")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_an_undecided_transaction_names_its_id(place: Place) -> None:
    waiting = sample(TransactionAnswer, id="ab" * 32, status="waiting")
    with fake_node(place.answers((202, waiting))) as fake:
        error = place.run(*PAY, "--node", fake.url).error
    assert (error["exit_code"], error["code"]) == (6, "timed_out")
    assert f"nodechain tx wait {'ab' * 32}" in error["advice"]


def test_a_refusal_shows_code_and_explanation(place: Place) -> None:
    decided = sample(
        TransactionAnswer, id="cd" * 32, status="decided", code="insufficient_balance", explanation="Too low."
    )
    with fake_node(place.answers(decided)) as fake:
        error = place.run(*PAY, "--node", fake.url).error
    assert (error["exit_code"], error["code"]) == (4, "insufficient_balance")
    assert "Too low." in error["detail"]


def test_a_node_lost_while_it_decides_says_how_to_look(place: Place) -> None:
    with fake_node(place.answers(HANG_UP)) as fake:
        error = place.run(*PAY, "--node", fake.url).error
        assert fake.asked.count("POST /v1/transactions") == 2  # once more on a new connection, which harms nothing
    assert (error["exit_code"], error["code"]) == (5, "unreachable")
    assert "may be decided" in error["advice"]
    assert "nodechain tx wait " in error["advice"]


@pytest.mark.parametrize("number", [signal.SIGINT])
def test_an_interrupt_while_waiting_ends_cleanly(place: Place, number: signal.Signals) -> None:
    with fake_node(place.answers(SILENCE)) as fake:
        process = subprocess.Popen(
            hearing(*PAY, "--node", fake.url),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **place.environment},
        )
        until(lambda: "POST /v1/transactions" in fake.asked, "the transaction")
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "nodechain tx wait " in err
    assert "Traceback" not in err


def test_a_wrong_password_and_none(place: Place, tmp_path: Path) -> None:
    (tmp_path / "wrong").mkdir()
    wrong = str(password_file(tmp_path / "wrong", "not it"))
    with fake_node(place.answers({})) as fake:
        error = place.run(*PAY, "--node", fake.url, NODECHAIN_PASSWORD_FILE=wrong).error
        assert error["exit_code"] == 7
        assert "not it" not in json.dumps(error)
        missing = place.run(*PAY, "--node", fake.url, NODECHAIN_PASSWORD_FILE=str(tmp_path / "none")).error
        assert (missing["exit_code"], missing["code"]) == (2, "no_password_file")
        assert "POST /v1/transactions" not in fake.asked


def test_no_terminal_and_no_password_file(place: Place) -> None:
    environment = {**os.environ, **place.environment}
    del environment["NODECHAIN_PASSWORD_FILE"]
    with fake_node(place.answers({})) as fake:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *PAY, "--node", fake.url, "-o", "json"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=60,
            env=environment,
            check=False,
            start_new_session=True,
        )
    error = Outcome(done.returncode, done.stdout, done.stderr).error
    assert (error["exit_code"], error["code"]) == (2, "no_terminal")
    assert "NODECHAIN_PASSWORD_FILE" in error["advice"]
    assert done.stderr == ""


def test_names(place: Place) -> None:
    other = format_address(bytes(20))
    place.book.add("bob", bytes(20))
    taken = place.run("balance", "bob").error
    assert (taken["exit_code"], taken["code"]) == (2, "name_taken")
    assert place.run("balance", "nobody").error["exit_code"] == 3
    assert place.run("balance", other[:-1] + ("q" if other[-1] != "q" else "p")).error["code"] == "bad_address"
    who = place.run("balance").error
    assert (who["exit_code"], who["code"]) == (2, "no_sender")
    assert "alice, bob" in who["advice"]
    assert place.run("keys", "show", "BOB").error["code"] == "bad_name"
    assert place.run("keys", "new", "bob").error["code"] == "name_taken"


def test_amounts_and_arguments(place: Place) -> None:
    for amount in ("1,5", "-1", "1e3", "0.0000000001"):
        assert place.run("transfer", "ent", "--from", "alice", "--", "bob", amount).error["exit_code"] == 2
    assert place.run("transfer", "ent", "bob").error["code"] == "bad_usage"
    assert place.run("unit", "batch", "made:bob:1kWh", "--from", "alice").error["exit_code"] == 2
    assert place.run("tx", "decode", "zz").error["exit_code"] == 2
    assert place.run("tx", "send", "nowhere.json").error["code"] == "file_not_found"
    assert place.run("unit", "consent", "nowhere.json").error["code"] == "file_not_found"
    assert place.run("config", "show", NODECHAIN_TIMEOUT="never").error["code"] == "bad_configuration"
    assert place.run("config", "check", NODECHAIN_TIMEUOT="1").error["code"] == "unknown_setting"


def test_an_unknown_setting_is_refused_with_a_hint(place: Place) -> None:
    (place.home / "config.toml").write_text('ouput = "json"\n')
    error = place.run("keys", "list").error
    assert (error["exit_code"], error["code"]) == (2, "unknown_setting")
    assert "Is output meant?" in error["advice"]


def test_errors_come_in_the_form_of_the_settings(place: Place) -> None:
    for done in (
        run("balance", "nobody", environment={**place.environment, "NODECHAIN_OUTPUT": "json"}),
        run("balance", "--nonsense", environment={**place.environment, "NODECHAIN_OUTPUT": "json"}),
        run("--output", "json", "balance", "nobody", environment=place.environment),
    ):
        assert done.error["exit_code"] in (2, 3)
        assert done.err == ""
    (place.home / "config.toml").write_text('output = "json"\n')
    assert run("balance", "nobody", environment=place.environment).error["exit_code"] == 3
    text = run("balance", "nobody", "--output", "text", environment=place.environment)
    assert (text.code, text.out) == (3, "")
    assert text.err.startswith("Error (key_not_found)")


def test_options_may_stand_before_the_command(place: Place, tmp_path: Path) -> None:
    done = run("--home", str(place.home), "-o", "json", "keys", "list")
    assert [key["name"] for key in done.data["keys"]] == ["alice", "bob"]
    after = run("--home", str(place.home), "keys", "list", "--home", str(tmp_path / "other"), "-o", "json")
    assert after.data["keys"] == []
    assert run("--home", "x", "-o", "json", "meter", "profiles", "list").error["code"] == "bad_usage"


def test_the_doctor_names_what_is_wrong(place: Place) -> None:
    # A node of somebody else may well run on the port that a home without settings would ask.
    done = place.run("doctor", NODECHAIN_NODE="http://127.0.0.1:1")
    assert done.code == 1
    envelope = done.envelope
    assert not envelope["success"]
    checks = {entry["check"]: entry for entry in envelope["data"]["checks"]}
    assert checks["signature library"]["result"] == checks["home"]["result"] == checks["keys"]["result"] == "ok"
    assert all(entry["advice"] for entry in checks.values() if entry["result"] != "ok")
    assert [error["code"] for error in envelope["errors"]] == ["unreachable"]


def _leaves(command: click.Command, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    found = []
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        found += _leaves(child, (*path, name))
    return found


def test_every_command_takes_the_common_options_and_has_help() -> None:
    joined = {(group, name) for group, names in cli.JOINED.items() for name in names}
    leaves = [found for found in _leaves(cli.nodechain, ()) if found[0][0] != "meter" and found[0] not in joined]
    assert len(leaves) > 55
    for path, command in leaves:
        options = {flag for parameter in command.params for flag in parameter.opts}
        assert {"--output"} <= options, path
        if path[0] != "demo":
            assert {"--home", "--node"} <= options, path
        if "--no-wait" in options and path != ("tx", "send"):
            assert {"--from", "--fee", "--timeout"} <= options, path
        assert command.help, path
        assert not {name for name in options if "password" in name or "mnemonic" in name} - {"--mnemonic-file"}, path


def test_completion_imports_no_group() -> None:
    script = (
        "import sys, cli\n"
        "import click.testing as t\n"
        "done = t.CliRunner().invoke(cli.nodechain, [], prog_name='nodechain', complete_var='_X',"
        " env={'_X': 'fish_complete', 'COMP_WORDS': 'nodechain ', 'COMP_CWORD': ''})\n"
        "print(done.output)\n"
        "print([name for name in sys.modules if name.startswith(('nodechain', 'devices', 'ledger', 'market'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    *lines, modules = done.stdout.strip().splitlines()
    assert modules == "[]"
    assert any("transfer" in line for line in lines)


def test_the_genesis_phrase_brings_the_keys_back(tmp_path: Path) -> None:
    phrase, home = tmp_path / "phrase", tmp_path / "home"
    environment = {
        "NODECHAIN_HOME": str(home),
        "NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path)),
        "NODECHAIN_MNEMONIC_FILE": str(phrase),
    }
    arguments = ("init", "--template", "dev", "--light", "--mnemonic-file", str(phrase), "-o", "json")
    made = run(*arguments, environment=environment)
    words = phrase.read_text().split()
    assert len(words) == 24
    assert phrase.stat().st_mode & 0o077 == 0
    # Single words may stand there by chance; two in a row do not.
    assert not any(f"{first} {second}" in made.out + made.err for first, second in pairwise(words))
    again = run(*arguments[:-4], "--mnemonic-file", str(phrase), "-o", "json", "--home", str(tmp_path / "other"),
                environment=environment).error  # fmt: skip
    assert again["code"] == "file_exists"
    accounts = [key for key in made.data["keys"] if key["kind"] == "account"]
    key = accounts[2]
    index = key["path"].rstrip("'").rpartition("/")[2]
    back = run("keys", "import", "back", "--index", index, "--light", "-o", "json", environment=environment)
    assert back.data["address"] == key["address"]


def test_passwords_are_changed_from_files(place: Place, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    fresh = str(password_file(tmp_path / "new", "another word"))
    assert place.run("keys", "passwd", "alice", NODECHAIN_NEW_PASSWORD_FILE=fresh).code == 0
    assert isinstance(place.keystore.open("alice", "another word"), Ed25519SecretKey)


def test_an_import_takes_all_or_nothing(tmp_path: Path) -> None:
    from_home = tmp_path / "dev"
    environment = {"NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path)), "NODECHAIN_HOME": str(from_home)}
    assert run("init", "--template", "dev", "--light", environment=environment).code == 0
    empty = run("export", str(tmp_path / "none"), "-o", "json", environment=environment).error
    assert (empty["exit_code"], empty["code"]) == (3, "not_found")
    genesis = (from_home / "genesis").read_bytes()
    file, home = tmp_path / "chain", tmp_path / "copy"

    def chain(*blocks: bytes, end: bytes = b"\x00\x00\x00\x00") -> None:
        records = b"".join(len(record).to_bytes(4, "big") + record for record in (genesis, *blocks))
        file.write_bytes(b"nodechain-chain-1\n" + records + end)

    for blocks, end in (
        ((encode((b"", b"", ())),), b"\x00\x00\x00\x00"),
        ((), b""),
        ((), b"\x00\x00\x00\x00more"),
    ):
        chain(*blocks, end=end)
        failed = run("import", str(file), "--home", str(home), "-o", "json")
        assert failed.code in (2, 8), failed.out
        assert not (home / "genesis").exists()
        assert not (home / "data.importing").exists()
    chain()
    assert run("import", str(file), "--home", str(home), "-o", "json").data["height"] == 0
