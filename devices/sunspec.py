"""SunSpec models as data: which point lies where in a model, and what is not a value. Decoding a device comes later.

Offsets count from the model's id register (id = 0, length = 1). The models are those that a storage unit or a meter
needs; facts from the official model files (NOTICE).
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Final

import msgspec

from devices.errors import BadProfile
from devices.profile import PROFILE_DIRECTORY, Word

SCHEMA: Final = "nodechain.sunspec-models/1"
MODELS_FILE: Final = PROFILE_DIRECTORY / "sunspec" / "models.json"
POINT_WORDS: Final = {
    "int16": 1,
    "uint16": 1,
    "sunssf": 1,
    "enum16": 1,
    "acc32": 2,
    "uint32": 2,
    "bitfield32": 2,
    "uint64": 4,
}
"""The length of a point by its type; strings say their own."""


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value of a model; `scale_factor` names the point that holds its power of ten."""

    point: str
    offset: Word
    type: str
    size: Annotated[int, msgspec.Meta(ge=1, le=64)]
    scale_factor: str | None
    unit: str | None
    symbols: dict[str, int] | None = None


class SunSpecModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A block of points; `fixed_length` counts the registers after id and length, without repeating groups."""

    model: Word
    name: str
    fixed_length: Word
    points: tuple[Point, ...]

    def has(self, name: str) -> bool:
        """Whether the place of that point is known here; a point without its scale factor cannot be read."""
        return any(point.point == name for point in self.points)

    def point(self, name: str) -> Point:
        """The point of that name; raises `BadProfile`."""
        for point in self.points:
            if point.point == name:
                return point
        raise BadProfile(f"SunSpec model {self.model} has no point {name!r}")


class SunSpecModels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All models, where a device starts its list, and what each type says when it has no value."""

    schema: str
    base_addresses: tuple[Word, ...]
    marker: tuple[Word, Word]
    end_model: Word
    offset_convention: str
    unimplemented: dict[str, str]
    notes: tuple[str, ...]
    source: str
    models: tuple[SunSpecModel, ...]

    def model(self, number: int) -> SunSpecModel:
        """The model of that number; raises `BadProfile`."""
        for model in self.models:
            if model.model == number:
                return model
        raise BadProfile(f"SunSpec model {number} is not known here")

    def no_value(self, kind: str) -> int | None:
        """The bits by which a type says 'not implemented'; None where every value is one."""
        text = self.unimplemented.get(kind)
        return None if text is None else int(text, 16 if text.startswith("0x") else 10)


def decode_models(data: bytes) -> SunSpecModels:
    """Checked models from JSON; raises `BadProfile`."""
    try:
        models = msgspec.json.decode(data, type=SunSpecModels, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadProfile(f"SunSpec models: {error}") from None
    if models.schema != SCHEMA:
        raise BadProfile(f"SunSpec models: the schema is {models.schema!r}, this version reads {SCHEMA!r}")
    for model in models.models:
        for point in model.points:
            if POINT_WORDS.get(point.type, point.size) != point.size:
                raise BadProfile(f"SunSpec model {model.model}, {point.point}: {point.type} has another size")
            factor = point.scale_factor
            if factor is not None and model.has(factor) and model.point(factor).type != "sunssf":
                raise BadProfile(f"SunSpec model {model.model}, {point.point}: its scale factor is none")
    return models


@cache
def load_models() -> SunSpecModels:
    """The models that come with the project."""
    return decode_models(MODELS_FILE.read_bytes())
