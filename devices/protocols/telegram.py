"""What all telegrams are, once decoded: values under OBIS codes, from one meter, at one time of its own clock.

Numbers are kept as the meter shows them, digits and a power of ten; nothing is rounded and nothing is a float.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from devices.errors import BadReply, NotAReading
from devices.protocols.obis import is_tariff_of, names
from devices.protocols.registers import RegisterEnergy, checked_energy, power_of_ten

MAX_SCALE: Final = 9
"""Powers of ten that a reading may be signed with lie in [-9, 9]."""

_POWER: Final = {"": 0, "k": 3, "M": 6}
UNITS: Final = {
    prefix + base: (base, power)
    for base in ("Wh", "W", "var", "VA", "V", "A", "Hz")
    for prefix, power in _POWER.items()
}
"""The units that are understood, as a base unit and a power of ten; no other spelling is guessed."""


class TelegramValue(NamedTuple):
    """A number as a meter shows it: `digits` x 10^`exponent` in `unit` (as written in the telegram)."""

    digits: int
    exponent: int
    unit: str


class Telegram(msgspec.Struct, frozen=True):
    """One telegram, its checksum checked.

    `meter_id`: which meter it is, empty if it does not say. `clock_s`: the meter's own count of seconds, from any
    beginning; a later telegram has more. None: it does not tell the time.
    """

    meter_id: str
    clock_s: int | None
    values: tuple[tuple[str, TelegramValue], ...]

    def value(self, code: str) -> TelegramValue | None:
        """The value under a code (see `obis.names`), if it is there; raises `BadReply` if it is there twice."""
        found = [value for shown, value in self.values if names(code, shown)]
        if len(found) > 1:
            raise BadReply(f"{code} stands in the telegram {len(found)} times")
        return found[0] if found else None

    def tariffs_of(self, total: str) -> frozenset[str]:
        """The codes of all tariffs into which the value `total` is divided here."""
        return frozenset(shown for shown, _ in self.values if is_tariff_of(total, shown))


COUNTER_WIDTHS: Final = (32, 64)
"""Bits of the counters behind a telegram, which says only their value."""


def energy_of(value: TelegramValue) -> RegisterEnergy:
    """An energy of a counter, exact. Raises `NotAReading` for other units, and what no ledger could store."""
    base, power = UNITS.get(value.unit, ("", 0))
    if base != "Wh":
        raise NotAReading(f"{value.unit or 'a number without a unit'} is no energy")
    return _checked(value.digits, value.exponent + power, COUNTER_WIDTHS)


def sum_of(energies: Iterable[RegisterEnergy]) -> RegisterEnergy:
    """The exact sum, in the finest step of its parts."""
    parts = tuple(energies)
    exponent = min(part.exponent for part in parts)
    return _checked(sum(part.raw * power_of_ten(part.exponent - exponent) for part in parts), exponent)


def _checked(raw: int, exponent: int, widths: tuple[int, ...] = ()) -> RegisterEnergy:
    if not -MAX_SCALE <= exponent <= MAX_SCALE:
        raise NotAReading(f"{raw} x 10^{exponent} Wh is no reading of a counter")
    return checked_energy(raw, exponent, widths)


def gauge_of(value: TelegramValue, unit: str) -> Decimal:
    """A momentary value in `unit`, a base unit of `UNITS`; for people and alarms. Raises `NotAReading`."""
    base, power = UNITS.get(value.unit, ("", 0))
    exponent = value.exponent + power
    if base != unit or abs(exponent) > 2 * MAX_SCALE:
        raise NotAReading(f"{value.digits} x 10^{value.exponent} {value.unit} is no value in {unit}")
    return Decimal(value.digits).scaleb(exponent).normalize()
