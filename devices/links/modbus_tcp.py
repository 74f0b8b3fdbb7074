"""Modbus TCP behind pymodbus, with the defences that it lacks (docs: the pitfalls of pymodbus 3.16).

    a short answer            the length is checked exactly; pymodbus accepts fewer registers than asked for
    a foreign answer          device, function and transaction are compared; id 0 passes pymodbus
    a late answer             after a timeout nothing is asked for max(timeout, 2 x slowest answer): a gateway in front
                              of a serial bus would hand the late answer to the next question
    an exception              is returned by pymodbus, raised here
    a lost connection         is opened anew by the next read; pymodbus' own reconnecting is off, it hides resets

Only `pymodbus.client` is imported: the server half pulls in aiohttp.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusIOException

from devices.errors import BadReply, DeviceException, LinkClosed, LinkFault, LinkTimeout

READ_HOLDING: Final = 3
READ_INPUT: Final = 4

# Every timeout makes pymodbus dump frames at level ERROR; whoever uses a link gets an error to handle instead.
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)


class ModbusTcpLink:
    """One TCP connection to one or many meters; one question at a time.

    `timeout_s` holds for connecting and for an answer; a timeout is tried again `retries` times after the quiet
    window. `sleep` and `monotonic` (seconds) are arguments for tests.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        timeout_s: float = 1.0,
        retries: int = 1,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = AsyncModbusTcpClient(host, port=port, timeout=timeout_s, retries=0, reconnect_delay=0)
        self._where = f"{host}:{port}"
        self._timeout_s = timeout_s
        self._retries = retries
        self._sleep = sleep
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._slowest_s = 0.0
        self._quiet_until = 0.0
        self.timeouts = 0
        """How many questions had no valid answer in time."""
        self.retried = 0
        """How many questions were asked again."""

    async def read(self, device_id: int, function_code: int, address: int, count: int) -> tuple[int, ...]:
        """See `Link.read`."""
        async with self._lock:
            for _ in range(self._retries):
                try:
                    return await self._ask(device_id, function_code, address, count)
                except LinkFault:
                    self.retried += 1
            return await self._ask(device_id, function_code, address, count)

    async def close(self) -> None:
        """Close the socket; reading again opens it anew."""
        async with self._lock:
            self._client.close()

    async def _ask(self, device_id: int, function_code: int, address: int, count: int) -> tuple[int, ...]:
        wait_s = self._quiet_until - self._monotonic()
        if wait_s > 0:
            await self._sleep(wait_s)
        if not self._client.connected and not await self._client.connect():
            raise LinkClosed(f"nobody accepts Modbus connections at {self._where}")
        asked_at = self._monotonic()
        read = (
            self._client.read_holding_registers if function_code == READ_HOLDING else self._client.read_input_registers
        )
        try:
            answer = await read(address, count=count, device_id=device_id)
        except ConnectionException:
            raise LinkClosed(f"the connection to {self._where} was lost") from None
        except ModbusIOException:
            self.timeouts += 1
            self._quiet_until = self._monotonic() + max(self._timeout_s, 2 * self._slowest_s)
            if not self._client.connected:
                raise LinkClosed(f"{self._where} closed the connection") from None
            raise LinkTimeout(
                f"device {device_id} at {self._where} gave no valid answer in {self._timeout_s} s"
            ) from None
        self._slowest_s = max(self._slowest_s, self._monotonic() - asked_at)
        if answer.isError():
            raise DeviceException(answer.exception_code, f"device {device_id}, register {address}, {count} words")
        same = (answer.dev_id, answer.function_code, answer.transaction_id) == (
            device_id,
            function_code,
            self._client.ctx.request_transaction_id,
        )
        if not same or len(answer.registers) != count:
            # What comes next on this connection cannot be trusted to belong to what is asked next.
            self._client.close()
            raise BadReply(f"device {device_id} at {self._where}: not the answer to {count} registers from {address}")
        return tuple(answer.registers)
