"""The part of `meter simulate` for relay boards."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, Final

from devices.commands.playing import serve
from devices.errors import Misuse
from devices.simulators.modbus_rtu import RtuBusServer, RtuGatewayServer
from devices.simulators.modbus_server import ModbusMeterServer
from devices.simulators.relay import SimulatedRelays

RELAYS: Final = "relays-"
_NAME: Final = re.compile(r"relays-([1-9][0-9]{0,3})")


def simulate_relays(name: str, options: dict[str, Any]) -> None:
    """Serve a board with so many coils until interrupted; `options` are those of `meter simulate`."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise Misuse(f"{name!r} is no board like relays-8")
    if options["columns"] or options["faults"]:
        raise Misuse("a relay board plays no load profile and has no faults to order")
    asyncio.run(_serve(name, int(found[1]), options))


async def _serve(name: str, count: int, options: dict[str, Any]) -> None:
    device = options["device_id"] or 1
    board = {device: SimulatedRelays(count)}
    server: ModbusMeterServer | RtuBusServer | RtuGatewayServer
    terminal: Path | None = options["pty"]
    if options["tcp"] is not None:
        server = ModbusMeterServer(board, host=options["host"], port=options["tcp"])
    elif options["rtu_tcp"] is not None:
        server = RtuGatewayServer(board, host=options["host"], port=options["rtu_tcp"])
    elif terminal is not None:
        server = RtuBusServer(board, link=terminal)
    else:
        raise Misuse("say where the board is to be: --tcp PORT, --rtu-tcp PORT or --pty PATH")

    def shown() -> list[dict[str, Any]]:
        return [{"name": name, "at": str(server.place), "device_id": device}]

    await serve((server,), shown, None, step=False, interval_s=1, speed=1.0)
