"""The contact that lets a consumer draw: a Modbus coil, set and read back."""

from __future__ import annotations

from devices.errors import BadReply
from devices.links.modbus_switch import ModbusSwitch


class Relay:
    """One coil of one device on a line."""

    def __init__(self, line: ModbusSwitch, device_id: int, coil: int) -> None:
        self._line = line
        self._device_id = device_id
        self._coil = coil
        self.closed: bool | None = None
        """As it was last read back; None: not known."""

    async def put(self, *, closed: bool) -> None:
        """Close or open the contact, and make sure; raises what links raise, `BadReply` if it stays as it was."""
        self.closed = None
        await self._line.write_coil(self._device_id, self._coil, closed=closed)
        self.closed = await self._line.read_coil(self._device_id, self._coil)
        if self.closed is not closed:
            shown = "closed" if self.closed else "open"
            raise BadReply(f"relay {self._coil} of device {self._device_id} stays {shown}", code="relay_stuck")
