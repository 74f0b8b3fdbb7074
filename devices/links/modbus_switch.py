"""A Modbus line on which coils are set too. Meters need none: whoever only reads them has a `ModbusLink`."""

from __future__ import annotations

from typing import Final

from devices.errors import BadReply
from devices.links.modbus import READ_HOLDING, ModbusLink, Question

READ_COILS: Final = 1
WRITE_COIL: Final = 5


class ModbusSwitch(ModbusLink):
    """A line to meters and relays; one question at a time, whichever it is for."""

    async def write_coil(self, device_id: int, coil: int, *, closed: bool) -> None:
        """Function 5; raises what `read` raises. It is not repeated here: read the coil back."""
        question = Question(device_id, WRITE_COIL, 0, f"the writing of coil {coil}")
        async with self._lock:
            await self._drain_owed(device_id, READ_HOLDING, coil)
            answer = await self._exchange(question, lambda: self._client.write_coil(coil, closed, device_id=device_id))
        if answer.address != coil or answer.bits[:1] != [closed]:
            raise BadReply(f"device {device_id}: not the echo of coil {coil}")

    async def read_coil(self, device_id: int, coil: int) -> bool:
        """Function 1."""
        question = Question(device_id, READ_COILS, 0, f"coil {coil}")
        async with self._lock:
            await self._drain_owed(device_id, READ_HOLDING, coil)
            answer = await self._exchange(question, lambda: self._client.read_coils(coil, count=1, device_id=device_id))
        return bool(answer.bits[0])
