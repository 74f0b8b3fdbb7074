"""Where a meter is, as one text: the kind of line, then its address.

tcp:HOST:PORT               Modbus TCP
rtu:DEVICE[:BAUD[:8N1]]     Modbus RTU on a serial port
rtu-tcp:HOST:PORT           Modbus RTU through a gateway that passes bytes on
serial:DEVICE[:BAUD[:8N1]]  a serial port on which telegrams or sentences pass (P1, IEC 62056-21, SML)
                            DEVICE: /dev/ttyUSB0, or a name in /dev/serial/by-id and by-path, colons and all
stream:HOST:PORT            the same bytes through a gateway
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

import msgspec

from devices.errors import Misuse

_LINE: Final = re.compile(
    r"(?P<device>/dev/serial/by-[a-z]+/.+?|/[^:]+|[A-Z]+\d+)(:(?P<baud>\d{3,7}))?(:(?P<form>[78][NEO][12]))?"
)
MODBUS_PORT: Final = 502


class PlaceKind(Enum):
    """The kind of line."""

    TCP = "tcp"
    RTU = "rtu"
    RTU_TCP = "rtu-tcp"
    SERIAL = "serial"
    STREAM = "stream"

    @property
    def is_serial(self) -> bool:
        """Whether it is a serial port of this computer."""
        return self in (PlaceKind.RTU, PlaceKind.SERIAL)

    @property
    def is_modbus(self) -> bool:
        """Whether registers are read over it."""
        return self in (PlaceKind.TCP, PlaceKind.RTU, PlaceKind.RTU_TCP)


class SerialLine(msgspec.Struct, frozen=True):
    """A serial port and how its bits go; None: as the meter's profile says, else as the protocol does."""

    device: str
    baudrate: int | None = None
    bits: int = 8
    parity: str | None = None
    stopbits: int | None = None


class Socket(msgspec.Struct, frozen=True):
    """A host and its port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Place(msgspec.Struct, frozen=True):
    """Where a meter is."""

    kind: PlaceKind
    where: SerialLine | Socket

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.where.device if isinstance(self.where, SerialLine) else self.where}"


def parse_place(text: str) -> Place:
    """Raises `Misuse` (bad_place) that says what would be right."""
    name, _, rest = text.partition(":")
    try:
        kind = PlaceKind(name)
        return Place(kind, _line(rest) if kind.is_serial else _socket(rest))
    except ValueError:
        raise Misuse(
            f"{text!r} is no place of a meter; write tcp:HOST:PORT, rtu:/dev/ttyUSB0:9600:8N1, rtu-tcp:HOST:PORT, "
            "serial:/dev/ttyUSB0:115200:8N1 or stream:HOST:PORT",
            code="bad_place",
        ) from None


def _line(text: str) -> SerialLine:
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    baud, form = found["baud"], found["form"]
    if form is None:
        return SerialLine(found["device"], int(baud) if baud else None)
    return SerialLine(found["device"], int(baud) if baud else None, int(form[0]), form[1], int(form[2]))


def _socket(text: str) -> Socket:
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(MODBUS_PORT)
    if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 0x10000:
        raise ValueError(text)
    return Socket(host.strip("[]"), int(port))
