"""A simulated meter that sends telegrams on a real line, and the driver that reads it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from devices.drivers.driver import Confirmation
from devices.drivers.opening import Lines
from devices.drivers.telegrams import TelegramDriver, TelegramTiming
from devices.simulators.faults import FaultPlan
from devices.simulators.telegram_meter import TelegramMeter
from devices.simulators.telegram_server import TcpTelegramServer, TelegramServer, TerminalTelegramServer
from devices.simulators.telegram_session import TelegramBehaviour
from tests.devices.telegram_samples import meter

DEADLINE_S = 20
PATIENT = TelegramTiming(timeout_s=DEADLINE_S, quiet_s=0.005, readout_s=DEADLINE_S)
"""For what must come: a slow machine changes nothing."""
IMPATIENT = TelegramTiming(timeout_s=0.15, quiet_s=0.005, readout_s=0.3)
"""For what never comes."""
LINES = ("terminal", "tcp")


@dataclass(frozen=True)
class Scene:
    """A meter, its server, and the lines to it."""

    meter: TelegramMeter
    server: TelegramServer
    lines: Lines

    @property
    def habits(self) -> TelegramBehaviour:
        return self.server.talk.habits

    def driver(self, *, meter_id: str | None = None, max_power_w: int = 20_000) -> TelegramDriver:
        found = self.lines.open_driver(
            self.meter.profile,
            self.server.place,
            Confirmation(lambda: 1_000, max_power_w),
            counters=("energy_import", "energy_export"),
            meter_id=meter_id,
        )
        assert isinstance(found, TelegramDriver)
        return found


def play(
    profile: str,
    line: str,
    folder: Path,
    body: Callable[[Scene], Awaitable[None]],
    *,
    timing: TelegramTiming = PATIENT,
    reaction_s: float = 0.0,
) -> None:
    """Run `body` with a meter whose telegrams follow each other quickly."""

    async def main() -> None:
        simulated = meter(profile)
        habits = TelegramBehaviour(FaultPlan(late_s=0.05), period_s=0.02, reaction_s=reaction_s)
        server: TelegramServer
        if line == "terminal":
            server = TerminalTelegramServer(simulated, habits, path=folder / "meter")
        else:
            server = TcpTelegramServer(simulated, habits)
        async with server:
            lines = Lines(timing)
            try:
                await body(Scene(simulated, server, lines))
            finally:
                await lines.close()

    asyncio.run(main())


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what must come."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.005)
