"""A module's section of the genesis as a TOML file: fields by name, addresses as people write them, bytes in hex."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger.chain.section import Section
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from ledger.upgrades.limits import MAX_VOTED_SECTION_BYTES
from nodechain.errors import UsageError
from nodechain.files.toml_text import BadToml, parse_toml
from nodechain.files.user_file import read_user_file

MAX_SECTION_FILE_BYTES: Final = 1024 * 1024
"""Of the TOML text, before it is read."""
ADDRESS_BYTES = 20


def read_section(section: Section[Any], path: Path, address_of: Callable[[str], bytes]) -> bytes:
    """The section's canonical bytes. Raises `NotFound` (file_not_found), or `UsageError` (bad_section) that
    names the field.
    """
    try:
        given = parse_toml(read_user_file(path, MAX_SECTION_FILE_BYTES, "section file"))
    except BadToml as error:
        raise _wrong(f"{path} is no TOML: {error}") from error
    data = encode(_filled(msgspec.inspect.type_info(section.kind), given, section.name, address_of))
    if len(data) > MAX_VOTED_SECTION_BYTES:
        raise _wrong(f"the section has {len(data)} bytes, at most {MAX_VOTED_SECTION_BYTES} are allowed")
    try:
        section.codec.decode(data)
    except InvalidInput as error:
        raise _wrong(error.detail) from error
    return data


def _filled(kind: msgspec.inspect.Type, value: Any, where: str, address_of: Callable[[str], bytes]) -> Any:
    """A value of the section from what TOML has in its place."""
    match kind:
        case msgspec.inspect.StructType():
            return _struct(kind, value, where, address_of)
        case msgspec.inspect.VarTupleType():
            if isinstance(value, list):
                return tuple(
                    _filled(kind.item_type, item, f"{where}.{place}", address_of) for place, item in enumerate(value)
                )
        case msgspec.inspect.BytesType():
            if isinstance(value, str):
                return address_of(value) if kind.min_length == ADDRESS_BYTES else _hex(value, where)
        case msgspec.inspect.IntType():
            if isinstance(value, int) and not isinstance(value, bool):
                return value
        case msgspec.inspect.BoolType():
            if isinstance(value, bool):
                return value
        case msgspec.inspect.StrType():
            if isinstance(value, str):
                return value
        case _:
            pass
    raise _wrong(f"{where}: {value!r} is not what stands there")


def _struct(
    kind: msgspec.inspect.StructType, value: Any, where: str, address_of: Callable[[str], bytes]
) -> msgspec.Struct:
    if not isinstance(value, dict):
        raise _wrong(f"{where}: a table is expected")
    names = {field.name: field for field in kind.fields}
    unknown = sorted(set(value) - set(names))
    missing = sorted(name for name, field in names.items() if field.required and name not in value)
    if unknown or missing:
        raise _wrong(f"{where}: {'there is no' if unknown else 'there must be a'} field {(unknown or missing)[0]}")
    made = {name: _filled(names[name].type, item, f"{where}.{name}", address_of) for name, item in value.items()}
    built: msgspec.Struct = kind.cls(**made)
    return built


def _hex(text: str, where: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise _wrong(f"{where} is no hexadecimal text") from error


def _wrong(detail: str) -> UsageError:
    return UsageError(detail, code="bad_section", advice="See docs/upgrades.md for what a section file holds.")
