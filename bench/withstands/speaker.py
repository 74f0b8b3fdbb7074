"""A hostile peer: TLS as a node does it, believing everybody, and whatever it is told to say."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ledger.encoding.codec import encode
from nodechain.network import limits
from nodechain.network.frames import FrameKind, frames_of
from nodechain.network.identity import NodeIdentity
from nodechain.network.wire import Hello


def tls(identity: NodeIdentity | None) -> ssl.SSLContext:
    """Shows the identity's certificate, or none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if identity is not None:
        context.load_cert_chain(identity.certificate_file, identity.key_file)
    return context


class Speaker:
    """An open connection that has said HELLO; what the other side says is read and forgotten."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer

    async def say(self, kind: FrameKind, payload: bytes) -> None:
        """A good frame with any payload; waits where the other side does not read."""
        for frame in frames_of(kind, payload):
            self.writer.write(frame)
        await self.writer.drain()


@asynccontextmanager
async def speaking(identity: NodeIdentity, port: int, genesis_hash: bytes) -> AsyncIterator[Speaker]:
    """Connect and greet; raises OSError where the other side does not want us."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls(identity), server_hostname="")

    async def forget() -> None:
        while await reader.read(2**20):
            pass

    reading = asyncio.create_task(forget())
    try:
        speaker = Speaker(writer)
        await speaker.say(FrameKind.HELLO, encode(Hello(limits.NETWORK_VERSION, genesis_hash, 0)))
        yield speaker
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        writer.transport.abort()
