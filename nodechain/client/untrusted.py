"""What a server says, before a person or a program here sees it: types checked, text made harmless (C4, C7)."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec

from nodechain.client.visible_text import visible
from nodechain.errors import BadAnswer

T = TypeVar("T")


MAX_DEPTH: Final = 32
"""Real answers nest 6 deep."""


def read_answer(data: bytes, kind: type[T], url: str) -> T:
    """JSON as what it must be; raises `BadAnswer` for everything else."""
    try:
        found: T = _harmless(msgspec.json.decode(data, type=kind), MAX_DEPTH)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _TooDeep) as error:
        raise BadAnswer(f"{url} does not answer like a node: {visible(str(error))[:300]}") from None
    return found


class _TooDeep(ValueError):
    """Nested deeper than any answer is."""


def _harmless(value: Any, depth: int) -> Any:
    if not depth:
        raise _TooDeep(f"nested deeper than {MAX_DEPTH}")
    match value:
        case str():
            return visible(value)
        case dict():
            return {visible(str(name)): _harmless(part, depth - 1) for name, part in value.items()}
        case list():
            return [_harmless(part, depth - 1) for part in value]
        case int() if not -(2**63) <= value < 2**63:
            raise _TooDeep("a number of more than 64 bits")
        case _:
            return value
