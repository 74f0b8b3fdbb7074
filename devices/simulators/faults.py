"""What can go wrong between a meter and its reader, to be ordered by a test or to happen by chance.

The names are those of the command line: `--fault late=0.01`.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping
from enum import Enum

from devices.errors import Misuse


class Fault(Enum):
    """How an answer is spoiled."""

    LATE = "late"
    """The right answer, after the reader has given up."""
    SILENT = "silent"
    """No answer."""
    SHORT = "short"
    """An answer with one register fewer than asked for."""
    LONG = "long"
    """An answer with one register more."""
    EXCEPTION = "exception"
    """Modbus exception 4, device failure."""
    BUSY = "busy"
    """Modbus exception 6, device busy."""
    FOREIGN_ID = "foreign-id"
    """The answer of another device."""
    FOREIGN_TRANSACTION = "foreign-transaction"
    """The answer to another question."""
    RESET = "reset"
    """The connection is cut instead of an answer."""
    GARBAGE = "garbage"
    """Bytes that are no Modbus, or no telegram."""
    BAD_CRC = "bad-crc"
    """A serial answer or a telegram whose checksum is wrong."""
    NOISE = "noise"
    """Stray bytes before a serial answer or a telegram."""
    TORN = "torn"
    """Each word from another time: the lowest word is one step behind."""
    SENTINEL = "sentinel"
    """All bits set, as meters say 'no value'; for floats NaN."""
    HALF = "half"
    """A telegram that ends in its middle."""
    FALL = "fall"
    """Counters lower than they were."""


class FaultPlan:
    """Which fault the next answer has: first those ordered by `inject`, then by chance with the given rates.

    `rates` are probabilities by fault; the same `seed` gives the same faults. `late_s`: how late is late.
    """

    def __init__(self, rates: Mapping[Fault, float] | None = None, *, seed: int = 0, late_s: float = 2.0) -> None:
        self._rates = sorted((rates or {}).items(), key=lambda item: item[0].value)
        if sum(rate for _, rate in self._rates) > 1 or any(rate < 0 for _, rate in self._rates):
            raise Misuse("the rates of faults lie between 0 and 1, together too")
        self._random = random.Random(seed)
        self._ordered: deque[Fault] = deque()
        self.late_s = late_s

    def inject(self, fault: Fault, times: int = 1) -> None:
        """Spoil the next `times` answers."""
        self._ordered.extend([fault] * times)

    def draw(self) -> Fault | None:
        """The fault of this answer, if any."""
        if self._ordered:
            return self._ordered.popleft()
        if not self._rates:
            return None
        chance = self._random.random()
        for fault, rate in self._rates:
            chance -= rate
            if chance < 0:
                return fault
        return None


def garbled(answer: bytes) -> bytes:
    """Bytes that are no answer; also what a reader at another rate sees."""
    return bytes(byte ^ 0x5A for byte in answer)


def parse_fault(text: str) -> tuple[Fault, float]:
    """`late=0.01` as a fault and its rate; raises `Misuse`."""
    name, _, rate = text.partition("=")
    try:
        return Fault(name), float(rate or "1")
    except ValueError:
        names = ", ".join(fault.value for fault in Fault)
        raise Misuse(f"{text!r} is no fault and rate like late=0.01; faults: {names}") from None
