"""Simulated meters on a serial line (a pseudo-terminal) or behind a gateway that passes the line's bytes on over TCP.

Written without pymodbus: another reading of the specification than the reader's. A device that is not there is silent,
as on a real bus. What is no question for the bus (noise, a damaged frame) gets no answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from devices.places import Place, PlaceKind, SerialLine
from devices.simulators.faults import Fault, FaultPlan, garbled
from devices.simulators.modbus_bus import BusDevice, ModbusBus, Reply
from devices.simulators.pseudo_terminal import PseudoTerminal
from devices.simulators.tcp_port import TcpPort

QUESTION_BYTES: Final = {1: 8, 2: 8, 3: 8, 4: 8, 5: 8, 6: 8}
"""Whole frames by function; others are not asked of a meter and lose the frame."""
MAX_BUFFER: Final = 256


def crc16(data: bytes) -> bytes:
    """The checksum of a frame as it is sent, low byte first (Modbus over serial line 1.02, 6.2.2)."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


class QuestionReader:
    """Finds whole questions in what comes in, over any noise between them."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Device, and function with its data, of each question that is complete now."""
        self._buffer = (self._buffer + data)[-MAX_BUFFER:]
        found = []
        place = 0
        while place + 4 <= len(self._buffer):
            size = QUESTION_BYTES.get(self._buffer[place + 1], 0)
            frame = self._buffer[place : place + size]
            if size and len(frame) < size:
                break
            if size and frame[-2:] == crc16(frame[:-2]):
                found.append((frame[0], frame[1:-2]))
                place += size
            else:
                place += 1
        self._buffer = self._buffer[place:]
        return found


class _Line:
    """Questions in, answers out in the same order: on a serial line nothing overtakes a late answer."""

    def __init__(self, bus: ModbusBus, send: Callable[[bytes], None], cut: Callable[[], None]) -> None:
        self._bus = bus
        self._send = send
        self._cut = cut
        self._questions = QuestionReader()
        self._busy_until = 0.0
        self._waiting: set[asyncio.TimerHandle] = set()

    def received(self, data: bytes) -> None:
        """Answer what is complete."""
        for device, question in self._questions.feed(data):
            reply = self._bus.ask(device, question, absent=None)
            if reply is None:
                continue
            if reply.fault is Fault.RESET:
                self._cut()
            else:
                self._answer(_frame(reply), self._bus.faults.late_s if reply.fault is Fault.LATE else 0.0)

    def _answer(self, frame: bytes, after_s: float) -> None:
        loop = asyncio.get_running_loop()
        begun = max(loop.time(), self._busy_until)
        self._busy_until = begun + after_s
        if self._busy_until <= loop.time():
            self._send(frame)
        else:
            self._waiting.add(loop.call_at(self._busy_until, self._send, frame))

    def close(self) -> None:
        """What is still to come does not."""
        for handle in self._waiting:
            handle.cancel()


def _frame(reply: Reply) -> bytes:
    body = bytes((reply.device,)) + reply.pdu
    frame = body + crc16(body)
    match reply.fault:
        case Fault.GARBAGE:
            return garbled(frame)
        case Fault.BAD_CRC:
            return frame[:-1] + bytes((frame[-1] ^ 1,))
        case Fault.NOISE:
            return b"\x00\xff\x13" + frame
        case _:
            return frame


class RtuBusServer:
    """Meters on one pseudo-terminal; `link` names it. Start and stop as often as the bus is cut."""

    def __init__(
        self, meters: Mapping[int, BusDevice], *, link: Path | None = None, faults: FaultPlan | None = None
    ) -> None:
        self.bus = ModbusBus(meters, faults)
        self._link = link
        self._terminal: PseudoTerminal | None = None
        self._line: _Line | None = None

    @property
    def place(self) -> Place:
        """Where it is read; the bits' speed does not matter here."""
        return Place(PlaceKind.RTU, SerialLine("" if self._terminal is None else self._terminal.path))

    async def start(self) -> None:
        """Raises `Misuse` if the link's name is taken."""
        terminal = PseudoTerminal(self._received, self._link)
        # A serial line cannot be cut by the meter: it is silent instead.
        self._terminal, self._line = terminal, _Line(self.bus, terminal.write, lambda: None)

    def _received(self, data: bytes) -> None:
        if self._line is not None:
            self._line.received(data)

    async def stop(self) -> None:
        """The port is gone, as when an adapter is pulled."""
        if self._terminal is not None and self._line is not None:
            self._line.close()
            self._terminal.close()
            self._terminal = self._line = None

    async def __aenter__(self) -> RtuBusServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


class RtuGatewayServer(TcpPort):
    """The same bus behind a TCP gateway that knows nothing of Modbus."""

    KIND = PlaceKind.RTU_TCP

    def __init__(
        self,
        meters: Mapping[int, BusDevice],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: FaultPlan | None = None,
    ) -> None:
        super().__init__(host, port)
        self.bus = ModbusBus(meters, faults)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """See `TcpPort.serve`."""
        line = _Line(self.bus, writer.write, writer.transport.abort)
        try:
            while data := await reader.read(4096):
                line.received(data)
        finally:
            line.close()
