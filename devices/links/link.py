"""What every link offers: reading registers. Two exist: Modbus TCP, and the one in memory for tests."""

from __future__ import annotations

from typing import Protocol


class DeviceLink(Protocol):
    """A bus with meters on it; writing is not offered, a meter needs none."""

    async def read(self, device_id: int, function_code: int, address: int, count: int) -> tuple[int, ...]:
        """`count` registers from `address` (from 0, as on the wire) of device `device_id`, by function 3 or 4.

        Exactly `count` words come back, or an error: `LinkTimeout`, `LinkClosed`, `BadReply`, `DeviceException`.
        Calls made at the same time wait for each other.
        """

    async def close(self) -> None:
        """Let go of the connection; reading again opens it anew."""
