"""Other spellings of canonical MessagePack: what a lax decoder would take for the same value, or nearly.

Walks over the tokens of an encoding (an array's header is a token, its items follow) and puts each into every longer
form, and into forms of another type. Knows the format, nothing of ours.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

FALSE, TRUE, NIL = b"\xc2", b"\xc3", b"\xc0"


@dataclass(frozen=True)
class Token:
    """One token: where it stands, its kind (int, bytes, text, array, bool, nil), its number or content."""

    start: int
    stop: int
    kind: str
    number: int
    content: bytes


_SIZED = {0xC4: ("bytes", 1), 0xC5: ("bytes", 2), 0xC6: ("bytes", 4), 0xD9: ("text", 1), 0xDA: ("text", 2)}
_INTEGERS = {0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens of canonical bytes."""
    at = 0
    while at < len(data):
        token = _token(data, at)
        yield token
        at = token.stop


def _token(data: bytes, at: int) -> Token:
    first = data[at]
    if first in (0xC0, 0xC2, 0xC3):
        return Token(at, at + 1, "nil" if first == 0xC0 else "bool", 0, b"")
    if first <= 0x7F or first >= 0xE0:
        return Token(at, at + 1, "int", first if first <= 0x7F else first - 256, b"")
    if 0x90 <= first <= 0x9F:
        return Token(at, at + 1, "array", first & 0x0F, b"")
    if first == 0xDC:
        return Token(at, at + 3, "array", int.from_bytes(data[at + 1 : at + 3], "big"), b"")
    if 0xA0 <= first <= 0xBF:
        return _content(data, at, "text", 0, first & 0x1F)
    if first in _SIZED:
        kind, width = _SIZED[first]
        return _content(data, at, kind, width, int.from_bytes(data[at + 1 : at + 1 + width], "big"))
    form = _INTEGERS[first]
    stop = at + 1 + struct.calcsize(form)
    return Token(at, stop, "int", struct.unpack(form, data[at + 1 : stop])[0], b"")


def _content(data: bytes, at: int, kind: str, width: int, size: int) -> Token:
    start = at + 1 + width
    return Token(at, start + size, kind, size, data[start : start + size])


def spellings(token: Token, original: bytes) -> Iterator[tuple[str, bytes]]:
    """Other bytes in the place of a token, with a name each; never the original's."""
    made: list[tuple[str, bytes]] = []
    match token.kind:
        case "int":
            made += [(f"int as {form}", bytes((code,)) + packed) for code, form, packed in _integers(token.number)]
            made += [("float", b"\xcb" + struct.pack(">d", token.number)), ("text", b"\xa1" + b"1")]
            made += [("bool", FALSE), ("bool", TRUE)]
        case "bytes":
            made += [
                (f"bytes, size in {width}", head + token.content) for width, head in _heads(b"\xc4\xc5\xc6", token)
            ]
            made += [(f"text, size in {width}", head + token.content) for width, head in _heads(b"\xd9\xda\xdb", token)]
        case "text":
            made += [(f"text, size in {width}", head + token.content) for width, head in _heads(b"\xd9\xda\xdb", token)]
            made += [
                (f"bytes, size in {width}", head + token.content) for width, head in _heads(b"\xc4\xc5\xc6", token)
            ]
        case "array":
            made += [("array16", b"\xdc" + struct.pack(">H", token.number))]
            made += [("array32", b"\xdd" + struct.pack(">I", token.number))]
            made += [("map16", b"\xde" + struct.pack(">H", token.number // 2))]
            made += [("one more", _array(token.number + 1)), ("one less", _array(max(token.number - 1, 0)))]
        case "bool":
            made += [("int", b"\x01"), ("int", b"\x00")]
    made += [("nil", NIL), ("ext", b"\xd4\x01\x00"), ("never used", b"\xc1")]
    if token.kind != "array":
        made += [("in an array", b"\x91" + original), ("map", b"\x80"), ("empty array", b"\x90")]
    return ((name, form) for name, form in made if form != original)


def _integers(number: int) -> Iterator[tuple[int, str, bytes]]:
    for code, form in _INTEGERS.items():
        bits = 8 * struct.calcsize(form)
        least, most = (0, 2**bits - 1) if form.isupper() else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if least <= number <= most:
            yield code, form, struct.pack(form, number)


def _heads(codes: bytes, token: Token) -> Iterator[tuple[int, bytes]]:
    for code, width in zip(codes, (1, 2, 4), strict=True):
        if token.number < 256**width:
            yield width, bytes((code,)) + token.number.to_bytes(width, "big")


def _array(count: int) -> bytes:
    return bytes((0x90 | count,)) if count < 16 else b"\xdc" + struct.pack(">H", count)


def respelled(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The encoding with one token spelled otherwise, for every token and spelling."""
    for token in tokens(data):
        for name, form in spellings(token, data[token.start : token.stop]):
            yield f"{token.kind} at {token.start} as {name}", data[: token.start] + form + data[token.stop :]
    yield "another element at the end", _array(data[0] - 0x90 + 1) + data[1:] + b"\x00"
