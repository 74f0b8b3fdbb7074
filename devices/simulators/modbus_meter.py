"""A meter that counts what it is told and shows it in a profile's registers.

Energies are kept exactly, in whole Wh; the registers show what the real meter would: whole steps of its resolution,
or the nearest float. What a register does not show yet is not lost, it shows with the next step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from devices.errors import BadProfile, DeviceException, NotAReading
from devices.profile import MODBUS_MAX_REGISTERS, Register, RegisterProfile
from devices.protocols.registers import decode_energy, encode_value, in_wh, power_of_ten
from devices.simulators.faults import Fault

ILLEGAL_FUNCTION = 1
ILLEGAL_ADDRESS = 2
ILLEGAL_VALUE = 3
DEVICE_FAILURE = 4
DEVICE_BUSY = 6
NO_SUCH_DEVICE = 11
"""Modbus exception codes; the last is what a TCP gateway says for a device that does not answer."""

_NOMINAL = {"V": (230, 1), "Hz": (50, 1)}
"""What gauges show that nobody set, by unit, as a fraction; all others show 0."""


class SimulatedDevice(Protocol):
    """What sits on a simulated bus."""

    def read(self, function_code: int, address: int, count: int) -> tuple[int, ...]:
        """What the device answers; raises `DeviceException` as a real one would."""

    def advance(self, wh: int, register: str = "energy_import") -> int:
        """Count `wh` more (whole Wh, not below 0) and return the counter's exact total."""


def spoilt(fault: Fault, words: tuple[int, ...]) -> tuple[int, ...]:
    """What a register without a value, or one that is read while it changes, looks like."""
    if fault is Fault.SENTINEL:
        return (0xFFFF,) * len(words)
    if fault is Fault.TORN:
        return (*words[:-1], (words[-1] - 1) % 0x10000)
    return words


def read_words(words: Mapping[int, int], address: int, count: int, most: int) -> tuple[int, ...]:
    """Registers by address, at most so many at once; raises `DeviceException` as a real device would."""
    if not 1 <= count <= most:
        raise DeviceException(ILLEGAL_VALUE)
    try:
        return tuple(words[place] for place in range(address, address + count))
    except KeyError:
        raise DeviceException(ILLEGAL_ADDRESS) from None


class SimulatedMeter:
    """One meter of a profile. `opening_wh`: what its counters show at first, by register name."""

    def __init__(self, profile: RegisterProfile, opening_wh: dict[str, int] | None = None) -> None:
        self.profile = profile
        self._words: dict[int, int] = {}
        self._wh: dict[str, int] = {}
        for register in profile.registers:
            if register.unit == "Wh":
                self.set_energy(register.name, (opening_wh or {}).get(register.name, 0))
            else:
                numerator, denominator = _NOMINAL.get(register.unit, (0, 1))
                self.set_gauge(register.name, numerator, denominator)

    def advance(self, wh: int, register: str = "energy_import") -> int:
        """Count `wh` more (whole Wh, not below 0) and return the counter's exact total."""
        if wh < 0:
            raise NotAReading("a counter of energy never counts backwards; use set_energy to break it")
        name = self.profile.register(register).name
        self.set_energy(name, self._wh[name] + wh)
        return self._wh[name]

    def set_energy(self, register: str, wh: int) -> None:
        """Put a counter to `wh`, also backwards, as a fault or another meter would."""
        target = self.profile.register(register)
        if target.unit != "Wh":
            raise BadProfile(f"{target.name} of {self.profile.id} does not count Wh")
        self._wh[target.name] = wh
        self._show(target, wh, 1)

    def set_gauge(self, register: str, numerator: int, denominator: int = 1) -> None:
        """Show `numerator` / `denominator` in the register's unit."""
        self._show(self.profile.register(register), numerator, denominator)

    def set_words(self, register: str, words: tuple[int, ...]) -> None:
        """Put a register's raw words, to show what no meter should."""
        target = self.profile.register(register)
        for place, word in enumerate(words[: target.type.words]):
            self._words[target.address + place] = word

    def energy_wh(self, register: str = "energy_import") -> int:
        """What was really counted, exact."""
        return self._wh[self.profile.register(register).name]

    def shown_wh(self, register: str = "energy_import") -> int:
        """What a reader of the register sees, in Wh."""
        target = self.profile.register(register)
        words = tuple(self._words[target.address + place] for place in range(target.type.words))
        return in_wh(decode_energy(target.type, words, self.profile.word_order, target.exponent))

    def read(self, function_code: int, address: int, count: int) -> tuple[int, ...]:
        """What the meter answers; raises `DeviceException` as the real one would."""
        if function_code != self.profile.function_code:
            raise DeviceException(ILLEGAL_FUNCTION)
        return read_words(self._words, address, count, self.profile.max_registers_per_read or MODBUS_MAX_REGISTERS)

    def _show(self, register: Register, numerator: int, denominator: int) -> None:
        if register.exponent >= 0:
            denominator *= power_of_ten(register.exponent)
        else:
            numerator *= power_of_ten(-register.exponent)
        words = encode_value(register.type, numerator, denominator, self.profile.word_order)
        self._words.update(zip(range(register.address, register.address + len(words)), words, strict=True))
