"""`unit run` as people and programs use it: which node it asks, how it ends, and that it works alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from devices.commands.unit import run
from devices.profile import load_profile
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from devices.unit.archive import Archive
from devices.unit.reports import Reports
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import KeyKind
from tests.devices.key_files import write_key_file

PROFILE = "schneider-iem3155"
NOWHERE = "http://127.0.0.1:1"
KEY = Ed25519SecretKey(bytes([5]) * 32)


def once(folder: Path, *more: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """`unit run --once` of a unit that measures what is stored."""
    write_key_file(folder / "home" / "keys", "unit", KEY, folder / "password", kind=KeyKind.ACCOUNT)

    async def main() -> Any:
        meter = SimulatedMeter(load_profile(PROFILE), {"energy_import": 7})
        async with ModbusMeterServer({1: meter}) as server:
            channel = {"name": "cells", "kind": "storage", "profile": PROFILE, "at": str(server.place),
                       "max_power_w": 1_000}  # fmt: skip
            (folder / "unit.json").write_text(json.dumps({"channels": [channel]}))
            words = [str(folder / "unit.json"), "--key", "unit", "--home", str(folder / "home"),
                     "--reports", str(folder / "reports.db"), "--archive", str(folder / "archive.db"), "--once",
                     "--output", "json", *more]  # fmt: skip
            variables = {"NODECHAIN_PASSWORD_FILE": str(folder / "password"), **environment}
            return await asyncio.to_thread(CliRunner().invoke, run, words, env=variables)

    result = asyncio.run(main())
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)


def test_d5_a_units_run_that_reaches_no_node_ends_with_a_word_and_an_exit_code(tmp_path: Path) -> None:
    exit_code, document = once(tmp_path, "--node", NOWHERE)
    assert (exit_code, document["errors"][0]["code"]) == (5, "unreachable")
    assert document["data"]["channels"]["cells"]["counted_wh"] == 0


@pytest.mark.parametrize("file", ["reports.db", "archive.db"])
def test_d4_a_second_program_on_a_units_files_is_refused(tmp_path: Path, file: str) -> None:
    held = Reports(tmp_path / file) if file == "reports.db" else Archive(tmp_path / file)
    with held:
        held.hold()
        exit_code, document = once(tmp_path, "--node", NOWHERE)
    assert (exit_code, document["errors"][0]["code"]) == (5, "file_in_use")
    assert file in document["errors"][0]["detail"]


def test_d11_a_units_run_asks_the_node_of_the_environment(tmp_path: Path) -> None:
    _exit_code, document = once(tmp_path, NODECHAIN_NODE="http://127.0.0.1:2")
    assert "127.0.0.1:2" in document["errors"][0]["detail"]
