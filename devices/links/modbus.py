"""Modbus over TCP, over a serial port (RTU), and RTU through a gateway: pymodbus behind the defences that it lacks.

    a short answer       the length is checked exactly; pymodbus accepts fewer registers than asked for
    a foreign answer     device, function and transaction are compared; id 0 passes pymodbus
    a late answer        after a timeout nothing is asked for max(timeout, 2 x slowest answer). RTU has no transaction
                         id, so that is not enough: before the next question the line is sounded with one whose answer
                         has another length than the one that may still come, until it is that one which comes
    noise, a bad CRC     lose the frame: a timeout, and what stands for it
    an exception         is returned by pymodbus, raised here
    a lost connection    is opened anew by the next read; pymodbus' own reconnecting is off, it hides resets

Only `pymodbus.client` is imported: the server half pulls in aiohttp.
"""

from __future__ import annotations

import asyncio
import logging
import termios
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from msgspec.structs import replace
from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusIOException

from devices.errors import BadReply, DeviceException, LinkClosed, LinkFault, LinkTimeout, Misuse
from devices.places import Place, PlaceKind, SerialLine, Socket

READ_HOLDING: Final = 3
READ_INPUT: Final = 4
DEFAULT_BAUDRATE: Final = 9600
MAX_PROBES: Final = 4
"""Questions with which a serial line is sounded before it is given up for this time."""

# Every timeout makes pymodbus dump frames at level ERROR; whoever uses a link gets an error to handle instead.
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)

Client = AsyncModbusTcpClient | AsyncModbusSerialClient


class Timing(msgspec.Struct, frozen=True):
    """`timeout_s` holds for connecting and for an answer; a fault is tried again `retries` times.

    `sleep` and `monotonic` (seconds) are arguments for tests.
    """

    timeout_s: float = 1.0
    retries: int = 1
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic


DEFAULT_TIMING: Final = Timing()


class Question(msgspec.Struct, frozen=True):
    """What was asked; `owes` is the length of its answer in registers, 0 for one of another kind."""

    device_id: int
    function_code: int
    owes: int
    what: str


