"""Modbus registers to exact values and back, without rounding except where it is stated.

Knows word order, types, scales and what must never become a reading (NaN, sentinels, negative energies). Knows no
addresses, no meters and no sockets. An energy leaves as an integer `raw` and a power of ten that makes Wh of it:

    integer counters    raw is the register as the meter counts; nothing is rounded
    float counters      raw is the nearest Wh (half upwards), power 0: a float is never cut, cutting loses energy
"""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from enum import Enum
from typing import Final, NamedTuple

from devices.errors import NotAReading
from ledger.limits import MAX_INTEGER


class RegisterType(Enum):
    """How the words of a value are to be read; the name in profiles is the value here."""

    INT16 = "int16"
    UINT16 = "uint16"
    INT32 = "int32"
    UINT32 = "uint32"
    INT64 = "int64"
    UINT64 = "uint64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"

    @property
    def words(self) -> int:
        """How many registers of 16 bits it takes."""
        return WORDS[self]

    @property
    def is_float(self) -> bool:
        """Whether it is an IEEE 754 number, which counts energy only roughly."""
        return self in _FLOAT_FORMAT

    @property
    def is_signed(self) -> bool:
        """Whether the integer has a sign (two's complement); False for floats."""
        return self in _SIGNED


class WordOrder(Enum):
    """Which word of a value comes first; the bytes inside a word are always high byte first."""

    BIG = "big"
    LITTLE = "little"


WORDS: Final = {
    RegisterType.INT16: 1,
    RegisterType.UINT16: 1,
    RegisterType.INT32: 2,
    RegisterType.UINT32: 2,
    RegisterType.INT64: 4,
    RegisterType.UINT64: 4,
    RegisterType.FLOAT32: 2,
    RegisterType.FLOAT64: 4,
}
_FLOAT_FORMAT: Final = {RegisterType.FLOAT32: ">f", RegisterType.FLOAT64: ">d"}
_SIGNED: Final = frozenset({RegisterType.INT16, RegisterType.INT32, RegisterType.INT64})


class Sentinel(NamedTuple):
    """A bit pattern that says 'no value': the value's bits, masked, equal `value`."""

    type: RegisterType
    mask: int
    value: int


class RegisterEnergy(NamedTuple):
    """An energy as a meter counts it: `raw` x 10^`exponent` Wh."""

    raw: int
    exponent: int


def bits_of(words: tuple[int, ...], order: WordOrder) -> bytes:
    """The value's bytes, highest first. Raises `NotAReading` for a word outside of 16 bits."""
    ordered = words if order is WordOrder.BIG else words[::-1]
    try:
        return b"".join(word.to_bytes(2, "big") for word in ordered)
    except OverflowError:
        raise NotAReading("a register has 16 bits") from None


def _checked_bits(
    kind: RegisterType, words: tuple[int, ...], order: WordOrder, sentinels: tuple[Sentinel, ...]
) -> bytes:
    if len(words) != kind.words:
        raise NotAReading(f"{kind.value} takes {kind.words} registers, not {len(words)}")
    bits = bits_of(words, order)
    pattern = int.from_bytes(bits, "big")
    for sentinel in sentinels:
        if sentinel.type is kind and pattern & sentinel.mask == sentinel.value:
            raise NotAReading(f"the register holds {pattern:#x}, this meter's sign for 'no value'")
    return bits


def _float_of(kind: RegisterType, bits: bytes) -> float:
    number: float = struct.unpack(_FLOAT_FORMAT[kind], bits)[0]
    if not math.isfinite(number):
        raise NotAReading("the register holds NaN or an infinity")
    return number


