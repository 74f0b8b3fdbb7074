"""Output on a terminal: tables as wide as it is, colours, progress; and whole and plain everywhere else."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from ledger.keys.address import format_address
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.api.server import ApiOptions
from nodechain.client.answers.bank import AccountView
from nodechain.commands import archive, audit, light, proofs, snapshots, transactions
from nodechain.commands.running import run as running
from nodechain.commands.running import stopped_chain
from nodechain.commands.sending import send
from nodechain.commands.terminal import progress as progress_lines
from nodechain.commands.terminal.errors import run
from nodechain.commands.terminal.output import Format, print_error, print_result, table
from nodechain.commands.terminal.progress import Progress
from nodechain.commands.terminal.screen import columns_of, fitted, shortened
from nodechain.errors import DataDamaged, NodeError
from nodechain.home.keystore import Keystore
from nodechain.node import Node, NodeOptions
from tests.support.answers import sample, status_of
from tests.support.cli_chain import commands
from tests.support.fake_node import SILENCE, fake_node
from tests.support.screens import Screen, screen, writing_to

ADDRESS = "nrg13aumxdfnx7sldavn9l9skm0q4njzfvwxv4apmu"
KEY = "nrgpub1q90lhljzfn97yurafenptepyn64neme3xqrjamlfcntn2524vgdqjxqxdul"
HASH = "90d3a53e956a4ea220f29112d52df4717d8b939db9960267f8c3dc6d018fea84"
HEADS = ("NAME", "ADDRESS", "POWER", "MEANING")
ROW = ("alice", ADDRESS, "1", "how long a unit may still report what was drawn before a session ended")
ESCAPE = "\x1b["
PROGRAM = Path(cli.__file__)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = Keystore(tmp_path / "home" / "keys", cost=COST_LIGHT)
    for name in ("alice", "bob"):
        store.create(name, KeyKind.ACCOUNT, "word")
    return tmp_path / "home"


def on(found: Screen, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What a command of this process shows on a screen."""
    with writing_to(found) as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        assert run(cli.nodechain, arguments) == 0
        stream.flush()
    return found.read()


# --- tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [200, 120, 80, 60, 46])
def test_a_table_is_as_wide_as_the_screen(columns: int) -> None:
    cells = fitted([HEADS, ROW], columns)
    widths = [max(len(line) for row in cells for line in row[place].split("\n")) for place in range(4)]
    assert sum(widths) + 6 <= columns
    told = " ".join(cells[1][3].split("\n"))
    assert told == ROW[3], "no word is lost"
    assert cells[1][1] == (ADDRESS if columns >= 200 else "nrg13aumxd..v4apmu")


def test_a_table_that_fits_is_left_as_it_is() -> None:
    assert fitted([HEADS, ROW], 140) == [list(HEADS), list(ROW)]


def test_a_screen_that_is_too_narrow_ends_the_fitting() -> None:
    cells = fitted([HEADS, ROW], 5)
    assert " ".join(cells[1][3].split("\n")) == ROW[3]
    assert fitted([("A",), ("x" * 200,)], 20) == [["A"], ["x" * 200]]


def test_hashes_are_shortened_by_their_ends() -> None:
    ends = "nrg13aumxd..v4apmu, nrgpub1q90..xqxdul 90d3a53e95..8fea84"
    assert shortened(f"{ADDRESS}, {KEY} {HASH}") == ends
    for text in ("1000000 kWh", "2026-11-28 10:37:03", "set_parameter", "nrg1", "abcdef0123456789"):
        assert shortened(text) == text


def test_a_broken_cell_goes_on_below_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen(66) as found, writing_to(found) as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        lines = table(HEADS, [ROW, ("bob", ADDRESS, "20", "short")]).split("\n")
    assert all(len(line) <= 66 for line in lines), lines
    first = lines[0].index("MEANING")
    assert lines[1].startswith("alice  nrg13aumxd..v4apmu      1  ")
    assert lines[2][:first].strip() == ""
    assert lines[-1] == "bob    nrg13aumxd..v4apmu     20  short"


