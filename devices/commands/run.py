"""`meter run`: a real meter's program. Reads, signs, stores, submits, for ever."""

from __future__ import annotations

import asyncio
import random
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from devices.binding import binding_or_kept, bound_register, limits_of
from devices.catalogue import load_meter_profile
from devices.client import NodeClient
from devices.clock import SystemClock, judging_ms
from devices.collector import Collector, Stream, Taken, no_flags
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
from devices.drivers.driver import Confirmation
from devices.drivers.opening import Lines
from devices.errors import DeviceError
from devices.follower import Anchor, Follower
from devices.outbox import Outbox
from devices.places import Place, parse_place
from devices.readings import ReadingSigner
from devices.runner import MeterRunner, Reports
from devices.stopping import stop_on_signals
from devices.submitter import Pushed
from devices.tamper import TamperContact
from ledger.metering.payloads import ClockQuality
from ledger.metering.schema import Meter

CLOCKS: Final = {quality.name.lower(): quality for quality in ClockQuality}


@dataclass(frozen=True, slots=True)
class MeterSetup:
    """One meter as the command line describes it."""

    profile: str
    place: Place
    device_id: int | None
    meter_id: str | None
    pulse_file: Path | None
    reply_timeout_s: float | None
    tamper: Path | None
    replaced: bool
    register: str | None
    max_power_w: int | None
    level: bool
    interval_s: int
    nodes: tuple[str, ...]
    clock: SystemClock
    anchor: Anchor


@click.command()
@click.argument("profile")
@at_option(required=True)
@click.option("--device-id", type=click.IntRange(1, 255), help="Default: the profile's.")
@meter_id_option
@pulses_option
@reply_timeout_option
@click.option("--register", help="The billing counter to sign; default: the one that is bound, else energy_import.")
@click.option("--max-power", type=click.IntRange(min=1), help="W, where less than the meter was bound with.")
@click.option("--level", is_flag=True, help="The register is a storage's level and may fall; default: as it is bound.")
@click.option("--key", required=True, help=KEY_HELP)
@click.option("--home", envvar="NODECHAIN_HOME", default=DEFAULT_HOME, show_default=True)
@click.option("--outbox", "outbox_file", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--quota-mib", type=click.IntRange(min=1), default=64, show_default=True, help="Of the outbox.")
@node_option
@trust_option
@click.option("--interval", type=click.IntRange(min=1), default=900, show_default=True, help="Seconds.")
@click.option("--clock", type=click.Choice(list(CLOCKS)), help="Vouch for the clock; default: ask the system.")
@click.option("--tamper", type=click.Path(path_type=Path), help="A contact's file: not 0 is signed as tampered.")
@click.option("--replaced", is_flag=True, help="Once, after `unit replace`: another or a reset meter begins.")
@click.option("--once", is_flag=True, help="Read and submit once, then end.")
@prints
def run(key: str, home: str, outbox_file: Path, quota_mib: int, once: bool, **options: Any) -> Result | None:
    """Read a meter of PROFILE at every interval, sign what it shows, and submit it; nothing is lost on the way."""
    signer = open_meter_key(key, home)
    setup = MeterSetup(
        profile=options["profile"],
        place=parse_place(options["at"]),
        device_id=options["device_id"],
        meter_id=options["meter_id"],
        pulse_file=options["pulse_file"],
        reply_timeout_s=options["reply_timeout_s"],
        tamper=options["tamper"],
        replaced=options["replaced"],
        register=options["register"],
        max_power_w=options["max_power"],
        level=options["level"],
        interval_s=options["interval"],
        nodes=nodes_of(options["nodes"], home),
        clock=SystemClock(CLOCKS[options["clock"]] if options["clock"] else None),
        anchor=anchor_of(options["trust"], home),
    )
    with Outbox(outbox_file, quota_bytes=quota_mib * 1024 * 1024) as outbox:
        outbox.hold()
        return asyncio.run(_run(setup, signer, outbox, once))


async def _run(setup: MeterSetup, signer: ReadingSigner, outbox: Outbox, once: bool) -> Result | None:
    profile = load_meter_profile(setup.profile)
    lines = Lines()
    client = NodeClient(setup.nodes)
    follower = Follower(client, outbox, partial(judging_ms, setup.clock), setup.anchor)
    try:
        binding = await _binding(outbox, follower, signer.public_key, setup.max_power_w)
        register = bound_register(profile, binding, setup.register)
        gap_ms = 4 * setup.interval_s * 1000
        limits = limits_of(profile, binding, setup.max_power_w, level=setup.level, gap_ms=gap_ms)
        driver = lines.open_driver(
            profile,
            setup.place,
            Confirmation(setup.clock.now_ms, limits.max_power_w),
            counters=(register.name,),
            device_id=setup.device_id,
            meter_id=setup.meter_id,
            pulse_file=setup.pulse_file,
            reply_timeout_s=setup.reply_timeout_s,
        )
        stream = Stream(register.obis_bytes, signer.public_key, limits, binding)
        flags = TamperContact(setup.tamper).flags if setup.tamper is not None else no_flags
        boot = outbox.start_session()
        collector = Collector(driver, outbox, setup.clock, (stream,), boot, flags=flags, replaced=setup.replaced)
        runner = MeterRunner(
            outbox,
            (collector,),
            client,
            follower,
            (signer,),
            setup.clock,
            Reports(_say_taken, _say_pushed, _say_failed),
            interval_s=setup.interval_s,
            draw=random.Random(),
        )
        if once:
            return _once_result(*await runner.run_once())
        stop = stop_on_signals()
        await runner.run(stop)
        return None
    finally:
        client.close()
        await lines.close()


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


def _once_result(taken: tuple[Taken, ...], pushed: tuple[Pushed, ...], left: tuple[Pushed, ...]) -> Result:
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


def _taken_line(taken: Taken) -> str:
    verdict = taken.judgement
    reason = f" ({verdict.reason})" if verdict.reason else f", {verdict.step_wh:+d} Wh"
    return f"read    {taken.sample.energy_wh} Wh, {verdict.state.value}{reason}"


def _pushed_line(pushed: Pushed) -> str:
    return f"submit  {pushed.progress.value} {pushed.code} {pushed.detail}".rstrip()


def _say_taken(taken: Taken) -> None:
    print(_taken_line(taken), file=sys.stderr)


def _say_pushed(pushed: Pushed) -> None:
    print(_pushed_line(pushed), file=sys.stderr)


def _say_failed(error: Exception) -> None:
    code = error.code if isinstance(error, DeviceError) else type(error).__name__
    print(f"trouble {code}: {error}", file=sys.stderr)
