"""Meters bound and released, readings accepted and quarantined."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.codec import Address, Uint


class MeterBound(Event, frozen=True, tag=18):
    """`meter_key` now measures `kind` for `account` at `unit`, from `opening_wh` on."""

    meter_key: bytes
    unit: Address
    account: Address
    kind: Uint
    opening_wh: Uint


class MeterUnbound(Event, frozen=True, tag=19):
    """`meter_key` is no longer bound."""

    meter_key: bytes
    unit: Address
    account: Address
    kind: Uint


class ReadingsAccepted(Event, frozen=True, tag=20):
    """`count` readings of a meter up to `sequence` were applied: `energy_wh` in all (storage: the last level)."""

    meter_key: bytes
    account: Address
    sequence: Uint
    count: Uint
    energy_wh: Uint
    raw_register: Uint
    time_ms: Uint


class ReadingQuarantined(Event, frozen=True, tag=21):
    """A reading was not billed; the next good one continues from the last good one. `reason`: see `Quarantine`."""

    meter_key: bytes
    sequence: Uint
    raw_register: Uint
    time_ms: Uint
    reason: int


class JumpSettled(Event, frozen=True, tag=80):
    """Voters decided on a quarantined jump: `energy_wh` counted if `accepted`; it goes on at `raw_register`."""

    meter_key: bytes
    account: Address
    energy_wh: Uint
    accepted: bool
    raw_register: Uint


class MeterReleased(Event, frozen=True, tag=81):
    """Voters let a meter's key be bound elsewhere."""

    meter_key: bytes


METERING_EVENTS: Final[tuple[type[Event], ...]] = (
    MeterBound,
    MeterUnbound,
    ReadingsAccepted,
    ReadingQuarantined,
    JumpSettled,
    MeterReleased,
)
