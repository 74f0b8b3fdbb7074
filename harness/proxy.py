"""A TCP proxy that makes a network bad: delay, stalls, resets, nothing at all. One for each direction of dialling."""

from __future__ import annotations

import asyncio
import random
import threading
from contextlib import suppress

CHUNK = 64 * 1024


class Proxy:
    """Listens on `port` and forwards to `target`. `delay_ms` and `resets` may be changed at any time.

    `cut`: what comes is held back and new connections are dropped, as in a partition. `delay_ms` for every chunk each
    way. `resets`: the chance that a chunk breaks its connection instead of passing.
    """

    def __init__(self, target: int, seed: int = 0) -> None:
        self.port = 0
        self._whole = asyncio.Event()
        self._whole.set()
        self.delay_ms = 0
        self.resets = 0.0
        self._target = target
        self._chance = random.Random(seed)

    @property
    def cut(self) -> bool:
        """Whether nothing passes."""
        return not self._whole.is_set()

    async def set_cut(self, *, cut: bool) -> None:
        """On the proxy's own loop: see `ProxyThread.cut`."""
        if cut:
            self._whole.clear()
        else:
            self._whole.set()

    async def serve(self) -> asyncio.Server:
        """Listen on a free port."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        try:
            await asyncio.gather(self._forward(reader, back), self._forward(there, writer))
        except asyncio.CancelledError:
            # The test is over.
            return
        finally:
            writer.transport.abort()
            back.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)

        async def deliver() -> None:
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(due - loop.time(), 0))
                await self._whole.wait()
                if not data or self._chance.random() < self.resets:
                    writer.transport.abort()
                    return
                writer.write(data)
                await writer.drain()

        delivering = asyncio.create_task(deliver())
        try:
            while not delivering.done():
                try:
                    data = await reader.read(CHUNK)
                except OSError:
                    data = b""
                await queue.put((loop.time() + self.delay_ms / 1000, data))
                if not data:
                    break
            with suppress(OSError):
                await delivering
        finally:
            delivering.cancel()


class ProxyThread:
    """Runs proxies beside the test."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def add(self, proxy: Proxy) -> None:
        """Start one; its port is known when this returns."""
        self._servers.append(asyncio.run_coroutine_threadsafe(proxy.serve(), self._loop).result(10))

    def cut(self, proxy: Proxy, *, cut: bool) -> None:
        """Let nothing pass, or everything again."""
        asyncio.run_coroutine_threadsafe(proxy.set_cut(cut=cut), self._loop).result(10)

    def close(self) -> None:
        """End all of them."""

        async def end() -> None:
            for server in self._servers:
                server.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0.1)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
