"""The meter commands with meters that send telegrams: simulators in processes of their own, on real lines."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from devices.commands.meter import meter
from devices.telegram_profile import TELEGRAM_DIRECTORY
from harness.fake_node import FakeNode
from ledger.keys.crypto import Ed25519SecretKey
from tests.devices.key_files import write_key_file
from tests.devices.telegram_samples import IEC, P1, PROFILES, SML

KEY = Ed25519SecretKey(bytes(32))
PROGRAM = [sys.executable, "-c", "from devices.commands.meter import meter; meter(prog_name='meter')"]
DEADLINE_S = 60


def invoke(*arguments: object, **environment: str) -> dict[str, Any]:
    result = CliRunner().invoke(
        meter, [*(str(argument) for argument in arguments), "--output", "json"], env=environment
    )
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["success"] == (result.exit_code == 0)
    return document


async def data_of(*arguments: object, **environment: str) -> Any:
    document = await asyncio.to_thread(invoke, *arguments, **environment)
    assert document["success"], document
    return document["data"]


async def error_of(*arguments: object) -> str:
    document = await asyncio.to_thread(invoke, *arguments)
    return str(document["errors"][0]["code"])


async def answer(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        return json.loads(await process.stdout.readline())["data"]


@asynccontextmanager
async def simulator(*arguments: object) -> AsyncIterator[tuple[asyncio.subprocess.Process, list[dict[str, str]]]]:
    """A simulator in a process of its own, and where its meters are."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, "simulate", *(str(argument) for argument in arguments), "--period", "0.15", "--output", "json",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
    )  # fmt: skip
    try:
        yield process, (await answer(process))["meters"]
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return write_key_file(tmp_path, "house", KEY, tmp_path / "password")


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("line", ["--pty", "--tcp"])
def test_a_meter_is_simulated_and_read(profile: str, line: str, tmp_path: Path) -> None:
    async def main() -> None:
        where = tmp_path / "meter" if line == "--pty" else 0
        async with simulator(profile, line, where, "--opening", 4_711) as (_, (found,)):
            data = await data_of("read", profile, "--at", found["at"], "--meter-id", found["meter_id"])
            assert data["counters"]["energy_import"]["energy_wh"] == 4_711
            assert data["counters"]["energy_export"]["energy_wh"] == 0
            assert data["gauges"]["voltage_l1"] == {"value": "230", "unit": "V"}
            assert data["missing"] == []
            assert data["meter"] == f"{profile} meter {found['meter_id']}"
            assert await error_of("read", profile, "--at", found["at"], "--meter-id", "another") == "wrong_meter"
            own = TELEGRAM_DIRECTORY / f"{profile}.json"
            checked = await data_of("profiles", "check", own, "--at", found["at"])
            assert checked["live_wh"] == {"energy_import": 4_711, "energy_export": 0}
        assert line == "--tcp" or not (tmp_path / "meter").is_symlink()

    asyncio.run(main())


