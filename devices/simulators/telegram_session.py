"""What a simulated meter says on its line, and how it is spoiled: P1 and SML by themselves, IEC 62056-21 when asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from devices.errors import Misuse
from devices.protocols import iec62056
from devices.simulators.faults import Fault, FaultPlan, garbled
from devices.simulators.telegram_meter import TelegramContent, TelegramMeter
from devices.simulators.telegram_sml import sml_frame
from devices.simulators.telegram_text import iec62056_block, iec62056_identification, p1_telegram
from devices.telegram_profile import TelegramProtocol

FAULTS: Final = frozenset(
    {
        Fault.LATE, Fault.SILENT, Fault.FOREIGN_ID, Fault.RESET, Fault.GARBAGE,
        Fault.BAD_CRC, Fault.NOISE, Fault.HALF, Fault.FALL,
    }
)  # fmt: skip
"""Those that a telegram can have."""
NOISE: Final = b"\x00/\x7f!\r\n\x1b\x1b\x1b\x1b/?\xff1-0:1.8.0(999999.999*kWh)\r\n\x00/ISK5"
"""Bytes of nobody, with marks of beginnings and ends among them."""
FALLEN_WH: Final = 1000


class Wire(Protocol):
    """The meter's end of a line."""

    async def read(self) -> bytes:
        """What came; raises `ConnectionError` at its end."""

    def write(self, data: bytes) -> None:
        """Send."""

    def cut(self) -> None:
        """Break the line."""

    @property
    def baudrate(self) -> int | None:
        """The rate that the reader's end is set to; None where there is none."""


class TelegramBehaviour(msgspec.Struct):
    """How a simulated meter behaves; `faults` may be replaced while it runs.

    `period_s`: between two telegrams that it sends by itself. `reaction_s`: how long a meter that is asked thinks
    before its readout; 0: it answers at once, before its reader could do anything.
    """

    faults: FaultPlan
    period_s: float = 1.0
    reaction_s: float = 0.0


class TelegramSession:
    """One meter on one line."""

    def __init__(self, meter: TelegramMeter, habits: TelegramBehaviour) -> None:
        self.meter = meter
        self.habits = habits
        self.telegrams = 0
        """How many telegrams were sent, or left out by a fault."""
        self.rates: list[int | None] = []
        """The reader's rates when each readout had been sent."""

    async def run(self, wire: Wire) -> None:
        """Talk until the line ends (`ConnectionError`) or the task is cancelled."""
        if self.meter.profile.protocol is TelegramProtocol.IEC62056_21:
            await self._answer(wire)
        else:
            await self._push(wire)

    async def _push(self, wire: Wire) -> None:
        encode = p1_telegram if self.meter.profile.protocol is TelegramProtocol.P1 else sml_frame
        while True:
            await self._send(wire, encode)
            await asyncio.sleep(self.habits.period_s)

    async def _answer(self, wire: Wire) -> None:
        heard = bytearray()
        while True:
            await _until(wire, heard, b"!\r\n")
            # A reader at another rate than 300 is not understood.
            if wire.baudrate not in (None, iec62056.FIRST_BAUDRATE):
                continue
            line = iec62056_identification(self.meter.show())
            wire.write(line)
            identification = iec62056.parse_identification(line)
            if await _until(wire, heard, b"\r\n") == iec62056.acknowledge(identification):
                await self._read_out(wire, identification.baudrate)

    async def _read_out(self, wire: Wire, baudrate: int) -> None:
        at_once = self.habits.reaction_s == 0
        if not at_once:
            await asyncio.sleep(self.habits.reaction_s)
        if at_once or wire.baudrate in (None, baudrate):
            await self._send(wire, iec62056_block)
        else:
            wire.write(garbled(iec62056_block(self.meter.show())))
        self.rates.append(wire.baudrate)

    async def _send(self, wire: Wire, encode: Callable[[TelegramContent], bytes]) -> None:
        fault = self.habits.faults.draw()
        shown = self.meter.show()
        self.telegrams += 1
        if fault is Fault.RESET:
            wire.cut()
            raise ConnectionResetError("the meter was told to break the line")
        if fault is Fault.SILENT:
            return
        if fault is Fault.LATE:
            await asyncio.sleep(self.habits.faults.late_s)
        if fault is Fault.FOREIGN_ID:
            shown = shown.of_another_meter()
        if fault is Fault.FALL:
            shown = shown.fallen(FALLEN_WH)
        wire.write(_spoilt(encode(shown), fault))


def _spoilt(telegram: bytes, fault: Fault | None) -> bytes:
    match fault:
        case Fault.GARBAGE:
            return garbled(telegram)
        case Fault.BAD_CRC:
            middle = len(telegram) // 2
            return telegram[:middle] + bytes((telegram[middle] ^ 1,)) + telegram[middle + 1 :]
        case Fault.NOISE:
            return NOISE + telegram
        case Fault.HALF:
            return telegram[: len(telegram) // 2]
        case _:
            return telegram


async def _until(wire: Wire, heard: bytearray, end: bytes) -> bytes:
    """What was heard to the next `end`, that with it."""
    while (found := heard.find(end)) < 0:
        heard += await wire.read()
    line = bytes(heard[: found + len(end)])
    del heard[: found + len(end)]
    return line


def check_faults(faults: dict[Fault, float]) -> None:
    """Raises `Misuse` for faults that no telegram can have."""
    for fault in faults:
        if fault not in FAULTS:
            possible = ", ".join(sorted(each.value for each in FAULTS))
            raise Misuse(f"a telegram cannot have the fault {fault.value}; it can have {possible}")
