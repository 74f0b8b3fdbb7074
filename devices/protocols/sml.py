"""SML 1.04 (BSI TR-03109-1, annex IV): what a meter sends of itself, a file of messages with a GetListResponse.

Every message has a checksum of its own besides the frame's (`sml_frame`): both are CRC-16/X-25, low byte first, over
all bytes of the message before it. A server id is the meter's, in every list of a file the same.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from devices.errors import BadReply
from devices.protocols.crc import crc16_x25
from devices.protocols.obis import obis_text
from devices.protocols.sml_frame import unpack
from devices.protocols.sml_values import Node, SignedNumber, SmlKind, head_at, integer, items, node_at
from devices.protocols.telegram import Telegram, TelegramValue

MAX_MESSAGES: Final = 32
MAX_ENTRIES: Final = 512
"""Values in a file."""
GET_LIST_RESPONSE: Final = 0x0701
MESSAGE_PARTS: Final = 6
UNITS: Final = {27: "W", 28: "VA", 29: "var", 30: "Wh", 33: "A", 35: "V", 44: "Hz"}
"""By the number of DLMS (IEC 62056-62); all others are kept as their number."""

DZG_SERVER: Final = b"\x0a\x01DZG"
DZG_UNSIGNED_POWER: Final = ((42_000_000, 48_999_999), (55_000_000, 58_999_999))
"""Numbers of DZG's DVS74 meters that encode powers of up to three bytes with the type of a signed number, though they
are without a sign (volkszaehler/libsml, issues 59 and 66); later meters do not. Energies are right in all of them."""


class Message(NamedTuple):
    """A message whose checksum was right: its type and its body."""

    tag: int
    body: Node


def decode(frame: bytes) -> Telegram:
    """The values of one frame; raises `BadReply`."""
    lists = [message.body for message in messages(unpack(frame)) if message.tag == GET_LIST_RESPONSE]
    servers = set()
    clocks: list[int | None] = []
    values: list[tuple[str, TelegramValue]] = []
    for body in lists:
        _client, server, _name, clock, entries, _signature, _gateway_time = items(body, 7)
        if not isinstance(server, bytes) or not server or not isinstance(entries, tuple):
            raise BadReply("an SML list has no server id or no values")
        servers.add(server)
        clocks.append(_seconds(clock))
        unsigned = _shows_unsigned_power(server)
        values.extend(found for found in (_entry(entry, unsigned) for entry in entries) if found is not None)
    if len(servers) != 1:
        raise BadReply(f"the SML file has values of {len(servers)} meters")
    if len(values) > MAX_ENTRIES:
        raise BadReply(f"an SML file has at most {MAX_ENTRIES} values")
    return Telegram(meter_id=servers.pop().hex(), clock_s=clocks[0], values=tuple(values))


def messages(file: bytes) -> tuple[Message, ...]:
    """The messages of a file, to its last byte; raises `BadReply`."""
    found: list[Message] = []
    place = 0
    while place < len(file):
        if len(found) == MAX_MESSAGES:
            raise BadReply(f"an SML file has at most {MAX_MESSAGES} messages")
        message, place = _message(file, place)
        found.append(message)
    return tuple(found)


def _message(file: bytes, begin: int) -> tuple[Message, int]:
    kind, count, place = head_at(file, begin)
    if (kind, count) != (SmlKind.LIST, MESSAGE_PARTS):
        raise BadReply("an SML message has six parts")
    parts: list[Node] = []
    for _ in range(MESSAGE_PARTS - 2):
        part, place = node_at(file, place)
        parts.append(part)
    expected = crc16_x25(file[begin:place]).to_bytes(2, "little")
    checksum, place = node_at(file, place)
    if integer(checksum) != int.from_bytes(expected, "big"):
        raise BadReply("an SML message's checksum is wrong")
    if file[place : place + 1] != b"\0":
        raise BadReply("an SML message has no end")
    tag, body = items(parts[3], 2)
    number = integer(tag)
    if number is None:
        raise BadReply("an SML message has no type")
    return Message(number, body), place + 1


def _seconds(clock: Node) -> int | None:
    """The meter's count of seconds: an SML_Time (1: since it began, 2: since 1970), or the bare number of some."""
    if isinstance(clock, tuple) and len(clock) == 2:
        clock = clock[1]
    return integer(clock)


def _shows_unsigned_power(server: bytes) -> bool:
    if len(server) != 10 or not server.startswith(DZG_SERVER):
        return False
    number = int.from_bytes(server[len(DZG_SERVER) :], "big")
    return any(first <= number <= last for first, last in DZG_UNSIGNED_POWER)


def _entry(entry: Node, unsigned_power: bool) -> tuple[str, TelegramValue] | None:
    """One value of a list; None where it is no number."""
    name, _status, _time, unit, scaler, value, _signature = items(entry, 7)
    if not isinstance(name, bytes):
        raise BadReply("an SML value has no OBIS code")
    code, digits = obis_text(name), integer(value)
    if digits is None:
        return None
    exponent = 0 if scaler == b"" else integer(scaler)
    number = 0 if unit == b"" else integer(unit)
    if exponent is None or number is None or not -128 <= exponent <= 127:
        raise BadReply(f"the SML value {code} has a scaler or a unit that is none")
    if unsigned_power and UNITS.get(number) == "W" and isinstance(value, SignedNumber) and value.size <= 3:
        digits %= 1 << 8 * value.size
    return code, TelegramValue(digits, exponent, UNITS.get(number, f"unit {number}" if number else ""))
