"""A value read from a meter, before anybody judged or signed it."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import msgspec

from devices.protocols.registers import RegisterEnergy, in_wh

WH_MS_PER_W: Final = 3_600_000
"""Milliseconds in which one watt makes one watt-hour."""


class Quality(IntEnum):
    """How sure the driver is of a sample."""

    UNCONFIRMED = 0
    """Read once; for people only."""
    CONFIRMED = 1
    """Read twice, equal or forward within what the connection can carry."""


class Sample(msgspec.Struct, frozen=True):
    """A register at a time: `raw` x 10^`scale_exponent` in `unit`; `obis` six bytes; `time_ms` since the epoch."""

    obis: bytes
    raw: int
    scale_exponent: int
    unit: str
    quality: Quality
    time_ms: int

    @property
    def energy_wh(self) -> int:
        """The energy in whole Wh, nearest where the meter counts finer."""
        return in_wh(RegisterEnergy(self.raw, self.scale_exponent))
