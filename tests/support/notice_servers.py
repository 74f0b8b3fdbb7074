"""A mail server and an MQTT broker on loopback, small and strict, for tests of what hands notices to them.

Written from RFC 5321 and MQTT 3.1.1 for the receiving side only; they share nothing with the code under test.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

WAIT_S = 30.0


class LoopbackServer:
    """Serves on a thread of its own until the block ends; `got` what came, in order."""

    def __init__(self) -> None:
        self.port = 0
        self.lines: list[str] = []
        self._changed = threading.Condition()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        raise NotImplementedError

    def changed(self) -> None:
        """Wake who waits."""
        with self._changed:
            self._changed.notify_all()

    def wait_for(self, holds: Callable[[], bool]) -> None:
        """Until something holds; fails after a deadline."""
        with self._changed:
            assert self._changed.wait_for(holds, WAIT_S), self.lines

    @contextmanager
    def running(self, context: ssl.SSLContext | None = None) -> Iterator[None]:
        """While the block runs."""
        loop, ready = asyncio.new_event_loop(), threading.Event()

        async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await self.serve(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.lines.append("(hung up)")
            finally:
                writer.close()

        async def live() -> None:
            server = await asyncio.start_server(serve_one, "127.0.0.1", self.port, ssl=context)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            async with server:
                await asyncio.get_running_loop().create_future()

        def work() -> None:
            asyncio.set_event_loop(loop)
            try:
                loop.run_until_complete(task)
            except asyncio.CancelledError:
                loop.run_until_complete(loop.shutdown_asyncgens())
            finally:
                loop.close()

        task = loop.create_task(live())
        thread = threading.Thread(target=work)
        thread.start()
        assert ready.wait(WAIT_S)
        try:
            yield
        finally:
            loop.call_soon_threadsafe(task.cancel)
            thread.join()


@dataclass
class SmtpServer(LoopbackServer):
    """Takes mail; `refuse` gives its answer to a recipient, `login` asks for AUTH PLAIN of that user and password."""

    login: tuple[str, str] | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The dialogue of RFC 5321, as far as one mail needs it."""

        def say(text: str) -> None:
            writer.write(text.encode() + b"\r\n")

        allowed = self.login is None
        say("220 test ESMTP")
        while line := await reader.readline():
            text = line.decode().rstrip("\r\n")
            self.lines.append(text.partition(" ")[0] if text.startswith("AUTH") else text)
            word = text[:4].upper()
            if word == "EHLO":
                say("250-test")
                say("250 AUTH PLAIN" if self.login is not None else "250 SIZE 100000")
            elif word == "AUTH":
                given = base64.b64decode(text.split()[2]).decode().split("\0")[1:]
                allowed = self.login is not None and tuple(given) == self.login
                say("235 ok" if allowed else "535 no")
            elif word == "MAIL":
                say("250 ok" if allowed else "530 log in first")
            elif word == "RCPT":
                say(self.refuse.get(text.partition("<")[2].partition(">")[0], "250 ok"))
            elif word == "DATA":
                say("354 go on")
                data = b""
                while not data.endswith(b"\r\n.\r\n"):
                    data += await reader.readline()
                self.mails.append(message_from_bytes(data[:-3], policy=default))
                say("250 taken")
                await writer.drain()
                self.changed()
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


@dataclass
class Published:
    """What a client published, and how."""

    topic: str
    data: bytes
    client: str
    user: str
    password: str


@dataclass
class MqttBroker(LoopbackServer):
    """Takes messages of quality 1; answers CONNECT with `code`, and PUBLISH with another packet where `confused`."""

    code: int = 0
    confused: bool = False
    messages: list[Published] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """CONNECT, PUBLISH and DISCONNECT of MQTT 3.1.1; anything else fails the connection."""
        kind, body = await _packet(reader)
        assert kind == 0x10
        name, rest = _field(body)
        assert (name, rest[0]) == (b"MQTT", 4)
        flags, rest = rest[1], rest[4:]
        assert flags & 0x02, "a clean session"
        client, rest = _field(rest)
        user, rest = _field(rest) if flags & 0x80 else (b"", rest)
        password, rest = _field(rest) if flags & 0x40 else (b"", rest)
        assert not rest
        writer.write(bytes((0x20, 2, 0, self.code)))
        while not self.code:
            kind, body = await _packet(reader)
            if kind == 0xE0:
                self.lines.append("DISCONNECT")
                self.changed()
                return
            assert kind == 0x32, "quality 1, neither retained nor sent again"
            topic, rest = _field(body)
            self.messages.append(Published(topic.decode(), rest[2:], client.decode(), user.decode(), password.decode()))
            writer.write(bytes((0x40, 2)) + (b"\x7f\x7f" if self.confused else rest[:2]))
            await writer.drain()
            self.changed()


async def _packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind, length, shift = (await reader.readexactly(1))[0], 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            return kind, await reader.readexactly(length)


def _field(data: bytes) -> tuple[bytes, bytes]:
    end = 2 + int.from_bytes(data[:2], "big")
    return data[2:end], data[end:]
