"""A Modbus TCP server of our own for simulated meters: many devices a port, many ports a process, every fault.

It is written without pymodbus, so that the reader is tested against another reading of the specification, and so
that answers can be spoiled byte by byte. One server holds any number of meters by device id, as a gateway would.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Mapping

from devices.errors import DeviceException
from devices.places import Place, PlaceKind, Socket
from devices.simulators.faults import Fault, FaultPlan
from devices.simulators.modbus_meter import (
    DEVICE_BUSY,
    DEVICE_FAILURE,
    ILLEGAL_FUNCTION,
    NO_SUCH_DEVICE,
    SimulatedMeter,
)

_HEADER = struct.Struct(">HHHB")
"""Transaction, protocol (0), length of what follows it, device."""
MAX_FRAME_BYTES = 260


class ModbusMeterServer:
    """Serves `meters` (by device id) on one TCP port; port 0 takes a free one, `port` says which."""

    def __init__(
        self,
        meters: Mapping[int, SimulatedMeter],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: FaultPlan | None = None,
    ) -> None:
        self.meters = dict(meters)
        self.host = host
        self.port = port
        self.faults = faults or FaultPlan()
        self.questions = 0
        """How many questions were asked so far."""
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._stopping = asyncio.Event()

    @property
    def place(self) -> Place:
        """Where it is read."""
        return Place(PlaceKind.TCP, Socket(self.host, self.port))

    async def start(self) -> None:
        """Listen; raises `OSError` when the port is taken."""
        self._stopping.clear()
        self._server = await asyncio.start_server(self._serve, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut all connections."""
        if self._server is None:
            return
        self._server.close()
        self._stopping.set()
        for writer in self._connections.values():
            writer.transport.abort()
        # Their tasks end by themselves when the socket is gone; cancelled ones would be reported as failures.
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def __aenter__(self) -> ModbusMeterServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections[task] = writer
            task.add_done_callback(lambda done: self._connections.pop(done, None))
        try:
            going = True
            while going and not self._stopping.is_set():
                going = await self._exchange(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            # The reader went away, as readers do; the next one is served.
            writer.transport.abort()
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One question and its answer; False ends the connection."""
        transaction, protocol, length, device = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        if protocol != 0 or not 2 <= length <= MAX_FRAME_BYTES - 6:
            return False
        question = await reader.readexactly(length - 1)
        return await self._answer(writer, transaction, device, question)

    async def _answer(self, writer: asyncio.StreamWriter, transaction: int, device: int, question: bytes) -> bool:
        """Answer one question; False cuts the connection."""
        self.questions += 1
        fault = self.faults.draw()
        if fault is Fault.RESET:
            writer.transport.abort()
            return False
        if fault is Fault.SILENT:
            return True
        answer = self._reply(device, question, fault)
        if fault is Fault.LATE:
            await self._delay(self.faults.late_s)
        if fault is Fault.FOREIGN_ID:
            device = (device + 1) % 256
        if fault is Fault.FOREIGN_TRANSACTION:
            transaction = (transaction + 7) % 0x10000
        frame = _HEADER.pack(transaction, 0, len(answer) + 1, device) + answer
        writer.write(bytes(byte ^ 0x5A for byte in frame) if fault is Fault.GARBAGE else frame)
        await writer.drain()
        return True

    async def _delay(self, seconds: float) -> None:
        """Wait, but not beyond the server's end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _reply(self, device: int, question: bytes, fault: Fault | None) -> bytes:
        function = question[0]
        try:
            if fault in (Fault.EXCEPTION, Fault.BUSY):
                raise DeviceException(DEVICE_FAILURE if fault is Fault.EXCEPTION else DEVICE_BUSY)
            meter = self.meters.get(device)
            if meter is None:
                raise DeviceException(NO_SUCH_DEVICE)
            if len(question) != 5:
                raise DeviceException(ILLEGAL_FUNCTION)
            address, count = struct.unpack(">HH", question[1:])
            words = meter.read(function, address, count)
        except DeviceException as refusal:
            return bytes((function | 0x80, refusal.exception))
        if fault is not None:
            words = meter.spoil(fault, words)
            if fault is Fault.SHORT:
                words = words[:-1]
            elif fault is Fault.LONG:
                words = (*words, 0)
        return struct.pack(f">BB{len(words)}H", function, 2 * len(words), *words)
