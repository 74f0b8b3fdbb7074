"""What meters on one Modbus line answer, whatever carries the bytes, and how an answer is spoiled."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import msgspec

from devices.errors import DeviceException
from devices.simulators.faults import Fault, FaultPlan
from devices.simulators.modbus_meter import DEVICE_BUSY, DEVICE_FAILURE, ILLEGAL_FUNCTION, SimulatedDevice, spoilt
from devices.simulators.relay import SimulatedRelays

BusDevice = SimulatedDevice | SimulatedRelays


class Reply(msgspec.Struct, frozen=True):
    """The answer to one question: function and data, from `device`, with the fault that the carrier adds."""

    device: int
    pdu: bytes
    fault: Fault | None


class ModbusBus:
    """Meters by device id; `faults` says which answers are spoiled."""

    def __init__(self, meters: Mapping[int, BusDevice], faults: FaultPlan | None = None) -> None:
        self.meters = dict(meters)
        self.faults = faults or FaultPlan()
        self.questions = 0
        """How many questions were asked so far."""

    def ask(self, device: int, question: bytes, *, absent: int | None) -> Reply | None:
        """The answer to function and data; None where none comes.

        `absent`: the exception of a device that is not there; None where nobody speaks for it.
        """
        self.questions += 1
        fault = self.faults.draw()
        meter = self.meters.get(device)
        if fault is Fault.SILENT or (meter is None and absent is None):
            return None
        function = question[0]
        try:
            if meter is None:
                raise DeviceException(absent or 0)
            pdu = meter.answer(question) if isinstance(meter, SimulatedRelays) else _registers(meter, question, fault)
        except DeviceException as refusal:
            pdu = bytes((function & 0x7F | 0x80, refusal.exception))
        return Reply((device + 1) % 256 if fault is Fault.FOREIGN_ID else device, pdu, fault)


def _registers(meter: SimulatedDevice, question: bytes, fault: Fault | None) -> bytes:
    words = _words(meter, question, fault)
    return struct.pack(f">BB{len(words)}H", question[0], 2 * len(words), *words)


def _words(meter: SimulatedDevice, question: bytes, fault: Fault | None) -> tuple[int, ...]:
    if fault in (Fault.EXCEPTION, Fault.BUSY):
        raise DeviceException(DEVICE_FAILURE if fault is Fault.EXCEPTION else DEVICE_BUSY)
    if len(question) != 5:
        raise DeviceException(ILLEGAL_FUNCTION)
    address, count = struct.unpack(">HH", question[1:])
    words = meter.read(question[0], address, count)
    if fault is None:
        return words
    words = spoilt(fault, words)
    if fault is Fault.SHORT:
        return words[:-1]
    return (*words, 0) if fault is Fault.LONG else words
