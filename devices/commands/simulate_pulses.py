"""The part of `meter simulate` for S0 outputs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from devices.commands.playing import serve
from devices.errors import Misuse
from devices.pulse_profile import PulseProfile
from devices.simulators.player import Player, read_columns
from devices.simulators.pulse_output import PulseOutput


def simulate_pulses(profile: PulseProfile, options: dict[str, Any]) -> None:
    """Give pulses on a port or a terminal, one output for each column, at the pace of a contact."""
    port: int | None = options["tcp"]
    terminal: Path | None = options["pty"] and options["pty"].absolute()
    columns: tuple[str, ...] = options["columns"]
    if (options["profile_csv"] is None) != (not columns):
        raise Misuse("--profile-csv and --column belong together")
    if (port is None) == (terminal is None) or options["rtu_tcp"] is not None:
        raise Misuse("an S0 output is either on a port (--tcp) or on a pseudo-terminal (--pty)")
    if options["faults"]:
        raise Misuse("pulses have no faults to order; a line that is cut is one")
    asyncio.run(_serve(profile, port, terminal, columns, options))


async def _serve(
    profile: PulseProfile, port: int | None, terminal: Path | None, columns: tuple[str, ...], options: dict[str, Any]
) -> None:
    names = columns or (profile.id,)
    outputs = []
    for place, _name in enumerate(names):
        link = terminal if terminal is None or not place else terminal.with_name(f"{terminal.name}-{place}")
        outputs.append(PulseOutput(profile, link=link, host=options["host"], port=(port or 0) and (port or 0) + place))
    player = None
    if columns:
        series = read_columns(options["profile_csv"], columns)
        tracks = [
            (output, options["register"], series[column]) for output, column in zip(outputs, columns, strict=True)
        ]
        player = Player(tracks, options["state"])
    elif options["opening"]:
        outputs[0].advance(options["opening"])

    def shown() -> list[dict[str, Any]]:
        return [{"name": name, "at": str(output.place)} for name, output in zip(names, outputs, strict=True)]

    step = bool(options["step"])
    if step and player is None:
        raise Misuse("--step needs --profile-csv and --column")
    await serve(outputs, shown, player, step=step, interval_s=options["interval"], speed=options["speed"])
