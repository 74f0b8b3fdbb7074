"""An S0 output that does not exist: each pulse is a byte on a pseudo-terminal or a port, as on a receive line."""

from __future__ import annotations

import asyncio
from pathlib import Path

from devices.errors import NotAReading
from devices.places import Place, PlaceKind, SerialLine, Socket
from devices.pulse_profile import PulseProfile
from devices.simulators.pseudo_terminal import PseudoTerminal

PULSE = b"\0"
PERIOD_S = 0.07
"""A little longer than the shortest that is allowed."""


class PulseOutput:
    """Gives pulses for what is counted, no faster than a contact can. `link`: a terminal's name; else a port.

    `bounces`: further bytes of each pulse, as a worn contact makes them.
    """

    def __init__(
        self,
        profile: PulseProfile,
        *,
        link: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        period_s: float = PERIOD_S,
        bounces: int = 0,
    ) -> None:
        self.profile = profile
        self.pulses = 0
        """How many were given."""
        self._wh = 0
        self._link = link
        self._host = host
        self._port = port
        self._period_s = period_s
        self._bounces = bounces
        self._due = asyncio.Event()
        self._terminal: PseudoTerminal | None = None
        self._server: asyncio.Server | None = None
        self._listeners: set[asyncio.StreamWriter] = set()
        self._giving: asyncio.Task[None] | None = None

    @property
    def place(self) -> Place:
        """Where it is listened to."""
        if self._link is not None:
            return Place(PlaceKind.SERIAL, SerialLine(str(self._link)))
        return Place(PlaceKind.STREAM, Socket(self._host, self._port))

    @property
    def owed(self) -> int:
        """Pulses that were counted and not given yet."""
        return self._wh * self.profile.pulses_per_kwh // 1000 - self.pulses

    def advance(self, wh: int, register: str = "energy_import") -> int:
        """Count `wh` more; the pulses follow at their pace."""
        self.profile.register(register)
        if wh < 0:
            raise NotAReading("pulses never count backwards")
        self._wh += wh
        self._due.set()
        return self._wh

    async def start(self) -> None:
        """Raises `OSError` or `Misuse` where the port or the name is taken."""
        if self._link is not None:
            self._terminal = PseudoTerminal(lambda _data: None, self._link)
        else:
            self._server = await asyncio.start_server(self._accept, self._host, self._port)
            self._port = self._server.sockets[0].getsockname()[1]
        self._giving = asyncio.create_task(self._give())

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._listeners.add(writer)
        try:
            await reader.read()
        except ConnectionError:
            writer.transport.abort()
        finally:
            self._listeners.discard(writer)
            writer.close()

    async def _give(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            while self.owed > 0:
                self.pulses += 1
                for _ in range(1 + self._bounces):
                    self._send(PULSE)
                await asyncio.sleep(self._period_s)

    def _send(self, data: bytes) -> None:
        if self._terminal is not None:
            self._terminal.write(data)
        for writer in self._listeners:
            writer.write(data)

    async def stop(self) -> None:
        """End it."""
        if self._giving is not None:
            self._giving.cancel()
            await asyncio.gather(self._giving, return_exceptions=True)
        if self._terminal is not None:
            self._terminal.close()
            self._terminal = None
        if self._server is not None:
            self._server.close()
            for writer in list(self._listeners):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> PulseOutput:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
