"""A thread of one's own for work that would hold up the loop; nobody shares asyncio's default executor.

Whoever has blocking work owns a `Worker` for it, so that a silent disk, name server or peer holds up its own kind of
work only: storage never waits behind look-ups, nor look-ups behind reads. `tests/test_architecture.py` holds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """`threads` of that name, started when first needed; calls wait in order for a free one."""

    def __init__(self, name: str, threads: int = 1) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def run(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """The call's result or error. If the waiting task is cancelled, a call that has begun goes on to its end."""
        work = self._executor.submit(function, *arguments, **named)
        return await asyncio.wrap_future(work)

    def close(self) -> None:
        """Wait for what has begun; the rest is dropped."""
        self._executor.shutdown(wait=True, cancel_futures=True)
