"""A storage unit on simulated lines, with a real node in the same process: for tests of its controller."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from devices.client import DeviceClient
from devices.clock import PlayedDeviceClock
from devices.drivers.driver import Confirmation
from devices.drivers.opening import Lines
from devices.follower import Follower
from devices.profile import load_profile
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_rtu import RtuBusServer
from devices.simulators.modbus_server import ModbusMeterServer
from devices.simulators.relay import SimulatedRelays
from devices.simulators.sunspec_device import SimulatedSunSpec
from devices.unit.archive import Archive
from devices.unit.controller import Listeners, UnitController, UnitRound
from devices.unit.reporter import Reporter, ReportOutcome
from devices.unit.reports import Reports
from devices.unit.sensing import SensedChannel
from devices.unit.setup import read_setup
from harness.node import START_MS, HomeFixture
from ledger.encoding.codec import Value
from ledger.keys.address import format_address
from nodechain.api.server import ApiOptions, ApiServer, serve_api
from nodechain.node import Node, NodeOptions

PROFILE = "schneider-iem3155"
MINUTE_MS = 60_000


class UnitScene:
    """Roof (alice), flat (bob, with a relay) and cells; one RTU bus, a relay board and a SunSpec battery on TCP."""

    def __init__(self, folder: Path, home: HomeFixture, node: Node, server: ApiServer) -> None:
        self.folder = folder
        self.home = home
        self.node = node
        self.server = server
        profile = load_profile(PROFILE)
        self.roof, self.flat = SimulatedMeter(profile), SimulatedMeter(profile)
        self.relays = SimulatedRelays(2)
        self.cells = SimulatedSunSpec((713,))
        self.cells.set_energy("level", 0)
        self.bus = RtuBusServer({1: self.roof, 2: self.flat})
        self.board = ModbusMeterServer({1: self.relays})
        self.battery = ModbusMeterServer({1: self.cells})
        self.clock = PlayedDeviceClock(START_MS)
        self.told: list[str] = []

    def file(self, **more: Any) -> Path:
        """The unit's file."""
        alice, bob = (format_address(self.home.address(name)) for name in ("alice", "bob"))
        path = self.folder / "unit.json"
        channels = [
            {"name": "roof", "kind": "production", "account": alice, "profile": PROFILE, "at": str(self.bus.place),
             "device_id": 1, "register": "energy_export", "max_power_w": 1_000_000},
            {"name": "flat", "kind": "consumption", "account": bob, "profile": PROFILE, "at": str(self.bus.place),
             "device_id": 2, "max_power_w": 1_000_000,
             "relay": {"at": str(self.board.place), "device_id": 1, "coil": 1},
             "ranges": {"voltage_l1": ["207", "253"]}},
            {"name": "cells", "kind": "storage", "profile": "sunspec-713", "at": str(self.battery.place),
             "register": "level", "max_power_w": 10_000_000},
        ]  # fmt: skip
        path.write_text(json.dumps({"channels": channels, **more}))
        return path

    def begin(self) -> None:
        """A controller on the files of this folder; begun again it goes on from there."""
        setup = read_setup(self.file())
        self.client = DeviceClient((self.server.url,), timeout_s=5)
        self.reports, self.archive = Reports(self.folder / "reports.db"), Archive(self.folder / "archive.db")
        follower = Follower(self.client, self.reports, lambda: 2**60)
        reporter = Reporter(self.reports, self.client, follower, self.home.key("battery"))
        self.lines = Lines(switches=frozenset(channel.relay for channel in setup.channels if channel.relay is not None))
        sensed, relays = [], {}
        for channel in setup.channels:
            entry = channel.entry
            driver = self.lines.open_driver(
                channel.profile, channel.place, Confirmation(self.clock.now_ms, entry.max_power_w),
                counters=(entry.register,), device_id=entry.device_id,
            )  # fmt: skip
            sensed.append(SensedChannel(channel, driver, self.reports, self.clock.now_ms()))
            if entry.relay is not None and channel.relay is not None:
                relays[channel.name] = self.lines.open_relay(channel.relay, entry.relay.device_id, entry.relay.coil)
        self.controller = UnitController(
            tuple(sensed), relays, self.reports, self.archive, reporter, follower, self.clock,
            Listeners(lambda _round: None, lambda _outcome, _why: None, self.told.append),
            poll_ms=1_000, report_ms=MINUTE_MS, draw=random.Random(1),
        )  # fmt: skip

    async def end(self) -> None:
        """Let go of files, lines and connections."""
        self.client.close()
        await self.lines.close()
        self.reports.close()
        self.archive.close()

    async def round(self, minutes: int = 10, *, push: bool = True) -> tuple[UnitRound, ReportOutcome, str]:
        """Some minutes later: a round that is reported, and pushed unless it is told not to be."""
        self.clock.set(self.clock.now_ms() + minutes * MINUTE_MS)
        round_ = await self.controller.poll(report=True)
        outcome, why = await self.controller.push_all(attempts=1) if push else (ReportOutcome.IDLE, "")
        return round_, outcome, why

    async def say(self, name: str, payload: Value) -> None:
        """A transaction of somebody, decided."""
        _transaction, decision = await self.node.submit_and_wait(self.home.raw(name, payload), 30)
        assert decision is not None
        assert not decision.dropped


@asynccontextmanager
async def unit_scene(folder: Path) -> AsyncIterator[UnitScene]:
    """All of it, running."""
    home = HomeFixture(folder / "home")
    async with home.running(NodeOptions(standing_clock=True)) as node:
        server = await serve_api(node, ApiOptions(port=0))
        scene = UnitScene(folder, home, node, server)
        async with scene.bus, scene.board, scene.battery:
            scene.begin()
            try:
                yield scene
            finally:
                await scene.end()
                await scene.server.close()
