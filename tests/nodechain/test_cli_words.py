"""What the command line says where something is wrong: the cause, with its numbers, and what to do (C14)."""

from __future__ import annotations

import asyncio
import errno
import socket
from pathlib import Path

import pytest

import cli
from ledger.chain.parameter_text import parse_parameter
from ledger.errors import Refused
from nodechain.api.server import ApiOptions, require_free_port
from nodechain.commands.terminal import errors
from nodechain.commands.terminal.words import RULES
from nodechain.errors import EnvironmentFailed, storage_failed
from tests.support.cli_chain import commands


def test_c14_refusals_name_both_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            for arguments, exit_code, error, told in (
                ("transfer eeuro bob 99999", 4, "insufficient_balance",
                 "99999 eEuro are asked for, 1000 eEuro are available."),
                ("transfer ent bob 5", 4, "insufficient_balance", "5 ENT are asked for, 0 ENT are available."),
                ("bank lock 2000", 4, "insufficient_balance", "2000 eEuro are asked for, 1000 eEuro are available."),
                ("market sell 3 1", 4, "insufficient_balance", "3 ENT are asked for, 0 ENT are available."),
                ("market buy 40 50.5", 4, "insufficient_balance",
                 "2020 eEuro are asked for, 1000 eEuro are available."),
                ("market buy 0.0001 1", 4, "bad_quantity", "The lot is 0.001 ENT; 0.0001 was given."),
                ("market buy 1 0.0000001", 4, "bad_price", "The tick is 0.000001 eEuro/ENT; 0.0000001 was given."),
                ("market buy 0.01 1", 4, "order_too_small", "The minimum order is 0.1 ENT; 0.01 was given."),
                ("transfer eeuro bob 1 --fee 1001", 4, "cannot_pay_fee",
                 "1001 eEuro are asked for, 1000 eEuro are available"),
                ("transfer eeuro bob 0", 2, "malformed_input", "Transfer: amount must be more than 0"),
                ("market buy 0 1", 2, "malformed_input", "PlaceOrder: quantity must be more than 0"),
            ):  # fmt: skip
                code, out, err = await said(*arguments.split(), "--from", "alice")
                assert (code, out) == (exit_code, ""), (arguments, err)
                assert err.startswith(f"Error ({error}): "), (arguments, err)
                assert told in err, (arguments, err)

    asyncio.run(play())


def test_c14_also_who_waits_for_a_refused_transaction_hears_the_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            _code, out, _err = await said("transfer", "ent", "bob", "5", "--from", "alice", "--no-wait")
            code, _out, err = await said("tx", "wait", out.split()[-1].strip("`."))
            assert (code, "5 ENT are asked for, 0 ENT are available." in err) == (4, True), err

    asyncio.run(play())


def test_c14_a_list_asks_whose_it_is_not_who_sends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def play() -> None:
        async with commands(tmp_path, monkeypatch, capsys) as said:
            for arguments, advice in (
                (("market", "orders"), "Say --owner NAME, or --all for everybody's. Name one of them: alice, bank"),
                (("balance",), "Say `nodechain balance NAME`."),
                (("statement",), "Say `nodechain statement NAME`."),
            ):
                code, _out, err = await said(*arguments)
                assert (code, "(no_sender): whose?" in err, advice in err) == (2, True, True), err
            assert (await said("market", "orders", "--all"))[0] == 0

    asyncio.run(play())


def test_c14_a_parameters_bounds_are_written_as_its_value_is_typed() -> None:
    for name, text, said in (
        ("C", "200%", "C must lie between 0.0000001% and 99.9999999%"),
        ("H", "1s", "H must lie between 1m and 30d"),
        ("max_report", "0", "max_report must lie between 1 Wh and 10000000000 kWh"),
    ):
        with pytest.raises(Refused) as error:
            parse_parameter(RULES[name], text, 7)
        assert error.value.detail == said
        assert error.value.code == "parameter_out_of_bounds"


@pytest.mark.parametrize("option", ["--api-port", "--port"])
def test_c14_the_port_option_of_the_command_is_advised(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(EnvironmentFailed) as error:
        require_free_port(ApiOptions(port=taken.getsockname()[1], port_option=option))
    assert error.value.advice == f"Stop the program that uses the port, or choose another port with {option}."


def test_c14_dev_advises_its_own_port_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code = errors.run(cli.nodechain, ["dev", "--state", str(tmp_path / "dev"), "--port", port])
    err = capsys.readouterr().err
    assert (code, "or choose another port with --port." in err) == (1, True), err


def test_c14_a_missing_folder_is_not_the_disks_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (errno.ENOENT, errno.ENOTDIR):
        failed = storage_failed("creating there", OSError(number, "not there"))
        assert (failed.code, "disk" in failed.advice, "--home" in failed.advice) == ("no_such_place", False, True)
    assert "Check the disk" in storage_failed("writing", OSError(errno.EIO, "I/O error")).advice
    (tmp_path / "file").write_text("")
    code = errors.run(cli.nodechain, ["keys", "new", "a", "--home", str(tmp_path / "file" / "home")])
    err = capsys.readouterr().err
    assert code == 2
    assert "Check path and rights." in err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mrket book", "market"), ("market boook", "'book'"), ("vote yess 1", "'yes'"), ("keys lst", "'list'"),
        ("meter raed", "'read'"), ("status --outpt json", "'--output'"), ("--nod x status", "'--node'"),
    ],
)  # fmt: skip
def test_c14_a_typo_gets_a_suggestion_at_every_depth(
    typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert errors.run(cli.nodechain, typed.split()) == 2
    err = capsys.readouterr().err
    assert "Error (bad_usage): No such" in err
    assert meant in err


def test_c14_help_stands_alone_with_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert errors.run(cli.nodechain, []) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("Usage: nodechain")
    assert "\n  dev " in captured.out
    assert captured.err == ""
