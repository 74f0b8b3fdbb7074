"""What the integers of payloads, events and tables count: the unit is part of a field's type.

A `FieldUnit` stands beside msgspec's bounds in `Annotated`; values stay plain integers and bytes do not change. What
shows a value to people (the interface, the command line, OpenAPI) asks the type, so that a new field of a new
subject is shown right with nothing else edited. A field that holds a number of an enum carries the enum in the same
place: `Annotated[int, UnitStatus]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec

from ledger.encoding.codec import Bytes20, Uint
from ledger.limits import MAX_INTEGER


class Quantity(Enum):
    """What is counted; the value is the unit as people write it."""

    AMOUNT = "base units"
    PRICE = "base units per whole token"
    RATE = "base units per kWh"
    ENERGY_WH = "Wh"
    ENERGY_MWH = "mWh"
    POWER_W = "W"
    TIME_MS = "ms since 1970"
    DURATION_MS = "ms"
    PARTS = "parts per 10^9"
    PARTS_PER_MILLION = "parts per 10^6"
    REGISTER = "steps of a register"
    HEIGHT = "height"
    ASSET = "number of an asset"
    PRODUCT = "number of a product"
    NUMBER = "number"
    COUNT = "count"
    PARAMETER = "unit of the parameter"
    PLAIN = "plain number"


TOKENS: Final = frozenset({Quantity.AMOUNT, Quantity.PRICE, Quantity.RATE})
"""What is shown in whole tokens beside its base units."""


class Of(Enum):
    """Which asset an amount is of."""

    ENERGY = "the energy token"
    FEES = "the asset of fees"
    FIELD = "the one that the field `asset` beside it, or the entry's key, names"
    BASE = "what the product of the order or trade beside it sells"
    QUOTE = "what that product is priced in"


class FieldUnit(msgspec.Struct, frozen=True):
    """The unit of a field; `of` is the asset of an amount, price or rate."""

    quantity: Quantity
    of: Of | None = None


class IsAddress(msgspec.Struct, frozen=True):
    """The bytes are an address (perhaps empty), which people see in Bech32m."""


class IsAction(msgspec.Struct, frozen=True):
    """The bytes are a voted action in canonical form."""


class IsContent(msgspec.Struct, frozen=True):
    """The bytes are a payload of the transaction type whose number the field of this name beside them holds."""

    type_field: str


class IsSealed(msgspec.Struct, frozen=True):
    """The bytes tell nothing to who only looks at them: people see how many there are."""


ENERGY_AMOUNT: Final = FieldUnit(Quantity.AMOUNT, Of.ENERGY)
ENERGY_RATE: Final = FieldUnit(Quantity.RATE, Of.ENERGY)
WATT_HOURS: Final = FieldUnit(Quantity.ENERGY_WH)

Amount = Annotated[Uint, FieldUnit(Quantity.AMOUNT, Of.FIELD)]
"""Base units of the asset that the field `asset` beside it, or the key of the entry, names."""

EnergyAmount = Annotated[Uint, ENERGY_AMOUNT]
"""Base units of the energy token."""

FeeAmount = Annotated[Uint, FieldUnit(Quantity.AMOUNT, Of.FEES)]
"""Base units of the asset that fees are paid in."""

BASE_AMOUNT: Final = FieldUnit(Quantity.AMOUNT, Of.BASE)

BaseAmount = Annotated[Uint, BASE_AMOUNT]
"""Base units of what a product sells."""

QuoteAmount = Annotated[Uint, FieldUnit(Quantity.AMOUNT, Of.QUOTE)]
"""Base units of what a product is priced in."""

SignedEnergyAmount = Annotated[int, ENERGY_AMOUNT]
"""Base units of the energy token, below 0 a relief or a surplus."""

Price = Annotated[Uint, FieldUnit(Quantity.PRICE, Of.QUOTE)]
"""Base units of a product's quote asset for a whole token of its base asset."""

Rate = Annotated[Uint, ENERGY_RATE]
"""Base units of the energy token per kWh."""

WattHours = Annotated[Uint, WATT_HOURS]
SignedWattHours = Annotated[int, WATT_HOURS]
MilliWattHours = Annotated[Uint, FieldUnit(Quantity.ENERGY_MWH)]
Watts = Annotated[Uint, FieldUnit(Quantity.POWER_W)]

TimeMs = Annotated[Uint, FieldUnit(Quantity.TIME_MS)]
"""A time of the state, which was bounded where it came in (`ledger.encoding.times.Millis`)."""

