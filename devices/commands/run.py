"""`meter run`: a real meter's program. Reads, signs, stores, submits, for ever."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import click

from devices.binding import binding_or_kept
from devices.catalogue import load_meter_profile
from devices.client import DeviceClient
from devices.clock import SystemDeviceClock, judging_ms
from devices.collector import JudgedSample, no_flags
from devices.commands import completing
from devices.commands.outcomes import troubles_of
from devices.commands.output import Result, prints
from devices.commands.targets import (
    DEFAULT_HOME,
    KEY_HELP,
    anchor_of,
    at_option,
    meter_id_option,
    node_option,
    nodes_of,
    open_meter_key,
    pulses_option,
    reply_timeout_option,
    trust_option,
)
from devices.drivers.opening import Lines
from devices.errors import DeviceError
from devices.follower import Follower
from devices.meter import StatusFlag
from devices.meter_entry import MeterEntry, MeterProgram, open_collector
from devices.outbox import Outbox
from devices.places import parse_place
from devices.readings import ReadingSigner
from devices.runner import MeterRunner, RunnerReports
from devices.stopping import stop_on_signals
from devices.submitter import Pushed
from devices.tamper import TamperContact
from ledger.metering.payloads import ClockQuality
from ledger.metering.schema import Meter

CLOCKS: Final = {quality.name.lower(): quality for quality in ClockQuality}


@click.command()
@click.argument("profile", shell_complete=completing.profiles)
@at_option(required=True)
@click.option("--device-id", type=click.IntRange(1, 255), help="Default: the profile's.")
@meter_id_option
@pulses_option
@reply_timeout_option
@click.option("--register", help="The billing counter to sign; default: the one that is bound, else energy_import.")
@click.option(
    "--max-power", "max_power_w", type=click.IntRange(min=1), help="W, where less than the meter was bound with."
)
@click.option("--level", is_flag=True, help="The register is a storage's level and may fall; default: as it is bound.")
@click.option("--key", required=True, help=KEY_HELP)
@click.option("--home", envvar="NODECHAIN_HOME", default=DEFAULT_HOME, show_default=True)
@click.option("--outbox", "outbox_file", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--quota-mib", type=click.IntRange(min=1), default=64, show_default=True, help="Of the outbox.")
@node_option
@trust_option
@click.option("--interval", "interval_s", type=click.IntRange(min=1), default=900, show_default=True, help="Seconds.")
@click.option("--clock", type=click.Choice(list(CLOCKS)), help="Vouch for the clock; default: ask the system.")
@click.option("--tamper", type=click.Path(path_type=Path), help="A contact's file: not 0 is signed as tampered.")
@click.option("--replaced", is_flag=True, help="Once, after `unit replace`: another or a reset meter begins.")
@click.option("--once", is_flag=True, help="Read and submit once, then end.")
@prints
def run(
    profile: str,
    at: str,
    device_id: int | None,
    meter_id: str | None,
    pulse_file: Path | None,
    reply_timeout_s: float | None,
    register: str | None,
    max_power_w: int | None,
    level: bool,
    key: str,
    home: str,
    outbox_file: Path,
    quota_mib: int,
    nodes: tuple[str, ...],
    trust: str | None,
    interval_s: int,
    clock: str | None,
    tamper: Path | None,
    replaced: bool,
    once: bool,
) -> Result | None:
    """Read a meter of PROFILE at every interval, sign what it shows, and submit it; nothing is lost on the way."""
    pulses = None if pulse_file is None else str(pulse_file)
    entry = MeterEntry(
        profile, profile, at, key, max_power_w, device_id, meter_id, pulses, reply_timeout_s, register, level
    )
    # What is wrong in these two is told before a password or a node is asked for.
    load_meter_profile(profile)
    parse_place(at)
    signer = open_meter_key(key, home)
    flags = no_flags if tamper is None else TamperContact(tamper).flags
    with Outbox(outbox_file, quota_bytes=quota_mib * 1024 * 1024) as outbox:
        outbox.hold()
        program = MeterProgram(
            Lines(), outbox, SystemDeviceClock(CLOCKS[clock] if clock else None), 4 * interval_s * 1000
        )
        client = DeviceClient(nodes_of(nodes, home))
        follower = Follower(client, outbox, partial(judging_ms, program.clock), anchor_of(trust, home))
        running = _run(program, entry, signer, client, follower, interval_s, flags, replaced=replaced, once=once)
        return asyncio.run(running)


async def _run(
    program: MeterProgram, entry: MeterEntry, signer: ReadingSigner, client: DeviceClient, follower: Follower,
    interval_s: int, flags: Callable[[], StatusFlag], *, replaced: bool, once: bool,
) -> Result | None:  # fmt: skip
    outbox, meter = program.outbox, signer.public_key
    try:
        binding = await _binding(outbox, follower, meter, entry.max_power_w)
        boot = outbox.start_session()
        runner = MeterRunner(
            outbox,
            (open_collector(program, entry, meter, binding, boot, flags=flags, replaced=replaced),),
            client,
            follower,
            (signer,),
            program.clock,
            RunnerReports(_say_taken, _say_pushed, _say_failed),
            interval_s=interval_s,
            draw=random.Random(),
        )
        if once:
            return _once_result(*await runner.run_once())
        await runner.run(stop_on_signals())
        return None
    finally:
        client.close()
        await program.lines.close()


async def _binding(outbox: Outbox, follower: Follower, meter: bytes, max_power_w: int | None) -> Meter | None:
    """The binding as the chain has it; if no node can be asked now, as it was known last."""
    faults: list[DeviceError] = []
    binding = await binding_or_kept(outbox, follower, meter, faults.append)
    for fault in faults:
        outbox.add_meter(meter)
        if binding is None and max_power_w is None:
            raise fault
        _say_failed(fault)
    return binding


def _once_result(taken: tuple[JudgedSample, ...], pushed: tuple[Pushed, ...], left: tuple[Pushed, ...]) -> Result:
    data = {
        "readings": [
            {
                "meter": entry.meter.hex(),
                "time_ms": entry.sample.time_ms,
                "register": entry.sample.raw,
                "energy_wh": entry.sample.energy_wh,
                "state": entry.judgement.state.value,
                "reason": entry.judgement.reason,
            }
            for entry in taken
        ],
        "outcomes": [_push_data(entry) for entry in pushed],
        "submitted": [_push_data(entry) for entry in left],
    }
    text = "\n".join([*map(_taken_line, taken), *map(_pushed_line, left)])
    return Result(data, text, troubles_of(taken, pushed))


def _push_data(pushed: Pushed) -> dict[str, str]:
    return {
        "meter": pushed.meter.hex(), "progress": pushed.progress.value, "code": pushed.code, "detail": pushed.detail,
    }  # fmt: skip


def _taken_line(taken: JudgedSample) -> str:
    verdict = taken.judgement
    reason = f" ({verdict.reason})" if verdict.reason else f", {verdict.step_wh:+d} Wh"
    return f"read    {taken.sample.energy_wh} Wh, {verdict.state.value}{reason}"


def _pushed_line(pushed: Pushed) -> str:
    return f"submit  {pushed.progress.value} {pushed.code} {pushed.detail}".rstrip()


def _say_taken(taken: JudgedSample) -> None:
    print(_taken_line(taken), file=sys.stderr)


def _say_pushed(pushed: Pushed) -> None:
    print(_pushed_line(pushed), file=sys.stderr)


def _say_failed(error: Exception) -> None:
    code = error.code if isinstance(error, DeviceError) else type(error).__name__
    print(f"trouble {code}: {error}", file=sys.stderr)
