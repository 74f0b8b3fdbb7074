"""OBIS codes: six bytes that say which register of a meter is meant (IEC 62056-61), as people write them."""

from __future__ import annotations

from ledger.errors import MalformedInput


def parse_obis(text: str) -> bytes:
    """`1-0:1.8.0` as six bytes, the last 255 (no billing period); raises `MalformedInput`."""
    try:
        media, rest = text.split("-")
        channel, value = rest.split(":")
        code = bytes((int(media), int(channel), *(int(part) for part in value.split(".")), 255))
    except ValueError:
        code = b""
    if len(code) != 6:
        raise MalformedInput(f"{text!r} is no OBIS code like 1-0:1.8.0 with numbers up to 255")
    return code


def format_obis(obis: bytes) -> str:
    """As people write it, without the last byte."""
    medium, channel, *value, _period = obis
    return f"{medium}-{channel}:{'.'.join(map(str, value))}"