AssetId = Annotated[Uint, FieldUnit(Quantity.ASSET)]
Height = Annotated[Uint, FieldUnit(Quantity.HEIGHT)]
ProductId = Annotated[Uint, FieldUnit(Quantity.PRODUCT)]
"""What is traded for what; amounts and prices beside it are of its assets."""

Number = Annotated[Uint, FieldUnit(Quantity.NUMBER)]
"""A number that was given out in turn, or a sequence."""

Count = Annotated[Uint, FieldUnit(Quantity.COUNT)]
Register = Annotated[Uint, FieldUnit(Quantity.REGISTER)]
"""What a meter shows, in its own steps."""

ParameterValue = Annotated[Uint, FieldUnit(Quantity.PARAMETER)]
"""In the unit of the parameter's rule."""

Plain = Annotated[Uint, FieldUnit(Quantity.PLAIN)]
"""A number without a unit: a factor, flags, a kind that no enum names."""

Parts = Annotated[Uint, FieldUnit(Quantity.PARTS)]
"""Of the whole, 10^9."""

PerMillion = Annotated[Uint, FieldUnit(Quantity.PARTS_PER_MILLION)]
"""Of the whole, 10^6."""

PlainSigned = Annotated[int, FieldUnit(Quantity.PLAIN)]

PositiveNumber = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER), FieldUnit(Quantity.NUMBER)]
PositiveWattHours = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER), WATT_HOURS]
PositiveAmount = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER), FieldUnit(Quantity.AMOUNT, Of.FIELD)]
PositiveEnergyAmount = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER), ENERGY_AMOUNT]
PositiveBaseAmount = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER), BASE_AMOUNT]

Address = Annotated[Bytes20, IsAddress()]
"""An account, a unit, or a validator."""

AddressOrNone = Annotated[bytes, IsAddress()]
"""An address, or empty."""

Action = Annotated[bytes, IsAction()]
"""What voters decide, in canonical bytes."""


class FieldType(msgspec.Struct, frozen=True):
    """What a field's type says: its unit, the enum of its numbers, whether bytes are an address, an action, sealed, or
    the content of a type."""

    hint: Any
    unit: FieldUnit | None = None
    names: type[IntEnum] | None = None
    is_address: bool = False
    is_action: bool = False
    is_sealed: bool = False
    type_field: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is an integer and no enum of itself."""
        return self.hint is int

    @property
    def shown_in_tokens(self) -> bool:
        """Whether it is an amount, a price or a rate."""
        return self.unit is not None and self.unit.quantity in TOKENS


@cache
def field_types(kind: type) -> Mapping[str, FieldType]:
    """The fields of a struct (or of any class with annotations) by name."""
    return MappingProxyType(
        {name: field_type(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}
    )


def field_type(hint: Any) -> FieldType:
    """What a type hint says; of `X | None`, what X says."""
    if get_origin(hint) in (Union, UnionType):
        some = [part for part in get_args(hint) if part is not NoneType]
        return field_type(some[0]) if len(some) == 1 else FieldType(hint)
    if get_origin(hint) is not Annotated:
        return FieldType(hint)
    plain, *metadata = get_args(hint)
    return FieldType(
        plain,
        next((entry for entry in metadata if isinstance(entry, FieldUnit)), None),
        next((entry for entry in metadata if isinstance(entry, type) and issubclass(entry, IntEnum)), None),
        any(isinstance(entry, IsAddress) for entry in metadata),
        any(isinstance(entry, IsAction) for entry in metadata),
        any(isinstance(entry, IsSealed) for entry in metadata),
        next((entry.type_field for entry in metadata if isinstance(entry, IsContent)), ""),
    )


@cache
def address_fields(kind: type) -> tuple[str, ...]:
    """The fields of a struct that name an account, a unit or a validator."""
    return tuple(name for name, found in field_types(kind).items() if found.is_address)


def fields_without_unit(kind: type) -> tuple[str, ...]:
    """The integers of a struct, and of the structs in it, that say nothing of what they count."""
    found: dict[str, None] = {}
    _collect(kind, kind.__name__, found, frozenset())
    return tuple(found)


def _collect(hint: Any, path: str, found: dict[str, None], above: frozenset[Any]) -> None:
    field = field_type(hint)
    if field.is_number and field.unit is None and field.names is None:
        found[path] = None
    plain = field.hint
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct) and plain not in above:
        for name, inner in get_type_hints(plain, include_extras=True).items():
            _collect(inner, f"{path}.{name}", found, above | {plain})
    for part in get_args(plain):
        if part not in (NoneType, Ellipsis):
            _collect(part, path, found, above)
