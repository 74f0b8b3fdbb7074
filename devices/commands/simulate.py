"""`meter simulate`: meters on real sockets that play a load profile, with faults if wanted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from devices.catalogue import load_meter_profile
from devices.commands import completing
from devices.commands.output import prints
from devices.commands.playing import serve
from devices.commands.simulate_pulses import simulate_pulses
from devices.commands.simulate_relays import RELAYS, simulate_relays
from devices.commands.simulate_telegrams import simulate_telegrams
from devices.errors import Misuse
from devices.profile import load_profile
from devices.pulse_profile import PulseProfile
from devices.simulators.faults import Fault, FaultPlan, parse_fault
from devices.simulators.modbus_meter import SimulatedDevice, SimulatedMeter
from devices.simulators.modbus_rtu import RtuBusServer, RtuGatewayServer
from devices.simulators.modbus_server import ModbusMeterServer
from devices.simulators.player import Player, read_columns
from devices.simulators.sunspec_device import SimulatedSunSpec
from devices.sunspec_profile import is_sunspec, sunspec_profile
from devices.telegram_profile import TelegramProfile

HIGHEST_DEVICE: Final = 247

Server = ModbusMeterServer | RtuBusServer | RtuGatewayServer


class Simulated(msgspec.Struct, frozen=True):
    """What is simulated: meters by name, each at a device id of a server, and the player that feeds them, if any."""

    servers: tuple[Server, ...]
    meters: tuple[tuple[str, Server, int], ...]
    player: Player | None


@click.command()
@click.argument("profile", shell_complete=completing.profiles)
@click.option(
    "--tcp",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Modbus TCP, or telegrams: a port a meter from this one on; 0 takes free ones.",
)
@click.option(
    "--rtu-tcp", type=click.IntRange(0, 65535), metavar="PORT", help="All on one serial bus behind a gateway."
)
@click.option(
    "--pty",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="All on one serial bus, a pseudo-terminal that PATH will name; with telegrams, one for each meter.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--device-id", type=click.IntRange(1, 255), help="Default: the profile's.")
@click.option("--profile-csv", type=click.Path(dir_okay=False, path_type=Path), help="Load profile, Wh an interval.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    help="Column to play, or COLUMN=REGISTER where another counter counts it; each further one is a further meter.",
)
@click.option("--register", default="energy_import", show_default=True, help="The counter that counts.")
@click.option("--opening", type=click.IntRange(min=0), default=0, show_default=True, help="Wh shown at first.")
@click.option(
    "--interval", type=click.IntRange(min=1), default=900, show_default=True, help="Seconds a row stands for."
)
@click.option("--speed", type=float, default=1.0, show_default=True, help="How many times faster than life.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Remembers what was played over a restart, as a meter does.",
)
@click.option("--step", is_flag=True, help="Play one interval for each line on stdin; answer each with a line.")
@click.option("--fault", "faults", multiple=True, metavar="NAME=RATE", help="Spoil answers: late, silent, short, ...")
@click.option("--late", "late_s", type=float, default=2.0, show_default=True, help="Seconds that 'late' means.")
@click.option("--period", type=float, default=1.0, show_default=True, help="Seconds between telegrams sent unasked.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the faults.")
@prints
def simulate(profile: str, step: bool, speed: float, interval: int, **options: Any) -> None:
    """Simulate meters of PROFILE on a port, a serial bus or a terminal, playing a load profile, until interrupted.

    `relays-8` is a board with eight relays, for a unit's controller.
    """
    if speed <= 0:
        raise Misuse("--speed is above 0; 1 is real time")
    if profile.startswith(RELAYS):
        simulate_relays(profile, options)
        return
    found = load_meter_profile(profile)
    if isinstance(found, PulseProfile):
        simulate_pulses(found, options | {"step": step, "speed": speed, "interval": interval})
        return
    if isinstance(found, TelegramProfile):
        simulate_telegrams(found, options | {"step": step, "speed": speed, "interval": interval})
        return
    simulated = _simulated(profile, options)
    if step and simulated.player is None:
        raise Misuse("--step needs --profile-csv and --column")

    def shown() -> list[dict[str, Any]]:
        return [
            {"name": name, "at": str(server.place), "device_id": device} for name, server, device in simulated.meters
        ]

    playing = serve(simulated.servers, shown, simulated.player, step=step, interval_s=interval, speed=speed)
    asyncio.run(playing)


def _simulated(name: str, options: dict[str, Any]) -> Simulated:
    columns: tuple[str, ...] = options["columns"]
    if (options["profile_csv"] is None) != (not columns):
        raise Misuse("--profile-csv and --column belong together")
    played = [_played(column, options["register"]) for column in columns]
    names = tuple(column for column, _register in played) or (name,)
    meters = [_meter(name, register, options) for _column, register in played or [(name, options["register"])]]
    first = options["device_id"] or _default_id(name)
    player = None
    if columns:
        series = read_columns(options["profile_csv"], names)
        tracks = [(meter, register, series[column]) for meter, (column, register) in zip(meters, played, strict=True)]
        player = Player(tracks, options["state"])
    if options["tcp"] is not None:
        servers = [_tcp(first, meter, place, options) for place, meter in enumerate(meters)]
        return Simulated(tuple(servers), tuple(zip(names, servers, [first] * len(names), strict=True)), player)
    bus = _bus(dict(enumerate(meters, first)), options)
    return Simulated((bus,), tuple((name, bus, first + place) for place, name in enumerate(names)), player)


def _played(text: str, register: str) -> tuple[str, str]:
    """A column of the file and the counter that counts it."""
    column, _, own = text.partition("=")
    return column, own or register


def _meter(name: str, register: str, options: dict[str, Any]) -> SimulatedDevice:
    opening = {register: options["opening"]}
    return (
        SimulatedSunSpec((sunspec_profile(name).number,), opening)
        if is_sunspec(name)
        else SimulatedMeter(load_profile(name), opening)
    )


def _default_id(name: str) -> int:
    return 1 if is_sunspec(name) else load_profile(name).link.default_device_id


def _faults(place: int, options: dict[str, Any]) -> FaultPlan:
    rates: dict[Fault, float] = dict(parse_fault(text) for text in options["faults"])
    return FaultPlan(rates, seed=options["seed"] + place, late_s=options["late_s"])


def _tcp(device_id: int, meter: SimulatedDevice, place: int, options: dict[str, Any]) -> Server:
    port = options["tcp"] and options["tcp"] + place
    return ModbusMeterServer({device_id: meter}, host=options["host"], port=port, faults=_faults(place, options))


def _bus(meters: dict[int, SimulatedDevice], options: dict[str, Any]) -> Server:
    if max(meters) > HIGHEST_DEVICE:
        raise Misuse(f"a serial bus has device ids up to {HIGHEST_DEVICE}")
    if options["pty"] is not None:
        return RtuBusServer(meters, link=options["pty"], faults=_faults(0, options))
    if options["rtu_tcp"] is not None:
        return RtuGatewayServer(meters, host=options["host"], port=options["rtu_tcp"], faults=_faults(0, options))
    raise Misuse("say where the meters are to be: --tcp PORT, --rtu-tcp PORT or --pty PATH")
