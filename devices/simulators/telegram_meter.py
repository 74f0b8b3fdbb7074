"""A meter that counts what it is told and shows it in telegrams.

Energies are kept exactly, in whole Wh, in one counter or in one a tariff; every telegram shows all of them (P1 and
IEC 62056-21 in kWh with three decimals, SML in tenths of a Wh).
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from devices.errors import NotAReading
from devices.telegram_profile import TelegramProfile, TelegramProtocol

FIRST_CLOCK_S: Final = 1_767_225_600
"""2026-01-01 00:00:00, what a simulated meter's clock shows at first; each telegram is a second later."""
METER_IDS: Final = {
    TelegramProtocol.P1: "E0047000012345678",
    TelegramProtocol.IEC62056_21: "NOD5SIMULATED/12345678",
    TelegramProtocol.SML: "0a014e4f440000bc614e",
}
_NOMINAL: Final = {"V": 230, "Hz": 50}
"""What gauges show that nobody set, by unit; all others show 0."""


class TelegramContent(msgspec.Struct, frozen=True):
    """What a telegram shows: energies in Wh and gauges in thousandths of their unit, by the telegram's code."""

    meter_id: str
    clock_s: int
    energies_wh: tuple[tuple[str, int], ...]
    gauges_milli: tuple[tuple[str, str, int], ...]

    def of_another_meter(self) -> TelegramContent:
        """The same from a meter whose number differs in the last digit."""
        last = "1" if self.meter_id[-1] != "1" else "2"
        return replace(self, meter_id=self.meter_id[:-1] + last)

    def fallen(self, wh: int) -> TelegramContent:
        """The same with the first counter `wh` lower, not below 0."""
        (code, count), *others = self.energies_wh
        return replace(self, energies_wh=((code, max(count - wh, 0)), *others))


class TelegramMeter:
    """One meter of a profile. `opening_wh`: what its counters show at first, by register name.

    `by_tariff`: it shows only tariffs, as the DSMR's meters do; `tariff` (from 1) says which one counts.
    """

    def __init__(
        self,
        profile: TelegramProfile,
        opening_wh: dict[str, int] | None = None,
        *,
        meter_id: str | None = None,
        by_tariff: bool | None = None,
    ) -> None:
        self.profile = profile
        self.meter_id = meter_id or METER_IDS[profile.protocol]
        self.by_tariff = profile.protocol is TelegramProtocol.P1 if by_tariff is None else by_tariff
        self.tariff = 1
        self.clock_s = FIRST_CLOCK_S
        self._wh: dict[str, int] = {}
        for register in profile.registers:
            self._wh |= dict.fromkeys(self._codes(register.name), 0)
            self.set_energy(register.name, (opening_wh or {}).get(register.name, 0))
        self._gauges = {gauge.name: 1000 * _NOMINAL.get(gauge.unit, 0) for gauge in profile.gauges}

    def advance(self, wh: int, register: str = "energy_import") -> int:
        """Count `wh` more (whole Wh, not below 0) and return the counter's exact total."""
        if wh < 0:
            raise NotAReading("a counter of energy never counts backwards; use set_energy to break it")
        self._wh[self._counting(register)] += wh
        return self.energy_wh(register)

    def set_energy(self, register: str, wh: int) -> None:
        """Put a counter to `wh`, also backwards, as a fault or another meter would; tariffs share it evenly."""
        codes = self._codes(register)
        for place, code in enumerate(codes):
            self._wh[code] = wh // len(codes) + (wh % len(codes) if place == 0 else 0)

    def set_gauge(self, name: str, milli: int) -> None:
        """Show so many thousandths of the gauge's unit."""
        self._gauges[name] = milli

    def energy_wh(self, register: str = "energy_import") -> int:
        """What was really counted, exact."""
        return sum(self._wh[code] for code in self._codes(register))

    def show(self) -> TelegramContent:
        """What the next telegram shows; a second passes on the meter's clock."""
        self.clock_s += 1
        gauges = tuple((gauge.source, gauge.unit, self._gauges[gauge.name]) for gauge in self.profile.gauges)
        return TelegramContent(self.meter_id, self.clock_s, tuple(self._wh.items()), gauges)

    def _codes(self, register: str) -> tuple[str, ...]:
        found = self.profile.register(register)
        return found.tariffs if self.by_tariff and found.tariffs else (found.total,)

    def _counting(self, register: str) -> str:
        codes = self._codes(register)
        return codes[min(self.tariff, len(codes)) - 1]
