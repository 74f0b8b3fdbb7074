"""`meter profiles`: which meters are known, what is known of one, and whether a person's own profile is right."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click
import msgspec

from devices.catalogue import MeterProfile, load_meter_profile, meter_profile_ids, read_meter_profile
from devices.commands import completing
from devices.commands.output import Result, prints, table
from devices.commands.targets import at_option, meter_id_option
from devices.drivers.driver import Confirmation
from devices.drivers.opening import Lines
from devices.places import Place, parse_place
from devices.profile import RegisterProfile
from devices.pulse_profile import PulseProfile
from devices.quantities import QUANTITIES
from devices.sunspec_profile import SunSpecProfile
from devices.telegram_profile import TelegramProfile


@click.group()
def profiles() -> None:
    """Register profiles: meter models as data."""


@profiles.command("list")
@prints
def list_profiles() -> Result:
    """The profiles that come with nodechain."""
    found = [load_meter_profile(name) for name in meter_profile_ids()]
    data = [
        {
            "id": profile.id,
            "vendor": profile.vendor,
            "model": profile.model,
            "link": _link_kinds(profile),
            "resolution_wh": profile.counters.resolution_wh,
            "hash": profile.hash().hex(),
        }
        for profile in found
    ]
    rows = [
        (
            profile.id,
            f"{profile.vendor} {profile.model}",
            "+".join(_link_kinds(profile)),
            profile.counters.resolution_wh or "?",
        )
        for profile in found
    ]
    return Result(data, table(("PROFILE", "METER", "LINK", "STEP Wh"), rows))


@profiles.command()
@prints
def quantities() -> Result:
    """The names and units of momentary values: what a profile calls its gauges, and alarms know them by."""
    return Result(QUANTITIES, table(("QUANTITY", "UNIT"), tuple(QUANTITIES.items())))


@profiles.command()
@click.argument("name", shell_complete=completing.profiles)
@prints
def show(name: str) -> Result:
    """What is known of the meter NAME (an id, or a file ending in .json); '?' means: not found, not guessed."""
    profile = load_meter_profile(name)
    data, text = _shown(profile)
    data |= {"hash": profile.hash().hex()}
    head = f"{profile.vendor} {profile.model}   hash {profile.hash().hex()}\n"
    return Result(data, f"{head}{text}\n\nSources:\n" + "\n".join(profile.sources))


def _shown(profile: MeterProfile) -> tuple[dict[str, Any], str]:
    match profile:
        case RegisterProfile():
            return msgspec.to_builtins(profile), _registers_text(profile)
        case TelegramProfile():
            return msgspec.to_builtins(profile), _telegrams_text(profile)
        case SunSpecProfile():
            return _sunspec_data(profile), _sunspec_text(profile)
        case PulseProfile():
            names = {"id": profile.id, "pulses_per_kwh": profile.pulses_per_kwh, "notes": list(profile.notes)}
            return names, f"{profile.model}\n\n{_notes(profile, '')}"


def _link_kinds(profile: MeterProfile) -> list[str]:
    match profile:
        case RegisterProfile():
            return list(profile.link.kinds)
        case TelegramProfile():
            return [profile.protocol.value]
        case SunSpecProfile():
            return ["tcp", "rtu"]
        case PulseProfile():
            return ["pulses"]


def _registers_text(profile: RegisterProfile) -> str:
    rows = [
        (register.name, register.address, register.type.value, register.scale, register.unit, register.kind,
         (register.obis or "") + (" bills" if register.billable else ""))
        for register in profile.registers
    ]  # fmt: skip
    head = (
        f"function {profile.function_code}, {profile.word_order.value} word first, at most "
        f"{profile.max_registers_per_read or '?'} registers a read, rollover {profile.counters.rollover or '?'}\n"
    )
    listing = table(("REGISTER", "ADDRESS", "TYPE", "SCALE", "UNIT", "KIND", "OBIS"), rows)
    return f"{head}\n{listing}\n\n{_notes(profile, profile.link.note)}"


def _telegrams_text(profile: TelegramProfile) -> str:
    rows: list[tuple[str, ...]] = [
        (register.name, register.total, "+".join(register.tariffs) or "-", "Wh", f"{register.obis} bills")
        for register in profile.registers
    ]
    rows += [(gauge.name, gauge.source, "-", gauge.unit, "") for gauge in profile.gauges]
    line = profile.line
    head = (
        f"{profile.protocol.value}, {line.baudrate} baud {line.bits}{line.parity}{line.stopbits}, "
        f"a telegram at least every {line.interval_ms or '?'} ms, rollover {profile.counters.rollover or '?'}\n"
    )
    listing = table(("VALUE", "SHOWN AS", "ELSE THE SUM OF", "UNIT", "OBIS"), rows)
    return f"{head}\n{listing}\n\n{_notes(profile, line.note)}"


def _sunspec_data(profile: SunSpecProfile) -> dict[str, Any]:
    return {
        "id": profile.id,
        "vendor": profile.vendor,
        "model": profile.model,
        "counters": msgspec.to_builtins(profile.counters),
        "registers": [
            {"name": counter.name, "obis": counter.obis, "points": list(counter.points), "level": counter.level}
            for counter in profile.billable
        ],
        "gauges": profile.units,
        "sources": list(profile.sources),
    }


def _sunspec_text(profile: SunSpecProfile) -> str:
    rows: list[tuple[str, ...]] = [
        (counter.name, " x ".join(counter.points), "Wh", f"{counter.obis} bills{', a level' if counter.level else ''}")
        for counter in profile.billable
    ]
    rows += [(gauge.name, gauge.point, profile.units[gauge.name], "") for gauge in profile.gauges]
    listing = table(("VALUE", "POINT", "UNIT", "OBIS"), rows)
    return f"rollover {profile.counters.rollover or '?'}\n\n{listing}\n\n{_notes(profile, '')}"


def _notes(profile: MeterProfile, of_the_line: str) -> str:
    return "\n".join(f"- {note}" for note in (*profile.notes, *profile.counters.notes, of_the_line) if note)


@profiles.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@at_option(required=False)
@click.option("--device-id", type=click.IntRange(1, 255), help="Default: the profile's.")
@meter_id_option
@prints
def check(file: Path, at: str | None, device_id: int | None, meter_id: str | None) -> Result:
    """Check the profile FILE; with --at, also read a live meter with it, to compare with its display."""
    profile = read_meter_profile(file)
    data: dict[str, Any] = {
        "id": profile.id,
        "hash": profile.hash().hex(),
        "billable": [register.name for register in profile.billable],
        "vectors": len(profile.vectors),
    }
    text = f"{profile.id}: right. Bills: {', '.join(data['billable']) or 'nothing'}. Hash {data['hash']}"
    if at is not None:
        place = parse_place(at)
        live = asyncio.run(_read_live(profile, place, device_id, meter_id))
        data["live_wh"] = live
        text += "\n\n" + table(("COUNTER", "Wh"), tuple(live.items())) + "\nCompare these with the meter's display."
    return Result(data, text)


async def _read_live(
    profile: MeterProfile, place: Place, device_id: int | None, meter_id: str | None
) -> dict[str, int]:
    lines = Lines()
    counters = tuple(register.name for register in profile.billable)
    confirmation = Confirmation(lambda: 0, 10**9)
    driver = lines.open_driver(profile, place, confirmation, counters=counters, device_id=device_id, meter_id=meter_id)
    try:
        samples = await driver.read_counters()
    finally:
        await lines.close()
    return {name: sample.energy_wh for name, sample in zip(counters, samples, strict=True)}
