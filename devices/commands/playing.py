"""What all simulators do once they are made: serve, tell where, and play a load profile until interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from devices.commands.output import Result, print_result, table
from devices.commands.steps import steps
from devices.errors import Misuse
from devices.places import Place
from devices.simulators.player import Player
from devices.stopping import stop_on_signals


class Server(Protocol):
    """A simulator on a line."""

    @property
    def place(self) -> Place:
        """Where it is read."""

    async def start(self) -> None:
        """Raises `OSError` or `Misuse` where its place is taken."""

    async def stop(self) -> None:
        """End it."""


class ListMeters(Protocol):
    """What is told of the meters when all of them serve: their places are known only then."""

    def __call__(self) -> list[dict[str, Any]]:
        """One entry a meter, all with the same names."""


async def serve(
    servers: Sequence[Server], shown: ListMeters, player: Player | None, *, step: bool, interval_s: int, speed: float
) -> None:
    """Serve until SIGINT or SIGTERM, or with `step` until stdin ends; raises `Misuse` (port_taken)."""
    stop = stop_on_signals()
    try:
        for server in servers:
            try:
                await server.start()
            except OSError as error:
                raise Misuse(f"{server.place}: {error.strerror}", code="port_taken") from None
        meters = shown()
        played = 0 if player is None else player.played
        headings = tuple(name.upper().replace("_", " ") for name in meters[0])
        listing = table(headings, [tuple(entry.values()) for entry in meters])
        print_result(Result({"meters": meters, "played": played}, listing))
        if player is not None and step:
            await _step(player, stop)
        else:
            playing = None if player is None else asyncio.ensure_future(player.run(interval_s, speed))
            await stop.wait()
            if playing is not None:
                playing.cancel()
    finally:
        for server in servers:
            await server.stop()


async def _step(player: Player, stop: asyncio.Event) -> None:
    """One interval a line, until stdin ends or the profile is over."""
    async for _line in steps(stop):
        more = player.step()
        print_result(Result({"played": player.played, "of": player.intervals, "more": more}, str(player.played)))
