"""`meter street`: read, sign and submit many meters from one process."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from typing import Any, Final

import click

from devices.client import DeviceClient
from devices.clock import DeviceClock, PlayedDeviceClock, SystemDeviceClock
from devices.commands.output import Result, print_result, prints
from devices.commands.steps import steps
from devices.commands.targets import DEFAULT_HOME, anchor_of, ask_password, node_option, nodes_of, trust_option
from devices.errors import DeviceError, Misuse
from devices.outbox import Outbox
from devices.signers.opening import Signers
from devices.stopping import stop_on_signals, wait_or_stop
from devices.street import Street, StreetRound, read_street
from devices.submitter import PushProgress

MIB: Final = 1024 * 1024


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--home", envvar="NODECHAIN_HOME", default=DEFAULT_HOME, show_default=True, help="Where keys are.")
@click.option("--outbox", "outbox_file", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--quota-mib", type=click.IntRange(min=1), default=256, show_default=True, help="Of the outbox.")
@node_option
@trust_option
@click.option("--interval", type=click.IntRange(min=1), default=900, show_default=True, help="Seconds.")
@click.option(
    "--step", is_flag=True, help="A round for each line on stdin, which is the time in ms; answer each with a line."
)
@prints
def street(file: Path, home: str, outbox_file: Path, quota_mib: int, step: bool, **options: Any) -> None:
    """Read all meters of the street FILE at every interval, sign what they show, and submit it."""
    entries = read_street(file)
    keys = Signers(home, ask_password)
    signers = {entry.name: keys.open(entry.key) for entry in entries}
    clock: DeviceClock = PlayedDeviceClock(0) if step else SystemDeviceClock()
    interval_ms = options["interval"] * 1000
    with Outbox(outbox_file, quota_bytes=quota_mib * MIB) as outbox:
        outbox.hold()
        meters = Street(
            entries,
            signers,
            outbox,
            DeviceClient(nodes_of(options["nodes"], home)),
            clock,
            anchor=anchor_of(options["trust"], home),
            gap_ms=4 * interval_ms,
            draw=random.Random(),
        )
        asyncio.run(_serve(meters, clock, interval_ms))


async def _serve(meters: Street, clock: DeviceClock, interval_ms: int) -> None:
    stop = stop_on_signals()
    try:
        await meters.start()
        print_result(Result({"started": True}, "started"))
        if isinstance(clock, PlayedDeviceClock):
            await _step(meters, clock, stop)
        else:
            await _run(meters, clock, interval_ms, stop)
    finally:
        await meters.close()


async def _run(meters: Street, clock: DeviceClock, interval_ms: int, stop: asyncio.Event) -> None:
    """A round at every multiple of the interval; trouble is said and the next round tries again."""
    while not stop.is_set():
        try:
            print_result(_result(await meters.round(attempts=3)))
        except DeviceError as error:
            print(f"trouble {error.code}: {error.detail}", file=sys.stderr)
        await wait_or_stop(stop, (interval_ms - clock.now_ms() % interval_ms) / 1000)


async def _step(meters: Street, clock: PlayedDeviceClock, stop: asyncio.Event) -> None:
    """A round a line, until stdin ends."""
    async for line in steps(stop):
        if not line.isdigit():
            raise Misuse(f"{line!r} is no time in ms")
        clock.set(int(line))
        print_result(_result(await meters.round()))


def _result(outcome: StreetRound) -> Result:
    accepted = [taken for taken in outcome.taken if taken.reading is not None]
    unsettled = [*outcome.lost, *(pushed for pushed in outcome.pushed if pushed.progress is not PushProgress.IDLE)]
    data = {
        "read": len(outcome.taken),
        "accepted": len(accepted),
        "failed": [{"meter": name, "reason": reason} for name, reason in outcome.failed],
        "unsettled": [
            {
                "meter": pushed.meter.hex(),
                "progress": pushed.progress.value,
                "code": pushed.code,
                "detail": pushed.detail,
            }
            for pushed in unsettled
        ],
    }
    troubles = len(outcome.failed) + len(unsettled)
    return Result(data, f"{len(outcome.taken)} read, {len(accepted)} accepted, {troubles} troubles")
