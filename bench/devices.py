"""What a meter's client costs: `python -m bench.devices [--polls 8640]`.

Import time and memory of the light client, readings a second, bytes of a reading alone and in batches, and a day of
polling every ten seconds with the memory watched. The client is a process of its own; its meter, on a real socket, and
its node are in this one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from devices.outbox import NewReading, Outbox
from devices.profile import load_profile
from devices.readings import Reading, ReadingHeader, build_batch
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from harness.fake_node import FakeNode
from harness.footprint import LIGHT_CLIENT, load
from ledger.chain.identity import ChainIdentity
from ledger.keys.crypto import Ed25519SecretKey

PROFILE = "schneider-iem3155"
TOWN = ChainIdentity("town-01234567", bytes.fromhex("0123456789abcdef" * 4))
KEY = Ed25519SecretKey(bytes(32))
POLL_MS = 10_000
HEAD = ReadingHeader(load_profile(PROFILE).hash(), 3, 2, 0, bytes((1, 0, 1, 8, 0, 255)), 0)
CLIENT = """
import asyncio, random, sys
from pathlib import Path
from devices.client import NodeClient
from devices.clock import PlayedClock
from devices.outbox import Outbox
from devices.meter_entry import MeterEntry
from devices.street import Street
from ledger.keys.crypto import Ed25519SecretKey

def resident():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])

async def main(at, node, path, polls):
    with Outbox(Path(path)) as outbox:
        clock = PlayedClock(0)
        entries = (MeterEntry("house", "schneider-iem3155", at, "house", 1_000_000),)
        meters = Street(entries, {"house": Ed25519SecretKey(bytes(32))}, outbox, NodeClient((node,)), clock,
                        gap_ms=10**9, draw=random.Random(1))
        await meters.start()
        for poll in range(1, polls + 1):
            clock.set(poll * 10_000)
            outcome = await meters.round(attempts=3)
            assert not outcome.failed and outcome.taken[0].reading is not None
            if poll in (polls // 10, polls):
                print(poll, resident(), flush=True)
        await meters.close()

asyncio.run(main(*sys.argv[1:4], int(sys.argv[4])))
"""


def import_ms() -> float:
    """Of the light client, beyond what Python itself takes: median of 11."""
    program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    times = []
    for modules in (LIGHT_CLIENT, ()):
        runs = []
        for _ in range(11):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", program, *modules], check=True)
            runs.append((time.perf_counter() - started) * 1000)
        times.append(statistics.median(runs))
    return times[0] - times[1]


def sizes() -> None:
    """Bytes of signed batches of quarter hours."""
    readings = tuple(Reading(number, 1_700_000_000_000 + number * 900_000, number * 250) for number in range(1, 1_001))
    for count in (1, 10, 96, 1_000):
        batch = build_batch(KEY, TOWN, HEAD, readings[:count])
        print(f"signed batch of {count:>5,}: {len(batch.body):>6,} bytes, {len(batch.body) / count:.1f} a reading")


def stored(folder: Path) -> None:
    """Readings a second into the outbox, each on the disk, and signatures a second."""
    with Outbox(folder / "speed.db") as outbox:
        outbox.add_meter(KEY.public_key)
        started, count = time.perf_counter(), 500
        for number in range(1, count + 1):
            outbox.append([NewReading(KEY.public_key, number * 1_000, number, HEAD)])
        each = (time.perf_counter() - started) / count
    started = time.perf_counter()
    for number in range(1, count + 1):
        build_batch(KEY, TOWN, HEAD, (Reading(number, number * 1_000, number),))
    signed = (time.perf_counter() - started) / count
    print(f"stored alone, on the disk: {1 / each:,.0f} readings/s; built and signed alone: {1 / signed:,.0f}/s")


async def a_day(folder: Path, polls: int) -> None:
    """Poll, store, sign, submit and prove, every ten seconds of a played day."""
    meter = SimulatedMeter(load_profile(PROFILE))
    async with FakeNode() as node, ModbusMeterServer({1: meter}) as server:
        arguments = (str(server.place), node.url, str(folder / "day.db"), str(polls))
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CLIENT, *arguments, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        seen = []
        while line := await process.stdout.readline():
            seen.append([int(part) for part in line.split()])
        assert await process.wait() == 0
        seconds = time.perf_counter() - started
        assert len(node.readings[KEY.public_key]) == polls
    (early, before), (late, after) = seen
    print(f"{polls:,} polls in {seconds:.0f} s, each stored, signed, submitted and proven: {polls / seconds:.0f}/s; "
          f"resident {before / 1024:.1f} MiB after {early:,} polls, {after / 1024:.1f} MiB after {late:,}")  # fmt: skip


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--polls", type=int, default=8_640)
    options = parser.parse_args()
    stamp = datetime.now(UTC).strftime("%Y-%m-%d")
    print(f"{stamp}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
          f"Python {platform.python_version()}", flush=True)  # fmt: skip
    resident = load(*LIGHT_CLIENT)["resident_kib"]
    assert isinstance(resident, int)
    print(f"light client: import {import_ms():.0f} ms, resident {resident / 1024:.1f} MiB", flush=True)
    sizes()
    with tempfile.TemporaryDirectory() as folder:
        stored(Path(folder))
        asyncio.run(a_day(Path(folder), options.polls))


if __name__ == "__main__":
    main()
