"""A unit's file (JSON): its channels, where their meters are, whose they are, relays, and what rings.

{"channels": [
   {"name": "roof1", "kind": "production", "account": "nrg1...", "profile": "schneider-iem3155",
    "at": "rtu:/dev/ttyUSB0:9600:8N1", "device_id": 1, "register": "energy_export", "max_power_w": 11000},
   {"name": "flat2", "kind": "consumption", "account": "nrg1...", "profile": "schneider-iem3155",
    "at": "rtu:/dev/ttyUSB0:9600:8N1", "device_id": 2, "max_power_w": 11000,
    "relay": {"at": "tcp:10.0.0.7:502", "device_id": 1, "coil": 0},
    "ranges": {"voltage_l1": ["207", "253"], "frequency": ["49.8", "50.2"]}},
   {"name": "cells", "kind": "storage", "profile": "sunspec-713", "at": "tcp:10.0.0.8:502",
    "register": "level", "max_power_w": 20000}],
 "poll_s": 10, "report_s": 900}
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec.structs import replace

from devices.catalogue import MeterProfile, load_meter_profile
from devices.errors import Misuse
from devices.places import Place, parse_place
from devices.unit.alarms import AlarmLimits, Range
from devices.unit.reports import ItemKind
from ledger.errors import InvalidInput
from ledger.keys.address import parse_address

MAX_SETUP_BYTES: Final = 1024 * 1024

Limit = str | None
Positive = Annotated[int, msgspec.Meta(ge=1)]


class RelayEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contact of a consumer: a coil of a device on a Modbus line."""

    at: str
    device_id: Annotated[int, msgspec.Meta(ge=1, le=247)]
    coil: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]


class ChannelEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One meter of the unit: what it measures, whose it is, where it is."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    kind: ItemKind
    profile: str
    at: str
    max_power_w: Positive
    account: str = ""
    device_id: int | None = None
    meter_id: str | None = None
    pulse_file: str | None = None
    reply_timeout_s: float | None = None
    register: str = "energy_import"
    relay: RelayEntry | None = None
    ranges: dict[str, tuple[Limit, Limit]] = {}


class UnitEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. Times in seconds; `drift` as a decimal share."""

    channels: Annotated[tuple[ChannelEntry, ...], msgspec.Meta(min_length=1, max_length=247)]
    poll_s: Positive = 10
    report_s: Positive = 900
    silence_s: Positive = 600
    drift: str = "0.1"
    drift_floor_wh: Positive = 50
    drift_window_s: Positive = 21_600


class Channel(msgspec.Struct, frozen=True):
    """A channel, checked."""

    name: str
    kind: ItemKind
    profile: MeterProfile
    place: Place
    account: bytes
    entry: ChannelEntry
    alarms: AlarmLimits
    relay: Place | None

    @property
    def exports(self) -> bool:
        """Whether its counter counts what is fed into the line."""
        return "export" in self.profile.register(self.entry.register).name


class UnitSetup(msgspec.Struct, frozen=True):
    """A unit's file, checked. Times in ms."""

    channels: tuple[Channel, ...]
    poll_ms: int
    report_ms: int


def read_setup(path: Path) -> UnitSetup:
    """The unit's file; raises `Misuse` (bad_unit_file, no_unit_file) that says what is wrong and where."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}", code="no_unit_file") from None
    if len(data) > MAX_SETUP_BYTES:
        raise Misuse(f"{path} is larger than {MAX_SETUP_BYTES} bytes", code="bad_unit_file")
    try:
        entry = msgspec.json.decode(data, type=UnitEntry)
        limits = _limits(entry)
        channels = tuple(_channel(channel, limits) for channel in entry.channels)
    except msgspec.DecodeError as error:
        raise Misuse(f"{path}: {error}", code="bad_unit_file") from None
    except (Misuse, InvalidInput, InvalidOperation) as error:
        detail = error.detail if isinstance(error, Misuse | InvalidInput) else "a limit is no decimal number"
        raise Misuse(f"{path}: {detail}", code="bad_unit_file") from None
    _check(path, channels)
    return UnitSetup(channels, entry.poll_s * 1000, entry.report_s * 1000)


def _check(path: Path, channels: tuple[Channel, ...]) -> None:
    names = [channel.name for channel in channels]
    relays = [channel.entry.relay for channel in channels if channel.entry.relay is not None]
    fault = ""
    if len(set(names)) != len(names):
        fault = "two channels have one name"
    elif len({(relay.at, relay.device_id, relay.coil) for relay in relays}) != len(relays):
        fault = "two channels have one relay"
    elif sum(channel.kind is ItemKind.STORAGE for channel in channels) > 1:
        fault = "a unit holds one store of energy: one channel of kind storage"
    if fault:
        raise Misuse(f"{path}: {fault}", code="bad_unit_file")


def _channel(entry: ChannelEntry, limits: AlarmLimits) -> Channel:
    profile, place = load_meter_profile(entry.profile), parse_place(entry.at)
    profile.register(entry.register)
    if (entry.kind is ItemKind.STORAGE) == bool(entry.account):
        raise Misuse(f"{entry.name}: production and consumption have an account, a storage has none")
    if entry.relay is not None and entry.kind is not ItemKind.CONSUMPTION:
        raise Misuse(f"{entry.name}: only a consumer is switched off by a relay")
    account = parse_address(entry.account) if entry.account else b""
    ranges = tuple(Range(gauge, _decimal(low), _decimal(high)) for gauge, (low, high) in entry.ranges.items())
    relay = None if entry.relay is None else parse_place(entry.relay.at)
    return Channel(entry.name, entry.kind, profile, place, account, entry, replace(limits, ranges=ranges), relay)


def _limits(entry: UnitEntry) -> AlarmLimits:
    return AlarmLimits(
        drift=Decimal(entry.drift),
        floor_wh=entry.drift_floor_wh,
        window_ms=entry.drift_window_s * 1000,
        silence_ms=entry.silence_s * 1000,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
