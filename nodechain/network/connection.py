"""One connection: TLS is done, who is there is known by its certificate, HELLO is next, then messages in two lanes.

It owns the queue of what is to be written and the right to read. It acts on nothing that it hears: its `Listener` does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from nodechain.clock import Clock
from nodechain.network import limits
from nodechain.network.allowances import Allowances
from nodechain.network.frames import BULK, BadFrame, FrameKind, FrameReader, Received, frames_of
from nodechain.network.trust import Peer
from nodechain.network.wire import GOODBYE, HELLO, Goodbye, Hello

log = logging.getLogger("nodechain.network")

JOIN_BYTES: Final = 64 * 1024


class Events(Protocol):
    """Who is told what happens on a connection."""

    def connected(self, connection: Connection, hello: Hello) -> str:
        """The peer said HELLO: empty to keep it, or the code of why not."""
        ...

    def received(self, connection: Connection, message: Received) -> None:
        """A message; may raise an `InvalidInput`, which is the peer's fault."""
        ...

    def misbehaved(self, connection: Connection, code: str) -> None:
        """The peer sent what is no message."""
        ...

    def closed(self, connection: Connection) -> None:
        """The connection has ended, for `connection.reason`."""
        ...


class Connection(asyncio.Protocol):
    """`inbound`: the other side dialled; `identify` tells whose certificate it is. One for each attempt."""

    def __init__(
        self,
        events: Events,
        identify: Callable[[bytes], Peer | None],
        clock: Clock,
        hello: Callable[[], Hello],
        *,
        inbound: bool,
    ) -> None:
        self.inbound = inbound
        self.peer: Peer | None = None
        self.reason = ""
        self.is_ready = False
        self.unhandled = 0
        self.last_heard_ms = clock.monotonic_ms()
        self.since_ms = self.last_heard_ms
        self.last_ping_ms = self.last_heard_ms
        self.bytes_in = 0
        self.bytes_out = 0
        self._events = events
        self._identify = identify
        self._clock = clock
        self._hello = hello
        self._transport: asyncio.Transport | None = None
        self._reader = FrameReader()
        self._urgent: deque[bytes] = deque()
        self._bulk: deque[bytes] = deque()
        self.waiting_bytes = [0, 0]
        self._may_write = True
        self._pump_is_due = False
        self._pauses = 0
        now = self.last_heard_ms
        self.allowed = Allowances(now)
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def node_id(self) -> bytes:
        """The peer's; empty before its certificate is known."""
        return b"" if self.peer is None else self.peer.node_id

    # asyncio's calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TLS is done: who is it?"""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=limits.WRITE_AHEAD_BYTES)
        session = transport.get_extra_info("ssl_object")
        self.peer = self._identify(session.getpeercert(binary_form=True) or b"")
        if self.peer is None:
            self.close("unknown_peer")
            return
        self._timer = asyncio.get_running_loop().call_later(limits.HELLO_S, self.close, "no_hello")
        _write_now(transport, FrameKind.HELLO, encode(self._hello()))

    def data_received(self, data: bytes) -> None:
        """Frames; what is wrong with them is the peer's fault."""
        self.bytes_in += len(data)
        now, frames = self._clock.monotonic_ms(), self._reader.frames
        self._slow_down(self.allowed.read(len(data), now))
        try:
            for message in self._reader.feed(data, now):
                if self._closed:
                    return
                self._slow_down(self.allowed.message(message.kind, now))
                self._handle(message)
            if self._reader.frames > frames:
                # A frame that comes byte by byte is no sign of life.
                self.last_heard_ms = now
        except BadFrame as error:
            self._fault("bad_frame", error.code)
        except InvalidInput as error:
            self._fault("malformed", str(error))

    def _handle(self, message: Received) -> None:
        if message.kind is FrameKind.GOODBYE:
            self.reason = self.reason or "peer_said_" + GOODBYE.decode(message.payload).code
            self.close(self.reason)
        elif message.kind is FrameKind.HELLO:
            self._greeted(HELLO.decode(message.payload))
        elif not self.is_ready:
            raise BadFrame("no_hello")
        elif message.kind is not FrameKind.PING:
            self._events.received(self, message)

    def _greeted(self, hello: Hello) -> None:
        if self.is_ready:
            raise BadFrame("second_hello")
        if self._timer is not None:
            self._timer.cancel()
        self.is_ready = True
        refusal = self._events.connected(self, hello)
        if refusal:
            self.close(refusal)

    def _fault(self, code: str, detail: str) -> None:
        log.warning("peer speaks wrongly", extra={"peer": self.name, "code": code, "detail": detail})
        self._events.misbehaved(self, code)
        self.close(code)

    @property
    def name(self) -> str:
        """For logs."""
        return "" if self.peer is None else self.peer.name

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self.reason = self.reason or ("closed" if exc is None else type(exc).__name__)
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._urgent.clear()
        self._bulk.clear()
        self._events.closed(self)

    def pause_writing(self) -> None:
        """The peer reads slowly."""
        self._may_write = False

    def resume_writing(self) -> None:
        """It has read."""
        self._may_write = True
        self._pump()

    def is_stalled(self, now_ms: int) -> bool:
        """Whether a long message was begun whose next piece does not come."""
        since_ms = self._reader.unfinished_since_ms
        return since_ms is not None and self._pauses == 0 and now_ms - since_ms > 1000 * limits.IDLE_S

    # Reading no faster than we can.

    def hold(self) -> None:
        """Do not read until `go_on`, called as often."""
        self._pauses += 1
        if self._pauses == 1 and self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def go_on(self) -> None:
        """See `hold`."""
        self._pauses -= 1
        if self._pauses == 0 and self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def handed_over(self) -> None:
        """A message went to the replica: with too many unhandled ones nothing more is read."""
        self.unhandled += 1
        if self.unhandled == limits.UNHANDLED_MESSAGES:
            self.hold()

    def handled(self) -> None:
        """The replica has taken one."""
        if self.unhandled == limits.UNHANDLED_MESSAGES:
            self.go_on()
        self.unhandled = max(self.unhandled - 1, 0)

    def _slow_down(self, seconds: float) -> None:
        if seconds > 0 and not self._closed:
            self.hold()
            asyncio.get_running_loop().call_later(min(seconds, 5.0), self.go_on)

    # Writing.

    def send(self, kind: FrameKind, payload: bytes) -> bool:
        """Queue a message; False where it is dropped, because the connection ends or the slow lane is full."""
        if self._closed or not self.is_ready:
            return False
        lane = 1 if kind in BULK else 0
        if self.waiting_bytes[lane] > limits.OUTGOING_BYTES:
            if lane == 0:
                self.close("too_slow")
            return False
        queue = self._bulk if lane else self._urgent
        for frame in frames_of(kind, payload):
            queue.append(frame)
            self.waiting_bytes[lane] += len(frame)
        if not self._pump_is_due:
            # What is said within one turn of the loop is written at once: one record, one system call.
            self._pump_is_due = True
            asyncio.get_running_loop().call_soon(self._pump)
        return True

    def _pump(self) -> None:
        self._pump_is_due = False
        while self._may_write and not self._closed and self._transport is not None:
            batch: list[bytes] = []
            size = 0
            while size < JOIN_BYTES and (self._urgent or self._bulk):
                lane = 0 if self._urgent else 1
                frame = (self._bulk if lane else self._urgent).popleft()
                self.waiting_bytes[lane] -= len(frame)
                batch.append(frame)
                size += len(frame)
            if not batch:
                return
            self.bytes_out += size
            self._transport.write(b"".join(batch))

    def close(self, code: str) -> None:
        """Say why, and end; for good after a second, whatever the peer does."""
        if self._closed or self._transport is None:
            return
        self._closed = True
        self.reason = self.reason or code
        transport = self._transport
        _write_now(transport, FrameKind.GOODBYE, encode(Goodbye(code[:64])))
        transport.close()
        asyncio.get_running_loop().call_later(1.0, transport.abort)


def _write_now(transport: asyncio.Transport, kind: FrameKind, payload: bytes) -> None:
    if not transport.is_closing():
        transport.write(b"".join(frames_of(kind, payload)))
