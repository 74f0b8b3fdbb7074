"""`nodechain meter`: profiles, simulator, reading, running, keys, and the outbox."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from msgspec.structs import asdict

from devices.catalogue import MeterProfile, load_meter_profile
from devices.commands import completing
from devices.commands.key import key
from devices.commands.opening import opening
from devices.commands.output import Result, prints, table
from devices.commands.profiles import profiles
from devices.commands.run import run
from devices.commands.simulate import simulate
from devices.commands.street import street
from devices.commands.targets import at_option, meter_id_option, reply_timeout_option
from devices.drivers.driver import Confirmation, MeterDriver
from devices.drivers.opening import Lines
from devices.errors import DeviceException, MissingRegister, Misuse
from devices.outbox import Outbox
from devices.places import Place, parse_place
from devices.sample import Sample
from ledger.encoding.times import format_time

ILLEGAL_ADDRESS: Final = 2
"""The Modbus exception for a register that is not there."""


@click.group()
def meter() -> None:
    """Read, sign and submit a meter; simulate one."""


meter.add_command(profiles)
meter.add_command(simulate)
meter.add_command(run)
meter.add_command(street)
meter.add_command(key)
meter.add_command(opening)


@meter.command()
@click.argument("profile", shell_complete=completing.profiles)
@at_option(required=True)
@click.option("--device-id", type=click.IntRange(1, 255), help="Default: the profile's.")
@meter_id_option
@reply_timeout_option
@click.option(
    "--max-power", type=click.IntRange(min=1), default=100_000, show_default=True, help="W, for plausibility."
)
@prints
def read(
    profile: str, at: str, device_id: int | None, meter_id: str | None, reply_timeout_s: float | None, max_power: int
) -> Result:
    """Read a meter of PROFILE once: its billing counters (twice, compared) and its momentary values."""
    found = load_meter_profile(profile)
    target = Target(parse_place(at), device_id, meter_id, reply_timeout_s)
    name, identity, samples, gauges = asyncio.run(_read(found, target, max_power))
    units = found.units
    data = {
        "profile": profile,
        "meter": name,
        "meter_id": identity,
        "counters": {
            register: {"raw": sample.raw, "scale_exponent": sample.scale_exponent, "energy_wh": sample.energy_wh}
            for register, sample in samples.items()
            if sample is not None
        },
        "missing": [register for register, sample in samples.items() if sample is None],
        "gauges": {gauge: {"value": f"{value:f}", "unit": units[gauge]} for gauge, value in gauges.items()},
    }
    rows: list[tuple[object, ...]] = [
        (register, "none" if sample is None else sample.energy_wh, "Wh") for register, sample in samples.items()
    ]
    rows += [(gauge, f"{value:f}", units[gauge]) for gauge, value in gauges.items()]
    return Result(data, f"{name}\n{table(('VALUE', '', 'UNIT'), rows)}")


class Target(msgspec.Struct, frozen=True):
    """Which meter is meant."""

    place: Place
    device_id: int | None
    meter_id: str | None
    reply_timeout_s: float | None


async def _read(
    profile: MeterProfile, target: Target, max_power_w: int
) -> tuple[str, str, dict[str, Sample | None], dict[str, Decimal]]:
    lines = Lines()
    confirmation = Confirmation(lambda: 0, max_power_w)

    def driver(register: str) -> MeterDriver:
        return lines.open_driver(
            profile,
            target.place,
            confirmation,
            counters=(register,),
            device_id=target.device_id,
            meter_id=target.meter_id,
            reply_timeout_s=target.reply_timeout_s,
        )

    try:
        samples = {register.name: await _counter(driver(register.name)) for register in profile.billable}
        last = driver(profile.billable[0].name)
        gauges = await last.read_gauges()
    finally:
        await lines.close()
    return last.name, last.identity, samples, gauges


async def _counter(driver: MeterDriver) -> Sample | None:
    """A counter, or None where this variant of the model has none (export, mostly)."""
    try:
        (sample,) = await driver.read_counters()
    except MissingRegister:
        return None
    except DeviceException as refusal:
        if refusal.exception != ILLEGAL_ADDRESS:
            raise
        return None
    return sample


@meter.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--batches", type=click.IntRange(min=0), default=5, show_default=True, help="How many a meter to show.")
@prints
def outbox(file: Path, batches: int) -> Result:
    """What waits in the outbox FILE, what is on its way, and what became of the rest."""
    if not file.exists():
        raise Misuse(f"{file} does not exist", code="no_outbox")
    with Outbox(file) as box:
        summaries = box.summaries()
        newest = {summary.meter: box.batches(summary.meter, most=batches) for summary in summaries}
        used = box.used_bytes()
    data: dict[str, Any] = {
        "used_bytes": used,
        "meters": [
            asdict(summary)
            | {
                "meter": summary.meter.hex(),
                "batches": [
                    {
                        "id": batch.transaction_id.hex(),
                        "sequences": [batch.first_sequence, batch.nonce],
                        "state": batch.state,
                        "outcome": batch.outcome,
                        "quarantined": batch.quarantined,
                        "attempts": batch.attempts,
                        "bytes": len(batch.body),
                    }
                    for batch in newest[summary.meter]
                ],
            }
            for summary in summaries
        ],
    }
    rows = [
        (
            summary.meter.hex()[:16],
            summary.last_sequence,
            _time_text(summary.last_time_ms),
            summary.pending,
            summary.on_the_way,
            summary.decided,
            summary.refused,
            summary.quarantined,
            summary.thinned,
        )
        for summary in summaries
    ]
    headings = ("METER", "LAST", "AT", "PENDING", "ON THE WAY", "DECIDED", "REFUSED", "QUARANTINED", "THINNED")
    lines = [table(headings, rows), f"\n{used} bytes used"]
    lines += [
        f"{batch.meter.hex()[:16]}  {batch.first_sequence}-{batch.nonce}  {batch.state} {batch.outcome}"
        f"  sent {batch.attempts} times  {batch.transaction_id.hex()}"
        for entries in newest.values()
        for batch in entries
    ]
    return Result(data, "\n".join(lines))


def _time_text(time_ms: int) -> str:
    return f"{format_time(time_ms)}Z".replace(" ", "T", 1) if time_ms else "-"
