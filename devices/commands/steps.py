"""Lines on stdin as steps: how a player outside drives a command that goes on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator


async def steps(stop: asyncio.Event) -> AsyncIterator[bytes]:
    """Each line of stdin, stripped, until it ends or `stop` is set."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while not stop.is_set():
            line = asyncio.ensure_future(reader.readline())
            await asyncio.wait((line, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not line.done() or not line.result():
                line.cancel()
                return
            yield line.result().strip()
    finally:
        stopping.cancel()
        transport.close()
