"""Reads take turns: one thread does all that may be dear, for a share of each second, fair to all who ask.

Consensus runs on the loop of this process, and whatever else runs here takes the interpreter's lock from it. So the
time that reading takes is measured (as it passes, however slow the machine is, and a fixed price for what the loop does
for a request), and when the share is used up, answers wait. Who asks for much waits, not who asks seldom: each address
has lines of its own, one for each kind of read, and the line that has used least is next.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, Final, TypeVar

import msgspec

from nodechain.errors import NodeError
from nodechain.process.worker import Worker

T = TypeVar("T")

LOOP_PRICE_S: Final = 0.000_2
"""What the loop does for one request: parsing, routing, writing. It is charged like the thread's time."""

BURST_S: Final = 0.1
"""How much time may be used at once after a pause."""

MAX_WAITING_PER_LINE: Final = 64
MAX_WAITING: Final = 1_024
MAX_WAIT_S: Final = 10.0
MAX_HELD_BYTES: Final = 32 * 1024 * 1024
MAX_HELD_BYTES_PER_ADDRESS: Final = 8 * 1024 * 1024
"""Of answers that are on their way; from there on no more are made. One answer may be larger."""

MAX_LINES: Final = 4_096
"""Lines whose use is remembered."""


class ReadKind(Enum):
    """What is read; each kind of one address waits in a line of its own."""

    POINT = "point"
    """One thing, or a few."""
    RANGE = "range"
    """What grows with history or with the community: pages, ranges, proofs, blocks."""
    EVENTS = "events"
    """The next piece of a subscription."""
    REFUSAL = "refusal"
    """Nothing: who is told of an error waits like who reads."""


ON_LOOP: Final = frozenset({ReadKind.POINT, ReadKind.REFUSAL})
"""What is read on the loop when it is its turn: a few keys, whose cost does not grow with history. The thread would
cost more than twice as much (decision 0008)."""


class TooBusy(NodeError):
    """The reads that wait are too many, or the wait was too long."""

    code = "busy"
    advice = "Ask again in a moment, or more slowly, or ask another node."
    retry_after_s = 2


@dataclass(slots=True, eq=False)
class _Asked:
    work: Callable[[], Any]
    is_gone: Callable[[], bool]
    done: asyncio.Future[Any]
    cost_s: float = 0.0


class _Line(msgspec.Struct):
    asked: deque[_Asked] = msgspec.field(default_factory=deque)
    used_s: float = 0.0


def _present() -> bool:
    return False