class ModbusLink:
    """One line to one or many meters; one question at a time. Belongs to the event loop in which it was made."""

    def __init__(self, place: Place, timing: Timing = DEFAULT_TIMING) -> None:
        """Nothing is opened yet. Raises `Misuse` for a place that is no Modbus line."""
        self._client = _client(place, timing.timeout_s)
        self._place = place
        self._where = str(place)
        self._timing = timing
        self._has_transactions = place.kind is PlaceKind.TCP
        self._lock = asyncio.Lock()
        self._slowest_s = 0.0
        self._quiet_until = 0.0
        self._owed: set[int] = set()
        self.timeouts = 0
        """How many questions had no valid answer in time."""
        self.retried = 0
        """How many questions were asked again."""
        self.late = 0
        """How many answers came after their time and were thrown away."""

    async def read(self, device_id: int, function_code: int, address: int, count: int) -> tuple[int, ...]:
        """See `Link.read`."""
        async with self._lock:
            for _ in range(self._timing.retries):
                try:
                    return await self._read(device_id, function_code, address, count)
                except LinkFault:
                    self.retried += 1
            return await self._read(device_id, function_code, address, count)

    def wait_at_least(self, timeout_s: float) -> None:
        """One of the devices on this line may take so long for an answer; called before the line is first used."""
        if timeout_s > self._timing.timeout_s:
            self._timing = replace(self._timing, timeout_s=timeout_s)
            self._client = _client(self._place, timeout_s)

    async def close(self) -> None:
        """Let go of the line; reading again opens it anew."""
        async with self._lock:
            self._client.close()

    async def _read(self, device_id: int, function_code: int, address: int, count: int) -> tuple[int, ...]:
        await self._drain_owed(device_id, function_code, address)
        registers = await self._ask(device_id, function_code, address, count)
        if len(registers) != count:
            raise self._not_the_answer(Question(device_id, function_code, count, f"{count} registers from {address}"))
        return registers

    async def _drain_owed(self, device_id: int, function_code: int, address: int) -> None:
        """On a line without transactions: make sure that no answer is still owed to an earlier question."""
        probes = 0
        while self._owed and not self._has_transactions:
            if probes == MAX_PROBES:
                raise LinkTimeout(f"{self._where} gives answers to earlier questions; it is left alone for this time")
            probes += 1
            count = next(count for count in range(1, len(self._owed) + 2) if count not in self._owed)
            try:
                registers = await self._ask(device_id, function_code, address, count)
            except DeviceException:
                # The device has no such register: but it has answered this question, which nothing owed could.
                self._owed.clear()
            else:
                if len(registers) == count:
                    self._owed.clear()
                else:
                    self.late += 1
                    self._owed.add(count)
                    self._rest()

    def _rest(self) -> None:
        """Ask nothing for a while: what is late may come."""
        self._quiet_until = self._timing.monotonic() + max(self._timing.timeout_s, 2 * self._slowest_s)

    async def _ask(self, device_id: int, function_code: int, address: int, count: int) -> tuple[int, ...]:
        """The registers of one answer, of whatever number."""
        read = (
            self._client.read_holding_registers if function_code == READ_HOLDING else self._client.read_input_registers
        )
        question = Question(device_id, function_code, count, f"{count} registers from {address}")
        answer = await self._exchange(question, lambda: read(address, count=count, device_id=device_id))
        return tuple(answer.registers)

    async def _connect(self) -> bool:
        try:
            return bool(await self._client.connect())
        except termios.error as error:
            # A pseudo-terminal takes no parity, for one; it is no OSError.
            raise LinkClosed(f"{self._where} does not take this rate or format: {error.args[-1]}") from None

    async def _exchange(self, question: Question, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Ask, in time; the answer of the right device and function, or one of a link's errors."""
        wait_s = self._quiet_until - self._timing.monotonic()
        if wait_s > 0:
            await self._timing.sleep(wait_s)
        if not self._client.connected and not await self._connect():
            raise LinkClosed(f"{self._where} cannot be opened: nobody is there, or it is in use")
        asked_at = self._timing.monotonic()
        try:
            answer = await ask()
        except ConnectionException:
            raise LinkClosed(f"the connection to {self._where} was lost") from None
        except ModbusIOException:
            self.timeouts += 1
            self._owed.add(question.owes)
            self._rest()
            if not self._client.connected:
                self._owed.clear()
                raise LinkClosed(f"{self._where} closed the connection") from None
            raise LinkTimeout(
                f"device {question.device_id} at {self._where} gave no valid answer in {self._timing.timeout_s} s"
            ) from None
        self._slowest_s = max(self._slowest_s, self._timing.monotonic() - asked_at)
        if answer.isError():
            raise DeviceException(answer.exception_code, f"device {question.device_id}, {question.what}")
        same = (answer.dev_id, answer.function_code) == (question.device_id, question.function_code)
        if not same or not self._is_of_now(answer):
            raise self._not_the_answer(question)
        return answer

    def _is_of_now(self, answer: Any) -> bool:
        return not self._has_transactions or answer.transaction_id == self._client.ctx.request_transaction_id

    def _not_the_answer(self, question: Question) -> BadReply:
        """What comes next on this line cannot be trusted to belong to what is asked next."""
        if self._has_transactions:
            self._client.close()
        else:
            self._owed.add(question.owes)
            self._rest()
        return BadReply(f"device {question.device_id} at {self._where}: not the answer to {question.what}")


def _client(place: Place, timeout_s: float) -> Client:
    match place:
        case Place(PlaceKind.TCP, Socket(host, port)):
            return AsyncModbusTcpClient(host, port=port, timeout=timeout_s, retries=0, reconnect_delay=0)
        case Place(PlaceKind.RTU_TCP, Socket(host, port)):
            return AsyncModbusTcpClient(
                host, port=port, framer=FramerType.RTU, timeout=timeout_s, retries=0, reconnect_delay=0
            )
        case Place(PlaceKind.RTU, SerialLine() as line):
            return AsyncModbusSerialClient(
                line.device,
                framer=FramerType.RTU,
                baudrate=line.baudrate or DEFAULT_BAUDRATE,
                bytesize=line.bits,
                parity=line.parity or "N",
                stopbits=line.stopbits or 1,
                timeout=timeout_s,
                retries=0,
                reconnect_delay=0,
            )
        case _:
            raise Misuse(f"{place} is no Modbus line", code="bad_place")
