"""The part of `meter simulate` for meters that send telegrams."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from devices.commands.playing import serve
from devices.errors import Misuse
from devices.simulators.faults import Fault, FaultPlan, parse_fault
from devices.simulators.player import Player, read_columns
from devices.simulators.telegram_meter import TelegramMeter
from devices.simulators.telegram_server import TcpTelegramServer, TelegramServer, TerminalTelegramServer
from devices.simulators.telegram_session import TelegramBehaviour, check_faults
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
        habits = TelegramBehaviour(
            FaultPlan(rates, seed=options["seed"] + place, late_s=options["late_s"]), options["period"]
        )
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

    def shown() -> list[dict[str, Any]]:
        return [
            {"name": name, "at": str(server.place), "meter_id": server.talk.meter.meter_id}
            for name, server in zip(names, servers, strict=True)
        ]

    interval_s, speed, step = options["interval"], options["speed"], options["step"]
    asyncio.run(serve(servers, shown, player, step=step, interval_s=interval_s, speed=speed))
