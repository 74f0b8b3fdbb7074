"""The encoding of SML's values: type and length, then the value.

The high digit of the first byte is the type (bit 7: the length goes on in another byte), the low one the length: of a
list in elements, of all else in bytes, those of type and length counted. 01, a string of nothing, stands for a value
that was left out; 00 ends a message.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, TypeAlias

from devices.errors import BadReply

MAX_DEPTH: Final = 10
"""Lists in lists; a GetListResponse needs five."""
MAX_LENGTH_BYTES: Final = 3
MAX_INTEGER_BYTES: Final = 8
MORE: Final = 0x80

Node: TypeAlias = "bytes | bool | int | tuple[Node, ...]"
"""A decoded value; a string of nothing is a value that was left out."""


class SignedNumber(int):
    """A number that was encoded with a sign; `size`: in how many bytes."""

    size: int = 0

    @classmethod
    def of(cls, value: bytes) -> SignedNumber:
        """From its bytes, highest first."""
        number = cls(int.from_bytes(value, "big", signed=True))
        number.size = len(value)
        return number


class SmlKind(IntEnum):
    """The types of values."""

    STRING = 0
    BOOLEAN = 4
    SIGNED = 5
    UNSIGNED = 6
    LIST = 7


def head_at(data: bytes, place: int) -> tuple[SmlKind, int, int]:
    """Type, length (of a list: elements; else bytes of the value) and where the value begins; raises `BadReply`."""
    begun = place
    try:
        byte = data[place]
        kind = SmlKind(byte >> 4 & 7)
        length = byte & 0x0F
        while byte & MORE:
            place += 1
            byte = data[place]
            if byte >> 4 & 7 or place - begun == MAX_LENGTH_BYTES:
                raise BadReply("an SML value has a length that is none")
            length = length << 4 | byte & 0x0F
    except (IndexError, ValueError):
        raise BadReply("an SML value has no known type, or is cut off") from None
    place += 1
    if kind is not SmlKind.LIST:
        length -= place - begun
        if length < 0:
            raise BadReply("an SML value is shorter than its own head")
    return kind, length, place


def node_at(data: bytes, place: int, depth: int = 0) -> tuple[Node, int]:
    """The value that begins there, and where the next one does; raises `BadReply`."""
    kind, length, place = head_at(data, place)
    if kind is SmlKind.LIST:
        if depth == MAX_DEPTH:
            raise BadReply("lists of SML lie too deep in each other")
        elements = []
        for _ in range(length):
            element, place = node_at(data, place, depth + 1)
            elements.append(element)
        return tuple(elements), place
    value = data[place : place + length]
    if len(value) != length:
        raise BadReply("an SML value is cut off")
    return _simple(kind, value), place + length


def _simple(kind: SmlKind, value: bytes) -> Node:
    if kind is SmlKind.STRING:
        return value
    if not 1 <= len(value) <= (1 if kind is SmlKind.BOOLEAN else MAX_INTEGER_BYTES):
        raise BadReply(f"an SML number of {len(value)} bytes")
    if kind is SmlKind.BOOLEAN:
        return value != b"\0"
    return SignedNumber.of(value) if kind is SmlKind.SIGNED else int.from_bytes(value, "big")


def integer(node: Node) -> int | None:
    """The number, or None for anything else; a truth value is none."""
    return node if isinstance(node, int) and not isinstance(node, bool) else None


def items(node: Node, count: int) -> tuple[Node, ...]:
    """A list of exactly so many; raises `BadReply`."""
    if not isinstance(node, tuple) or len(node) != count:
        raise BadReply(f"an SML list of {count} values was expected")
    return node
