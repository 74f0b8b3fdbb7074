"""What goes wrong in the field, at the command: wrong clocks, lost files, swapped meters, two programs on a file."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from devices import clock
from devices.commands.meter import meter
from devices.outbox import Outbox
from devices.profile import load_profile
from devices.simulators.faults import FaultPlan
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from devices.simulators.telegram_meter import TelegramMeter
from devices.simulators.telegram_server import TcpTelegramServer
from devices.simulators.telegram_session import TelegramBehaviour
from ledger.metering.payloads import UnbindMeter
from tests.devices.key_files import write_key_file
from tests.devices.ledger_node import HOUR_MS, LedgerNode, real_ms
from tests.devices.telegram_samples import telegram_profile

IEM = "schneider-iem3155"
PROFILE = load_profile(IEM)
P1 = telegram_profile("dsmr-p1")
OPENING = 1_000
NOT_NAMED = "-"
"""For `node`: without --node."""
YEARS_30_MS = 30 * 365 * 24 * HOUR_MS


class Scene:
    """A simulated meter, a chain on which it is bound, and the command that reads it."""

    def __init__(
        self, folder: Path, node: LedgerNode, server: ModbusMeterServer | None, simulated: SimulatedMeter
    ) -> None:
        self.folder = folder
        self.node = node
        self.simulated = simulated
        self.profile, self.at = IEM, "" if server is None else f"tcp:127.0.0.1:{server.port}"
        self.environment: dict[str, str] = {}
        self.outbox = folder / "outbox.db"
        write_key_file(folder / "home" / "keys", "house", node.key, folder / "password")

    async def once(self, *more: object, node: str | None = None) -> tuple[int, dict[str, Any]]:
        """`meter run --once`: its exit code, and what it printed."""
        asked = () if node == NOT_NAMED else ("--node", node or self.node.url)
        arguments = [
            "run", self.profile, "--at", self.at, "--key", "house", "--home", self.folder / "home",
            "--outbox", self.outbox, *asked, "--once", "--clock", "synced", "--output", "json", *more,
        ]  # fmt: skip
        environment = {"NODECHAIN_PASSWORD_FILE": str(self.folder / "password"), **self.environment}
        words = [str(argument) for argument in arguments]
        result = await asyncio.to_thread(CliRunner().invoke, meter, words, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        document: dict[str, Any] = json.loads(result.stdout)
        assert document["success"] == (result.exit_code == 0) == (not document["errors"])
        return result.exit_code, document

    async def good(self, *more: object, node: str | None = None) -> dict[str, Any]:
        """The same, decided and accepted."""
        exit_code, document = await self.once(*more, node=node)
        assert exit_code == 0, document
        data: dict[str, Any] = document["data"]
        assert self.node.meter.known.register == self.simulated.energy_wh(), document
        return data


def play(folder: Path, body: Callable[[Scene], Awaitable[None]], *, idle_ms: int = 5_000) -> None:
    async def main() -> None:
        simulated = SimulatedMeter(PROFILE, {"energy_import": OPENING})
        async with ModbusMeterServer({1: simulated}) as server, LedgerNode(idle_ms=idle_ms) as node:
            node.bind(PROFILE, OPENING, max_power_w=20_000)
            node.tick()
            await body(Scene(folder, node, server, simulated))

    asyncio.run(main())


class WrongClock:
    """The machine's clock, so far ahead of the true time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead_ms = 0
        monkeypatch.setattr(clock, "time", self)

    def time_ns(self) -> int:
        return (real_ms() + self.ahead_ms) * 1_000_000


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> WrongClock:
    return WrongClock(monkeypatch)


@pytest.mark.parametrize("ahead_ms", [3 * HOUR_MS, YEARS_30_MS])
def test_d1a_a_reading_from_a_clock_that_runs_ahead_is_never_signed(
    tmp_path: Path, machine: WrongClock, ahead_ms: int
) -> None:
    async def body(scene: Scene) -> None:
        machine.ahead_ms = ahead_ms
        scene.simulated.advance(10)
        exit_code, document = await scene.once()
        assert (exit_code, document["errors"][0]["code"]) == (6, "waiting")
        assert "clock_ahead" in document["errors"][0]["detail"]
        assert scene.node.bodies == []
        machine.ahead_ms = 0
        scene.simulated.advance(10)
        scene.node.tick()
        # The clock is right again: the reading that never was true goes, and the meter goes on.
        await scene.once()
        scene.simulated.advance(10)
        await scene.good()

    play(tmp_path, body)


def test_d1b_a_quarantined_reading_is_shown_and_the_next_goes_on_from_the_last_accepted(
    tmp_path: Path, machine: WrongClock
) -> None:
    async def body(scene: Scene) -> None:
        await scene.good()
        # The validators may be silent for a minute: nothing shows that this clock is half a minute ahead.
        machine.ahead_ms = 30_000
        scene.simulated.advance(1)
        exit_code, document = await scene.once()
        assert (exit_code, document["errors"][0]["code"]) == (10, "quarantined")
        assert "in_future" in document["errors"][0]["detail"]
        with Outbox(scene.outbox) as outbox:
            (summary,) = outbox.summaries()
        assert (summary.decided, summary.quarantined) == (1, 1)
        machine.ahead_ms = 0
        scene.simulated.advance(1)
        await scene.good()

    play(tmp_path, body, idle_ms=HOUR_MS)


