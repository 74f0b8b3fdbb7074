"""SunSpec models as profiles: `sunspec-203`, `sunspec-701` and so on, by the model that counts.

The twin of `devices.profile` for devices that describe themselves: what is signed is a point of a model, and where the
model lies is asked of the device.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import msgspec

from devices.errors import BadProfile
from devices.profile import CounterFacts, parse_obis
from devices.protocols.registers import RegisterEnergy
from devices.protocols.sunspec import ModelReading
from devices.quantities import QUANTITIES
from devices.sunspec import SunSpecModel, load_models
from ledger.encoding.codec import encode
from ledger.keys.crypto import tagged_hash

PREFIX: Final = "sunspec-"
HASH_SCHEMA: Final = "nodechain.sunspec-profile/1"

_PLACE: Final = re.compile(r"[1-9][0-9]?")

Read = Callable[[ModelReading], RegisterEnergy]


class SunSpecCounter(msgspec.Struct, frozen=True):
    """What a model counts: name, OBIS code, the points that decide it, modulus of the wrap, and how it is read."""

    name: str
    obis: str
    points: tuple[str, ...]
    rollover: int
    read: Read
    level: bool = False

    @property
    def obis_bytes(self) -> bytes:
        """Six bytes."""
        return parse_obis(self.obis)


def _counted(name: str, obis: str, point: str, rollover: int) -> SunSpecCounter:
    return SunSpecCounter(name, obis, (point,), rollover, lambda reading: reading.energy(point))


LEVEL_OBIS: Final = "1-0:128.8.0"
"""Manufacturer-specific (C 128 to 199): OBIS has no code for what a storage holds."""
ACC32: Final = 2**32

COUNTERS: Final[dict[int, tuple[SunSpecCounter, ...]]] = {
    101: (_counted("energy_export", "1-0:2.8.0", "WH", ACC32),),
    103: (_counted("energy_export", "1-0:2.8.0", "WH", ACC32),),
    201: (
        _counted("energy_import", "1-0:1.8.0", "TotWhImp", ACC32),
        _counted("energy_export", "1-0:2.8.0", "TotWhExp", ACC32),
    ),
    203: (
        _counted("energy_import", "1-0:1.8.0", "TotWhImp", ACC32),
        _counted("energy_export", "1-0:2.8.0", "TotWhExp", ACC32),
    ),
    701: (
        _counted("energy_import", "1-0:1.8.0", "TotWhAbs", 0),
        _counted("energy_export", "1-0:2.8.0", "TotWhInj", 0),
    ),
    713: (SunSpecCounter("level", LEVEL_OBIS, ("WHAvail",), 0, lambda reading: reading.energy("WHAvail"), level=True),),
    714: (
        _counted("energy_import", "1-0:1.8.0", "DCWhAbs", 0),
        _counted("energy_export", "1-0:2.8.0", "DCWhInj", 0),
    ),
    802: (
        SunSpecCounter(
            "level", LEVEL_OBIS, ("WHRtg", "SoC"), 0, lambda reading: reading.share_of("WHRtg", "SoC"), level=True
        ),
    ),
}
"""By model. A battery (802) has no counter of energy, only a level."""


class SunSpecGauge(msgspec.Struct, frozen=True):
    """A point as one of `devices.quantities`; `sign` turns it so that what is drawn from the line is positive."""

    name: str
    point: str
    sign: int = 1


_METER: Final = (
    SunSpecGauge("active_power", "W"),
    SunSpecGauge("voltage", "PhV"),
    SunSpecGauge("current", "A"),
    SunSpecGauge("frequency", "Hz"),
)
_INVERTER: Final = (
    SunSpecGauge("active_power", "W", -1),
    SunSpecGauge("voltage_l1", "PhVphA"),
    SunSpecGauge("current", "A"),
    SunSpecGauge("frequency", "Hz"),
)
GAUGES: Final[dict[int, tuple[SunSpecGauge, ...]]] = {
    101: _INVERTER,
    103: _INVERTER,
    201: _METER,
    203: _METER,
    701: (SunSpecGauge("active_power", "W", -1), SunSpecGauge("frequency", "Hz")),
    713: (
        SunSpecGauge("energy_rated", "WHRtg"),
        SunSpecGauge("state_of_charge", "SoC"),
        SunSpecGauge("state_of_health", "SoH"),
    ),
    714: (SunSpecGauge("active_power", "DCW", -1),),
    802: (
        SunSpecGauge("charge_rated", "AHRtg"),
        SunSpecGauge("state_of_charge", "SoC"),
        SunSpecGauge("depth_of_discharge", "DoD"),
        SunSpecGauge("state_of_health", "SoH"),
        SunSpecGauge("dc_voltage", "V"),
        SunSpecGauge("dc_current", "A"),
        SunSpecGauge("dc_power", "W"),
    ),
}
"""By model. Inverters and DER (101, 103, 701, 714) count power as positive that they feed in, meters what is drawn."""


def is_sunspec(profile: str) -> bool:
    """Whether a profile names a SunSpec model."""
    return profile.startswith(PREFIX)


def sunspec_profile_ids() -> tuple[str, ...]:
    """The names of all such profiles."""
    return tuple(f"{PREFIX}{model}" for model in COUNTERS)


class SunSpecProfile(msgspec.Struct, frozen=True):
    """One model as a kind of meter; made by `sunspec_profile`."""

    id: str
    number: int
    definition: SunSpecModel
    billable: tuple[SunSpecCounter, ...]
    sources: tuple[str, ...]
    place: int = 1
    """Which one is meant where a device has several of this model, from 1; the hash is the same for all."""
    vendor: str = "SunSpec"
    notes: tuple[str, ...] = ()

    @property
    def model(self) -> str:
        """The model's name, for people."""
        return f"model {self.number}, {self.definition.name}"

    def register(self, name: str) -> SunSpecCounter:
        """The counter of that name or OBIS code; raises `BadProfile`."""
        for counter in self.billable:
            if name in (counter.name, counter.obis):
                return counter
        known = ", ".join(counter.name for counter in self.billable)
        raise BadProfile(f"{self.id} counts no {name!r}; it counts {known}")

    @property
    def counters(self) -> CounterFacts:
        """What is known of the counters; 0 means 'not accumulated' where they wrap at 2^32."""
        rollover = max(counter.rollover for counter in self.billable)
        notes = ("The scale is the device's own: `meter read` shows it, the binding names it.",)
        return CounterFacts(None, rollover or None, None, None, notes)

    @property
    def gauges(self) -> tuple[SunSpecGauge, ...]:
        """The momentary values that are read."""
        return GAUGES[self.number]

    @property
    def units(self) -> dict[str, str]:
        """The unit of every momentary value, by name."""
        return {gauge.name: QUANTITIES[gauge.name] for gauge in self.gauges}

    def hash(self) -> bytes:
        """32 bytes over everything that decides a billed value, and nothing else."""
        facts = [(entry.name, entry.obis_bytes, list(entry.points), entry.rollover) for entry in self.billable]
        return tagged_hash(b"nodechain/profile", encode((HASH_SCHEMA, self.number, facts)))


def sunspec_profile(name: str) -> SunSpecProfile:
    """The profile of that name; `sunspec-203.2` is the second one of the model in a device. Raises `BadProfile`."""
    family, dot, place = name.partition(".")
    if family not in sunspec_profile_ids() or (dot and _PLACE.fullmatch(place) is None):
        raise BadProfile(
            f"no profile {name!r}; SunSpec devices are read by {', '.join(sunspec_profile_ids())}, "
            "the second of one model by sunspec-203.2"
        )
    number, models = int(family.removeprefix(PREFIX)), load_models()
    return SunSpecProfile(
        name, number, models.model(number), COUNTERS[number], (models.source,), int(place) if dot else 1
    )
