"""The meter commands as people and programs use them: one envelope, exit codes, a real process that is killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from devices.commands.meter import meter
from devices.meter import StatusFlag
from devices.outbox import Outbox
from devices.profile import PROFILE_DIRECTORY, load_profile
from devices.simulators.faults import Fault, FaultPlan
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from harness.fake_chain import TOWN
from harness.fake_node import PAYLOAD, FakeNode
from ledger.chain.envelope import Transaction
from ledger.chain.identity import ChainIdentity
from ledger.keys.crypto import Ed25519SecretKey
from tests.devices.key_files import write_key_file

KEY = Ed25519SecretKey(bytes(32))
PROGRAM = [sys.executable, "-c", "from devices.commands.meter import meter; meter(prog_name='meter')"]
IEM = "schneider-iem3155"


def invoke(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(meter, [str(argument) for argument in arguments], env=environment)


def envelope(result: Result) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["schema_version"] == 1
    assert document["success"] == (result.exit_code == 0) == (not document["errors"])
    return document


def with_meter(body: Callable[[SimulatedMeter, ModbusMeterServer, FakeNode], Awaitable[None]]) -> None:
    async def main() -> None:
        simulated = SimulatedMeter(load_profile(IEM), {"energy_import": 1_000})
        async with ModbusMeterServer({1: simulated}) as server, FakeNode() as node:
            await body(simulated, server, node)

    asyncio.run(main())


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return write_key_file(tmp_path / "home" / "keys", "house", KEY, tmp_path / "password")


def test_profiles_are_listed_shown_and_checked(tmp_path: Path) -> None:
    data = envelope(invoke("profiles", "list", "--output", "json"))["data"]
    assert len(data) == 24
    assert all(len(entry["hash"]) == 64 for entry in data)
    shown = invoke("profiles", "show", "cg-em340")
    assert shown.exit_code == 0
    assert "1-0:1.8.0 bills" in shown.stdout
    assert envelope(invoke("profiles", "show", "cg-em340", "--output", "json"))["data"]["word_order"] == "little"
    own = tmp_path / "own.json"
    own.write_bytes((PROFILE_DIRECTORY / "cg-em340.json").read_bytes())
    assert envelope(invoke("profiles", "check", own, "--output", "json"))["data"]["vectors"] == 2
    own.write_text(own.read_text().replace('"expected_wh": 42000', '"expected_wh": 42001'))
    failed = envelope(invoke("profiles", "check", own, "--output", "json"))
    assert failed["errors"][0]["code"] == "bad_profile"
    assert "42000" in failed["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("profiles", "show", "cg-em999"), "bad_profile", 2),
        (("read", IEM, "--at", "tcp:127.0.0.1:1"), "link_closed", 5),
        (("read", IEM, "--at", "tcp:nowhere:x"), "bad_place", 2),
        (("outbox", "/nonexistent/outbox.db"), "no_outbox", 3),
        (("simulate", IEM, "--tcp", "0", "--speed", "0"), "misuse", 2),
        (("simulate", IEM, "--tcp", "0", "--step"), "misuse", 2),
        (("simulate", IEM, "--tcp", "0", "--fault", "later=1"), "misuse", 2),
        (("simulate", IEM, "--tcp", "0", "--column", "a"), "misuse", 2),
        (("simulate", IEM), "misuse", 2),
        (("simulate", IEM, "--pty", "x", "--device-id", "250"), "misuse", 2),
        (("run", IEM, "--at", "tcp:127.0.0.1:1", "--max-power", "1", "--key", "none", "--outbox", "x"), "no_key", 3),
    ],
)
def test_errors_have_a_code_advice_and_an_exit_code(arguments: tuple[str, ...], code: str, exit_code: int) -> None:
    result = invoke(*arguments, "--output", "json")
    (error,) = envelope(result)["errors"]
    assert (error["code"], error["exit_code"], result.exit_code) == (code, exit_code, exit_code)
    assert error["detail"]
    assert error["advice"]
    text = invoke(*arguments)
    assert text.stdout == ""
    assert error["detail"] in text.stderr


def test_reading_a_meter_and_checking_a_profile_against_it() -> None:
    async def body(simulated: SimulatedMeter, server: ModbusMeterServer, node: FakeNode) -> None:
        target = f"tcp:127.0.0.1:{server.port}"
        result = await asyncio.to_thread(invoke, "read", IEM, "--at", target, "--output", "json")
        data = envelope(result)["data"]
        assert data["counters"]["energy_import"] == {"raw": 1_000, "scale_exponent": 0, "energy_wh": 1_000}
        assert data["gauges"]["voltage_l1"] == {"value": "230", "unit": "V"}
        own = PROFILE_DIRECTORY / f"{IEM}.json"
        result = await asyncio.to_thread(invoke, "profiles", "check", own, "--at", target, "--output", "json")
        assert envelope(result)["data"]["live_wh"] == {"energy_import": 1_000, "energy_export": 0}
        server.bus.faults.inject(Fault.EXCEPTION)
        result = await asyncio.to_thread(invoke, "read", IEM, "--at", target, "--output", "json")
        assert envelope(result)["errors"][0]["code"] == "device_exception"

    with_meter(body)


def test_running_once_and_looking_into_the_outbox(tmp_path: Path, key_file: Path) -> None:
    async def body(simulated: SimulatedMeter, server: ModbusMeterServer, node: FakeNode) -> None:
        node.use(KEY.public_key, 40)
        arguments = [
            "run", IEM, "--at", f"tcp:127.0.0.1:{server.port}", "--max-power", 20_000, "--key", "house",
            "--home", tmp_path / "home", "--outbox", tmp_path / "outbox.db", "--node", node.url, "--once",
            "--clock", "synced", "--output", "json",
        ]  # fmt: skip
        environment = {"NODECHAIN_PASSWORD_FILE": str(tmp_path / "password")}
        for _ in range(2):
            result = await asyncio.to_thread(invoke, *arguments, **environment)
            data = envelope(result)["data"]
            assert data["readings"][0]["energy_wh"] == simulated.energy_wh()
            assert data["submitted"][0]["progress"] == "idle"
            simulated.advance(1)
        assert [(reading[0], reading[2]) for reading in node.readings[KEY.public_key]] == [(41, 1_000), (42, 1_001)]
        looked = await asyncio.to_thread(invoke, "outbox", tmp_path / "outbox.db", "--output", "json")
        (entry,) = envelope(looked)["data"]["meters"]
        assert (entry["decided"], entry["pending"], entry["batches"][0]["sequences"]) == (2, 0, [42, 42])
        assert invoke("outbox", tmp_path / "outbox.db").stdout.startswith("METER")
        node.identity = ChainIdentity.of("town", TOWN.genesis_hash[:31] + b"\0")
        result = await asyncio.to_thread(invoke, *arguments, **environment)
        assert envelope(result)["errors"][0]["code"] == "wrong_chain"

    with_meter(body)


def test_a_tamper_contact_and_a_replaced_meter_are_signed(tmp_path: Path, key_file: Path) -> None:
    contact = tmp_path / "gpio"

    async def body(simulated: SimulatedMeter, server: ModbusMeterServer, node: FakeNode) -> None:
        arguments = [
            "run", IEM, "--at", f"tcp:127.0.0.1:{server.port}", "--max-power", 20_000, "--key", "house",
            "--home", tmp_path / "home", "--outbox", tmp_path / "outbox.db", "--node", node.url, "--once",
            "--tamper", contact, "--output", "json",
        ]  # fmt: skip
        environment = {"NODECHAIN_PASSWORD_FILE": str(tmp_path / "password")}

        async def once(*more: str) -> str:
            data = envelope(await asyncio.to_thread(invoke, *arguments, *more, **environment))["data"]
            return str(data["readings"][0]["state"])

        contact.write_text("0\n")
        assert await once() == "ok"
        contact.write_text("1\n")
        simulated.advance(1)
        assert await once() == "ok"
        contact.unlink()
        simulated.set_energy("energy_import", 3)
        assert await once() == "rollback"
        assert await once("--replaced") == "replaced"
        flags = [PAYLOAD.decode(Transaction(raw).envelope.payload).flags for raw in node.bodies]
        assert flags == [0, StatusFlag.TAMPER, StatusFlag.TAMPER | StatusFlag.REPLACED]

    with_meter(body)


async def line_of(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        document: dict[str, Any] = json.loads(await process.stdout.readline())
    return document


def program_environment(**more: str) -> dict[str, str]:
    return dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), **more)


def test_a_simulator_in_its_own_process_is_stepped_from_outside(tmp_path: Path) -> None:
    day = tmp_path / "day.csv"
    day.write_text("start,a,b\n0,5,1\n1,7,2\n")

    async def main() -> None:
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, "simulate", IEM, "--tcp", "0", "--profile-csv", str(day), "--column", "a", "--column", "b",
            "--step", "--output", "json",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=program_environment(),
        )  # fmt: skip
        assert process.stdin is not None
        meters = (await line_of(process))["data"]["meters"]
        assert [entry["name"] for entry in meters] == ["a", "b"]
        for shown in ([5, 1], [12, 3]):
            process.stdin.write(b"\n")
            assert (await line_of(process))["data"]["more"]
            for entry, energy_wh in zip(meters, shown, strict=True):
                target = entry["at"]
                read = await asyncio.to_thread(invoke, "read", IEM, "--at", target, "--output", "json")
                assert envelope(read)["data"]["counters"]["energy_import"]["energy_wh"] == energy_wh
        process.stdin.write(b"\n")
        assert not (await line_of(process))["data"]["more"]
        process.stdin.close()
        assert await process.wait() == 0

    asyncio.run(main())


def test_a_sunspec_device_is_simulated_read_and_shown() -> None:
    async def main() -> None:
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, "simulate", "sunspec-203", "--tcp", "0", "--opening", "4321", "--output", "json",
            stdout=asyncio.subprocess.PIPE, env=program_environment(),
        )  # fmt: skip
        (entry,) = (await line_of(process))["data"]["meters"]
        words = ("read", "sunspec-203", "--at", entry["at"], "--output", "json")
        read = envelope(await asyncio.to_thread(invoke, *words, "--meter-id", "SIM-1"))["data"]
        assert read["counters"]["energy_import"]["energy_wh"] == 4_321
        wrong = envelope(await asyncio.to_thread(invoke, *words, "--meter-id", "SIM-2"))
        assert wrong["errors"][0]["code"] == "wrong_meter"
        process.kill()
        await process.wait()

    asyncio.run(main())
    shown = envelope(invoke("profiles", "show", "sunspec-802", "--output", "json"))["data"]
    assert shown["registers"] == [{"name": "level", "obis": "1-0:128.8.0", "points": ["WHRtg", "SoC"], "level": True}]
    assert "WHRtg x SoC" in invoke("profiles", "show", "sunspec-802").stdout


@pytest.mark.parametrize("carrier", ["pty", "gateway"])
def test_a_bus_of_simulated_meters_goes_on_after_a_kill(carrier: str, tmp_path: Path) -> None:
    day = tmp_path / "day.csv"
    day.write_text("start,a,b\n0,5,1\n1,7,2\n2,1,1\n")
    where = ("--pty", str(tmp_path / "bus")) if carrier == "pty" else ("--rtu-tcp", "0")

    async def main() -> None:
        async def start() -> tuple[asyncio.subprocess.Process, list[dict[str, Any]]]:
            process = await asyncio.create_subprocess_exec(
                *PROGRAM, "simulate", IEM, *where, "--profile-csv", str(day), "--column", "a", "--column", "b",
                "--state", str(tmp_path / "state"), "--step", "--output", "json",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=program_environment(),
            )  # fmt: skip
            return process, (await line_of(process))["data"]["meters"]

        for shown in ([5, 1], [12, 3], [13, 4]):
            process, meters = await start()
            assert [(entry["name"], entry["device_id"]) for entry in meters] == [("a", 1), ("b", 2)]
            assert process.stdin is not None
            process.stdin.write(b"\n")
            assert (await line_of(process))["data"]["more"]
            for entry, energy_wh in zip(meters, shown, strict=True):
                words = ("read", IEM, "--at", entry["at"], "--device-id", entry["device_id"], "--output", "json")
                read = await asyncio.to_thread(invoke, *words)
                assert envelope(read)["data"]["counters"]["energy_import"]["energy_wh"] == energy_wh
            process.kill()
            await process.wait()

    asyncio.run(main())


def test_a_simulator_ends_cleanly_when_told_to() -> None:
    async def main() -> None:
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, "simulate", "abb-b23-b24", "--tcp", "0", "--opening", "500", "--output", "json",
            stdout=asyncio.subprocess.PIPE, env=program_environment(),
        )  # fmt: skip
        (entry,) = (await line_of(process))["data"]["meters"]
        target = entry["at"]
        read = await asyncio.to_thread(invoke, "read", "abb-b23-b24", "--at", target, "--output", "json")
        assert envelope(read)["data"]["counters"]["energy_import"]["energy_wh"] == 500
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0

    asyncio.run(main())


def test_a_meter_process_that_is_killed_again_and_again_bills_every_wh_once(tmp_path: Path, key_file: Path) -> None:
    """SIGKILL at odd moments, a bad bus and a bad node; what is on the chain ends where the register stands."""

    async def body(simulated: SimulatedMeter, server: ModbusMeterServer, node: FakeNode) -> None:
        server.bus.faults = FaultPlan({Fault.RESET: 0.05, Fault.SHORT: 0.05, Fault.SILENT: 0.02}, seed=3)
        arguments = [
            *PROGRAM, "run", IEM, "--at", f"tcp:127.0.0.1:{server.port}", "--max-power", "1000000",
            "--key", str(key_file), "--outbox", str(tmp_path / "outbox.db"), "--node", node.url, "--interval", "1",
        ]  # fmt: skip
        environment = program_environment(NODECHAIN_PASSWORD_FILE=str(tmp_path / "password"))

        async def decided(count: int) -> None:
            async with asyncio.timeout(60):
                await node.decided_transactions(count)

        for round_number in range(4):
            node.moods.extend(["lost", "dropped"][: round_number % 3])
            process = await asyncio.create_subprocess_exec(
                *arguments, env=environment, stderr=asyncio.subprocess.DEVNULL
            )
            await decided(len(node.decided) + 1)
            simulated.advance(30)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        process = await asyncio.create_subprocess_exec(*arguments, env=environment, stderr=asyncio.subprocess.DEVNULL)
        async with asyncio.timeout(60):
            while node.readings[KEY.public_key][-1][2] != simulated.energy_wh():
                await node.decided_transactions(len(node.decided) + 1)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
        readings = node.readings[KEY.public_key]
        with Outbox(tmp_path / "outbox.db") as outbox:
            last = outbox.last_reading(KEY.public_key)
        assert last is not None
        assert [reading[0] for reading in readings] == list(range(1, len(readings) + 1))
        assert len(readings) <= last[0].sequence <= len(readings) + 1
        assert [reading[2] for reading in readings] == sorted(reading[2] for reading in readings)
        assert readings[-1][2] == simulated.energy_wh() == 1_120
        assert last[1].boot == 5

    with_meter(body)