def decode_energy(
    kind: RegisterType,
    words: tuple[int, ...],
    order: WordOrder,
    exponent: int,
    sentinels: tuple[Sentinel, ...] = (),
) -> RegisterEnergy:
    """A counter's energy; `exponent` is the power of ten that makes Wh of the register's value.

    Raises `NotAReading` for NaN, infinities, sentinels, negative energies and what the ledger cannot store.
    """
    bits = _checked_bits(kind, words, order, sentinels)
    if kind.is_float:
        numerator, denominator = _float_of(kind, bits).as_integer_ratio()
        if exponent >= 0:
            numerator *= power_of_ten(exponent)
        else:
            denominator *= power_of_ten(-exponent)
        if numerator < 0:
            raise NotAReading(f"{numerator}/{denominator} Wh is no reading of a counter")
        return checked_energy((2 * numerator + denominator) // (2 * denominator), 0)
    return checked_energy(int.from_bytes(bits, "big", signed=kind.is_signed), exponent, (16 * kind.words,))


def checked_energy(raw: int, exponent: int, widths: tuple[int, ...] = ()) -> RegisterEnergy:
    """The energy of a counter that shows `raw` x 10^`exponent` Wh, of whatever protocol.

    `widths`: how many bits the counter may have. Whatever a profile says, all ones, the lowest signed value and the
    largest one mean 'no value' there: devices show them while they start, and one that counts through them is believed
    again a step later. Raises `NotAReading` for these, for what is negative, and for what no outbox or ledger stores.
    """
    if any(raw in ((1 << width) - 1, 1 << width - 1, (1 << width - 1) - 1) for width in widths):
        raise NotAReading(f"the counter shows {raw:#x}, a common sign for 'no value'")
    if raw < 0 or raw * power_of_ten(max(exponent, 0)) > MAX_INTEGER:
        raise NotAReading(f"{raw} x 10^{exponent} Wh is no reading of a counter")
    return RegisterEnergy(raw, exponent)


def in_wh(energy: RegisterEnergy) -> int:
    """The energy in whole Wh, the nearest (half upwards) where the meter counts finer."""
    if energy.exponent >= 0:
        return energy.raw * power_of_ten(energy.exponent)
    divisor = power_of_ten(-energy.exponent)
    return (2 * energy.raw + divisor) // (2 * divisor)


def power_of_ten(exponent: int) -> int:
    """10^`exponent` for an exponent of at least 0."""
    result: int = 10**exponent
    return result


def decode_gauge(
    kind: RegisterType,
    words: tuple[int, ...],
    order: WordOrder,
    exponent: int,
    sentinels: tuple[Sentinel, ...] = (),
) -> Decimal:
    """A momentary value in its unit, to 28 digits; for people and alarms, never for a bill. Raises `NotAReading`."""
    bits = _checked_bits(kind, words, order, sentinels)
    value = _float_of(kind, bits) if kind.is_float else int.from_bytes(bits, "big", signed=kind.is_signed)
    return Decimal(value).scaleb(exponent).normalize()


def encode_value(kind: RegisterType, numerator: int, denominator: int, order: WordOrder) -> tuple[int, ...]:
    """The registers of `numerator` / `denominator`: integers are floored, as counters are; floats are the nearest.

    For simulators and tests. Raises `NotAReading` if the type cannot hold it.
    """
    try:
        if kind.is_float:
            bits = struct.pack(_FLOAT_FORMAT[kind], numerator / denominator)
        else:
            bits = (numerator // denominator).to_bytes(2 * kind.words, "big", signed=kind.is_signed)
    except (OverflowError, struct.error):
        raise NotAReading(f"{kind.value} cannot hold {numerator}/{denominator}") from None
    words = tuple(int.from_bytes(bits[place : place + 2], "big") for place in range(0, len(bits), 2))
    return words if order is WordOrder.BIG else words[::-1]


def decode_text(words: tuple[int, ...]) -> str:
    """A string of two characters a register, ended by zeros or blanks. Raises `NotAReading` unless it is ASCII."""
    try:
        return bits_of(words, WordOrder.BIG).rstrip(b"\0 ").decode("ascii")
    except UnicodeDecodeError:
        raise NotAReading("the registers hold no ASCII text") from None
