"""What the registers of a SunSpec model mean: points, scale factors, and what is not a value. Pure."""

from __future__ import annotations

from decimal import Decimal

from devices.errors import BadProfile, MissingRegister, NotAReading
from devices.protocols.registers import RegisterEnergy, WordOrder, bits_of, checked_energy
from devices.sunspec import Point, SunSpecModel, SunSpecModels

SIGNED = frozenset({"int16", "int32", "int64", "sunssf"})
ACCUMULATORS = frozenset({"acc16", "acc32", "acc64"})
"""Their sign for 'not accumulated' is 0; devices that start show all ones as well."""
MOST_SCALE = 10
"""SunSpec Information Model Specification: scale factors lie between -10 and 10."""


class ModelReading:
    """The registers of one model as they were read at once: `words` begin with its id."""

    def __init__(self, models: SunSpecModels, model: SunSpecModel, words: tuple[int, ...]) -> None:
        self._models = models
        self._model = model
        self._words = words

    def number(self, name: str) -> int:
        """A point as an integer without its scale; raises `MissingRegister` where the device has none."""
        point = self._model.point(name)
        words = self._words[point.offset : point.offset + point.size]
        if len(words) != point.size:
            raise NotAReading(f"model {self._model.model} is too short for {name}")
        bits = bits_of(words, WordOrder.BIG)
        if point.type in ACCUMULATORS and set(bits) == {0xFF}:
            raise NotAReading(f"{name} of model {self._model.model} holds all ones: the device has no value now")
        if int.from_bytes(bits, "big") == self._models.no_value(point.type):
            raise MissingRegister(f"the device does not count or show {name} of model {self._model.model}")
        return int.from_bytes(bits, "big", signed=point.type in SIGNED)

    def exponent(self, point: Point) -> int:
        """A point's power of ten, from its scale factor."""
        if point.scale_factor is None:
            return 0
        factor = self.number(point.scale_factor)
        if not -MOST_SCALE <= factor <= MOST_SCALE:
            raise NotAReading(f"{point.scale_factor} of model {self._model.model} is {factor}")
        return factor

    def energy(self, name: str) -> RegisterEnergy:
        """An energy point in Wh; raises `MissingRegister` also for a counter that has not begun (acc32 of 0)."""
        point = self._model.point(name)
        if (point.unit or "").upper() != "WH":
            raise BadProfile(f"{name} of model {self._model.model} is no energy")
        exponent = self.exponent(point)
        if not -9 <= exponent <= 9:
            raise NotAReading(f"{name} counts in 10^{exponent} Wh, which no reading may")
        return checked_energy(self.number(name), exponent, (16 * point.size,))

    def share_of(self, energy: str, percent: str) -> RegisterEnergy:
        """A share of a rated energy in whole Wh (a battery's level: rating x state of charge), rounded down."""
        rated = self.energy(energy)
        shown = self.number(percent)
        if shown < 0:
            raise NotAReading(f"{percent} is {shown}")
        exponent = rated.exponent + self.exponent(self._model.point(percent)) - 2
        product = Decimal(rated.raw * shown).scaleb(exponent)
        return checked_energy(int(product), 0)

    def gauge(self, name: str) -> Decimal:
        """A momentary value in the point's unit."""
        point = self._model.point(name)
        return Decimal(self.number(name)).scaleb(self.exponent(point)).normalize()

    def text(self, name: str) -> str:
        """A string; raises `NotAReading` unless it is printable ASCII."""
        point = self._model.point(name)
        data = bits_of(self._words[point.offset : point.offset + point.size], WordOrder.BIG)
        try:
            found = data.split(b"\0")[0].decode("ascii").strip()
        except UnicodeDecodeError:
            raise NotAReading(f"{name} of model {self._model.model} is no ASCII text") from None
        if not found.isprintable():
            raise NotAReading(f"{name} of model {self._model.model} is not printable")
        return found