def test_two_meters_are_stepped_and_read_signed_and_submitted_in_a_street(tmp_path: Path, key_file: Path) -> None:
    day = tmp_path / "day.csv"
    day.write_text("start,a,b\n0,5,1\n1,7,2\n")

    async def main() -> None:
        played = ("--profile-csv", day, "--column", "a", "--column", "b", "--step")
        async with simulator(SML, "--pty", tmp_path / "line", *played) as (process, meters), FakeNode() as node:
            assert [entry["at"] for entry in meters] == [f"serial:{tmp_path}/line", f"serial:{tmp_path}/line-1"]
            entry = {"profile": SML, "key": str(key_file), "max_power_w": 10_000, "meter_id": meters[0]["meter_id"]}
            street = tmp_path / "street.json"
            street.write_text(json.dumps([{**entry, "name": "a", "at": meters[0]["at"]}]))
            reader = await asyncio.create_subprocess_exec(
                *PROGRAM, "street", str(street), "--outbox", str(tmp_path / "outbox.db"), "--node", node.url, "--step",
                "--output", "json", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                env=dict(
                    os.environ,
                    PYTHONPATH=os.pathsep.join(sys.path),
                    NODECHAIN_PASSWORD_FILE=str(tmp_path / "password"),
                ),
            )  # fmt: skip
            assert await answer(reader) == {"started": True}
            assert process.stdin is not None
            assert reader.stdin is not None
            for number, wh in ((1, 5), (2, 12)):
                process.stdin.write(b"\n")
                assert (await answer(process))["played"] == number
                reader.stdin.write(b"%d\n" % (number * 900_000))
                assert await answer(reader) == {"read": 1, "accepted": 1, "failed": [], "unsettled": []}
                # SML counts tenths of a Wh: what is signed is what the meter shows.
                assert node.readings[KEY.public_key][-1] == (number, number * 900_000, 10 * wh)
            reader.stdin.close()
            assert await reader.wait() == 0
            other = await data_of("read", SML, "--at", meters[1]["at"])
            assert other["counters"]["energy_import"] == {"raw": 30, "scale_exponent": -1, "energy_wh": 3}

    asyncio.run(main())


def test_a_meter_runs_once_and_signs_the_profiles_hash(tmp_path: Path, key_file: Path) -> None:
    async def main() -> None:
        async with simulator(IEC, "--pty", tmp_path / "line", "--opening", 900) as (_, (found,)), FakeNode() as node:
            data = await data_of(
                "run", IEC, "--at", found["at"], "--meter-id", found["meter_id"], "--max-power", 10_000,
                "--key", key_file, "--outbox", tmp_path / "outbox.db", "--node", node.url, "--once",
                NODECHAIN_PASSWORD_FILE=str(tmp_path / "password"),
            )  # fmt: skip
            assert data["readings"][0]["energy_wh"] == 900
            assert [reading[2] for reading in node.readings[KEY.public_key]] == [900]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("read", P1, "--at", "tcp:127.0.0.1:1"), "bad_place"),
        (("read", P1, "--at", "serial:/nonexistent"), "link_closed"),
        (("read", P1, "--at", "serial:/nonexistent", "--device-id", "1"), "misuse"),
        (("read", "cg-em340", "--at", "tcp:127.0.0.1:1", "--meter-id", "1"), "bad_identity"),
        (("simulate", P1), "misuse"),
        (("simulate", P1, "--tcp", "0", "--pty", "x"), "misuse"),
        (("simulate", P1, "--tcp", "0", "--step"), "misuse"),
        (("simulate", P1, "--tcp", "0", "--column", "a"), "misuse"),
        (("simulate", P1, "--tcp", "0", "--fault", "exception=1"), "misuse"),
        (("simulate", P1, "--tcp", "0", "--period", "0"), "misuse"),
        (("simulate", P1, "--rtu-tcp", "0"), "misuse"),
        (("simulate", P1, "--pty", "/"), "file_exists"),
        (("simulate", P1, "--pty", "/nonexistent/line"), "port_taken"),
        (("profiles", "show", "dsmr-p2"), "bad_profile"),
    ],
)
def test_errors_have_a_code(arguments: tuple[str, ...], code: str) -> None:
    assert invoke(*arguments)["errors"][0]["code"] == code


def test_profiles_of_telegrams_are_listed_and_shown() -> None:
    listed = {entry["id"]: entry for entry in invoke("profiles", "list")["data"]}
    assert [listed[name]["link"] for name in PROFILES] == [["p1"], ["iec62056-21"], ["sml"]]
    shown = CliRunner().invoke(meter, ["profiles", "show", P1])
    assert shown.exit_code == 0
    assert "1-0:1.8.1+1-0:1.8.2" in shown.stdout
    assert invoke("profiles", "show", SML)["data"]["hash"] == listed[SML]["hash"]
