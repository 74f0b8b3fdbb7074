"""Simulated meters that send telegrams, on a real pseudo-terminal or a TCP port, as behind a serial gateway."""

from __future__ import annotations

import asyncio
from pathlib import Path

from devices.places import Place, PlaceKind, SerialLine
from devices.simulators.pseudo_terminal import PseudoTerminal
from devices.simulators.tcp_port import TcpPort
from devices.simulators.telegram_meter import TelegramMeter
from devices.simulators.telegram_session import TelegramBehaviour, TelegramSession


class _SocketWire:
    """A reader's connection; see `telegram_talk.Wire`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        data = await self._reader.read(4096)
        if not data:
            raise ConnectionResetError("the reader went away")
        return data

    def write(self, data: bytes) -> None:
        if self._writer.is_closing():
            raise ConnectionResetError("the reader went away")
        self._writer.write(data)

    def cut(self) -> None:
        self._writer.transport.abort()

    @property
    def baudrate(self) -> None:
        return None


class TcpTelegramServer(TcpPort):
    """One meter on one TCP port; port 0 takes a free one. Every reader that connects hears it."""

    KIND = PlaceKind.STREAM

    def __init__(
        self, meter: TelegramMeter, habits: TelegramBehaviour, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        super().__init__(host, port)
        self.talk = TelegramSession(meter, habits)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """See `TcpPort.serve`."""
        await self.talk.run(_SocketWire(reader, writer))


class _TerminalWire:
    """The meter's end of a pseudo-terminal; see `telegram_talk.Wire`."""

    def __init__(self, path: Path) -> None:
        """Raises `OSError` or `Misuse` when something else has that name."""
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        self._terminal = PseudoTerminal(self._heard.put_nowait, path)

    async def read(self) -> bytes:
        return await self._heard.get()

    def write(self, data: bytes) -> None:
        self._terminal.write(data)

    def cut(self) -> None:
        self._terminal.close()

    @property
    def baudrate(self) -> int:
        return self._terminal.baudrate


class TerminalTelegramServer:
    """One meter on one pseudo-terminal under the name `path`; a break of the line hangs up and plugs it in again."""

    def __init__(self, meter: TelegramMeter, habits: TelegramBehaviour, *, path: Path) -> None:
        self.talk = TelegramSession(meter, habits)
        self.path = path
        self._wire: _TerminalWire | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def place(self) -> Place:
        """Where it is read."""
        return Place(PlaceKind.SERIAL, SerialLine(str(self.path)))

    @property
    def baudrate(self) -> int:
        """The rate that the reader's end is set to, 0 where there is none."""
        return 0 if self._wire is None else self._wire.baudrate

    async def start(self) -> None:
        """Make the terminal; raises `OSError` or `Misuse` when something else has its name."""
        self._wire = _TerminalWire(self.path)
        self._running = asyncio.ensure_future(self._run(self._wire))

    async def stop(self) -> None:
        """Hang up."""
        if self._running is None:
            return
        self._running.cancel()
        await asyncio.wait((self._running,))
        self._running = None
        if self._wire is not None:
            self._wire.cut()
        self._wire = None

    async def __aenter__(self) -> TerminalTelegramServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _run(self, wire: _TerminalWire) -> None:
        while True:
            try:
                await self.talk.run(wire)
            except ConnectionError:
                self._wire = wire = _TerminalWire(self.path)


TelegramServer = TcpTelegramServer | TerminalTelegramServer
