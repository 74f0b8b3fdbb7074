"""A street: many meters, one outbox, one process; what one meter or the node lacks never costs another its reading."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from devices.client import DeviceClient
from devices.clock import PlayedDeviceClock
from devices.errors import Misuse, NodeUnreachable
from devices.meter_entry import MeterEntry
from devices.outbox import Outbox
from devices.profile import PROFILE_DIRECTORY, load_profile
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from devices.street import MAX_STREET_BYTES, Street, read_street
from devices.submitter import PushProgress
from harness.fake_node import FakeNode
from ledger.keys.crypto import Ed25519SecretKey
from tests.devices.key_files import write_key_file

PROFILE = "schneider-iem3155"
MAIN = "from devices.commands.meter import meter; meter(prog_name='meter')"
KEYS = {"loft": Ed25519SecretKey(bytes([1]) * 32), "roof": Ed25519SecretKey(bytes([2]) * 32)}
QUARTER_MS = 900_000
DEADLINE_S = 30


class Scene:
    """Two simulated meters on sockets, a node that decides, and a folder for the outbox."""

    def __init__(self, folder: Path, node: FakeNode, servers: dict[str, ModbusMeterServer]) -> None:
        self.folder = folder
        self.node = node
        self.servers = servers
        self.clock = PlayedDeviceClock(0)
        self.profile = PROFILE
        self.meters: dict[str, SimulatedMeter] = {}

    def entries(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "profile": self.profile,
                "at": str(server.place),
                "key": name,
                "max_power_w": 20_000,
            }
            for name, server in self.servers.items()
        ]

    def file(self) -> Path:
        path = self.folder / "street.json"
        path.write_text(json.dumps(self.entries()))
        return path

    def readings(self, name: str) -> list[tuple[int, int, int]]:
        return self.node.readings.get(KEYS[name].public_key, [])

    async def with_street(self, body: Callable[[Street], Awaitable[None]], *, urls: tuple[str, ...] = ()) -> None:
        with Outbox(self.folder / "outbox.db") as outbox:
            street = Street(
                read_street(self.file()),
                dict(KEYS),
                outbox,
                DeviceClient(urls or (self.node.url,), timeout_s=5),
                self.clock,
                gap_ms=4 * QUARTER_MS,
                draw=random.Random(1),
            )
            try:
                await street.start()
                await body(street)
            finally:
                await street.close()


def play(folder: Path, body: Callable[[Scene], Awaitable[None]]) -> None:
    async def main() -> None:
        meters = {name: SimulatedMeter(load_profile(PROFILE), {"energy_import": 100}) for name in KEYS}
        async with (
            ModbusMeterServer({1: meters["loft"]}) as loft,
            ModbusMeterServer({1: meters["roof"]}) as roof,
            FakeNode() as node,
        ):
            scene = Scene(folder, node, {"loft": loft, "roof": roof})
            scene.meters = meters
            await body(scene)

    asyncio.run(main())


def test_a_round_reads_signs_and_settles_every_meter(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        async def rounds(street: Street) -> None:
            for place in (1, 2, 3):
                scene.clock.set(place * QUARTER_MS)
                scene.meters["loft"].advance(10)
                scene.meters["roof"].advance(20)
                outcome = await street.round()
                assert outcome.failed == ()
                assert sum(taken.reading is not None for taken in outcome.taken) == 2
                assert [pushed.progress for pushed in outcome.pushed] == [PushProgress.IDLE] * 2

        await scene.with_street(rounds)
        assert scene.readings("loft") == [(place, place * QUARTER_MS, 100 + 10 * place) for place in (1, 2, 3)]
        assert scene.readings("roof") == [(place, place * QUARTER_MS, 100 + 20 * place) for place in (1, 2, 3)]

    play(tmp_path, body)


def test_a_street_that_starts_again_goes_on_with_the_next_number(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        async def one(street: Street) -> None:
            scene.clock.set(scene.clock.now_ms() + QUARTER_MS)
            await street.round()

        await scene.with_street(one)
        await scene.with_street(one)
        assert [number for number, _time, _register in scene.readings("loft")] == [1, 2]

    play(tmp_path, body)


def test_a_meter_that_does_not_answer_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        async def rounds(street: Street) -> None:
            scene.clock.set(QUARTER_MS)
            outcome = await street.round()
            assert [name for name, _reason in outcome.failed] == ["roof"]
            assert outcome.failed[0][1]
            assert [number for number, _time, _register in scene.readings("loft")] == [1]
            assert scene.readings("roof") == []

        async with ModbusMeterServer({1: scene.meters["roof"]}) as gone:
            scene.servers["roof"] = gone
            scene.file()
        # `gone` is closed now: its port refuses.
        await scene.with_street(rounds)

    play(tmp_path, body)


def test_what_was_read_while_the_node_was_silent_is_decided_later(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        async def silent(street: Street) -> None:
            scene.clock.set(QUARTER_MS)
            scene.node.moods.extend(["dropped"] * 20)
            outcome = await street.round(attempts=1)
            assert [pushed.progress for pushed in outcome.pushed] == [PushProgress.UNREACHABLE] * 2
            assert scene.node.readings == {}
            scene.node.moods.clear()

        async def heard(street: Street) -> None:
            scene.clock.set(2 * QUARTER_MS)
            await street.round()

        await scene.with_street(silent)
        await scene.with_street(heard)
        for name in KEYS:
            assert [reading[:2] for reading in scene.readings(name)] == [(1, QUARTER_MS), (2, 2 * QUARTER_MS)]

    play(tmp_path, body)


def test_a_street_does_not_start_without_a_node(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        async def never(street: Street) -> None:
            raise AssertionError("it must not have started")

        with pytest.raises(NodeUnreachable):
            await scene.with_street(never, urls=("http://127.0.0.1:1",))

    play(tmp_path, body)


ENTRY = {"name": "a", "profile": PROFILE, "at": "tcp:h:502", "key": "a", "max_power_w": 1}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        json.dumps([ENTRY, ENTRY]),
        json.dumps([{**ENTRY, "at": "tcp:h:0"}]),
        json.dumps([{**ENTRY, "at": "wire:h:502"}]),
        json.dumps([{**ENTRY, "max_power_w": 0}]),
        json.dumps([{**ENTRY, "colour": "red"}]),
        json.dumps([{name: value for name, value in ENTRY.items() if name != "key"}]),
        " " * (MAX_STREET_BYTES + 1),
    ],
)
def test_a_bad_street_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "street.json"
    file.write_text(content)
    with pytest.raises(Misuse) as refused:
        read_street(file)
    assert refused.value.code == "bad_street"
    assert str(file) in refused.value.detail


def test_a_street_file_says_all_or_takes_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "street.json"
    file.write_text(json.dumps([ENTRY, {**ENTRY, "name": "b", "device_id": 7, "register": "energy_export"}]))
    assert read_street(file) == (
        MeterEntry("a", PROFILE, "tcp:h:502", "a", 1),
        MeterEntry("b", PROFILE, "tcp:h:502", "a", 1, device_id=7, register="energy_export"),
    )
    with pytest.raises(Misuse) as refused:
        read_street(tmp_path / "none.json")
    assert refused.value.code == "no_street"


def write_keys(folder: Path) -> None:
    for place, (name, key) in enumerate(KEYS.items()):
        write_key_file(folder / "home" / "keys", name, key, folder / "password", place=place)


async def start_program(scene: Scene, *more: str) -> asyncio.subprocess.Process:
    folder = scene.folder
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", MAIN, "street", str(scene.file()), "--home", str(folder / "home"),
        "--outbox", str(folder / "outbox.db"), "--node", scene.node.url, "--output", "json", *more,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env=dict(
            os.environ,
            PYTHONPATH=os.pathsep.join(sys.path),
            NODECHAIN_PASSWORD_FILE=str(folder / "password"),
        ),
    )  # fmt: skip


async def answer(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        document: dict[str, Any] = json.loads(await process.stdout.readline())
    return document


def test_the_command_takes_a_step_a_line_and_ends_with_its_input(tmp_path: Path) -> None:
    write_keys(tmp_path)

    async def body(scene: Scene) -> None:
        process = await start_program(scene, "--step")
        assert process.stdin is not None
        assert (await answer(process))["data"] == {"started": True}
        for place in (1, 2):
            scene.meters["loft"].advance(5)
            process.stdin.write(b"%d\n" % (place * QUARTER_MS))
            assert (await answer(process))["data"] == {"read": 2, "accepted": 2, "failed": [], "unsettled": []}
        assert scene.readings("loft") == [(1, QUARTER_MS, 105), (2, 2 * QUARTER_MS, 110)]
        process.stdin.close()
        assert await process.wait() == 0

    play(tmp_path, body)


def test_a_step_that_is_no_time_ends_the_command_with_an_error(tmp_path: Path) -> None:
    write_keys(tmp_path)

    async def body(scene: Scene) -> None:
        process = await start_program(scene, "--step")
        assert process.stdin is not None
        await answer(process)
        process.stdin.write(b"noon\n")
        document = await answer(process)
        assert document["errors"][0]["code"] == "misuse"
        assert await process.wait() == 2

    play(tmp_path, body)


def test_without_steps_it_reads_by_the_clock_until_it_is_told_to_end(tmp_path: Path) -> None:
    write_keys(tmp_path)

    async def body(scene: Scene) -> None:
        process = await start_program(scene, "--interval", "1")
        await answer(process)
        assert (await answer(process))["data"]["accepted"] == 2
        assert scene.readings("loft")[0][2] == 100
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(DEADLINE_S):
            assert await process.wait() == 0

    play(tmp_path, body)


def test_d5_a_street_tells_which_readings_bill_nothing(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        async def rounds(street: Street) -> None:
            scene.node.receipt_codes.append("profile_mismatch")
            scene.clock.set(QUARTER_MS)
            outcome = await street.round()
            assert [(lost.progress, lost.code) for lost in outcome.lost] == [
                (PushProgress.REJECTED, "profile_mismatch")
            ]
            assert [pushed.progress for pushed in outcome.pushed] == [PushProgress.IDLE] * 2

        await scene.with_street(rounds)

    play(tmp_path, body)


def test_d2_each_meter_of_a_street_is_remembered_by_its_own_number(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        async def rounds(street: Street) -> None:
            scene.clock.set(QUARTER_MS)
            await street.round()

        named = json.loads((PROFILE_DIRECTORY / f"{PROFILE}.json").read_text())
        named["identity"] = {"address": 3_203, "count": 4, "source": "a counter that stands, for this test"}
        own = tmp_path / "own.json"
        own.write_text(json.dumps(named))
        scene.meters["roof"].advance(7)
        scene.profile = str(own)
        await scene.with_street(rounds)
        with Outbox(tmp_path / "outbox.db") as outbox:
            known = [outbox.identity(KEYS[name].public_key) for name in ("loft", "roof")]
        assert known == ["3203:0000000000000064", "3203:000000000000006b"]

    play(tmp_path, body)


def test_a_street_that_starts_while_no_node_answers_goes_on_reading(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        async def first(street: Street) -> None:
            scene.clock.set(QUARTER_MS)
            await street.round()

        await scene.with_street(first)
        client = DeviceClient(("http://127.0.0.1:1",))
        scene.clock.set(2 * QUARTER_MS)
        with Outbox(tmp_path / "outbox.db") as outbox:
            entries = read_street(scene.file())
            street = Street(entries, dict(KEYS), outbox, client, scene.clock, gap_ms=10**9, draw=random.Random(1))
            with pytest.raises(NodeUnreachable):
                await street.round()
            await street.close()
            assert [summary.pending for summary in outbox.summaries()] == [1, 1]

    play(tmp_path, body)
