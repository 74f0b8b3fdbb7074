"""A link to meters in the same process: the twin of the real links, for tests and dry runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from devices.errors import BadReply, LinkClosed

Answer = Callable[[int, int, int, int], Awaitable[tuple[int, ...]]]
"""(device id, function code, address, count) -> words, or one of a link's errors."""


class MemoryLink:
    """Asks `answer` instead of a bus; checks the length as a real link does."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._open = True

    async def read(self, device_id: int, function_code: int, address: int, count: int) -> tuple[int, ...]:
        """See `Link.read`."""
        if not self._open:
            raise LinkClosed("the link in memory was closed")
        words = await self._answer(device_id, function_code, address, count)
        if len(words) != count:
            raise BadReply(f"asked for {count} registers, got {len(words)}")
        return words

    async def close(self) -> None:
        """Refuse all further reading."""
        self._open = False
