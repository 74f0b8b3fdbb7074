"""Bytes over a serial port or a socket: the line to meters that send telegrams.

nothing is kept back    bytes are taken off the line as they come, so that what a driver waits for is never old
nothing is dropped      the rate is changed on the open port; what arrived before stays
nothing grows           who does not read loses the oldest bytes, as on a wire
a lost or silent line   is opened anew by the next use
"""

from __future__ import annotations

import asyncio
import os
import termios
from collections.abc import Callable
from typing import Final, Protocol

import msgspec
import serial

from devices.errors import LinkClosed, LinkTimeout, Misuse
from devices.places import Place, SerialLine, Socket

MAX_WAITING_BYTES: Final = 64 * 1024
"""Of bytes that nobody took yet; more than any telegram has."""
CHUNK_BYTES: Final = 4096
WRITE_TIMEOUT_S: Final = 10.0
"""For one question on a serial port: the longest, of 37 characters, takes 1.3 s at 300 baud."""

Take = Callable[[bytearray], bytes | None]
"""Cuts a telegram out of what arrived, if a whole one is there."""


class LineForm(msgspec.Struct, frozen=True):
    """How the bits go on a serial port whose place does not say: the meter's profile does."""

    baudrate: int
    bits: int = 8
    parity: str = "N"
    stopbits: int = 1


class _Wire(Protocol):
    """An open line; what arrives it gives to the callbacks that it was made with."""

    async def write(self, data: bytes) -> None:
        """Return when the bytes have left; raises `OSError`."""

    def set_baudrate(self, baudrate: int) -> None:
        """Change the rate at once; raises `OSError`."""

    def close(self) -> None:
        """Let go of it."""