def test_d1c_replaced_overrules_the_time_of_what_was_read_before(tmp_path: Path, machine: WrongClock) -> None:
    async def body(scene: Scene) -> None:
        machine.ahead_ms = 3 * HOUR_MS
        await scene.once("--max-power", 20_000, node="http://127.0.0.1:1")
        machine.ahead_ms = 0
        _exit_code, document = await scene.once("--max-power", 20_000, "--replaced", node="http://127.0.0.1:1")
        assert [reading["state"] for reading in document["data"]["readings"]] == ["replaced"]

    play(tmp_path, body)


def test_d1d_a_new_outbox_is_judged_by_the_ledgers_last_accepted_reading(tmp_path: Path, machine: WrongClock) -> None:
    async def body(scene: Scene) -> None:
        await scene.good()
        for path in scene.folder.glob("outbox.db*"):
            path.unlink()
        machine.ahead_ms = -HOUR_MS // 2
        scene.simulated.advance(1)
        exit_code, document = await scene.once("--clock", "unset")
        assert (exit_code, document["errors"][0]["code"]) == (9, "implausible")
        assert document["errors"][0]["detail"] == "clock_not_later"

    play(tmp_path, body)


def test_d3_a_lost_outbox_goes_on_with_the_sequence_and_boot_counter_of_the_chain(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        for _ in range(4):
            await scene.good()
            scene.simulated.advance(1)
        assert (scene.node.meter.known.boot, scene.node.meter.known.sequence) == (4, 4)
        for path in scene.folder.glob("outbox.db*"):
            path.unlink()
        await scene.good()
        assert (scene.node.meter.known.boot, scene.node.meter.known.sequence) == (5, 5)

    play(tmp_path, body)


def test_d3_an_outbox_that_was_lost_while_no_node_answered_takes_its_numbers_up_later(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        for _ in range(3):
            await scene.good()
            scene.simulated.advance(1)
        for path in scene.folder.glob("outbox.db*"):
            path.unlink()
        for _ in range(2):
            exit_code, _document = await scene.once("--max-power", 20_000, node="http://127.0.0.1:1")
            assert exit_code == 5
            scene.simulated.advance(1)
        await scene.good()
        assert (scene.node.meter.known.boot, scene.node.meter.known.sequence) == (6, 6)

    play(tmp_path, body)


def test_d3_an_older_copy_of_the_outbox_counts_its_starts_above_those_of_the_chain(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await scene.good()
        shutil.copy(scene.outbox, scene.folder / "copy.db")
        for _ in range(3):
            scene.simulated.advance(1)
            await scene.good()
        shutil.copy(scene.folder / "copy.db", scene.outbox)
        scene.simulated.advance(1)
        await scene.good()
        assert scene.node.meter.known.sequence == 5

    play(tmp_path, body)


def test_d4_a_second_program_on_an_outbox_is_refused(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        with Outbox(scene.outbox) as service:
            service.hold()
            exit_code, document = await scene.once()
            assert (exit_code, document["errors"][0]["code"]) == (5, "file_in_use")
            looked = CliRunner().invoke(meter, ["outbox", str(scene.outbox)])
            assert looked.exit_code == 0
        await scene.good()

    play(tmp_path, body)


def test_d5_every_outcome_that_is_no_accepted_reading_has_a_word_and_an_exit_code(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        async def ended(*more: object, node: str | None = None) -> tuple[int, str]:
            exit_code, document = await scene.once(*more, node=node)
            return exit_code, document["errors"][0]["code"]

        await scene.good()
        scene.simulated.advance(1)
        scene.node.moods.extend(["pending"] * 3)
        assert await ended() == (6, "waiting")
        scene.node.decide(scene.node.bodies[-1])
        scene.simulated.advance(1)
        scene.node.moods.extend(["mempool_full"] * 3)
        assert await ended() == (4, "refused")
        await scene.good()
        assert await ended(node="http://127.0.0.1:1") == (5, "unreachable")
        scene.simulated.set_energy("energy_import", 10)
        assert await ended() == (9, "rollback")
        scene.simulated.set_energy("energy_import", 5_000_000)
        assert await ended() == (9, "implausible")
        assert await ended("--register", "energy_export") == (4, "register_mismatch")

    play(tmp_path, body)


def test_d5_a_profile_that_is_not_the_bound_one_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        scene.node.ledger.do("U1", UnbindMeter(scene.node.key.public_key))
        scene.node.bind(load_profile("cg-em340"), OPENING, hours_ago=0, max_power_w=20_000)
        exit_code, document = await scene.once()
        assert (exit_code, document["errors"][0]["code"]) == (4, "profile_mismatch")

    play(tmp_path, body)


def test_d6_the_maximum_power_and_the_scale_are_those_of_the_binding(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        # 20 kW for an hour is 20 kWh; nobody says --max-power.
        scene.simulated.advance(19_000)
        await scene.good()
        scene.simulated.advance(19_000)
        exit_code, document = await scene.once("--max-power", 10**9)
        assert (exit_code, document["errors"][0]["code"]) == (9, "implausible")
        assert document["errors"][0]["detail"] == "too_fast"

    play(tmp_path, body)


def test_d6_a_key_that_is_not_bound_needs_the_maximum_power(tmp_path: Path) -> None:
    async def main() -> None:
        simulated = SimulatedMeter(PROFILE, {"energy_import": OPENING})
        async with ModbusMeterServer({1: simulated}) as server, LedgerNode() as node:
            node.tick()
            exit_code, document = await Scene(tmp_path, node, server, simulated).once()
            assert (exit_code, document["errors"][0]["code"]) == (2, "not_bound")

    asyncio.run(main())


class P1Scene(Scene):
    """The same with a P1 port; `plug` puts a meter there."""

    def __init__(self, folder: Path, node: LedgerNode) -> None:
        super().__init__(folder, node, None, SimulatedMeter(PROFILE, {"energy_import": OPENING}))
        self.profile = "dsmr-p1"

    async def read(self, meter_id: str, wh: int, *more: object) -> tuple[int, dict[str, Any]]:
        """A run with this meter on the port."""
        plugged = TelegramMeter(P1, {"energy_import": wh}, meter_id=meter_id)
        async with TcpTelegramServer(plugged, TelegramBehaviour(FaultPlan(), period_s=0.3)) as server:
            self.at = str(server.place)
            return await self.once(*more)


def play_p1(folder: Path, body: Callable[[P1Scene], Awaitable[None]], **terms: Any) -> None:
    async def main() -> None:
        async with LedgerNode() as node:
            node.bind(P1, OPENING, max_power_w=20_000, **terms)
            node.tick()
            await body(P1Scene(folder, node))

    asyncio.run(main())


def test_d2a_a_swapped_meter_is_noticed_though_nobody_named_the_first(tmp_path: Path) -> None:
    async def body(scene: P1Scene) -> None:
        assert (await scene.read("E0000000000000001", OPENING + 50))[0] == 0
        exit_code, document = await scene.read("E0000000000000002", OPENING + 51)
        assert (exit_code, document["errors"][0]["code"]) == (9, "wrong_meter")
        assert scene.node.meter.known.register == OPENING + 50
        assert (await scene.read("E0000000000000002", OPENING + 51, "--replaced"))[0] == 0
        exit_code, document = await scene.read("E0000000000000001", OPENING + 52)
        assert (exit_code, document["errors"][0]["code"]) == (9, "wrong_meter")

    play_p1(tmp_path, body)


def test_d2b_a_meter_of_another_number_than_the_bound_one_is_refused_at_first_sight(tmp_path: Path) -> None:
    async def body(scene: P1Scene) -> None:
        exit_code, document = await scene.read("E0000000000000002", OPENING + 50, "--replaced")
        assert (exit_code, document["errors"][0]["code"]) == (9, "wrong_meter")
        assert scene.node.bodies == []
        assert (await scene.read("E0000000000000001", OPENING + 50))[0] == 0

    play_p1(tmp_path, body, serial=hashlib.sha256(b"E0000000000000001").digest())


def test_d1e_only_the_rise_above_a_jump_that_waits_counts_and_a_register_below_it_clears_it(tmp_path: Path) -> None:
    async def body(scene: Scene) -> None:
        await scene.good()
        node, jump = scene.node, 5_000_000
        raw = node.ledger.tx(
            "M",
            node.meter.readings(
                (real_ms(), jump), profile=PROFILE.hash(), obis=PROFILE.register("energy_import").obis_bytes, boot=1
            ),
            nonce=node.meter.known.sequence + 1,
        ).raw
        node.decide(raw)
        scene.simulated.set_energy("energy_import", jump + 1)
        assert (await scene.once())[0] == 0
        assert node.meter.known.register == OPENING + 1
        scene.simulated.set_energy("energy_import", OPENING + 2)
        assert (await scene.once())[0] == 0
        assert (node.meter.known.register, node.meter.known.quarantined_register) == (OPENING + 2, 0)

    play(tmp_path, body)


@pytest.mark.parametrize("named_by", ["environment", "home", "port"])
def test_d11_the_node_is_the_one_that_all_commands_ask(tmp_path: Path, named_by: str) -> None:
    async def body(scene: Scene) -> None:
        if named_by == "home":
            (scene.folder / "home" / "config.toml").write_text(f'node = "{scene.node.url}"\n')
        elif named_by == "port":
            (scene.folder / "home" / "config.toml").write_text(f"api_port = {scene.node.url.rpartition(':')[2]}\n")
        else:
            (scene.folder / "home" / "config.toml").write_text('node = "http://127.0.0.1:1"\n')
            scene.environment["NODECHAIN_NODE"] = scene.node.url
        await scene.good(node=NOT_NAMED)

    play(tmp_path, body)
