"""`meter simulate`: meters on real sockets that play a load profile, with faults if wanted."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from devices.commands.output import Result, print_result, prints, table
from devices.commands.steps import steps
from devices.errors import Misuse
from devices.profile import load_profile
from devices.simulators.faults import Fault, FaultPlan, parse_fault
from devices.simulators.modbus_meter import SimulatedMeter
from devices.simulators.modbus_server import ModbusMeterServer
from devices.simulators.player import Player, read_columns


@dataclass(frozen=True, slots=True)
class Street:
    """What is simulated: one server a meter, and the player that feeds them, if any."""

    servers: tuple[ModbusMeterServer, ...]
    names: tuple[str, ...]
    player: Player | None


@click.command()
@click.argument("profile")
@click.option("--tcp", "port", type=click.IntRange(0, 65535), required=True, help="First port; 0 takes free ones.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--device-id", type=click.IntRange(1, 255), help="Default: the profile's.")
@click.option("--profile-csv", type=click.Path(dir_okay=False, path_type=Path), help="Load profile, Wh an interval.")
@click.option(
    "--column", "columns", multiple=True, help="Column to play; each further one is a further meter and port."
)
@click.option("--register", default="energy_import", show_default=True, help="The counter that counts.")
@click.option("--opening", type=click.IntRange(min=0), default=0, show_default=True, help="Wh shown at first.")
@click.option(
    "--interval", type=click.IntRange(min=1), default=900, show_default=True, help="Seconds a row stands for."
)
@click.option("--speed", type=float, default=1.0, show_default=True, help="How many times faster than life.")
@click.option("--step", is_flag=True, help="Play one interval for each line on stdin; answer each with a line.")
@click.option("--fault", "faults", multiple=True, metavar="NAME=RATE", help="Spoil answers: late, silent, short, ...")
@click.option("--late", "late_s", type=float, default=2.0, show_default=True, help="Seconds that 'late' means.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the faults.")
@prints
def simulate(profile: str, port: int, step: bool, speed: float, interval: int, **options: Any) -> None:
    """Simulate meters of PROFILE over Modbus TCP, playing a load profile, until interrupted."""
    if speed <= 0:
        raise Misuse("--speed is above 0; 1 is real time")
    street = _street(profile, port, options)
    if step and street.player is None:
        raise Misuse("--step needs --profile-csv and --column")
    asyncio.run(_serve(street, step, interval, speed))


def _street(name: str, port: int, options: dict[str, Any]) -> Street:
    profile = load_profile(name)
    rates: dict[Fault, float] = dict(parse_fault(text) for text in options["faults"])
    columns: tuple[str, ...] = options["columns"]
    if (options["profile_csv"] is None) != (not columns):
        raise Misuse("--profile-csv and --column belong together")
    names = columns or (profile.id,)
    meters = [SimulatedMeter(profile, {options["register"]: options["opening"]}) for _ in names]
    device_id = options["device_id"] or profile.link.default_device_id
    servers = tuple(
        ModbusMeterServer(
            {device_id: meter},
            host=options["host"],
            port=port and port + place,
            faults=FaultPlan(rates, seed=options["seed"] + place, late_s=options["late_s"]),
        )
        for place, meter in enumerate(meters)
    )
    player = None
    if columns:
        series = read_columns(options["profile_csv"], columns)
        tracks = [(meter, options["register"], series[column]) for meter, column in zip(meters, columns, strict=True)]
        player = Player(tracks)
    return Street(servers, names, player)


async def _serve(street: Street, step: bool, interval_s: int, speed: float) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        for server in street.servers:
            try:
                await server.start()
            except OSError as error:
                raise Misuse(f"port {server.port} of {server.host}: {error.strerror}", code="port_taken") from None
        data = [
            {"name": name, "at": str(server.place), "device_id": next(iter(server.meters))}
            for name, server in zip(street.names, street.servers, strict=True)
        ]
        rows = [(entry["name"], entry["at"], entry["device_id"]) for entry in data]
        print_result(Result({"meters": data}, table(("METER", "ADDRESS", "DEVICE"), rows)))
        if street.player is not None and step:
            await _step(street.player, stop)
        else:
            playing = None if street.player is None else asyncio.ensure_future(street.player.run(interval_s, speed))
            await stop.wait()
            if playing is not None:
                playing.cancel()
    finally:
        for server in street.servers:
            await server.stop()


async def _step(player: Player, stop: asyncio.Event) -> None:
    """One interval a line, until stdin ends or the profile is over."""
    async for _line in steps(stop):
        more = player.step()
        print_result(Result({"played": player.played, "of": player.intervals, "more": more}, str(player.played)))
