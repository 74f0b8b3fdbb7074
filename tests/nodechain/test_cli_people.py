"""Output for people and their spreadsheets: tables without JSON, dates, units, votes by their number (C12, C15)."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import cli
from harness.node import HomeFixture
from harness.processes import password_file
from ledger.encoding.quantities import Quantity, field_types
from ledger.keys.address import format_address
from nodechain.commands.terminal import errors
from nodechain.commands.terminal.event_text import event_parts
from nodechain.commands.terminal.output import Format, print_result
from nodechain.modules import REGISTRY
from tests.support.api import port_of, serving

NOBODY = format_address(bytes(20))
Said = tuple[int, str, str]
Run = Callable[..., Any]


@asynccontextmanager
async def commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Run]:
    """A development chain, and commands that ask it: exit code, what they print, what they say beside that."""
    home = HomeFixture(tmp_path / "home")
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(password_file(tmp_path)))

    async with serving(home) as (_node, client):
        place = ["--home", str(home.path), "--node", f"http://127.0.0.1:{port_of(client)}"]

        def run(arguments: tuple[str, ...]) -> Said:
            code = errors.run(cli.nodechain, [*arguments, *place])
            captured = capsys.readouterr()
            return code, captured.out, captured.err

        async def said(*arguments: str) -> Said:
            return await asyncio.get_running_loop().run_in_executor(None, run, arguments)

        yield said


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_c12_a_statement_is_a_table_that_a_spreadsheet_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            assert (await said("transfer", "eeuro", "bob", "5.25", "--from", "alice"))[0] == 0
            assert (await said("market", "buy", "1", "1", "--from", "bob", "--expires-in", "1h"))[0] == 0
            code, out, _err = await said("statement", "bob", "-o", "csv")
            rows = rows_of(out)
            assert code == 0
            (paid,) = [row for row in rows if row["event"] == "transferred"]
            assert (paid["amount"], paid["asset"], paid["height"]) == ("5.25", "eeuro", "1")
            assert re.fullmatch(r"2023-11-14 \d\d:\d\d:\d\d", paid["time"])
            for arguments in (
                ("statement", "bob"), ("market", "orders", "--all"), ("market", "book"), ("balance", "bob"), ("units",),
                ("energy",), ("status",), ("assets",), ("params",), ("validators",), ("vote", "list"),
            ):  # fmt: skip
                code, out, _err = await said(*arguments, "-o", "csv")
                assert code == 0, arguments
                cells = [cell for row in csv.reader(io.StringIO(out)) for cell in row]
                assert not [cell for cell in cells if cell.startswith(("{", "["))], arguments

    asyncio.run(play())


def test_c12_the_heads_stand_also_where_nothing_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            for arguments, head in (
                (("market", "orders", "--all"), "price"), (("market", "trades"), "buyer"),
                (("session", "list"), "consumer"), (("vote", "list"), "number"), (("keys", "book", "list"), "address"),
                (("statement", NOBODY), "time"), (("validators", "--punished"), "validator"),
                (("snapshot", "list"), "height"),
            ):  # fmt: skip
                code, out, err = await said(*arguments, "-o", "csv")
                assert code == 0, (arguments, out, err)
                heads, *rest = csv.reader(io.StringIO(out))
                assert not rest, (arguments, rest)
                assert head in heads, arguments

    asyncio.run(play())


def test_c12_each_cell_is_one_value(capsys: pytest.CaptureFixture[str]) -> None:
    amount = {"base": 5_000_000_000, "tokens": "5"}
    row = {"paid": amount, "unit": {"name": "a", "terms": {"share": 1}}, "by": ["x", "y"], "parts": [{"paid": amount}]}
    print_result(Format.CSV, {}, text="", rows=[row, {"paid": amount, "more": None}])
    assert capsys.readouterr().out.splitlines() == [
        "paid,unit.name,unit.terms.share,by,parts,more", "5,a,1,x; y,paid=5,", "5,,,,,",
    ]  # fmt: skip


def test_c15_dates_and_units_stand_where_numbers_stood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert event_parts({"kind": "x", "expires_ms": 1_795_000_000_000, "energy_wh": 5_000, "until_ms": 0}, {}) == (
        "expires=2026-11-18 11:06:40 UTC energy=5000 Wh until=never"
    )

    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            assert (await said("transfer", "eeuro", "bob", "5", "--from", "alice"))[0] == 0
            _code, out, _err = await said("statement", "bob")
            head, *lines = out.splitlines()
            assert head.split("  ")[0] == "TIME (UTC)"
            assert re.match(r"2023-11-14 \d\d:\d\d:\d\d +1 +transferred ", lines[-1])

    asyncio.run(play())


def test_c15_the_names_of_fields_end_in_their_units() -> None:
    kinds = [*REGISTRY.events, *(kind.payload for kind in REGISTRY.types.values())]
    for kind in kinds:
        for name, field in field_types(kind).items():
            quantity = None if field.unit is None else field.unit.quantity
            if name.endswith("_ms"):
                assert quantity is Quantity.TIME_MS, (kind, name)
            if name.endswith("_wh"):
                assert quantity is Quantity.ENERGY_WH, (kind, name)


def test_c15_a_vote_is_named_by_its_number_and_shown_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            assert (await said("vote", "set-param", "C", "6 %", "--from", "alice"))[0] == 0
            code, _out, err = await said("vote", "yes", "1", "--from", "bob")
            assert (code, "Say yes to: set_parameter C 6%?" in err) == (2, True)
            code, out, _err = await said("vote", "yes", "1", "--yes", "--from", "bob")
            assert code == 0
            assert out.startswith("set_parameter C 6%\nVoted yes on vote 1. It passed.")
            code, _out, err = await said("vote", "yes", "1", "--yes", "--from", "bob")
            assert (code, "no_such_vote" in err) == (3, True)

    asyncio.run(play())
