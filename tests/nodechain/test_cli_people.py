"""Output for people and their spreadsheets: tables without JSON, dates, units, votes by their number (C12, C15)."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from pathlib import Path

import pytest

from harness.chain import make_genesis
from ledger.encoding.amounts import round_energy
from ledger.encoding.quantities import Quantity, field_types
from ledger.keys.address import format_address
from market.denominations import Denominations
from nodechain.commands.terminal.event_text import event_parts
from nodechain.commands.terminal.output import Format, print_result
from nodechain.commands.terminal.words import Words
from nodechain.modules import REGISTRY
from tests.support.cli_chain import commands

NOBODY = format_address(bytes(20))


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
    told = {"kind": "x", "expires_ms": 1_795_000_000_000, "energy_wh": 5_000, "lost_wh": 857, "until_ms": 0}
    assert event_parts(told, Words({})) == ("expires=2026-11-18 11:06:40 UTC energy=5 kWh lost=857 Wh until=never")

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
            assert (
                code,
                "Say yes to: set the parameter C (share of the imbalance recovered per kWh) to 6%?" in err,
            ) == (2, True)
            code, out, _err = await said("vote", "yes", "1", "--yes", "--from", "bob")
            assert code == 0
            said_first, said_then = out.splitlines()[:2]
            assert said_first == "Set the parameter C (share of the imbalance recovered per kWh) to 6%."
            assert said_then == "Voted yes on vote 1. It passed."
            assert "  parameter_changed: name=C value=6%\n" in out
            code, _out, err = await said("vote", "yes", "1", "--yes", "--from", "bob")
            assert (code, "no_such_vote" in err) == (3, True)

    asyncio.run(play())


def test_c15_tokens_are_called_as_the_genesis_calls_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            _code, out, _err = await said("transfer", "EEURO", "bob", "5.25", "--from", "alice")
            assert out.splitlines()[:2] == [
                "Transferred 5.25 eEuro to bob.",
                "  transferred: asset=eEuro sender=alice recipient=bob amount=5.25 eEuro",
            ]
            identity = out.split()[-1]
            _code, out, _err = await said("market", "buy", "1.5", "0.5", "--from", "bob", "--expires-in", "1h")
            assert "price=0.5 eEuro/ENT quantity=1.5 ENT expires=2023-11-1" in out
            assert "asset=eEuro locked=0.75 eEuro" in out
            shown = [
                await said(*arguments)
                for arguments in (
                    ("tx", "show", identity), ("market", "products"), ("market", "book"), ("statement", "bob"),
                    ("market", "orders", "--all"), ("energy",), ("balance", "bob"),
                )
            ]  # fmt: skip
            for code, out, err in shown:
                assert (code, err) == (0, "")
                assert "eeuro" not in out, out
                assert "EEURO" not in out, out
            assert "payload:     asset=eEuro recipient=bob amount=5.25 eEuro" in shown[0][1]
            assert re.search(r"^1 +ENT +eEuro +cda$", shown[1][1], re.MULTILINE)
            _code, out, _err = await said("assets")
            assert out.endswith("\nfees in eEuro\n")

    asyncio.run(play())


def test_c15_energy_is_written_one_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            _code, out, _err = await said("unit", "produced", "alice", "10857", "--from", "battery")
            assert out.startswith(
                "Reported 10.857 kWh produced by alice.\n  energy_stored: unit=battery producer=alice"
            )
            assert " energy=10.857 kWh minted=8.6856 ENT " in out
            _code, out, _err = await said("energy")
            assert "energy in the network: 10.9 kWh\n" in out
            _code, out, _err = await said("units")
            assert " 10.857 kWh " in out
            _code, out, _err = await said("balance", "alice")
            assert "produced: 10.857 kWh\n" in out
            _code, out, _err = await said("unit", "show", "battery")
            assert re.search(r"^available: +10\.857 kWh$", out, re.MULTILINE)
            assert re.search(r"^address: +nrg1", out, re.MULTILINE)
            assert re.search(r"^owner: +carol$", out, re.MULTILINE)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("energy_wh", "text"),
    [
        (0, "0 Wh"), (857, "857 Wh"), (999, "999 Wh"), (1_000, "1 kWh"), (7_857, "7.86 kWh"), (9_995, "10 kWh"),
        (99_949, "99.9 kWh"), (123_456, "123 kWh"), (999_499, "999 kWh"), (999_500, "1 MWh"), (1_234_567, "1.23 MWh"),
        (-7_855, "-7.86 kWh"), (10**18, "1000000000000 MWh"),
    ],
)  # fmt: skip
def test_c15_an_overview_has_three_significant_digits(energy_wh: int, text: str) -> None:
    assert round_energy(energy_wh) == text


def test_c15_every_value_of_every_event_and_payload_has_words() -> None:
    """Nothing is shown by its bare base units, its milliseconds, or as a Python object."""
    words = Words({}, Denominations.of(make_genesis()))
    for kind in (*REGISTRY.events, *(kind.payload for kind in REGISTRY.types.values())):
        for name, field in field_types(kind).items():
            quantity = None if field.unit is None else field.unit.quantity
            value = {"base": 7, "tokens": "7"} if field.shown_in_tokens else 1_795_000_000_000
            if field.hint is not int:
                continue
            text = dict(words.parts(kind, {name: value}))[name]
            if field.shown_in_tokens:
                assert text.startswith("7"), (kind, name)
            elif quantity in (Quantity.TIME_MS, Quantity.DURATION_MS, Quantity.PARTS, Quantity.ENERGY_WH):
                assert "1795000000000" not in text, (kind, name)
