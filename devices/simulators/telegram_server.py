"""Simulated meters that send telegrams, on a real pseudo-terminal or a TCP port, as behind a serial gateway."""

from __future__ import annotations

import asyncio
from pathlib import Path

from devices.places import Place, PlaceKind, SerialLine, Socket
from devices.simulators.pseudo_terminal import PseudoTerminal
from devices.simulators.telegram_meter import TelegramMeter
from devices.simulators.telegram_talk import Habits, Talk


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


class TcpTelegramServer:
    """One meter on one TCP port; port 0 takes a free one. Every reader that connects hears it."""

    def __init__(self, meter: TelegramMeter, habits: Habits, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.talk = Talk(meter, habits)
        self.host = host
        self.port = port
        self._server: asyncio.Server | None = None
        self._talks: dict[asyncio.Task[None], asyncio.Future[None]] = {}

    @property
    def place(self) -> Place:
        """Where it is read."""
        return Place(PlaceKind.STREAM, Socket(self.host, self.port))

    async def start(self) -> None:
        """Listen; raises `OSError` when the port is taken."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is None:
            return
        self._server.close()
        for talk in self._talks.values():
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def __aenter__(self) -> TcpTelegramServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(self.talk.run(_SocketWire(reader, writer)))
        serving = asyncio.current_task()
        if serving is not None:
            self._talks[serving] = talk
            serving.add_done_callback(lambda done: self._talks.pop(done, None))
        # The loop would report a handler that is cancelled as a failure: so only the talk is, and it is waited for.
        await asyncio.wait((talk,))
        writer.transport.abort()
        if not talk.cancelled() and not isinstance(talk.exception(), ConnectionError):
            talk.result()


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

    def __init__(self, meter: TelegramMeter, habits: Habits, *, path: Path) -> None:
        self.talk = Talk(meter, habits)
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
