"""From a profile and a place to a driver: the one way for all commands and all kinds of meters."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec.structs import replace

from devices.catalogue import MeterProfile
from devices.drivers.driver import Confirmation, MeterDriver
from devices.drivers.modbus import ModbusDriver, parse_identity
from devices.drivers.pulses import PulseCount, PulseDriver
from devices.drivers.relay import Relay
from devices.drivers.sunspec import SunSpecDriver
from devices.drivers.telegrams import DEFAULT_TIMINGS, TelegramDriver, TelegramTiming, telegram_source
from devices.errors import Misuse
from devices.links.bytes import ByteLink, LineForm
from devices.links.modbus import ModbusLink
from devices.links.modbus_switch import ModbusSwitch
from devices.places import Place
from devices.profile import RegisterProfile
from devices.pulse_profile import PulseProfile
from devices.sunspec_profile import SunSpecProfile
from devices.telegram_profile import TelegramProfile

PULSE_BAUDRATE: Final = 300
"""So slow that a pulse of 30 ms is one byte or the break of one, whatever the contact does meanwhile."""

SUNSPEC_TIMEOUT_S: Final = 3.0
"""Inverters take longer than meters: 1.3 s for the first answer after connecting were seen."""


def _timing(profile: TelegramProfile, reply_timeout_s: float | None) -> TelegramTiming:
    usual = DEFAULT_TIMINGS[profile.protocol]
    usual_ms = profile.line.timeout_ms
    return replace(usual, timeout_s=reply_timeout_s or (usual_ms / 1000 if usual_ms else usual.timeout_s))


class Lines:
    """The lines to meters, each opened once: meters at one place share it. Belongs to the running event loop.

    `timing`: of telegrams, instead of the protocol's own. `switches`: where coils are set too; all other lines only
    read.
    """

    def __init__(self, timing: TelegramTiming | None = None, *, switches: frozenset[Place] = frozenset()) -> None:
        self._timing = timing
        self._switches = switches
        self._buses: dict[Place, ModbusLink] = {}
        self._lines: dict[Place, ByteLink] = {}
        self._pulses: list[PulseDriver] = []

    def open_driver(
        self,
        profile: MeterProfile,
        place: Place,
        confirmation: Confirmation,
        *,
        counters: tuple[str, ...] = ("energy_import",),
        device_id: int | None = None,
        meter_id: str | None = None,
        pulse_file: Path | None = None,
        reply_timeout_s: float | None = None,
    ) -> MeterDriver:
        """A driver for this kind of meter there; nothing is asked yet.

        `device_id`: on a bus of several; None: the profile's. `meter_id`: what the meter must call itself in its
        telegrams, its SunSpec serial number, or ADDRESS:HEX of registers that tell which one it is. `pulse_file`: where
        the count of an S0 output is kept. `reply_timeout_s`: how long an answer or a telegram may take; None: as the
        profile says, else as is usual.
        Raises `Misuse` for a place, or an option, that this kind of meter does not have.
        """
        match profile:
            case RegisterProfile():
                identity = None if meter_id is None else parse_identity(meter_id)
                usual_ms = profile.link.timeout_ms
                bus = self._bus(place, reply_timeout_s or (usual_ms / 1000 if usual_ms else None))
                return ModbusDriver(
                    bus, profile, confirmation, counters=counters, device_id=device_id, identity=identity
                )
            case SunSpecProfile():
                bus = self._bus(place, reply_timeout_s or SUNSPEC_TIMEOUT_S)
                return SunSpecDriver(
                    bus, profile, confirmation,
                    counters=counters, device_id=device_id or 1, serial=meter_id or "",
                )  # fmt: skip
            case PulseProfile():
                if pulse_file is None:
                    raise Misuse(
                        f"{profile.id} is counted by what runs all the time: `meter run --pulses FILE`",
                        code="no_pulse_file",
                    )
                link = ByteLink(place, LineForm(PULSE_BAUDRATE))
                count = PulseCount(pulse_file, profile)
                count.hold()
                pulses = PulseDriver(link, profile, confirmation, count, counters=counters)
                self._pulses.append(pulses)
                return pulses
            case TelegramProfile():
                line = profile.line
                form = LineForm(line.baudrate, line.bits, line.parity, line.stopbits)
                link = self._lines.get(place) or ByteLink(place, form)
                self._lines[place] = link
                timing = self._timing or _timing(profile, reply_timeout_s)
                address = "" if device_id is None else str(device_id)
                source = telegram_source(link, profile.protocol, timing, address)
                return TelegramDriver(
                    link, source, profile, confirmation, counters=counters, meter_id=meter_id, retries=timing.retries
                )

    def open_relay(self, place: Place, device_id: int, coil: int) -> Relay:
        """A relay on a line; the place was named as one where coils are set."""
        bus = self._bus(place)
        if not isinstance(bus, ModbusSwitch):
            raise Misuse(f"{place} was not opened for setting coils", code="bad_place")
        return Relay(bus, device_id, coil)

    def _bus(self, place: Place, timeout_s: float | None = None) -> ModbusLink:
        if place not in self._buses:
            self._buses[place] = ModbusSwitch(place) if place in self._switches else ModbusLink(place)
        bus = self._buses[place]
        if timeout_s is not None:
            bus.wait_at_least(timeout_s)
        return bus

    async def close(self) -> None:
        """Let go of all lines; reading again opens them anew."""
        for bus in self._buses.values():
            await bus.close()
        for line in self._lines.values():
            await line.close()
        for pulses in self._pulses:
            await pulses.close()
