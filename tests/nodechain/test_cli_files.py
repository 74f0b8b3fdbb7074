"""Files that commands write and read, names that must not collide, and words for what is wrong (C3, C6, C8 to C14).

The commands run through the program's own `run` in this process, but for those that must run at once.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cli
from harness.chain import make_genesis
from harness.forked_process import ForkedProcess
from harness.processes import run as run_process
from ledger.encoding.codec import encode
from ledger.keys.address import format_address, parse_address
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.client.answers.bank import AccountView
from nodechain.client.answers.blocks import GenesisAnswer
from nodechain.client.answers.transactions import ReceiptView, TransactionAnswer
from nodechain.client.rest import NodeApi
from nodechain.client.urls import url_of
from nodechain.commands.terminal.errors import run
from nodechain.commands.terminal.output import home_exports
from nodechain.commands.terminal.section_file import read_section
from nodechain.errors import NotFound, UsageError
from nodechain.home.keystore import Keystore
from nodechain.home.testnet import make_testnet, places
from nodechain.modules import REGISTRY
from tests.support.answers import sample, status_of
from tests.support.fake_node import fake_node

pytestmark = pytest.mark.xdist_group("cli-files")

GENESIS_FILE = make_genesis()
GENESIS, CHAIN = GENESIS_FILE.hash.hex(), GENESIS_FILE.chain_id


class Place:
    """A home with two accounts and a validator's key, tied to a chain."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.home = folder / "home"
        self._capsys = capsys
        store = Keystore(self.home / "keys", cost=COST_LIGHT)
        self.alice = format_address(store.create("alice", KeyKind.ACCOUNT, "word").address)
        store.create("bob", KeyKind.ACCOUNT, "word")
        store.create("v1", KeyKind.VALIDATOR, "word")
        self.config = self.home / "config.toml"
        self.config.write_text(f'genesis_hash = "{GENESIS}"\n')
        (folder / "password").write_text("word\n")
        for name in [name for name in os.environ if name.startswith("NODECHAIN_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("NODECHAIN_HOME", str(self.home))
        monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(folder / "password"))

    def run(self, *arguments: object) -> tuple[int, Any]:
        """The exit code, and the JSON envelope that is all that stands on stdout."""
        self._capsys.readouterr()
        code = run(cli.nodechain, [*map(str, arguments), "-o", "json"])
        return code, json.loads(self._capsys.readouterr().out)

    def code(self, *arguments: object) -> str:
        """The code of a command that must fail."""
        exit_code, envelope = self.run(*arguments)
        (error,) = envelope["errors"]
        assert (exit_code, envelope["success"]) == (error["exit_code"], False)
        return str(error["code"])

    def text(self, *arguments: object) -> tuple[int, str, str]:
        """The exit code, stdout and stderr."""
        self._capsys.readouterr()
        code = run(cli.nodechain, [*map(str, arguments)])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def sign_only(self, file: Path | str, node: str) -> tuple[int, str, str]:
        """An unsent transaction."""
        return self.text("transfer", "ent", "bob", "1", "--from", "alice", "--sign-only", file, "--node", node)

    def answers(self) -> dict[str, Any]:
        """A node up to the transaction."""
        account = sample(AccountView, address=self.alice, next_nonce=1)
        genesis = sample(GenesisAnswer, chain_id=CHAIN, hash=GENESIS, genesis=encode(GENESIS_FILE).hex())
        return {
            "GET /v1/status": status_of(CHAIN, GENESIS),
            "GET /v1/genesis": genesis,
            f"GET /v1/accounts/{self.alice}": account,
        }


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    return Place(tmp_path, monkeypatch, capsys)


# --- C3 ------------------------------------------------------------------------------------------------------------


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _link_to_device(folder: Path) -> Path:
    (folder / "link").symlink_to("/dev/null")
    return folder / "link"


@pytest.mark.parametrize(
    "made", [lambda _folder: Path("/dev/null"), lambda _folder: Path("/dev/stdout"), _fifo, _link_to_device,
             lambda _folder: Path("/dev/new-file"), lambda _folder: Path("/proc/self/fd/1")],
    ids=["device", "stdout", "pipe", "link to a device", "new in dev", "descriptor"],
)  # fmt: skip
def test_c3_what_is_no_regular_file_is_never_replaced(place: Place, made: Callable[[Path], Path]) -> None:
    file = made(place.folder)
    before = file.lstat() if os.path.lexists(file) else None
    with fake_node(place.answers()) as fake:
        code, out, err = place.sign_only(file, fake.url)
    assert code == 2, (out, err)
    assert "not_a_file" in err
    after = file.lstat() if os.path.lexists(file) else None
    assert (before and (before.st_ino, before.st_mode)) == (after and (after.st_ino, after.st_mode))
    assert place.code("keys", "export", "alice", file) in ("not_a_file", "file_exists")
    assert not list(place.folder.glob("*.new"))


def test_c3_a_link_stays_a_link_and_a_file_keeps_its_mode(place: Place) -> None:
    there, link = place.folder / "there.json", place.folder / "link.json"
    there.write_text("old")
    there.chmod(0o640)
    link.symlink_to(there)
    with fake_node(place.answers()) as fake:
        assert place.sign_only(link, fake.url)[0] == 0
        assert place.sign_only(place.folder / "fresh", fake.url)[0] == 0
    assert link.is_symlink()
    assert json.loads(there.read_text())["chain_id"] == CHAIN
    assert stat.S_IMODE(there.stat().st_mode) == 0o640
    assert stat.S_IMODE((place.folder / "fresh").stat().st_mode) == 0o600


def test_c3_settings_and_address_book_are_written_through_links(place: Place) -> None:
    for name, change in (
        ("config.toml", ("config", "set", "timeout", "20")),
        ("addresses.json", ("keys", "book", "add", "carol", place.alice)),
    ):
        kept = place.folder / f"kept-{name}"
        if (place.home / name).exists():
            (place.home / name).rename(kept)
        (place.home / name).symlink_to(kept)
        assert place.run(*change)[0] == 0
        assert (place.home / name).is_symlink()
        assert kept.is_file()
    assert "timeout = 20" in (place.folder / "kept-config.toml").read_text()


def test_c3_a_dash_is_the_standard_output_and_nothing_else_stands_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    address = format_address(Keystore(home / "keys", cost=COST_LIGHT).create("alice", KeyKind.ACCOUNT, "word").address)
    (tmp_path / "password").write_text("word\n")
    environment = {"NODECHAIN_HOME": str(home), "NODECHAIN_PASSWORD_FILE": str(tmp_path / "password")}
    account = sample(AccountView, address=address, next_nonce=1)
    answers = {"GET /v1/status": status_of(CHAIN, GENESIS), f"GET /v1/accounts/{address}": account}
    with fake_node(answers) as fake:
        pay = ("transfer", "ent", address, "1", "--sign-only", "-", "--node", fake.url, "--trust", "-o", "json")
        done = run_process(*pay, environment=environment)
    assert done.code == 0, done.err
    assert json.loads(done.out)["chain_id"] == CHAIN
    assert not (tmp_path / "-").exists()


# --- C6, C13: settings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["api_certificate", "api_key"])
def test_c6_half_of_tls_is_refused(place: Place, name: str) -> None:
    place.config.write_text(f'{name} = "file.pem"\n')
    assert place.code("config", "check") == "bad_configuration"
    assert place.code("node") == "bad_configuration"


def test_both_settings_of_tls_can_be_set_one_after_the_other(place: Place) -> None:
    for setting in (("set", "api_certificate", "a.pem"), ("set", "api_key", "k.pem"), ("check",)):
        assert place.run("config", *setting)[0] == 0, setting


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://127.0.0.1:port", "http://127.0.0.1:99999", "http://127.0.0.1:0", "http://", "x"]
)
def test_c13_a_bad_url_is_bad_usage(place: Place, url: str) -> None:
    assert place.code("status", "--node", url) == "bad_url"


