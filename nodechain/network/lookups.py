"""Names of hosts become addresses: a few look-ups at a time, each in a thread that nothing waits for.

A system's resolver cannot be told to stop: where the name server is silent it takes many seconds. So the threads are
this room's own, bounded, and do not keep the process from ending; who waits for an answer gives up by itself.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from nodechain.network import limits

Found = tuple[tuple[str, int], ...]


def is_literal(host: str) -> bool:
    """Whether a host is an IP address already."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolve(host: str, port: int) -> Found:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    distinct = dict.fromkeys((str(address[0]), port) for *_rest, address in found)
    return tuple(distinct)[: limits.MAX_ADDRESSES]


class Lookups:
    """`busy`: threads under way, whoever still waits for them."""

    def __init__(self, resolve: Callable[[str, int], Found] = _resolve) -> None:
        self._resolve = resolve
        self.busy = 0

    async def find(self, host: str, port: int) -> Found:
        """Addresses to connect to, one after the other; raises OSError (unknown name, or too many look-ups)."""
        if is_literal(host):
            return ((host, port),)
        if self.busy >= limits.MAX_LOOKUPS:
            raise OSError("too many names are being looked up")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()
        self.busy += 1

        def done(found: Found | OSError) -> None:
            self.busy -= 1
            if answer.done():
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def work() -> None:
            try:
                found: Found | OSError = self._resolve(host, port)
            except OSError as error:
                found = error
            except UnicodeError as error:
                found = OSError(f"no name of a host: {error}")
            with suppress(RuntimeError):
                # The loop may have ended meanwhile.
                loop.call_soon_threadsafe(done, found)

        threading.Thread(target=work, name=f"look-up {host}", daemon=True).start()
        return await answer
