"""What stands in transactions, read from the ledger's own structs: one table for the JavaScript client and the
documentation, so that neither keeps a list by hand.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from enum import IntEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from ledger.chain.envelope import Envelope, SignedEnvelope
from ledger.chain.registry import Registry, TransactionType
from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, IsAddress
from ledger.governance.payloads import CastVote
from ledger.keys.address import MultisigKey, SenderKey
from ledger.limits import MAX_INTEGER
from nodechain.api.render import kind_name
from nodechain.modules import MODULES

REGISTRY: Final = Registry(MODULES)
ENVELOPES: Final[tuple[type[Value], ...]] = (Envelope, SignedEnvelope, MultisigKey)

Kind = Literal["integer", "bytes", "text", "boolean", "struct", "list", "union"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a field may hold. `least` and `most` bound an integer's value, and the length of bytes, text and lists.

    `of` names the structs that may stand there, `item` is what a list holds, `enum` names the numbers of an integer.
    """

    kind: Kind
    least: int = 0
    most: int = MAX_INTEGER
    unit: str = ""
    asset: str = ""
    enum: str = ""
    is_address: bool = False
    of: tuple[str, ...] = ()
    item: Shape | None = None


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct's fields in order; `tag` stands first in the array where the struct is one of several kinds, and `kind`
    names it there.
    """

    name: str
    kind: str
    summary: str
    tag: int | None
    fields: tuple[tuple[str, Shape], ...]


@dataclass(slots=True)
class Table:
    """All of it. `types` by number; `actions` are the structs that may be voted on, by tag."""

    types: list[TransactionType]
    actions: list[str]
    structs: dict[str, Struct] = field(default_factory=dict)
    enums: dict[str, type[IntEnum]] = field(default_factory=dict)


def build() -> Table:
    """The table of every module of this release."""
    types = [REGISTRY.types[number] for number in sorted(REGISTRY.types)]
    decisions = [decision.action for module in MODULES for decision in module.decisions]
    actions: list[type[Value]] = sorted(decisions, key=lambda action: int(action.__struct_config__.tag or 0))
    table = Table(types, [action.__name__ for action in actions])
    for kind in (*ENVELOPES, *(entry.payload for entry in types), *actions):
        _add(table, kind)
    return table


def summary_of(kind: type) -> str:
    """The docstring as one paragraph of plain text."""
    return re.sub(r"\s+", " ", inspect.getdoc(kind) or "").strip()


def _add(table: Table, kind: type[msgspec.Struct]) -> None:
    if kind.__name__ in table.structs:
        return
    hints = get_type_hints(kind, include_extras=True)
    tag = kind.__struct_config__.tag
    fields = tuple((name, _field(table, kind, name, hints[name])) for name in kind.__struct_fields__)
    number = None if tag is None else int(tag)
    table.structs[kind.__name__] = Struct(kind.__name__, kind_name(kind), summary_of(kind), number, fields)


def _field(table: Table, kind: type[msgspec.Struct], name: str, hint: Any) -> Shape:
    if kind is CastVote and name == "action":
        return Shape("union", of=tuple(table.actions))
    return _shape(table, hint)


def _shape(table: Table, hint: Any) -> Shape:
    metadata: list[Any] = []
    while get_origin(hint) is Annotated:
        hint, *more = get_args(hint)
        metadata += more
    if hint == SenderKey or get_origin(hint) in (Union, UnionType):
        return _union(table, [part for part in get_args(hint) if part is not NoneType])
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        metadata.append(hint)
        hint = int
    if get_origin(hint) is tuple:
        least, most = _lengths(metadata)
        return Shape("list", least, most, item=_shape(table, get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        _add(table, hint)
        return Shape("struct", of=(hint.__name__,))
    if hint is bool:
        return Shape("boolean")
    if hint is int:
        return _integer(table, metadata)
    least, most = _lengths(metadata)
    is_address = any(isinstance(entry, IsAddress) for entry in metadata)
    return Shape("text" if hint is str else "bytes", least, most, is_address=is_address)


def _union(table: Table, parts: list[Any]) -> Shape:
    """One of several structs, told apart by their tags; a key and a multi-signature key by their kinds of value."""
    structs = [part for part in parts if isinstance(part, type) and issubclass(part, msgspec.Struct)]
    for struct in structs:
        _add(table, struct)
    others = [_shape(table, part) for part in parts if part not in structs]
    return Shape("union", of=tuple(struct.__name__ for struct in structs), item=others[0] if others else None)


def _integer(table: Table, metadata: list[Any]) -> Shape:
    least, most = 0, MAX_INTEGER
    for entry in metadata:
        if isinstance(entry, msgspec.Meta):
            least = int(entry.ge) if entry.ge is not None else least
            most = int(entry.le) if entry.le is not None else int(entry.lt) - 1 if entry.lt is not None else most
    unit = next((entry for entry in metadata if isinstance(entry, FieldUnit)), None)
    enum = next((entry for entry in metadata if isinstance(entry, type) and issubclass(entry, IntEnum)), None)
    if enum is not None:
        table.enums[enum.__name__] = enum
        least, most = min(enum), max(enum)
    of = unit.of.name.lower() if unit is not None and unit.of is not None else ""
    return Shape("integer", least, most, unit.quantity.value if unit else "", of, enum.__name__ if enum else "")


def _lengths(metadata: list[Any]) -> tuple[int, int]:
    least, most = 0, MAX_INTEGER
    for entry in metadata:
        if isinstance(entry, msgspec.Meta):
            least = entry.min_length if entry.min_length is not None else least
            most = entry.max_length if entry.max_length is not None else most
    return least, most