def test_c13_ipv6_is_written_as_it_is_read() -> None:
    for host in ("::1", "[::1]"):
        assert url_of(host, 8545, tls=False) == "http://[::1]:8545"
    NodeApi(url_of("::1", 8545, tls=True)).close()
    with pytest.raises(UsageError):
        NodeApi("http://::1:8545")


def test_c13_no_home_nobodys_home_and_huge_numbers(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert place.code("keys", "list", "--home", "~nobody-of-that-name") == "no_home_directory"
    assert place.code("transfer", "ent", "bob", "1", "--from", "alice", "--valid-until", 10**23) == "bad_usage"
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no passwd entry")))
    monkeypatch.setattr(Path, "expanduser", lambda _self: (_ for _ in ()).throw(RuntimeError("no passwd entry")))
    assert place.code("keys", "list", "--home", "~") == "no_home_directory"


@pytest.mark.parametrize("command", [("tx", "show"), ("tx", "send"), ("unit", "consent"), ("peers", "add")])
def test_c13_nested_and_endless_files_end(place: Place, command: tuple[str, ...]) -> None:
    nested = place.folder / "nested"
    nested.write_text("[" * 100_000)
    home_of_a_chain = place.folder / "chain"
    assert run(cli.nodechain, ["init", "--template", "dev", "--light", "--home", str(home_of_a_chain)]) == 0
    for file in (nested, Path("/dev/zero")):
        exit_code, envelope = place.run(*command, file, "--home", home_of_a_chain)
        assert exit_code == 2, envelope
        assert envelope["errors"][0]["code"] != "unexpected"
    place.config.write_text("a = " + "[" * 60_000)
    assert place.code("keys", "list") == "bad_configuration"


def test_c13_a_full_device_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cli", "config", "show", "-o", "json", "--home", str(tmp_path)],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "output_failed" in done.stderr
    assert "Traceback" not in done.stderr


# --- C8 ------------------------------------------------------------------------------------------------------------


def test_c8_twenty_entries_at_once_are_all_kept(place: Place) -> None:
    running = [
        ForkedProcess(["keys", "book", "add", f"n{number}", place.alice], os.environ, stdout=subprocess.DEVNULL)
        for number in range(20)
    ]
    assert [process.wait(timeout=300) for process in running] == [0] * 20
    entries = place.run("keys", "book", "list")[1]["data"]["entries"]
    assert {entry["name"] for entry in entries} == {f"n{number}" for number in range(20)}


def test_c8_a_name_means_one_thing(place: Place) -> None:
    assert place.code("keys", "book", "add", "alice", place.alice) == "name_taken"
    assert place.code("keys", "multisig", "alice", "1", "bob") == "name_taken"
    assert place.run("keys", "book", "add", "carol", place.alice)[0] == 0
    assert place.code("keys", "new", "carol", "--light", "--mnemonic-file", place.folder / "phrase") == "name_taken"
    assert place.code("keys", "rename", "bob", "carol") == "name_taken"


# --- C9 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["My Chain", "\x1b[31mred", "", "x" * 40, "1st"])
def test_c9_a_chains_name_is_checked_before_any_key_is_made(place: Place, name: str) -> None:
    fresh = place.folder / "fresh"
    assert place.code("init", "--name", name, "--light", "--home", fresh) == "bad_genesis"
    assert not fresh.exists()
    assert run(cli.nodechain, ["init", "--name", "my-chain", "--light", "--home", str(fresh)]) == 0


def test_c9_a_chain_that_cannot_be_made_leaves_nothing_behind(place: Place) -> None:
    template = place.folder / "chain.toml"
    dev = Path(cli.__file__).parent / "genesis" / "dev.toml"
    template.write_text(dev.read_text().replace("max_validators = ", "max_validators = 0 # "))
    fresh = place.folder / "fresh"
    exit_code, _envelope = place.run("init", "--template", template, "--light", "--home", fresh)
    assert exit_code == 2
    assert not fresh.exists()


# --- C11 -----------------------------------------------------------------------------------------------------------


def test_c11_paths_with_spaces_are_quoted(tmp_path: Path) -> None:
    home = tmp_path / "my home's"
    line = home_exports(home, home / "pass word")
    shown = subprocess.run(
        ["sh", "-c", f'{line}; printf "%s|%s" "$NODECHAIN_HOME" "$NODECHAIN_PASSWORD_FILE"'],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout == f"{home}|{home / 'pass word'}"


def test_c11_start_sh_says_what_runs(tmp_path: Path) -> None:
    folder = tmp_path / "my net"
    made = make_testnet(folder, places(2, ("127.0.0.1",), 0), mode="pbft", accounts=0, time_ms=1_700_000_000_000)
    program = tmp_path / "a program"
    program.write_text(
        '#!/bin/sh\ncase "$1 $3" in "validate "*node1) exec sleep 600;; "status "*node1) exit 0;; esac\nexit 3\n'
    )
    program.chmod(0o700)
    process = subprocess.Popen(
        [str(made.script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "NODECHAIN": str(program)},
    )  # fmt: skip
    assert process.stdout is not None
    said = process.stdout.readline()
    process.terminate()
    _out, err = process.communicate(timeout=60)
    assert said.startswith("1 of 2 validators run")
    assert "node2 does not run" in err
    assert shlex.quote(str(made.script)) != str(made.script)


# --- C14 -----------------------------------------------------------------------------------------------------------


def test_c14_one_code_for_a_missing_file(place: Place) -> None:
    gone = place.folder / "gone"
    for command in (
        ("tx", "show", gone), ("tx", "sign", gone, "--from", "alice"), ("tx", "send", gone), ("unit", "consent", gone),
        ("unit", "bind", gone, "--from", "alice"), ("keys", "import", "x", "--file", gone),
        ("proof", "verify", gone), ("import", gone), ("init", "--genesis", gone, "--home", place.folder / "other"),
        ("init", "--template", place.folder / "gone.toml", "--home", place.folder / "other"),
    ):  # fmt: skip
        exit_code, envelope = place.run(*command)
        assert (exit_code, envelope["errors"][0]["code"]) == (3, "file_not_found"), command


def test_c14_a_meters_files_have_the_same_code(place: Place) -> None:
    gone = str(place.folder / "gone.json")
    for command in (("meter", "profiles", "show"), ("meter", "profiles", "check"), ("unit", "reports")):
        done = run_process(*command, gone, "--output", "json")
        assert (done.error["exit_code"], done.error["code"]) == (3, "file_not_found"), command


def test_c14_a_section_file_has_the_same_code(place: Place) -> None:
    section = REGISTRY.section_of("bank")
    assert section is not None
    with pytest.raises(NotFound) as error:
        read_section(section, place.folder / "gone", parse_address)
    assert error.value.code == "file_not_found"


def test_c14_nodechain_alone_is_help_and_a_typo_gets_a_suggestion(place: Place) -> None:
    code, out, _err = place.text()
    assert code == 0
    assert out.startswith("Usage: nodechain")
    code, _out, err = place.text("balanse", "alice")
    assert code == 2
    assert "Is balance meant?" in err


def test_c14_a_validators_key_is_no_account(place: Place) -> None:
    assert place.code("balance", "v1") == "not_an_account"
    assert place.code("transfer", "ent", "v1", "1", "--from", "alice") == "not_an_account"


def test_c14_an_empty_password_file_is_named(place: Place) -> None:
    (place.folder / "password").write_text("\n")
    with fake_node(place.answers()) as fake:
        code, _out, err = place.sign_only(place.folder / "file", fake.url)
    assert code == 2
    assert "no_password_file" in err
    assert "empty" in err


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (["order_placed"], "Placed an order to buy"),
        (["order_placed", "order_cancelled"], "was not filled"),
        (["order_placed", "traded", "order_cancelled"], "traded in part"),
        (["order_placed", "traded"], "Placed an order to buy"),
    ],
)
def test_c14_an_order_that_was_not_filled_was_not_placed(place: Place, kinds: list[str], said: str) -> None:
    receipt = sample(ReceiptView, events=[{"kind": kind} for kind in kinds])
    decided = sample(TransactionAnswer, id="ab" * 32, status="decided", height=1, index=1, receipt=receipt)
    with fake_node({**place.answers(), "POST /v1/transactions": decided}) as fake:
        order = ("market", "buy", "1", "1", "--kind", "fok", "--from", "alice", "--node", fake.url)
        code, out, err = place.text(*order)
    assert code == 0, err
    assert said in out.splitlines()[0]
