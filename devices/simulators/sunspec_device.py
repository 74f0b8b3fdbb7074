"""A SunSpec device that counts what it is told: common model, and those of the known models that it is given."""

from __future__ import annotations

from devices.drivers.sunspec import COMMON
from devices.errors import BadProfile, DeviceException, NotAReading
from devices.profile import MODBUS_MAX_REGISTERS
from devices.protocols.registers import power_of_ten
from devices.simulators.modbus_meter import ILLEGAL_FUNCTION, read_words
from devices.sunspec import Point, SunSpecModel, load_models
from devices.sunspec_profile import COUNTERS

READ_HOLDING = 3
MAKER, TYPE, VERSION, SERIAL = "nodechain", "simulated", "1.0", "SIM-1"


class SimulatedSunSpec:
    """`models` after the common one, in this order; `scale` is the power of ten of all energies.

    `opening_wh`: what its counters show at first, by name.
    """

    def __init__(
        self,
        models: tuple[int, ...],
        opening_wh: dict[str, int] | None = None,
        *,
        base: int = 40_000,
        serial: str = SERIAL,
        scale: int = 0,
    ) -> None:
        self._models = load_models()
        self._words: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._wh: dict[str, int] = {}
        self._scale = scale
        address = base
        for word in self._models.marker:
            self._words[address] = word
            address += 1
        for number in (COMMON, *models):
            model = self._models.model(number)
            self._places[number] = address
            self._words.update((place, 0) for place in range(address, address + model.fixed_length + 2))
            self._words[address], self._words[address + 1] = number, model.fixed_length
            address += model.fixed_length + 2
        self._words[address], self._words[address + 1] = self._models.end_model, 0
        for point, text in (("Mn", MAKER), ("Md", TYPE), ("Vr", VERSION), ("SN", serial)):
            self._put_text(self._models.model(COMMON), point, text)
        for number in models:
            for counter in COUNTERS.get(number, ()):
                for point in counter.points:
                    self._put_scale(self._models.model(number), self._models.model(number).point(point))
        for register, wh in (opening_wh or {}).items():
            self.set_energy(register, wh)

    def _put_text(self, model: SunSpecModel, name: str, text: str) -> None:
        point = model.point(name)
        data = text.encode("ascii").ljust(2 * point.size, b"\0")
        self._put_bytes(model, point, data)

    def _put_bytes(self, model: SunSpecModel, point: Point, data: bytes) -> None:
        start = self._places[model.model] + point.offset
        for place in range(point.size):
            self._words[start + place] = int.from_bytes(data[2 * place : 2 * place + 2], "big")

    def _put_scale(self, model: SunSpecModel, point: Point) -> None:
        if point.scale_factor is not None and (point.unit or "").upper() == "WH":
            self.set_point(model.model, point.scale_factor, self._scale)

    def set_point(self, model: int, name: str, value: int) -> None:
        """A point's raw value."""
        known = self._models.model(model)
        point = known.point(name)
        self._put_bytes(known, point, (value % (1 << 16 * point.size)).to_bytes(2 * point.size, "big"))

    def advance(self, wh: int, register: str = "energy_import") -> int:
        """Count so many Wh more in every model that has this counter; returns the total."""
        if wh < 0:
            raise NotAReading("a counter of energy never counts backwards; use set_energy to break it")
        self.set_energy(register, self._wh.get(register, 0) + wh)
        return self._wh[register]

    def set_energy(self, register: str, wh: int) -> None:
        """Show so many Wh."""
        self._wh[register] = wh
        raw = wh // power_of_ten(self._scale) if self._scale >= 0 else wh * power_of_ten(-self._scale)
        shown = False
        for number in self._places:
            for counter in COUNTERS.get(number, ()):
                if register in (counter.name, counter.obis):
                    self.set_point(number, counter.points[0], raw)
                    shown = True
        if not shown:
            raise BadProfile(f"none of the models counts {register!r}")

    def read(self, function_code: int, address: int, count: int) -> tuple[int, ...]:
        """What the device answers; raises `DeviceException` as a real one would."""
        if function_code != READ_HOLDING:
            raise DeviceException(ILLEGAL_FUNCTION)
        return read_words(self._words, address, count, MODBUS_MAX_REGISTERS)
