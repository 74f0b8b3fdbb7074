"""A Modbus TCP server of our own for simulated meters: many devices a port, many ports a process, every fault.

It is written without pymodbus, so that the reader is tested against another reading of the specification, and so
that answers can be spoiled byte by byte. One server holds any number of meters by device id, as a gateway would.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping

from devices.places import PlaceKind
from devices.simulators.faults import Fault, FaultPlan, garbled
from devices.simulators.modbus_bus import BusDevice, ModbusBus
from devices.simulators.modbus_meter import NO_SUCH_DEVICE
from devices.simulators.tcp_port import TcpPort

_HEADER = struct.Struct(">HHHB")
"""Transaction, protocol (0), length of what follows it, device."""
MAX_FRAME_BYTES = 260
_UNREADABLE = (Fault.GARBAGE, Fault.BAD_CRC, Fault.NOISE)


class ModbusMeterServer(TcpPort):
    """Serves `meters` (by device id) over Modbus TCP."""

    KIND = PlaceKind.TCP

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
        while await self._exchange(reader, writer):
            pass

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One question and its answer; False ends the connection."""
        transaction, protocol, length, device = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        if protocol != 0 or not 2 <= length <= MAX_FRAME_BYTES - 6:
            return False
        question = await reader.readexactly(length - 1)
        return await self._answer(writer, transaction, device, question)

    async def _answer(self, writer: asyncio.StreamWriter, transaction: int, device: int, question: bytes) -> bool:
        """Answer one question; False cuts the connection."""
        reply = self.bus.ask(device, question, absent=NO_SUCH_DEVICE)
        if reply is None:
            return True
        if reply.fault is Fault.RESET:
            writer.transport.abort()
            return False
        if reply.fault is Fault.LATE:
            await asyncio.sleep(self.bus.faults.late_s)
        if reply.fault is Fault.FOREIGN_TRANSACTION:
            transaction = (transaction + 7) % 0x10000
        frame = _HEADER.pack(transaction, 0, len(reply.pdu) + 1, reply.device) + reply.pdu
        writer.write(garbled(frame) if reply.fault in _UNREADABLE else frame)
        await writer.drain()
        return True
