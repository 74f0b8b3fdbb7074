"""Canonical MessagePack: arrays only, no floats, no maps, smallest integers; one value, one encoding (rules E1-E4).

A type that goes over a wire or into the state is a `Value`: a frozen msgspec struct that encodes as an array. What
is decoded is encoded again and compared, so that whatever msgspec would tolerate (longer integer forms, bytes of a
string) is refused here: two byte strings never mean the same value, and ids cannot be made malleable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from ledger.encoding.malformed import malformed_text
from ledger.errors import InputTooLarge, MalformedInput, NotCanonical
from ledger.limits import MAX_INTEGER, MAX_NAME_CHARACTERS

T = TypeVar("T")


Uint = Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)]
"""A number of the state: amounts in base units, energies in Wh, times in ms, heights, counters."""


Bytes20 = Annotated[bytes, msgspec.Meta(min_length=20, max_length=20)]


Bytes32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


Bytes64 = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]


class Value(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False, weakref=False):
    """Base of everything that has canonical bytes. Every field is always written: a default is the constructor's only,
    and bytes that leave a field out are not canonical.
    """


_encoder = msgspec.msgpack.Encoder()


def encode(value: Any) -> bytes:
    """The canonical bytes of a `Value`, or of a tuple, list, integer or bytes of them."""
    return _encoder.encode(value)


class Codec(Generic[T]):
    """Decodes one type strictly.

    `limit` bounds the input in bytes and is checked before anything is decoded. The type bounds the depth: a deeper
    array than it describes is refused at its first byte.

    msgspec reads the type when it is first needed: there are hundreds, of which a short command uses a few.
    """

    def __init__(self, kind: type[T] | Any, limit: int) -> None:
        self._decode: Callable[[bytes], T] = self._decode_first
        self._kind = kind
        self._name = getattr(kind, "__name__", str(kind))
        self.limit = limit

    def decode(self, data: bytes) -> T:
        """Raises `InputTooLarge`, `MalformedInput` or `NotCanonical`."""
        if len(data) > self.limit:
            raise InputTooLarge(self._name, len(data), self.limit)
        try:
            value = self._decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedInput(malformed_text(self._kind, data, str(error))) from None
        if _encoder.encode(value) != data:
            raise NotCanonical(f"{self._name}: the input is not the canonical encoding of its value")
        return value

    def decode_trusted(self, data: bytes) -> T:
        """Decode bytes that this node encoded itself (state, store): without the second encoding."""
        return self._decode(data)

    def _decode_first(self, data: bytes) -> T:
        decoder: msgspec.msgpack.Decoder[T] = msgspec.msgpack.Decoder(self._kind, strict=True)
        self._decode = decoder.decode
        return decoder.decode(data)


Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME_CHARACTERS)]
