"""The part of `meter simulate` for meters that send telegrams."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

from devices.commands.output import Result, print_result, table
from devices.commands.steps import steps
from devices.errors import Misuse
from devices.simulators.faults import Fault, FaultPlan, parse_fault
from devices.simulators.player import Player, read_columns
from devices.simulators.telegram_meter import TelegramMeter
from devices.simulators.telegram_server import TcpTelegramServer, TelegramServer, TerminalTelegramServer
from devices.simulators.telegram_talk import Habits, check_faults
from devices.telegram_profile import TelegramProfile


def simulate_telegrams(profile: TelegramProfile, options: dict[str, Any]) -> None:
    """Serve meters of a telegram profile until interrupted; `options` are those of `meter simulate`.

    Each has a port, or a terminal of its own: the first one's is named by `--pty`, a further one has -1, -2 behind it.
    """
    port: int | None = options["tcp"]
    terminal: Path | None = options["pty"]
    columns: tuple[str, ...] = options["columns"]
    if (options["profile_csv"] is None) != (not columns):
        raise Misuse("--profile-csv and --column belong together")
    if (port is None) == (terminal is None) or options["rtu_tcp"] is not None:
        raise Misuse("a meter is either on a port (--tcp) or on a pseudo-terminal (--pty)")
    if options["step"] and not columns:
        raise Misuse("--step needs --profile-csv and --column")
    if options["period"] <= 0:
        raise Misuse("--period is above 0")
    rates: dict[Fault, float] = dict(parse_fault(text) for text in options["faults"])
    check_faults(rates)
    names = columns or (profile.id,)
    meters = [TelegramMeter(profile, {options["register"]: options["opening"]}) for _ in names]
    servers: list[TelegramServer] = []
    for place, meter in enumerate(meters):
        habits = Habits(FaultPlan(rates, seed=options["seed"] + place, late_s=options["late_s"]), options["period"])
        if terminal is not None:
            path = terminal.absolute()
            path = path.with_name(f"{path.name}-{place}") if place else path
            servers.append(TerminalTelegramServer(meter, habits, path=path))
        else:
            servers.append(
                TcpTelegramServer(meter, habits, host=options["host"], port=(port or 0) and (port or 0) + place)
            )
    player = None
    if columns:
        series = read_columns(options["profile_csv"], columns)
        player = Player(
            [(meter, options["register"], series[column]) for meter, column in zip(meters, columns, strict=True)],
            options["state"],
        )
    playing = (options["interval"], options["speed"], options["step"])
    asyncio.run(_serve(dict(zip(names, servers, strict=True)), player, *playing))


async def _serve(
    servers: dict[str, TelegramServer], player: Player | None, interval_s: int, speed: float, step: bool
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        for server in servers.values():
            try:
                await server.start()
            except OSError as error:
                raise Misuse(f"{server.place}: {error.strerror}", code="port_taken") from None
        played = 0 if player is None else player.played
        data = [
            {"name": name, "at": str(server.place), "meter_id": server.talk.meter.meter_id}
            for name, server in servers.items()
        ]
        rows = [tuple(entry.values()) for entry in data]
        print_result(Result({"meters": data, "played": played}, table(("METER", "AT", "ID"), rows)))
        if player is not None and step:
            await _step(player, stop)
        else:
            playing = None if player is None else asyncio.ensure_future(player.run(interval_s, speed))
            await stop.wait()
            if playing is not None:
                playing.cancel()
    finally:
        for server in servers.values():
            await server.stop()


async def _step(player: Player, stop: asyncio.Event) -> None:
    """One interval a line, until stdin ends or the profile is over."""
    async for _line in steps(stop):
        more = player.step()
        print_result(Result({"played": player.played, "of": player.intervals, "more": more}, str(player.played)))
