"""`nodechain meter`: profiles, simulator, reading, running, keys, and the outbox."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

from devices.commands.key import key
from devices.commands.output import Result, prints, table
from devices.commands.profiles import profiles
from devices.commands.run import run
from devices.commands.simulate import simulate
from devices.commands.street import street
from devices.commands.targets import at_option
from devices.drivers.driver import Confirmation
from devices.drivers.modbus import ModbusDriver
from devices.errors import DeviceException, Misuse
from devices.links.modbus import ModbusLink
from devices.outbox import Outbox
from devices.places import Place, parse_place
from devices.profile import load_profile
from devices.sample import Sample

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


@meter.command()
@click.argument("profile")
@at_option(required=True)
@click.option("--device-id", type=click.IntRange(1, 255), help="Default: the profile's.")
@click.option(
    "--max-power", type=click.IntRange(min=1), default=100_000, show_default=True, help="W, for plausibility."
)
@prints
def read(profile: str, at: str, device_id: int | None, max_power: int) -> Result:
    """Read a meter of PROFILE once: its billing counters (twice, compared) and its momentary values."""
    place = parse_place(at)
    samples, gauges = asyncio.run(_read(profile, place, device_id, max_power))
    units = {register.name: register.unit for register in load_profile(profile).registers}
    data = {
        "profile": profile,
        "counters": {
            name: {"raw": sample.raw, "scale_exponent": sample.scale_exponent, "energy_wh": sample.energy_wh}
            for name, sample in samples.items()
            if sample is not None
        },
        "missing": [name for name, sample in samples.items() if sample is None],
        "gauges": {name: {"value": f"{value:f}", "unit": units[name]} for name, value in gauges.items()},
    }
    rows: list[tuple[object, ...]] = [
        (name, "none" if sample is None else sample.energy_wh, "Wh") for name, sample in samples.items()
    ]
    rows += [(name, f"{value:f}", units[name]) for name, value in gauges.items()]
    return Result(data, table(("VALUE", "", "UNIT"), rows))


async def _read(
    name: str, place: Place, device_id: int | None, max_power_w: int
) -> tuple[dict[str, Sample | None], dict[str, Decimal]]:
    profile = load_profile(name)
    link = ModbusLink(place)
    confirmation = Confirmation(lambda: 0, max_power_w)

    def driver(register: str) -> ModbusDriver:
        return ModbusDriver(link, profile, confirmation, counters=(register,), device_id=device_id)

    try:
        samples = {register.name: await _counter(driver(register.name)) for register in profile.billable}
        gauges = await driver(profile.billable[0].name).read_gauges()
    finally:
        await link.close()
    return samples, gauges


async def _counter(driver: ModbusDriver) -> Sample | None:
    """A counter, or None where this variant of the model has none (export, mostly)."""
    try:
        (sample,) = await driver.read_counters()
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
            summary.thinned,
        )
        for summary in summaries
    ]
    headings = ("METER", "LAST", "AT", "PENDING", "ON THE WAY", "DECIDED", "REFUSED", "THINNED")
    lines = [table(headings, rows), f"\n{used} bytes used"]
    lines += [
        f"{batch.meter.hex()[:16]}  {batch.first_sequence}-{batch.nonce}  {batch.state} {batch.outcome}"
        f"  sent {batch.attempts} times  {batch.transaction_id.hex()}"
        for entries in newest.values()
        for batch in entries
    ]
    return Result(data, "\n".join(lines))


def _time_text(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time_ms else "-"
