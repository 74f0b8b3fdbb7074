"""A port on which simulated devices are read: listens, serves each connection, and cuts all of them when it stops."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar, Final, Self

from devices.places import Place, PlaceKind, Socket

READER_LEFT: Final = (asyncio.IncompleteReadError, ConnectionError)
"""How a conversation ends whose reader went away, as readers do; the next one is served."""


class TcpPort(ABC):
    """One TCP port; port 0 takes a free one, `port` says which."""

    KIND: ClassVar[PlaceKind]
    """What is spoken there."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._server: asyncio.Server | None = None
        self._conversations: dict[asyncio.Task[None], asyncio.Future[None]] = {}

    @abstractmethod
    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection to its end; cancelled when the port stops."""

    @property
    def place(self) -> Place:
        """Where it is read."""
        return Place(self.KIND, Socket(self.host, self.port))

    async def start(self) -> None:
        """Listen; raises `OSError` when the port is taken."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port, start_serving=False)
        await self._server.start_serving()
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is None:
            return
        self._server.close()
        for conversation in self._conversations.values():
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None or not self._server.is_serving():
            # It was accepted just before the port was stopped.
            writer.transport.abort()
            return
        conversation = asyncio.ensure_future(self.serve(reader, writer))
        handler = asyncio.current_task()
        if handler is not None:
            self._conversations[handler] = conversation
            handler.add_done_callback(lambda done: self._conversations.pop(done, None))
        # The loop would report a handler that is cancelled as a failure: so only the conversation is.
        await asyncio.wait((conversation,))
        if conversation.cancelled() or conversation.exception() is not None:
            writer.transport.abort()
        writer.close()
        if not conversation.cancelled() and not isinstance(conversation.exception(), READER_LEFT):
            conversation.result()