class Turns:
    """`share` says how much of each second reads may take now (0.25: 250 ms a second)."""

    def __init__(self, share: Callable[[], float], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._share = share
        self._monotonic = monotonic
        self._lines: OrderedDict[tuple[str, ReadKind], _Line] = OrderedDict()
        self._asking: dict[tuple[str, ReadKind], _Line] = {}
        """Lines in which somebody waits."""
        self._waiting = 0
        self._used_s = 0.0
        self._credit_s = BURST_S
        self._credited_at = monotonic()
        self._is_reading = False
        self._timer: asyncio.TimerHandle | None = None
        self._held: Counter[str] = Counter()
        self._worker = Worker("reads")
        self.done = 0
        """Reads that were made."""
        self.spent_s = 0.0
        """What they cost."""

    async def take(
        self, address: str, kind: ReadKind, work: Callable[[], T], is_gone: Callable[[], bool] = _present
    ) -> T:
        """Run `work` in the reading thread when it is this line's turn; what it raises is raised here.

        `is_gone`: nobody waits for it any more, so it is left out. Raises `TooBusy` at once where too many wait, and
        after `MAX_WAIT_S`, subscriptions excepted.
        """
        key = address, kind
        line = self._line(key)
        if len(line.asked) >= MAX_WAITING_PER_LINE or self._waiting >= MAX_WAITING:
            raise TooBusy(f"{self._waiting} reads wait, {len(line.asked)} of them are this address's")
        if kind in ON_LOOP and not self._waiting and self._has_room(address) and self._until_paid_s() <= 0:
            return self._on_loop(line, work)
        asked = _Asked(work, is_gone, asyncio.get_running_loop().create_future())
        line.asked.append(asked)
        self._asking[key] = line
        self._waiting += 1
        self._next()
        try:
            async with asyncio.timeout(None if kind is ReadKind.EVENTS else MAX_WAIT_S):
                result: Callable[[], T] = await asked.done
                return result()
        except TimeoutError:
            raise TooBusy(f"it was not this read's turn within {MAX_WAIT_S:g} s") from None

    def charge(self, address: str, kind: ReadKind, cost_s: float) -> None:
        """What the loop does for a line besides."""
        self._pay(self._line((address, kind)), cost_s)

    @contextmanager
    def holding(self, address: str, size: int) -> Iterator[None]:
        """An answer of so many bytes is on its way; while too many are, its address' reads wait."""
        self._held[address] += size
        try:
            yield
        finally:
            self._held[address] -= size
            if not self._held[address]:
                del self._held[address]
            self._next()

    def close(self) -> None:
        """Wait for the read that is under way; those that wait are refused."""
        if self._timer is not None:
            self._timer.cancel()
        for line in self._asking.values():
            while line.asked:
                asked = line.asked.popleft()
                if not asked.done.done():
                    asked.done.set_exception(TooBusy("the node is stopping"))
        self._asking.clear()
        self._waiting = 0
        self._worker.close()

    def _line(self, key: tuple[str, ReadKind]) -> _Line:
        """A line that comes anew has used as much as the one that is served now: waiting earns nothing."""
        line = self._lines.pop(key, None) or _Line()
        self._lines[key] = line
        if not line.asked:
            line.used_s = max(line.used_s, self._used_s)
        if len(self._lines) > MAX_LINES:
            oldest = next((old for old, other in self._lines.items() if not other.asked), None)
            if oldest is not None:
                del self._lines[oldest]
        return line

    def _next(self) -> None:
        if not self._waiting or self._timer is not None:
            return
        wait_s = self._until_paid_s()
        if wait_s > 0:
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._timer_expired)
            return
        key = self._following()
        if key is None:
            return
        line = self._asking[key]
        asked = line.asked.popleft()
        if not line.asked:
            del self._asking[key]
        self._waiting -= 1
        self._used_s = line.used_s
        if asked.done.done() or asked.is_gone():
            asked.done.cancel()
            asyncio.get_running_loop().call_soon(self._next)
            return
        if key[1] in ON_LOOP:
            asked.done.set_result(partial(self._on_loop, line, asked.work))
            asyncio.get_running_loop().call_soon(self._next)
            return
        self._is_reading = True
        reading = asyncio.ensure_future(self._worker.run(_measured, asked))
        reading.add_done_callback(partial(self._read, line, asked))

    def _following(self) -> tuple[str, ReadKind] | None:
        """The line with the least use, of those whose earlier answers have been read; the thread has one."""
        ready = (key for key in self._asking if self._has_room(key[0]) and (key[1] in ON_LOOP or not self._is_reading))
        return min(ready, key=lambda key: self._asking[key].used_s, default=None)

    def _has_room(self, address: str) -> bool:
        """Whether an answer more may be made for an address, by what is held for all and for it."""
        return self._held.total() < MAX_HELD_BYTES and self._held[address] < MAX_HELD_BYTES_PER_ADDRESS

    def _on_loop(self, line: _Line, work: Callable[[], T]) -> T:
        """Do what is cheaper than the way to the thread and back; charged all the same."""
        started = time.perf_counter()
        try:
            return work()
        finally:
            self.done += 1
            self._pay(line, time.perf_counter() - started + LOOP_PRICE_S)

    def _timer_expired(self) -> None:
        self._timer = None
        self._next()

    def _read(self, line: _Line, asked: _Asked, reading: asyncio.Future[Any]) -> None:
        self._is_reading = False
        if reading.cancelled():
            if not asked.done.done():
                asked.done.set_exception(TooBusy("the node is stopping"))
            return
        self._pay(line, asked.cost_s + LOOP_PRICE_S)
        self.done += 1
        error = reading.exception()
        if not asked.done.done():
            if error is None:
                asked.done.set_result(reading.result)
            else:
                asked.done.set_exception(error)
        self._next()

    def _pay(self, line: _Line, cost_s: float) -> None:
        line.used_s += cost_s
        self._credit_s -= cost_s
        self.spent_s += cost_s

    def _until_paid_s(self) -> float:
        now = self._monotonic()
        share = self._share()
        self._credit_s = min(self._credit_s + (now - self._credited_at) * share, BURST_S)
        self._credited_at = now
        return max(-self._credit_s / share, 0.0)


def _measured(asked: _Asked) -> Any:
    """Do the work, and note how long it took: on a busy machine more than its processor time, as all here does."""
    started = time.perf_counter()
    try:
        return asked.work()
    finally:
        asked.cost_s = time.perf_counter() - started
