"""Meters bound and released, readings accepted and quarantined."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.codec import Uint
from ledger.encoding.quantities import Address, Count, Number, Register, TimeMs, WattHours
from ledger.metering.schema import MeterKind, Quarantine


class MeterBound(Event, frozen=True, tag=96):
    """`meter_key` now measures `kind` for `account` at `unit`, from `opening_wh` on."""

    meter_key: bytes
    unit: Address
    account: Address
    kind: Annotated[Uint, MeterKind]
    opening_wh: WattHours


class MeterUnbound(Event, frozen=True, tag=97):
    """`meter_key` is no longer bound."""

    meter_key: bytes
    unit: Address
    account: Address
    kind: Annotated[Uint, MeterKind]


class ReadingsAccepted(Event, frozen=True, tag=98):
    """`count` readings of a meter up to `sequence` were applied: `energy_wh` in all (storage: the last level)."""

    meter_key: bytes
    account: Address
    sequence: Number
    count: Count
    energy_wh: WattHours
    raw_register: Register
    time_ms: TimeMs


class ReadingQuarantined(Event, frozen=True, tag=99):
    """A reading was not billed; the next good one continues from the last good one. `reason`: see `Quarantine`."""

    meter_key: bytes
    sequence: Number
    raw_register: Register
    time_ms: TimeMs
    reason: Annotated[int, Quarantine]


class JumpSettled(Event, frozen=True, tag=100):
    """Voters decided on a quarantined jump: `energy_wh` counted if `accepted`; it goes on at `raw_register`."""

    meter_key: bytes
    account: Address
    energy_wh: WattHours
    accepted: bool
    raw_register: Register


class MeterReleased(Event, frozen=True, tag=101):
    """Voters let a meter's key be bound elsewhere."""

    meter_key: bytes


class MeterOpened(Event, frozen=True, tag=102):
    """A meter that voters bound has sent its first reading since: its account begins at `raw_register`."""

    meter_key: bytes
    account: Address
    sequence: Number
    raw_register: Register
    time_ms: TimeMs


METERING_EVENTS: Final[tuple[type[Event], ...]] = (
    MeterBound,
    MeterUnbound,
    ReadingsAccepted,
    ReadingQuarantined,
    JumpSettled,
    MeterReleased,
    MeterOpened,
)
