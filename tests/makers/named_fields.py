"""Values by the names of their fields, as vectors and documentation show them: what a signer in another language is
given.

Integers are decimal text (JavaScript's numbers end at 2^53), bytes hexadecimal, addresses Bech32m; a struct that is one
of several kinds says which in `kind`.
"""

from __future__ import annotations

from typing import Any, get_args, get_origin

import msgspec

from ledger.encoding.codec import Value
from ledger.encoding.quantities import address_fields, field_type, field_types
from ledger.keys.address import format_address
from nodechain.api.render import kind_name


def named(value: Any) -> Any:
    """The value for JSON."""
    if isinstance(value, msgspec.Struct):
        return _struct(value)
    if isinstance(value, tuple):
        return [named(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, bool | str):
        return value
    return str(int(value))


def _struct(value: msgspec.Struct) -> dict[str, Any]:
    addresses = address_fields(type(value))
    shown: dict[str, Any] = {}
    if isinstance(value, Value) and value.__struct_config__.tag is not None:
        shown["kind"] = kind_name(type(value))
    for name in value.__struct_fields__:
        found = getattr(value, name)
        if name in addresses:
            shown[name] = format_address(found)
        elif _lists_addresses(type(value), name):
            shown[name] = [format_address(item) for item in found]
        else:
            shown[name] = named(found)
    return shown


def _lists_addresses(kind: type[msgspec.Struct], name: str) -> bool:
    hint = field_types(kind)[name].hint
    return get_origin(hint) is tuple and field_type(get_args(hint)[0]).is_address
