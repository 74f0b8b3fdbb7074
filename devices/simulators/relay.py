"""A relay board that does not exist: coils that are set and read."""

from __future__ import annotations

import struct

from devices.errors import DeviceException
from devices.simulators.modbus_meter import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE

READ_COILS = 1
WRITE_COIL = 5
ON = 0xFF00


class SimulatedRelays:
    """`count` coils, open at first; `stuck` ones stay as they are whatever is written."""

    def __init__(self, count: int) -> None:
        self.closed = [False] * count
        self.stuck: set[int] = set()

    def answer(self, question: bytes) -> bytes:
        """Function and data to the answer's; raises `DeviceException`."""
        if len(question) != 5 or question[0] not in (READ_COILS, WRITE_COIL):
            raise DeviceException(ILLEGAL_FUNCTION)
        coil, value = struct.unpack(">HH", question[1:])
        if coil >= len(self.closed):
            raise DeviceException(ILLEGAL_ADDRESS)
        if question[0] == READ_COILS:
            if value != 1:
                raise DeviceException(ILLEGAL_VALUE)
            return bytes((READ_COILS, 1, self.closed[coil]))
        if value not in (0, ON):
            raise DeviceException(ILLEGAL_VALUE)
        if coil not in self.stuck:
            self.closed[coil] = value == ON
        return question
