"""What a shell offers when a person presses Tab: names, quickly, and nothing at all where something is wrong."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

import cli
from devices.catalogue import meter_profile_ids
from ledger.keys.address import parse_address
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.client.answers.bank import AssetsAnswer, AssetView
from nodechain.client.answers.energy import Units, UnitView
from nodechain.client.answers.governance import Votes, VoteView
from nodechain.client.answers.metering import ListedMeter, Meters
from nodechain.client.answers.validators import Validators, ValidatorView
from nodechain.client.node_client import RestClient
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.words import RULES
from nodechain.home.address_book import AddressBook
from nodechain.home.keystore import Keystore
from tests.support.answers import sample
from tests.support.fake_node import HANG_UP, SILENCE, FakeNode, fake_node

FRIEND = "nrg1ehjg2d729s5qsnl4vzpx6rnr3zmu27j3862avp"
PROGRAM = Path(cli.__file__)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with keys of all kinds, an address book, and a node that is not there."""
    home = tmp_path / "home"
    store = Keystore(home / "keys", cost=COST_LIGHT)
    for name, kind in (("alice", KeyKind.ACCOUNT), ("alfred", KeyKind.ACCOUNT), ("v1", KeyKind.VALIDATOR),
                       ("meter1", KeyKind.METER)):  # fmt: skip
        store.create(name, kind, "word")
    AddressBook(home / "addresses.json").add("alpine-hut", parse_address(FRIEND))
    monkeypatch.setenv("NODECHAIN_HOME", str(home))
    monkeypatch.setenv("NODECHAIN_NODE", "http://127.0.0.1:9")
    return home


@pytest.fixture
def node(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeNode]:
    del home
    answers = {
        "GET /v1/units": sample(Units, units=[sample(UnitView, address=FRIEND, status="active"),
                                              sample(UnitView, address=f"{FRIEND[:-1]}q", status="removed")]),
        "GET /v1/meters": sample(Meters, meters=[sample(ListedMeter, key="nrgpub1zzz")]),
        "GET /v1/assets": sample(AssetsAnswer, assets=[sample(AssetView, name="ENT"), sample(AssetView, name="EEURO")]),
        "GET /v1/votes": sample(Votes, votes=[sample(VoteView, number=7, action={"kind": "add_voter"}),
                                              sample(VoteView, number=71, action={"kind": "set_parameter"})]),
        "GET /v1/validators": sample(Validators, validators=[sample(ValidatorView, name="dev-1")]),
    }  # fmt: skip
    with ExitStack() as open_ones:
        fake = open_ones.enter_context(fake_node(answers))
        monkeypatch.setenv("NODECHAIN_NODE", fake.url)
        yield fake


def offered(*typed: str) -> list[str]:
    """What is offered for the last of the words."""
    *before, last = typed
    complete = ShellComplete(cli.nodechain, {}, "nodechain", "_NODECHAIN_COMPLETE")
    return [item.value for item in complete.get_completions(before, last)]


@pytest.mark.parametrize(
    "before",
    [
        ("transfer", "ent"), ("balance",), ("statement",), ("vote", "admit"), ("vote", "add-voter"),
        ("vote", "set-banker"), ("bank", "mint"), ("bank", "burn"), ("unit", "produced"),
        ("session", "list", "--consumer"),
        ("market", "orders", "--owner"), ("market", "buy", "1", "1", "--from"), ("balance", "--as"),
        ("vote", "register-unit"), ("tx", "sign", "file", "--from"), ("proof", "get", "balance"),
    ],
)  # fmt: skip
def test_accounts_are_offered_by_their_names(home: Path, before: tuple[str, ...]) -> None:
    del home
    assert offered(*before, "al") == ["alfred", "alice", "alpine-hut"]
    assert offered(*before, "ali") == ["alice"]
    assert "v1" not in offered(*before, ""), "a validator's key is no account"


def test_keys_are_offered_of_the_kind_that_is_meant(home: Path) -> None:
    del home
    assert offered("keys", "show", "") == ["alfred", "alice", "meter1", "v1"]
    assert offered("vote", "validator-alive", "") == ["v1"]
    assert offered("keys", "book", "rm", "") == ["alpine-hut"]
    assert offered("keys", "new", "") == [], "a new name is nobody's yet"


def test_parameters_are_offered_without_a_node(home: Path) -> None:
    del home
    assert offered("vote", "set-param", "") == list(RULES)
    assert offered("vote", "set-param", "max_") == [name for name in RULES if name.startswith("max_")]


@pytest.mark.parametrize("before", [("meter", "read"), ("meter", "simulate"), ("meter", "run"), ("meter", "opening"),
                                    ("meter", "profiles", "show")])  # fmt: skip
