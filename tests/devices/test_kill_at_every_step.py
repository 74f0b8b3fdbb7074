"""The client is killed at every step of its cycle: no number is missing or stands over two bodies, nothing is lost."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from devices.outbox import Outbox
from devices.profile import load_profile
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from harness.fake_node import FakeNode
from harness.forked_process import FORKS
from harness.processes import DEADLINE_S
from ledger.chain.envelope import Transaction
from tests.devices.cycle_child import KEY, PROFILE, all_steps, play

PASSES = 2
"""What a cycle does after a kill it may not do in the first pass."""


async def run_child(step: str, outbox: Path, at: str, node: str, time_ms: int) -> int:
    process = FORKS.Process(target=play, args=(step, str(outbox), at, node, time_ms))
    process.start()
    await asyncio.to_thread(process.join, DEADLINE_S)
    assert process.exitcode is not None, step
    return process.exitcode


def test_a_kill_at_every_step_of_the_cycle(tmp_path: Path) -> None:
    async def main() -> None:
        meter = SimulatedMeter(load_profile(PROFILE))
        outbox, died, cycles = tmp_path / "outbox.db", set(), 0
        async with FakeNode() as node, ModbusMeterServer({1: meter}) as server:
            at = str(server.place)
            for step in all_steps() * PASSES:
                cycles += 1
                meter.advance(10 + cycles)
                code = await run_child(step, outbox, at, node.url, cycles * 60_000)
                assert code in (0, -signal.SIGKILL), (code, step)
                if code:
                    died.add(step)
            assert await run_child("none", outbox, at, node.url, (cycles + 1) * 60_000) == 0
            assert died == set(all_steps()), set(all_steps()) - died
            readings = node.readings[KEY.public_key]
        numbers = [number for number, _, _ in readings]
        assert numbers == list(range(1, len(numbers) + 1))
        assert readings[-1][2] == meter.energy_wh()
        assert [time_ms for _, time_ms, _ in readings] == sorted({time_ms for _, time_ms, _ in readings})
        bodies: dict[int, bytes] = {}
        for raw in node.bodies:
            assert bodies.setdefault(Transaction(raw).envelope.nonce, raw) == raw
        with Outbox(outbox) as box:
            (summary,) = box.summaries()
        assert (summary.last_sequence, summary.decided) == (len(numbers), len(numbers))
        assert (summary.pending, summary.on_the_way, summary.refused, summary.thinned) == (0, 0, 0, 0)
        print(f"{len(died)} steps, {cycles} cycles, {len(numbers)} readings")

    asyncio.run(main())
