"""IEC 62056-21, mode C: asked at 300 baud, answered at the rate that the meter proposes.

    reader   / ? address ! CR LF                        at 300 baud, 7 bits, even parity
    meter    / MMM Z identification CR LF               MMM: the maker, Z: the rate it proposes
    reader   ACK 0 Z 0 CR LF                            normal protocol, that rate, readout
    meter    STX data sets ! CR LF ETX BCC              at the new rate, as soon as it likes

The BCC is over everything after STX, ETX included. The identification has no check of its own: two readouts compare it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from devices.errors import BadReply, Misuse
from devices.protocols.crc import block_check
from devices.protocols.datasets import ascii_text, identity_of, numbers, parse_sets
from devices.protocols.telegram import Telegram

STX: Final = 0x02
ETX: Final = 0x03
ACK: Final = b"\x06"
FIRST_BAUDRATE: Final = 300
BAUDRATES: Final = {"0": 300, "1": 600, "2": 1200, "3": 2400, "4": 4800, "5": 9600, "6": 19200}
"""By the character Z of mode C."""
SERIAL_NUMBERS: Final = (
    "0.0.0", "C.1.0", "0-0:C.1.0", "96.1.0", "0-0:96.1.0", "96.1.1", "0-0:96.1.1", "42.0.0", "0-0:42.0.0",
)  # fmt: skip
"""Where a meter shows its number: the first that is there. The identification alone is that of a model."""
MAX_BLOCK_BYTES: Final = 32 * 1024
MAX_IDENTIFICATION_BYTES: Final = 64

_ADDRESS: Final = re.compile(r"[0-9A-Za-z ]{0,32}")
_IDENTIFICATION: Final = re.compile(rb"/([A-Za-z]{3})([0-9A-Za-z])([^/!\x00-\x1f\x7f-\xff]{1,58})\r\n")
_ANY_IDENTIFICATION: Final = re.compile(rb"/[^?\r\n][^\r\n]*\r\n")


class Identification(NamedTuple):
    """What a meter says of itself: `text` without / and line end, and the rate it proposes (Z, baud)."""

    text: str
    rate: str
    baudrate: int


def request(address: str = "") -> bytes:
    """The question; without an address every meter on the line answers. Raises `Misuse`."""
    if _ADDRESS.fullmatch(address) is None:
        raise Misuse(f"{address!r} is no address of a meter: up to 32 letters and digits")
    return f"/?{address}!\r\n".encode("ascii")


def acknowledge(identification: Identification) -> bytes:
    """Take the proposed rate, ask for the readout."""
    return ACK + f"0{identification.rate}0\r\n".encode("ascii")


def take_identification(buffer: bytearray) -> bytes | None:
    """Cut the identification out of what arrived, with all before it; a question that the line echoes is none."""
    found = _ANY_IDENTIFICATION.search(buffer)
    if found is None:
        if len(buffer) > MAX_IDENTIFICATION_BYTES:
            del buffer[:-MAX_IDENTIFICATION_BYTES]
        return None
    line = bytes(found[0])
    del buffer[: found.end()]
    return line


def take_block(buffer: bytearray) -> bytes | None:
    """Cut the data block out of what arrived, with all before it; None: not yet. Raises `BadReply` when too long."""
    start = buffer.find(STX)
    if start < 0:
        buffer.clear()
        return None
    end = buffer.find(ETX, start)
    if (len(buffer) if end < 0 else end) - start > MAX_BLOCK_BYTES:
        buffer.clear()
        raise BadReply(f"the readout has more than {MAX_BLOCK_BYTES} bytes")
    if end < 0 or end + 1 == len(buffer):
        return None
    taken = bytes(buffer[start : end + 2])
    del buffer[: end + 2]
    return taken


def parse_identification(line: bytes) -> Identification:
    """The meter's answer to the question; raises `BadReply`, also for the modes A and B."""
    found = _IDENTIFICATION.fullmatch(line)
    if found is None:
        raise BadReply("this is no identification of a meter")
    rate = found[2].decode("ascii")
    if rate not in BAUDRATES:
        raise BadReply(f"the meter speaks mode {'B' if rate.isalpha() else 'A'} of IEC 62056-21, only mode C is read")
    return Identification(line[1:-2].decode("ascii"), rate, BAUDRATES[rate])


def decode(data: bytes) -> Telegram:
    """A readout: the identification's line and the data block behind it. Raises `BadReply`."""
    line, newline, block = data.partition(b"\n")
    identification = parse_identification(line + newline)
    if len(block) > MAX_BLOCK_BYTES + 2 or len(block) < 3 or block[0] != STX or block[-2] != ETX:
        raise BadReply("a readout stands between STX and ETX")
    if block_check(block[1:-1]) != block[-1]:
        raise BadReply("the readout's checksum is wrong")
    text = ascii_text(block[1:-2])
    if not text.endswith("!\r\n"):
        raise BadReply("a readout ends with a line of !")
    lines = text.removesuffix("!\r\n").split("\r\n")
    if any("\r" in line or "\n" in line or "!" in line for line in lines):
        raise BadReply("a readout has whole lines")
    sets = parse_sets(lines)
    serial = identity_of(sets, SERIAL_NUMBERS)
    return Telegram(
        meter_id=f"{identification.text}/{serial}" if serial else identification.text,
        clock_s=None,
        values=numbers(sets),
    )
