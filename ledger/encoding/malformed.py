"""What is wrong with bytes that do not decode, in words: the field by its name instead of msgspec's `$[2]`.

Looked for only where bytes were refused already; the text is for people, and nothing depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec

from ledger.limits import MAX_TRANSACTION_BYTES

_FAULT: Final = re.compile(r"(?P<what>.*) - at `\$(?P<path>[^`]*)`")
_PLACE: Final = re.compile(r"\[([0-9]+)\]")
_BOUND: Final = re.compile(r"Expected `(?P<kind>[a-z]+)`(?P<length> of length)? (?P<sign>>=|<=) (?P<bound>-?[0-9]+)")
_OTHER: Final = re.compile(r"Expected `(?P<wanted>[a-z]+)`, got `(?P<given>[a-z]+)`")
_SHORT: Final = re.compile(r"Expected `array` of (?P<bound>(at (least|most) )?length [0-9]+), got (?P<given>[0-9]+)")
_KINDS: Final = {
    "int": "a whole number", "str": "a text", "bytes": "bytes", "array": "a list", "bool": "yes or no",
    "null": "nothing", "float": "a number with a point", "object": "a table",
}  # fmt: skip
_PARTS: Final = {"str": "characters", "bytes": "bytes", "array": "entries"}


def malformed_text(kind: Any, data: bytes, error: str) -> str:
    """An error of msgspec's decoder about `data`, which should have been a `kind`: `Transfer: amount must be ...`."""
    found = _FAULT.fullmatch(error)
    what, path = (found["what"], found["path"]) if found else (error, "")
    owner, names = _names(kind, data, [int(place) for place in _PLACE.findall(path)])
    said = _in_words(what)
    subject = " of ".join(reversed(names)) or "it"
    return f"{owner}: {subject} {said}" if said else f"{owner}: {what}{f' ({subject})' if names else ''}"


def _in_words(what: str) -> str:
    """Empty for what has no words here."""
    bound = _BOUND.fullmatch(what)
    if bound and bound["length"] and (bound["sign"], bound["bound"]) == (">=", "1"):
        return "must not be empty"
    if bound and bound["length"]:
        return f"must have at {_LEAST_OR_MOST[bound['sign']]} {bound['bound']} {_PARTS.get(bound['kind'], 'parts')}"
    if bound and (bound["sign"], bound["bound"]) == (">=", "1"):
        return "must be more than 0"
    if bound:
        return f"must be at {_LEAST_OR_MOST[bound['sign']]} {bound['bound']}"
    short = _SHORT.fullmatch(what)
    if short:
        return f"must have {short['bound'].replace('length ', '')} entries, not {short['given']}"
    other = _OTHER.fullmatch(what)
    if other:
        return (
            f"must be {_KINDS.get(other['wanted'], other['wanted'])}, not {_KINDS.get(other['given'], other['given'])}"
        )
    return ""


_LEAST_OR_MOST: Final = {">=": "least", "<=": "most"}


def _names(kind: Any, data: bytes, path: list[int]) -> tuple[str, list[str]]:
    """The class that the path begins in, and the names along it; a place in a list is counted from 1."""
    value = _generic(data)
    owner, names, here = "", list[str](), kind
    for place in path:
        here = _plain(here, value)
        if isinstance(here, type) and issubclass(here, msgspec.Struct):
            owner = owner or here.__name__
            field = place - (here.__struct_config__.tag is not None)
            fields = here.__struct_fields__
            names.append(fields[field] if 0 <= field < len(fields) else f"field {field + 1}")
            here = _hints(here)[names[-1]] if 0 <= field < len(fields) else None
        else:
            names.append(f"entry {place + 1}")
            parts = [part for part in get_args(here) if part is not ...]
            here = parts[min(place, len(parts) - 1)] if parts else None
        value = value[place] if isinstance(value, list) and place < len(value) else None
    return owner or getattr(_plain(kind, value) or kind, "__name__", "value"), names


@cache
def _hints(kind: type[msgspec.Struct]) -> Mapping[str, Any]:
    """The types of a class' fields. To evaluate them costs more than all else here, at each refusal."""
    return get_type_hints(kind, include_extras=True)


def _generic(data: bytes) -> Any:
    """The bytes as lists, to tell which class of a union they mean; nothing for what is too long or no MessagePack."""
    if len(data) > MAX_TRANSACTION_BYTES:
        return None
    try:
        return msgspec.msgpack.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _plain(kind: Any, value: Any) -> Any:
    """A type without what annotates it; of a union of classes the one whose tag the value begins with."""
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0], value)
    if get_origin(kind) not in (Union, UnionType):
        return kind
    tag = value[0] if isinstance(value, list) and value else None
    parts = [part for part in get_args(kind) if part is not type(None)]
    same = [part for part in parts if _tag(part) == tag and tag is not None]
    return next(iter(same or parts), None) if same or len(parts) == 1 else None


def _tag(kind: Any) -> object:
    return kind.__struct_config__.tag if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None
