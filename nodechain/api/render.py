"""The ledger's values as JSON: addresses in Bech32m, hashes in hex, amounts in tokens beside their base units.

One rendering for payloads, events and table entries. What a field means follows from its type alone
(`ledger.encoding.quantities`), so that the values of a new subject are shown right with nothing edited here.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from typing import Any, get_args

import msgspec
from msgspec.structs import replace

from ledger.bank.assets import ENERGY_ASSET
from ledger.chain.header import Event
from ledger.encoding.quantities import FieldType, FieldUnit, Of, Quantity, field_type, field_types
from ledger.keys.address import format_address
from ledger.state.table import Table
from market.denominations import Denominations
from market.types import FIRST_PRODUCT
from nodechain.modules import REGISTRY


class _Place(msgspec.Struct, frozen=True):
    """How amounts of a value are written: the chain's assets, and which asset and product the value is about."""

    chain: Denominations
    asset: int
    product: int

    def of(self, value: msgspec.Struct) -> _Place:
        """The same for a value that has an asset or a product itself, one of each at most."""
        asset = _only(value, Quantity.ASSET, self.asset)
        product = _only(value, Quantity.PRODUCT, self.product)
        return self if (asset, product) == (self.asset, self.product) else _Place(self.chain, asset, product)

    def asset_of(self, unit: FieldUnit) -> int:
        """The asset that a number in this unit is of."""
        match unit.of:
            case Of.FEES:
                return self.chain.fee_asset
            case Of.FIELD:
                return self.asset
            case Of.QUOTE:
                return self.chain.quote_of(self.product)
            case Of.BASE:
                return self.chain.base_of(self.product)
            case Of.ENERGY | None:
                return ENERGY_ASSET


def amount(chain: Denominations, asset: int, base: int) -> dict[str, Any]:
    """An amount, price or rate of an asset: exact base units, and whole tokens as text."""
    return {"base": base, "tokens": chain.text(asset, base)}


def struct(chain: Denominations, value: msgspec.Struct) -> dict[str, Any]:
    """Any value of the ledger as a JSON object of its fields."""
    return fields_of(chain, value, value.__struct_fields__)


def fields_of(chain: Denominations, value: msgspec.Struct, names: Iterable[str]) -> dict[str, Any]:
    """Some of its fields."""
    return _fields(_Place(chain, ENERGY_ASSET, FIRST_PRODUCT), value, names)


def entry(chain: Denominations, table: Table[Any], key: bytes, value: msgspec.Struct) -> dict[str, Any]:
    """An entry of a table: its asset and product stand in its key; a plain count is of what the table counts."""
    place = _Place(chain, *chain.in_key(table.key, key))
    shown = _struct(place, value)
    for name, found in field_types(type(value)).items():
        if table.counts is not None and found.unit is not None and found.unit.quantity is Quantity.COUNT:
            shown[name] = _number(place, replace(found, unit=table.counts), getattr(value, name))
    return shown


def _only(value: msgspec.Struct, quantity: Quantity, otherwise: int) -> int:
    """The field that holds a number of this kind, if there is just one."""
    name = _only_field(type(value), quantity)
    found: int = getattr(value, name) if name else otherwise
    return found


@cache
def _only_field(kind: type[msgspec.Struct], quantity: Quantity) -> str:
    found = [
        name for name, field in field_types(kind).items() if field.unit is not None and field.unit.quantity is quantity
    ]
    return found[0] if len(found) == 1 else ""


def _struct(place: _Place, value: msgspec.Struct) -> dict[str, Any]:
    return _fields(place, value, value.__struct_fields__)


def _fields(place: _Place, value: msgspec.Struct, names: Iterable[str]) -> dict[str, Any]:
    found, here = field_types(type(value)), place.of(value)
    return {name: _shown(here, found[name], getattr(value, name)) for name in names}


def event(chain: Denominations, value: Event) -> dict[str, Any]:
    """An event with its kind."""
    return _tagged(_Place(chain, ENERGY_ASSET, FIRST_PRODUCT), value)


def action(chain: Denominations, data: bytes) -> dict[str, Any]:
    """A voted action from its canonical bytes."""
    return _tagged(_Place(chain, ENERGY_ASSET, FIRST_PRODUCT), REGISTRY.actions.decode_trusted(data))


@cache
def kind_name(kind: type) -> str:
    """A class name in snake_case."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in kind.__name__).lstrip("_")


def _tagged(place: _Place, value: msgspec.Struct) -> dict[str, Any]:
    """A value of a union, with its kind."""
    return {"kind": kind_name(type(value)), **_beside_kind(place, value)}


def _beside_kind(place: _Place, value: msgspec.Struct) -> dict[str, Any]:
    """The fields of a value that is shown with its own kind: a field `kind` gets the name of its enum."""
    fields = _struct(place, value)
    if "kind" in fields:
        names = field_types(type(value))["kind"].names
        fields[f"{kind_name(type(value))}_kind" if names is None else kind_name(names)] = fields.pop("kind")
    return fields


def _shown(place: _Place, kind: FieldType, value: Any) -> Any:
    if isinstance(value, bytes):
        return _bytes(place, kind, value)
    if isinstance(value, bool) or not isinstance(value, int):
        return _nested(place, kind, value)
    return _number(place, kind, value)


def _bytes(place: _Place, kind: FieldType, value: bytes) -> Any:
    if kind.is_action:
        return action(place.chain, value)
    return format_address(value) if kind.is_address and value else value.hex()


def _number(place: _Place, kind: FieldType, value: int) -> Any:
    if isinstance(value, IntEnum):
        return value.name.lower()
    if kind.names is not None:
        return _name_of(kind.names, value)
    if kind.unit is not None and kind.shown_in_tokens:
        return amount(place.chain, place.asset_of(kind.unit), value)
    if kind.unit is not None and kind.unit.quantity is Quantity.ASSET:
        return place.chain.name(value).lower()
    return value


def _name_of(names: type[IntEnum], value: int) -> str:
    """The name of a number; of 0, where the enum has none, nothing; of a number that is not known, the number."""
    known = names._value2member_map_.get(value)
    return known.name.lower() if known is not None else str(value or "")


def _nested(place: _Place, kind: FieldType, value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return _tagged(place, value) if type(value).__struct_config__.tag is not None else _struct(place, value)
    if isinstance(value, tuple | list):
        parts = get_args(kind.hint)
        part = field_type(parts[0]) if parts else FieldType(Any)
        return [_shown(place, part, item) for item in value]
    return value