def test_text_without_room_beside_the_others_stands_below_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("max_report", "1000000 kWh", ROW[3]), ("lot", "0.001", "quantities are multiples of this"), ("x", "1", "")]
    with screen(50) as found, writing_to(found) as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        lines = table(("NAME", "VALUE", "MEANING"), rows).split("\n")
    assert lines == [
        "NAME              VALUE",
        "    MEANING",
        "max_report  1000000 kWh",
        "    how long a unit may still report what was",
        "    drawn before a session ended",
        "lot               0.001",
        "    quantities are multiples of this",
        "x                     1",
    ]


def test_a_command_on_a_terminal_and_in_a_pipe(home: Path) -> None:
    command = [sys.executable, str(PROGRAM), "keys", "list", "--home", str(home)]
    environment = {**os.environ, "TERM": "xterm"}
    with screen(50) as found:
        subprocess.run(command, stdout=found.slave, env=environment, check=True)
        shown = found.read()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert f"{ESCAPE}1m" in shown.splitlines()[0]
    assert all(len(line) <= 50 for line in plain.splitlines())
    assert ".." in plain
    piped = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True, text=True).stdout
    assert ESCAPE not in piped
    assert ".." not in piped
    addresses = [format_address(key.address) for key in Keystore(home / "keys").entries()]
    assert all(address in piped for address in addresses)
    forced = subprocess.run(
        command, stdout=subprocess.PIPE, env={**environment, "COLUMNS": "30"}, check=True, text=True
    ).stdout
    assert forced == piped, "COLUMNS is the width of a screen, and a pipe has none"


@pytest.mark.parametrize("form", ["json", "csv"])
def test_json_and_csv_are_whole_on_a_terminal(home: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    with screen(30) as found:
        shown = on(found, monkeypatch, "keys", "list", "--home", str(home), "-o", form)
    assert ESCAPE not in shown
    assert all(format_address(key.address) in shown for key in Keystore(home / "keys").entries())


def test_the_width_is_the_terminals_unless_columns_says_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen(67) as found, writing_to(found) as stream:
        assert columns_of(stream) == 67
        monkeypatch.setenv("COLUMNS", "91")
        assert columns_of(stream) == 91
        monkeypatch.setenv("COLUMNS", "many")
        assert columns_of(stream) == 67


# --- colours ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "coloured"),
    [("TERM", "xterm", True), ("TERM", "dumb", False), ("TERM", "", False), ("NO_COLOR", "1", False),
     ("NO_COLOR", "", True)],
)  # fmt: skip
def test_colour_only_where_it_is_wanted(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, coloured: bool
) -> None:
    monkeypatch.setenv(name, value)
    with screen(120) as found:
        shown = on(found, monkeypatch, "keys", "list", "--home", str(home))
        assert (ESCAPE in shown) is coloured
        with writing_to(found) as stream, monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            print_error(Format.TEXT, "some_code", "some detail", "some advice", 1)
        errors = found.read().removeprefix(shown)
    assert (ESCAPE in errors) is coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", errors) == "Error (some_code): some detail\nsome advice\n"


def test_what_a_node_says_cannot_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen(80) as found, writing_to(found) as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        print_result(Format.TEXT, {}, text=table(("NAME", "KEY"), [("\x1b[31mred", "x")]))
        stream.flush()
        shown = found.read()
    assert f"{ESCAPE}31m" not in shown
    assert "\\x1b[31mred" in shown


# --- progress ---------------------------------------------------------------------------------------------------------


def test_progress_is_a_line_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen(80) as found, writing_to(found) as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        with Progress("block", 40, silent_s=0) as progress:
            found.wait_for(lambda shown: "block, 0 s" in shown)
            progress.at(10)
            found.wait_for(lambda shown: "[#####...............] block 10 of 40, " in shown)
            progress.total = 0
            found.wait_for(lambda shown: re.search(r"\rblock 10, [0-9]+/s", shown) is not None)
        shown = found.read()
    assert re.search(r"\r +\r$", shown), "the line is cleared"
    assert "\n" not in shown


def test_progress_is_no_wider_than_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen(20) as found, writing_to(found) as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        with Progress("a very long description of what is done", silent_s=0):
            found.wait_for(lambda shown: "a very long" in shown)
    assert all(len(line) <= 19 for line in found.shown.split("\r"))


