"""How a simulated meter writes SML: a file of three messages in a frame of transport version 1."""

from __future__ import annotations

from typing import Final

from devices.protocols.crc import crc16_x25
from devices.protocols.sml_frame import ESCAPE, START
from devices.simulators.telegram_meter import TelegramContent

OPEN_RESPONSE: Final = 0x0101
GET_LIST_RESPONSE: Final = 0x0701
CLOSE_RESPONSE: Final = 0x0201
LEFT_OUT: Final = b"\x01"
WATT_HOURS: Final = 30
_GAUGES: Final = {"W": (27, 0), "V": (35, -1), "A": (33, -2), "Hz": (44, -1)}
"""By unit: its number, and the scaler."""


def sml_frame(shown: TelegramContent) -> bytes:
    """One frame."""
    file_id = _string(shown.clock_s.to_bytes(4, "big"))
    opening = _list(LEFT_OUT, LEFT_OUT, file_id, _server(shown), _clock(shown), unsigned(1, 1))
    bodies = (
        (OPEN_RESPONSE, opening),
        (GET_LIST_RESPONSE, list_response(shown)),
        (CLOSE_RESPONSE, _list(LEFT_OUT)),
    )
    return pack(b"".join(message(place, tag, body) for place, (tag, body) in enumerate(bodies)))


def list_response(shown: TelegramContent) -> bytes:
    """The body of the message with the values."""
    values = [_value(code, WATT_HOURS, -1, unsigned(10 * count, 8)) for code, count in shown.energies_wh]
    for code, unit, milli in shown.gauges_milli:
        number, scaler = _GAUGES[unit]
        values.append(_value(code, number, scaler, signed(milli // 10 ** (3 + scaler), 4)))
    return _list(LEFT_OUT, _server(shown), LEFT_OUT, _clock(shown), _list(*values), LEFT_OUT, LEFT_OUT)


def pack(file: bytes) -> bytes:
    """A file in its frame."""
    filled = -len(file) % 4
    inside = (file + bytes(filled)).replace(ESCAPE, ESCAPE + ESCAPE)
    frame = START + inside + ESCAPE + bytes((0x1A, filled))
    return frame + crc16_x25(frame).to_bytes(2, "little")


def message(place: int, tag: int, body: bytes) -> bytes:
    """A message with its checksum; `place`: which one of the file it is."""
    parts = (_string(bytes((place + 1,))), unsigned(0, 1), unsigned(0, 1), _list(unsigned(tag, 2), body))
    begun = b"\x76" + b"".join(parts)
    return begun + b"\x63" + crc16_x25(begun).to_bytes(2, "little") + b"\x00"


def unsigned(number: int, size: int) -> bytes:
    """A number in so many bytes."""
    return bytes((0x60 | size + 1,)) + number.to_bytes(size, "big")


def signed(number: int, size: int) -> bytes:
    """A number with a sign, in so many bytes."""
    return bytes((0x50 | size + 1,)) + number.to_bytes(size, "big", signed=True)


def _server(shown: TelegramContent) -> bytes:
    return _string(bytes.fromhex(shown.meter_id))


def _clock(shown: TelegramContent) -> bytes:
    return _list(unsigned(1, 1), unsigned(shown.clock_s, 4))


def _string(data: bytes) -> bytes:
    return bytes((len(data) + 1,)) + data


def _list(*elements: bytes) -> bytes:
    head = (
        bytes((0x70 | len(elements),)) if len(elements) < 16 else bytes((0xF0 | len(elements) >> 4, len(elements) & 15))
    )
    return head + b"".join(elements)


def _value(code: str, unit: int, scaler: int, number: bytes) -> bytes:
    place, _, value = code.partition(":")
    name = bytes((*(int(part) for part in place.split("-")), *(int(part) for part in value.split(".")), 255))
    return _list(_string(name), LEFT_OUT, LEFT_OUT, unsigned(unit, 1), signed(scaler, 1), number, LEFT_OUT)
