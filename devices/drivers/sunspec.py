"""Reads a SunSpec device: finds its models, and reads one of them as a meter or a storage's level.

Profiles are called `sunspec-203`, `sunspec-701` and so on, by the model that counts. Of a model everything is read in
one question, its id and length too, so that values and scale factors belong together and a shifted list is noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from devices.drivers.driver import Confirmation, Counters
from devices.errors import BadProfile, DeviceException, NotAReading, WrongMeter
from devices.links.link import Link
from devices.profile import MODBUS_MAX_REGISTERS, parse_obis
from devices.protocols.registers import Energy
from devices.protocols.sunspec import ModelReading
from devices.sample import Sample
from devices.sunspec import SunSpecModels, load_models
from ledger.codec import encode
from ledger.crypto import tagged_hash

PREFIX: Final = "sunspec-"
HASH_SCHEMA: Final = "nodechain.sunspec-profile/1"
READ_HOLDING: Final = 3
COMMON: Final = 1
MAX_MODELS: Final = 100
"""Of one device; a list that never ends is no list."""

Read = Callable[[ModelReading], Energy]


@dataclass(frozen=True, slots=True)
class Counter:
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


def _counted(name: str, obis: str, point: str, rollover: int) -> Counter:
    return Counter(name, obis, (point,), rollover, lambda reading: reading.energy(point))


LEVEL_OBIS: Final = "1-0:128.8.0"
"""Manufacturer-specific (C 128 to 199): OBIS has no code for what a storage holds."""
ACC32: Final = 2**32

COUNTERS: Final[dict[int, tuple[Counter, ...]]] = {
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
    713: (Counter("level", LEVEL_OBIS, ("WHAvail",), 0, lambda reading: reading.energy("WHAvail"), level=True),),
    714: (
        _counted("energy_import", "1-0:1.8.0", "DCWhAbs", 0),
        _counted("energy_export", "1-0:2.8.0", "DCWhInj", 0),
    ),
    802: (
        Counter("level", LEVEL_OBIS, ("WHRtg", "SoC"), 0, lambda reading: reading.share_of("WHRtg", "SoC"), level=True),
    ),
}  # fmt: skip
"""By model. A battery (802) has no counter of energy, only a level."""


def profile_hash(model: int) -> bytes:
    """32 bytes over what decides a billed value of a model."""
    facts = [(entry.name, entry.obis_bytes, list(entry.points), entry.rollover) for entry in COUNTERS[model]]
    return tagged_hash(b"nodechain/profile", encode((HASH_SCHEMA, model, facts)))


def is_sunspec(profile: str) -> bool:
    """Whether a profile names a SunSpec model."""
    return profile.startswith(PREFIX)


def model_of(profile: str) -> int:
    """The model that a profile names; raises `BadProfile`."""
    number = profile.removeprefix(PREFIX)
    if not profile.startswith(PREFIX) or not number.isdecimal() or int(number) not in COUNTERS:
        known = ", ".join(f"{PREFIX}{model}" for model in COUNTERS)
        raise BadProfile(f"no profile {profile!r}; SunSpec devices are read by {known}")
    return int(number)


@dataclass(frozen=True, slots=True)
class Device:
    """What a SunSpec device says of itself, and where its models are: number, address of the id, length."""

    maker: str
    type: str
    serial: str
    models: tuple[tuple[int, int, int], ...]

    def place(self, model: int) -> tuple[int, int]:
        """Address and length of a model; raises `BadProfile` if the device has none."""
        for number, address, length in self.models:
            if number == model:
                return address, length
        known = ", ".join(str(number) for number, _, _ in self.models)
        raise BadProfile(f"{self.maker} {self.type} has no SunSpec model {model}; it has {known}")


async def discover(link: Link, device_id: int) -> Device:
    """Find the models of a device; raises `BadProfile` if it speaks no SunSpec, and what links raise."""
    models = load_models()
    for base in models.base_addresses:
        try:
            marker = await link.read(device_id, READ_HOLDING, base, 2)
        except DeviceException:
            # No register there: the list begins elsewhere.
            marker = ()
        if marker == models.marker:
            return await _walk(link, device_id, base + 2, models)
    raise BadProfile(f"device {device_id} has no list of SunSpec models at {models.base_addresses}")


async def _walk(link: Link, device_id: int, address: int, models: SunSpecModels) -> Device:
    found: list[tuple[int, int, int]] = []
    while len(found) < MAX_MODELS:
        number, length = await link.read(device_id, READ_HOLDING, address, 2)
        if number == models.end_model:
            return await _described(link, device_id, tuple(found), models)
        found.append((number, address, length))
        address += length + 2
        if address > 0xFFFF:
            break
    raise NotAReading(f"the list of SunSpec models of device {device_id} has no end")


async def _described(
    link: Link, device_id: int, found: tuple[tuple[int, int, int], ...], models: SunSpecModels
) -> Device:
    if not found or found[0][0] != COMMON:
        raise NotAReading(f"device {device_id} does not say who made it")
    _, address, length = found[0]
    words = await link.read(device_id, READ_HOLDING, address, length + 2)
    common = ModelReading(models, models.model(COMMON), words)
    return Device(common.text("Mn"), common.text("Md"), common.text("SN"), found)


class SunSpecDriver:
    """One model of one device as a meter. `counters`: names or OBIS codes; `serial`: of the one that may answer."""

    def __init__(
        self,
        link: Link,
        profile: str,
        confirmation: Confirmation,
        *,
        counters: tuple[str, ...] = ("energy_import",),
        device_id: int = 1,
        serial: str = "",
    ) -> None:
        self._models = load_models()
        self._number = model_of(profile)
        self._model = self._models.model(self._number)
        self._counters = tuple(counter_of(profile, name) for name in counters)
        self._link = link
        self._confirmation = confirmation
        self._device_id = device_id
        self._serial = serial
        self._device: Device | None = None

    @property
    def name(self) -> str:
        """See `MeterDriver.name`."""
        return f"{PREFIX}{self._number} device {self._device_id}"

    @property
    def profile_hash(self) -> bytes:
        """See `MeterDriver.profile_hash`."""
        return profile_hash(self._number)

    async def read_counters(self) -> tuple[Sample, ...]:
        """See `MeterDriver.read_counters`. Who the device is is asked each time."""
        await self._identify()
        return await self._confirmation.read(self.name, self._read_once)

    async def read_gauges(self) -> dict[str, Decimal]:
        """See `MeterDriver.read_gauges`; what the device does not implement is left out."""
        reading = await self._read()
        shown = {}
        for point in self._model.points:
            if point.unit is None or any(point.point in counter.points for counter in COUNTERS[self._number]):
                continue
            value = _gauge(reading, point.point)
            if value is not None:
                shown[point.point] = value
        return shown

    async def _read_once(self) -> Counters:
        reading = await self._read()
        return {counter.obis_bytes: counter.read(reading) for counter in self._counters}

    async def _read(self) -> ModelReading:
        address, length = (await self._known()).place(self._number)
        count = min(length + 2, max(point.offset + point.size for point in self._model.points), MODBUS_MAX_REGISTERS)
        words = await self._link.read(self._device_id, READ_HOLDING, address, count)
        if words[:2] != (self._number, length):
            self._device = None
            raise NotAReading(f"model {self._number} is not where it was: the device has other models now")
        return ModelReading(self._models, self._model, words)

    async def _known(self) -> Device:
        if self._device is None:
            await self._identify()
        assert self._device is not None
        return self._device

    async def _identify(self) -> None:
        """Ask who answers; from the first time on, or as the operator named it, it must be the same device."""
        if self._device is None:
            self._device = await discover(self._link, self._device_id)
        else:
            _, address, length = self._device.models[0]
            words = await self._link.read(self._device_id, READ_HOLDING, address, length + 2)
            serial = ModelReading(self._models, self._models.model(COMMON), words).text("SN")
            self._device = replace(self._device, serial=serial)
        self._serial = self._serial or self._device.serial
        if self._device.serial != self._serial:
            raise WrongMeter(f"device {self._device_id} is {self._device.serial!r}, not {self._serial!r}")


def counter_of(profile: str, name: str) -> Counter:
    """What a profile's model counts under a name or OBIS code; raises `BadProfile`."""
    for counter in COUNTERS[model_of(profile)]:
        if name in (counter.name, counter.obis):
            return counter
    known = ", ".join(counter.name for counter in COUNTERS[model_of(profile)])
    raise BadProfile(f"{profile} counts no {name!r}; it counts {known}")


def _gauge(reading: ModelReading, point: str) -> Decimal | None:
    try:
        return reading.gauge(point)
    except (NotAReading, BadProfile):
        # Not implemented by this device, or its scale factor is not known here.
        return None