class _SerialWire:
    """A serial port, read by the loop; pyserial sets it up and changes its rate.

    A write waits for the port in a thread. The line may be lost meanwhile: then the port is closed when the thread is
    through, for a file that is closed under a write may be another file by the time the bytes go out.
    """

    def __init__(
        self, line: SerialLine, form: LineForm, arrived: Callable[[bytes], None], lost: Callable[[], None]
    ) -> None:
        self._port = _open_port(line, form)
        self._arrived = arrived
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._handle = self._port.fileno()
        self._closed = False
        self._sending: asyncio.Future[None] | None = None
        self._loop.add_reader(self._handle, self._read)

    def _read(self) -> None:
        try:
            data = os.read(self._handle, CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._arrived(data)
        else:
            # Readable and nothing there: the adapter was pulled out.
            self._lost()

    async def write(self, data: bytes) -> None:
        """See `_Wire.write`; the port is waited for in a thread."""
        if self._sending is not None:
            # Whoever began it may have given up; its bytes go first all the same.
            await asyncio.wait([self._sending])
        self._sending = self._loop.run_in_executor(None, self._send, data)
        # Shielded: who gives up waiting does not end the thread, and `close` has to know when that ends.
        await asyncio.shield(self._sending)
        if self._closed:
            raise OSError("closed while it was written to")

    def _send(self, data: bytes) -> None:
        try:
            self._port.write(data)
            self._port.flush()
        except termios.error as error:
            raise OSError(str(error)) from None

    def set_baudrate(self, baudrate: int) -> None:
        """See `_Wire.set_baudrate`: without a flush, without opening anew."""
        try:
            self._port.baudrate = baudrate
        except (termios.error, ValueError) as error:
            raise OSError(str(error)) from None

    def close(self) -> None:
        """See `_Wire.close`."""
        self._closed = True
        self._loop.remove_reader(self._handle)
        if self._sending is None or self._sending.done():
            self._port.close()
        else:
            self._port.cancel_write()
            self._sending.add_done_callback(self._sent_too_late)

    def _sent_too_late(self, sending: asyncio.Future[None]) -> None:
        """Close the port after the last write; how that went nobody waits for."""
        sending.exception()
        self._port.close()


def _open_port(line: SerialLine, form: LineForm) -> serial.Serial:
    """The port, set up as the place says, else as the form does; raises `OSError`."""

    def opened(bits: int, parity: str, stopbits: int) -> serial.Serial:
        # Exclusive: of two programs on one port each would get half of a telegram.
        return serial.Serial(
            line.device,
            baudrate=line.baudrate or form.baudrate,
            bytesize=bits,
            parity=parity,
            stopbits=stopbits,
            timeout=0,
            write_timeout=WRITE_TIMEOUT_S,
            exclusive=True,
        )

    try:
        if line.parity is not None:
            return opened(line.bits, line.parity, line.stopbits or 1)
        if form.bits == 8:
            return opened(8, form.parity, form.stopbits)
        return _with_7_bits(opened, form)
    except termios.error as error:
        raise OSError(str(error)) from None


def _with_7_bits(opened: Callable[[int, str, int], serial.Serial], form: LineForm) -> serial.Serial:
    """The port with 7 bits and parity, or with 8 and none if it is one that has no others: a pseudo-terminal.

    It says nothing, or that the form is invalid where nothing else changes. Where a real port is like that, the meter's
    parity bits stay in the text, and such text is refused.
    """
    try:
        port = opened(form.bits, form.parity, form.stopbits)
    except termios.error:
        return opened(8, "N", form.stopbits)
    if termios.tcgetattr(port.fileno())[2] & termios.CSIZE == termios.CS7:
        return port
    port.close()
    return opened(8, "N", form.stopbits)


class _SocketWire(asyncio.Protocol):
    """A connection to a gateway, which has a rate of its own."""

    def __init__(self, arrived: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._arrived = arrived
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The loop's call when the connection is there."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """The loop's call for bytes that came."""
        if not self._closed:
            self._arrived(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The loop's call for the end of the connection."""
        del exc
        # What was closed here has no say in the connection that came after it.
        if not self._closed:
            self._lost()

    async def write(self, data: bytes) -> None:
        """See `_Wire.write`; the socket takes a question whole."""
        if self._transport is not None:
            self._transport.write(data)

    def set_baudrate(self, baudrate: int) -> None:
        """Nothing to do: the gateway changes its own rate, or has one that fits."""

    def close(self) -> None:
        """See `_Wire.close`."""
        self._closed = True
        if self._transport is not None:
            self._transport.abort()


class ByteLink:
    """One line to one meter; belongs to the event loop that uses it first. `lock`: who talks holds it."""

    def __init__(self, place: Place, form: LineForm, *, open_timeout_s: float = 5.0) -> None:
        """Nothing is opened yet. Raises `Misuse` for a place of registers."""
        if place.kind.is_modbus:
            raise Misuse(f"{place}: telegrams come over serial:DEVICE or stream:HOST:PORT", code="bad_place")
        self.lock = asyncio.Lock()
        self.opened = 0
        """How many times the line was opened."""
        self._place = place
        self._form = form
        self._open_timeout_s = open_timeout_s
        self._wire: _Wire | None = None
        self._waiting = bytearray()
        self._news = asyncio.Event()

    async def write(self, data: bytes) -> None:
        """Send; returns when the bytes have left the port."""
        wire = await self._open()
        try:
            await wire.write(data)
        except OSError as error:
            raise self._lost_line(error) from None

    async def set_baudrate(self, baudrate: int) -> None:
        """Change the rate of a serial port, keeping it open and what arrived; a socket has none."""
        wire = await self._open()
        try:
            wire.set_baudrate(baudrate)
        except OSError as error:
            raise self._lost_line(error) from None

    async def settle(self, quiet_s: float, timeout_s: float) -> None:
        """Throw away what arrived until nothing more comes for `quiet_s`; raises `LinkTimeout` if that never is."""
        await self._open()
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        while loop.time() < end:
            self._waiting.clear()
            if not await self._more(quiet_s):
                self._waiting.clear()
                return
        await self.close()
        raise LinkTimeout(f"{self._place} is never quiet")

    async def take(self, take: Take, timeout_s: float, *, idle_s: float | None = None) -> bytes:
        """The first telegram that `take` finds in what arrives.

        Raises `LinkTimeout` after `timeout_s`, or when nothing at all comes for `idle_s`, and what `take` raises.
        """
        await self._open()
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        while True:
            found = take(self._waiting)
            if found is not None:
                return found
            left_s = end - loop.time()
            if left_s <= 0 or not await self._more(left_s if idle_s is None else min(left_s, idle_s)):
                # A connection whose other end lost its power looks just like this.
                await self.close()
                raise LinkTimeout(f"{self._place}: no whole telegram in time")

    async def open(self) -> None:
        """Open the line now, where what comes before the first question counts; raises `LinkClosed`."""
        await self._open()

    async def close(self) -> None:
        """Let go of the line; the next use opens it anew."""
        if self._wire is not None:
            self._wire.close()
        self._wire = None
        self._waiting.clear()

    async def _open(self) -> _Wire:
        if self._wire is None:
            self._waiting.clear()
            self._news.clear()
            try:
                async with asyncio.timeout(self._open_timeout_s):
                    self._wire = await self._connect()
            except (OSError, ValueError) as error:
                raise LinkClosed(f"{self._place} cannot be opened: {error}") from None
            self.opened += 1
        return self._wire

    async def _connect(self) -> _Wire:
        match self._place.where:
            case SerialLine() as line:
                return _SerialWire(line, self._form, self._arrived, self._lost)
            case Socket(host, port):
                _, wire = await asyncio.get_running_loop().create_connection(
                    lambda: _SocketWire(self._arrived, self._lost), host, port
                )
                return wire

    async def _more(self, timeout_s: float) -> bool:
        """Whether bytes came within that time; raises `LinkClosed` when the line is gone."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        if self._wire is None:
            raise LinkClosed(f"{self._place} was lost")
        return True

    def _arrived(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) > MAX_WAITING_BYTES:
            del self._waiting[:-MAX_WAITING_BYTES]
        self._news.set()

    def _lost(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None
        self._news.set()

    def _lost_line(self, error: OSError) -> LinkClosed:
        self._lost()
        return LinkClosed(f"{self._place} was lost: {error}")