def test_profiles_are_offered(before: tuple[str, ...]) -> None:
    assert offered(*before, "") == list(meter_profile_ids())
    assert offered(*before, "schneider-iem3155") == ["schneider-iem3155"]


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (("units",), ["alpine-hut", f"{FRIEND[:-1]}q"]), (("unit", "show"), ["alpine-hut", f"{FRIEND[:-1]}q"]),
        (("session", "open"), ["alpine-hut", f"{FRIEND[:-1]}q"]), (("session", "list", "--unit"),
                                                                  ["alpine-hut", f"{FRIEND[:-1]}q"]),
        (("vote", "remove-unit"), ["alpine-hut", f"{FRIEND[:-1]}q"]),
        (("unit", "unbind"), ["meter1", "nrgpub1zzz"]), (("vote", "release-meter"), ["meter1", "nrgpub1zzz"]),
        (("transfer",), ["ent", "eeuro"]), (("vote", "yes"), ["7", "71"]), (("vote", "show"), ["7", "71"]),
        (("vote", "remove-validator"), ["dev-1"]),
    ],
)  # fmt: skip
def test_what_the_chain_knows_is_asked_of_the_node(node: FakeNode, before: tuple[str, ...], found: list[str]) -> None:
    assert offered(*before, "") == found
    assert offered(*before, found[0][:2]) == [name for name in found if name.startswith(found[0][:2])]
    assert node.asked


def test_home_and_node_of_the_typed_line_count(node: FakeNode, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODECHAIN_NODE", "http://127.0.0.1:9")
    monkeypatch.setenv("NODECHAIN_HOME", str(home / "none"))
    assert offered("--home", str(home), "balance", "ali") == ["alice"]
    assert offered("balance", "--home", str(home), "ali") == ["alice"]
    assert offered("--node", node.url, "vote", "yes", "") == ["7", "71"]
    assert offered("vote", "yes", "--node", node.url, "") == ["7", "71"]


@pytest.mark.parametrize("answer", [HANG_UP, (500, {}), (401, {}), {"units": "no list"}, 7])
def test_whatever_a_node_says_nothing_is_said(
    node: FakeNode, answer: object, capsys: pytest.CaptureFixture[str]
) -> None:
    node.answers["GET /v1/units"] = answer
    assert offered("units", "") == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "name", ["dev\x1b[31m", "dev; rm -rf ~", "$(id)", "`id`", "--home=/", "dev*", "~root", "dev\nx", "d e", "d'", ""]
)
def test_a_name_that_a_shell_would_act_on_is_not_offered(node: FakeNode, name: str) -> None:
    record = sample(ValidatorView, name=name)
    node.answers["GET /v1/validators"] = sample(Validators, validators=[record, sample(ValidatorView, name="dev-2")])
    assert offered("vote", "remove-validator", "") == ["dev-2"]


def test_no_more_than_a_screen_can_bear_is_offered(node: FakeNode) -> None:
    votes = [sample(VoteView, number=number, action={"kind": "add_voter"}) for number in range(1, 900)]
    node.answers["GET /v1/votes"] = sample(Votes, votes=votes)
    assert len(offered("vote", "yes", "")) == completing.MOST


def test_damaged_files_of_a_home_offer_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "addresses.json").write_text("{")
    (home / "config.toml").write_text("node = [")
    assert offered("balance", "") == []
    assert offered("units", "") == []
    assert capsys.readouterr() == ("", "")


def test_a_node_that_drips_is_left_after_a_second(node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte of a slow answer comes in time, so that no time-out of the connection ends it."""
    assert completing.DEADLINE_S == 1
    never = threading.Event()

    def units(client: RestClient) -> list[UnitView]:
        del client
        never.wait()
        return []

    monkeypatch.setattr(RestClient, "units", units)
    assert offered("units", "") == []
    assert not node.asked
    never.set()


@pytest.mark.parametrize(("shell", "words"), [("bash", "nodechain units "), ("zsh", "nodechain units "),
                                              ("fish", "nodechain units ")])  # fmt: skip
def test_a_silent_node_does_not_hang_the_shell(node: FakeNode, shell: str, words: str) -> None:
    node.answers["GET /v1/units"] = SILENCE
    environment = {**os.environ, "_NODECHAIN_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_names_in_its_own_form(home: Path, shell: str) -> None:
    del home
    environment = {**os.environ, "_NODECHAIN_COMPLETE": f"{shell}_complete", "COMP_WORDS": "nodechain balance ali",
                   "COMP_CWORD": "ali" if shell == "fish" else "2"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "alice" in done.stdout
    assert "alfred" not in done.stdout
    script = subprocess.run(
        [sys.executable, str(PROGRAM), "completion", shell],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert f"_NODECHAIN_COMPLETE={shell}_complete" in script


def test_bash_itself_completes(home: Path, tmp_path: Path) -> None:
    del home
    program = tmp_path / "nodechain"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(PROGRAM))} "$@"\n')
    program.chmod(0o755)
    typed = 'COMP_WORDS=(nodechain vote admit al) COMP_CWORD=3; _nodechain_completion nodechain; echo "${COMPREPLY[@]}"'
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", f'eval "$(nodechain completion bash)"; {typed}'],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("alfred alice alpine-hut\n", "")


def test_every_argument_of_these_names_is_completed() -> None:
    """So that a new command does not forget it."""
    named = {"account", "unit", "profile", "meter", "holder", "consumer", "producer", "owner", "sender", "reader"}
    for path, command in _leaves(cli.nodechain, ()):
        for parameter in command.params:
            if path[0] == "meter" and parameter.name != "profile":
                continue  # a meter's machine has no address book
            if parameter.name in named and not isinstance(parameter.type, click.Path | click.Choice):
                assert parameter._custom_shell_complete is not None, (path, parameter.name)


def _leaves(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        yield from _leaves(child, (*path, name))
