"""An S0 output that does not exist: each pulse is a byte on a pseudo-terminal or a port, as on a receive line."""

from __future__ import annotations

import asyncio
from pathlib import Path

from devices.errors import NotAReading
from devices.places import Place, PlaceKind, SerialLine
from devices.pulse_profile import PulseProfile
from devices.simulators.pseudo_terminal import PseudoTerminal
from devices.simulators.tcp_port import TcpPort

PULSE = b"\0"
PERIOD_S = 0.07
"""A little longer than the shortest that is allowed."""


class _PulsePort(TcpPort):
    """Gives what is sent to everyone who listens."""

    KIND = PlaceKind.STREAM

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._listeners: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """See `TcpPort.serve`."""
        self._listeners.add(writer)
        try:
            await reader.read()
        finally:
            self._listeners.discard(writer)

    def write(self, data: bytes) -> None:
        for writer in self._listeners:
            writer.write(data)


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
        self._port = _PulsePort(host, port)
        self._period_s = period_s
        self._bounces = bounces
        self._due = asyncio.Event()
        self._terminal: PseudoTerminal | None = None
        self._giving: asyncio.Task[None] | None = None

    @property
    def place(self) -> Place:
        """Where it is listened to."""
        if self._link is not None:
            return Place(PlaceKind.SERIAL, SerialLine(str(self._link)))
        return self._port.place

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
            await self._port.start()
        self._giving = asyncio.create_task(self._give(self._terminal or self._port))

    async def _give(self, line: PseudoTerminal | _PulsePort) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            while self.owed > 0:
                self.pulses += 1
                for _ in range(1 + self._bounces):
                    line.write(PULSE)
                await asyncio.sleep(self._period_s)

    async def stop(self) -> None:
        """End it."""
        if self._giving is not None:
            self._giving.cancel()
            await asyncio.gather(self._giving, return_exceptions=True)
        if self._terminal is not None:
            self._terminal.close()
            self._terminal = None
        await self._port.stop()

    async def __aenter__(self) -> PulseOutput:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
