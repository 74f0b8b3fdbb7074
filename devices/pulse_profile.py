"""S0 outputs as profiles: `s0-1000`, by how many pulses the meter gives for a kilowatt-hour (EN 62053-31)."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from devices.errors import BadProfile
from devices.profile import CounterFacts, parse_obis
from ledger.encoding.codec import encode
from ledger.keys.crypto import tagged_hash

PREFIX: Final = "s0-"
HASH_SCHEMA: Final = "nodechain.pulse-profile/1"
MAX_PULSES: Final = 100_000
COMMON: Final = ("s0-1000",)
"""Named in lists; any other number of pulses is a profile too."""
_NAME: Final = re.compile(r"s0-([1-9][0-9]{0,5})")


class PulseCounter(msgspec.Struct, frozen=True):
    """What the pulses count; the same output may be wired for what is drawn or for what is fed in."""

    name: str
    obis: str

    @property
    def obis_bytes(self) -> bytes:
        """Six bytes."""
        return parse_obis(self.obis)


COUNTERS: Final = (PulseCounter("energy_import", "1-0:1.8.0"), PulseCounter("energy_export", "1-0:2.8.0"))


class PulseProfile(msgspec.Struct, frozen=True):
    """An S0 output with so many pulses for a kWh; made by `pulse_profile`."""

    id: str
    pulses_per_kwh: int
    vendor: str = "any"
    billable: tuple[PulseCounter, ...] = COUNTERS
    sources: tuple[str, ...] = ("EN 62053-31: pulse output of class A, 30 ms on and 30 ms off at least",)
    notes: tuple[str, ...] = (
        "Pulses count from when they were first listened to; what comes while nobody listens is not counted.",
    )

    @property
    def model(self) -> str:
        """For people."""
        return f"S0 output, {self.pulses_per_kwh} pulses a kWh"

    @property
    def counters(self) -> CounterFacts:
        """A step is what one pulse stands for, where that is a whole number."""
        step = 1000 // self.pulses_per_kwh if 1000 % self.pulses_per_kwh == 0 else None
        return CounterFacts(step, None, None, None, ())

    @property
    def units(self) -> dict[str, str]:
        """There are no momentary values."""
        return {}

    def register(self, name: str) -> PulseCounter:
        """The counter of that name or OBIS code; raises `BadProfile`."""
        for counter in self.billable:
            if name in (counter.name, counter.obis):
                return counter
        raise BadProfile(f"{self.id} counts no {name!r}")

    def energy_wh(self, pulses: int) -> int:
        """Whole Wh of so many pulses, rounded down: what is less than a Wh shows with the next pulses."""
        return pulses * 1000 // self.pulses_per_kwh

    def hash(self) -> bytes:
        """32 bytes over everything that decides a billed value."""
        return tagged_hash(b"nodechain/profile", encode((HASH_SCHEMA, self.pulses_per_kwh)))


def is_pulses(profile: str) -> bool:
    """Whether a profile names an S0 output."""
    return profile.startswith(PREFIX)


def pulse_profile(name: str) -> PulseProfile:
    """The profile of that name; raises `BadProfile`."""
    found = _NAME.fullmatch(name)
    if found is None or int(found[1]) > MAX_PULSES:
        raise BadProfile(f"no profile {name!r}; an S0 output is s0-1000: up to {MAX_PULSES} pulses for a kWh")
    return PulseProfile(name, int(found[1]))
