"""A port on which simulated devices are read: listens, serves each connection, and cuts all of them when it stops."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar, Self

from devices.places import Place, PlaceKind, Socket


class TcpPort(ABC):
    """One TCP port; port 0 takes a free one, `port` says which."""

    KIND: ClassVar[PlaceKind]
    """What is spoken there."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.stopping = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @abstractmethod
    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection to its end."""

    @property
    def place(self) -> Place:
        """Where it is read."""
        return Place(self.KIND, Socket(self.host, self.port))

    async def start(self) -> None:
        """Listen; raises `OSError` when the port is taken."""
        self.stopping.clear()
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is None:
            return
        self._server.close()
        self.stopping.set()
        for writer in self._connections.values():
            writer.transport.abort()
        # Their tasks end by themselves when the socket is gone; cancelled ones would be reported as failures.
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections[task] = writer
            task.add_done_callback(lambda done: self._connections.pop(done, None))
        try:
            await self.serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            # The reader went away, as readers do; the next one is served.
            writer.transport.abort()
        finally:
            writer.close()
