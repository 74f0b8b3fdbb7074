"""The ledger's values as JSON: addresses in Bech32m, hashes in hex, amounts in tokens beside their base units.

One rendering for payloads, events and table entries. What a field means follows from its type alone
(`ledger.encoding.quantities`), so that the values of a new subject are shown right with nothing edited here.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import Any, get_args

import msgspec

from ledger.bank.schema import Asset
from ledger.chain.header import Event
from ledger.encoding.amounts import format_amount
from ledger.encoding.quantities import FieldType, Quantity, field_type, field_types
from ledger.keys.address import format_address
from ledger.state.table import Table
from nodechain.modules import REGISTRY


def amount(base: int) -> dict[str, Any]:
    """An amount, price or rate: exact base units, and whole tokens as text."""
    return {"base": base, "tokens": format_amount(base)}


def asset_name(number: int) -> str:
    """An asset as the interface calls it."""
    return Asset(number).name.lower()


def struct(value: msgspec.Struct) -> dict[str, Any]:
    """Any value of the ledger as a JSON object of its fields."""
    found = field_types(type(value))
    return {name: _shown(found[name], getattr(value, name)) for name in value.__struct_fields__}


def entry(table: Table[Any], value: msgspec.Struct) -> dict[str, Any]:
    """An entry of a table: a plain count is of what the table counts."""
    shown = struct(value)
    for name, found in field_types(type(value)).items():
        if table.counts is not None and found.unit is not None and found.unit.quantity is Quantity.COUNT:
            shown[name] = _number(replace(found, unit=table.counts), getattr(value, name))
    return shown


def event(value: Event) -> dict[str, Any]:
    """An event with its kind."""
    return _tagged(value)


def action(data: bytes) -> dict[str, Any]:
    """A voted action from its canonical bytes."""
    return _tagged(REGISTRY.actions.decode_trusted(data))


def kind_name(kind: type) -> str:
    """A class name in snake_case."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in kind.__name__).lstrip("_")


def _tagged(value: msgspec.Struct) -> dict[str, Any]:
    """A value of a union, with its kind."""
    return {"kind": kind_name(type(value)), **_beside_kind(value)}


def _beside_kind(value: msgspec.Struct) -> dict[str, Any]:
    """The fields of a value that is shown with its own kind: a field `kind` gets the name of its enum."""
    fields = struct(value)
    if "kind" in fields:
        names = field_types(type(value))["kind"].names
        fields[f"{kind_name(type(value))}_kind" if names is None else kind_name(names)] = fields.pop("kind")
    return fields


def _shown(kind: FieldType, value: Any) -> Any:
    if isinstance(value, bytes):
        return _bytes(kind, value)
    if isinstance(value, bool) or not isinstance(value, int):
        return _nested(kind, value)
    return _number(kind, value)


def _bytes(kind: FieldType, value: bytes) -> Any:
    if kind.is_action:
        return action(value)
    return format_address(value) if kind.is_address and value else value.hex()


def _number(kind: FieldType, value: int) -> Any:
    if isinstance(value, IntEnum):
        return value.name.lower()
    if kind.names is not None:
        return _name_of(kind.names, value)
    if kind.shown_in_tokens:
        return amount(value)
    return asset_name(value) if kind.unit is not None and kind.unit.quantity is Quantity.ASSET else value


def _name_of(names: type[IntEnum], value: int) -> str:
    """The name of a number; of 0, where the enum has none, nothing; of a number that is not known, the number."""
    known = names._value2member_map_.get(value)
    return known.name.lower() if known is not None else str(value or "")


def _nested(kind: FieldType, value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return _tagged(value) if type(value).__struct_config__.tag is not None else struct(value)
    if isinstance(value, tuple | list):
        parts = get_args(kind.hint)
        part = field_type(parts[0]) if parts else FieldType(Any)
        return [_shown(part, item) for item in value]
    return value
