"""Reads a SunSpec device: finds its models, and reads one of them as a meter or a storage's level.

Of a model everything is read in one question, its id and length too, so that values and scale factors belong together
and a shifted list is noticed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from devices.drivers.driver import Confirmation, Counters
from devices.errors import BadProfile, DeviceException, MissingRegister, NotAReading, WrongMeter
from devices.links.link import DeviceLink
from devices.profile import MODBUS_MAX_REGISTERS
from devices.protocols.sunspec import ModelReading
from devices.sample import Sample
from devices.sunspec import SunSpecModels, load_models
from devices.sunspec_profile import SunSpecProfile

READ_HOLDING: Final = 3
COMMON: Final = 1
MAX_MODELS: Final = 100
"""Of one device; a list that never ends is no list."""


class Device(msgspec.Struct, frozen=True):
    """What a SunSpec device says of itself, and where its models are: number, address of the id, length.

    Maker, type and serial are those of the first common model: the device's own.
    """

    maker: str
    type: str
    serial: str
    models: tuple[tuple[int, int, int], ...]

    def place(self, model: int, which: int = 1) -> tuple[int, int]:
        """Address and length of the first or another one of a model; raises `BadProfile` if the device has none."""
        number = self._index(model, which)
        return self.models[number][1:]

    def common_of(self, model: int, which: int = 1) -> tuple[int, int]:
        """Address and length of the common model that names a model: of several meters each has its own before it."""
        before = self.models[: self._index(model, which)]
        return next((address, length) for number, address, length in reversed(before) if number == COMMON)

    def _index(self, model: int, which: int) -> int:
        found = [index for index, (number, _, _) in enumerate(self.models) if number == model]
        if len(found) < which:
            known = ", ".join(str(number) for number, _, _ in self.models)
            wanted = f"model {model}" if which == 1 else f"{which} models {model}"
            raise BadProfile(f"{self.maker} {self.type} does not have SunSpec {wanted}; it has {known}")
        return found[which - 1]


async def discover(link: DeviceLink, device_id: int) -> Device:
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


async def _walk(link: DeviceLink, device_id: int, address: int, models: SunSpecModels) -> Device:
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
    link: DeviceLink, device_id: int, found: tuple[tuple[int, int, int], ...], models: SunSpecModels
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
        link: DeviceLink,
        profile: SunSpecProfile,
        confirmation: Confirmation,
        *,
        counters: tuple[str, ...] = ("energy_import",),
        device_id: int = 1,
        serial: str = "",
    ) -> None:
        self._models = load_models()
        self.profile = profile
        self._number = profile.number
        self._model = profile.definition
        self._counters = tuple(profile.register(name) for name in counters)
        self._link = link
        self._confirmation = confirmation
        self._device_id = device_id
        self._serial = serial
        self._device: Device | None = None

    @property
    def name(self) -> str:
        """See `MeterDriver.name`."""
        return f"{self.profile.id} device {self._device_id}"

    @property
    def identity(self) -> str:
        """See `MeterDriver.identity`: the serial number."""
        return self._serial

    @property
    def profile_hash(self) -> bytes:
        """See `MeterDriver.profile_hash`."""
        return self.profile.hash()

    async def read_counters(self) -> tuple[Sample, ...]:
        """See `MeterDriver.read_counters`. Who the device is is asked each time."""
        await self._identify()
        return await self._confirmation.read(self.name, self._read_once)

    async def read_gauges(self) -> dict[str, Decimal]:
        """See `MeterDriver.read_gauges`; what the device does not implement is left out."""
        reading = await self._read()
        shown = {}
        for gauge in self.profile.gauges:
            value = _gauge(reading, gauge.point)
            if value is not None:
                shown[gauge.name] = gauge.sign * value
        return shown

    async def _read_once(self) -> Counters:
        reading = await self._read()
        return {counter.obis_bytes: counter.read(reading) for counter in self._counters}

    async def _read(self) -> ModelReading:
        address, length = (await self._known()).place(self._number, self.profile.place)
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
        address, length = self._device.common_of(self._number, self.profile.place)
        words = await self._link.read(self._device_id, READ_HOLDING, address, length + 2)
        if words[0] != COMMON:
            self._device = None
            raise NotAReading("the common model is not where it was: the device has other models now")
        serial = ModelReading(self._models, self._models.model(COMMON), words).text("SN")
        self._serial = self._serial or serial
        if serial != self._serial:
            raise WrongMeter(f"device {self._device_id} is {serial!r}, not {self._serial!r}")


def _gauge(reading: ModelReading, point: str) -> Decimal | None:
    try:
        return reading.gauge(point)
    except (MissingRegister, NotAReading, BadProfile):
        # Not implemented by this device, or its scale factor is not known here.
        return None