def test_what_is_done_within_two_seconds_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert progress_lines.SILENT_S == 2
    with screen(80) as found, writing_to(found) as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        with Progress("block", 40, silent_s=3_600) as progress:
            progress.at(39)
        assert found.read() == ""


def test_nothing_is_drawn_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("block", 40, silent_s=0) as progress:
        progress.at(20)
    assert capsys.readouterr() == ("", "")


def test_the_line_is_gone_before_an_error_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        with Progress("block", silent_s=0):
            found.wait_for(lambda shown: "block" in shown)
            raise NodeError("broken")

    with screen(80) as found, writing_to(found) as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        with pytest.raises(NodeError):
            fail()
        assert found.read().endswith(" \r")


def test_long_work_says_that_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which work has a line, whether or not it took two seconds here; that a line is drawn is tested above."""
    begun: list[str] = []

    class Noted(Progress):
        def __init__(self, what: str, total: int = 0) -> None:
            begun.append(what)
            super().__init__(what, total)

    for module in (audit, archive, snapshots, light, proofs, send, transactions, stopped_chain):
        monkeypatch.setattr(module, "Progress", Noted)

    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            for arguments, lines in (
                (("transfer", "eeuro", "bob", "5", "--from", "alice"), ["waiting for the decision"]),
                (("light", "sync"), ["header"]),
                (("balance", "bob", "--verify"), ["header"]),
                (
                    ("proof", "get", "statement", "bob", "--out", str(tmp_path / "proof")),
                    ["header", "receipt", "making the proof"],
                ),
                (("proof", "verify", str(tmp_path / "proof")), ["checking the proof"]),
            ):
                begun.clear()
                code, _out, err = await said(*arguments)
                assert (code, begun) == (0, lines), (arguments, err)

    asyncio.run(play())
    home, copy = ("--home", str(tmp_path / "home")), ("--home", str(tmp_path / "copy"))
    for arguments, lines in (
        (("audit", *home), ["opening the store", "block", "comparing the state"]),
        (("snapshot", "make", *home), ["opening the store", "chunk"]),
        (("export", str(tmp_path / "chain"), *home), ["opening the store", "block"]),
        (("import", str(tmp_path / "chain"), *copy), ["block", "checking the invariants"]),
    ):
        begun.clear()
        assert (run(cli.nodechain, arguments), begun) == (0, lines), (arguments, capsys.readouterr().err)


def test_a_node_that_starts_says_that_it_opens_its_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of millions of entries takes longer than two seconds; that its line is drawn is tested above."""
    begun: list[str] = []

    class Noted(Progress):
        def __init__(self, what: str) -> None:
            begun.append(what)
            super().__init__(what)

        def __enter__(self) -> Progress:
            begun.append("open")
            return super().__enter__()

    def opened(*_arguments: object) -> Node:
        begun.append("opened")
        raise DataDamaged("as far as this")

    monkeypatch.setattr(running, "Progress", Noted)
    monkeypatch.setattr(running, "require_startable", lambda _start: ())
    monkeypatch.setattr(Node, "open", opened)
    with pytest.raises(DataDamaged):
        running.run_node(tmp_path, None, NodeOptions(), ApiOptions(port=0), lambda _node, _url: None)
    assert begun == ["opening the chain", "open", "opened"]


def test_who_waits_for_a_decision_sees_that_it_goes_on(home: Path) -> None:
    alice = format_address(Keystore(home / "keys").get("alice").address)
    (home / "password").write_text("word\n")
    answers = {
        "GET /v1/status": status_of("chain-00000000", "00" * 32),
        f"GET /v1/accounts/{alice}": sample(AccountView, address=alice, next_nonce=1),
        "POST /v1/transactions": SILENCE,
    }
    environment = {**os.environ, "NODECHAIN_HOME": str(home), "NODECHAIN_PASSWORD_FILE": str(home / "password")}
    with screen(80) as found, fake_node(answers) as fake:
        sending = ("transfer", "ent", alice, "1", "--from", "alice", "--trust", "--node", fake.url)
        command = [sys.executable, str(PROGRAM), *sending]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=found.slave, env=environment)
        try:
            found.wait_for(lambda shown: re.search(r"waiting for the decision, [2-9] s", shown) is not None)
        finally:
            process.kill()
            assert process.communicate()[0] == b""
