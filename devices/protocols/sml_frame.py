"""The transport of SML 1.04, version 1: a file between escape sequences, and a checksum.

    1B1B1B1B 01010101   file   00..00   1B1B1B1B 1A n crc crc

Four 1B inside the file are written twice; n (0 to 3) zeros fill it up to a multiple of four bytes. The CRC
(CRC-16/X-25, low byte first) is over everything before it.
"""

from __future__ import annotations

from typing import Final

from devices.errors import BadReply
from devices.protocols.crc import crc16_x25

ESCAPE: Final = b"\x1b\x1b\x1b\x1b"
START: Final = ESCAPE + b"\x01\x01\x01\x01"
END_MARK: Final = 0x1A
MAX_FRAME_BYTES: Final = 16 * 1024


def take_frame(buffer: bytearray) -> bytes | None:
    """Cut the first whole frame out of what arrived, with all before it; None: not yet. Raises `BadReply` if too long.

    A frame that begins anew in its middle was cut off; what begins last counts.
    """
    start = buffer.find(START)
    if start < 0:
        # The last bytes may be the first half of a beginning.
        del buffer[: max(len(buffer) - len(START) + 1, 0)]
        return None
    place = start + len(START)
    while (place := buffer.find(ESCAPE, place)) >= 0:
        after = bytes(buffer[place + 4 : place + 8])
        if len(after) < 4:
            return None
        if after[0] == END_MARK:
            taken = bytes(buffer[start : place + 8])
            del buffer[: place + 8]
            return taken
        if after == START[4:]:
            start = place
        place += 8
    if len(buffer) - start > MAX_FRAME_BYTES:
        buffer.clear()
        raise BadReply(f"an SML frame has at most {MAX_FRAME_BYTES} bytes")
    return None


def unpack(frame: bytes) -> bytes:
    """The file in a frame; raises `BadReply` unless escapes, filling and checksum are right."""
    if len(frame) > MAX_FRAME_BYTES or len(frame) < len(START) + 8 or len(frame) % 4 or not frame.startswith(START):
        raise BadReply("this is no SML frame")
    filled, checksum = frame[-3], int.from_bytes(frame[-2:], "little")
    if frame[-8:-3] != ESCAPE + bytes((END_MARK,)) or filled > 3:
        raise BadReply("the SML frame has no end")
    if crc16_x25(frame[:-2]) != checksum:
        raise BadReply("the SML frame's checksum is wrong")
    file = _unescaped(frame[len(START) : -8])
    if filled:
        if any(file[-filled:]) or len(file) < filled:
            raise BadReply("the SML frame is filled up with something else than zeros")
        file = file[:-filled]
    return file


def _unescaped(data: bytes) -> bytes:
    parts = []
    place = 0
    while (found := data.find(ESCAPE, place)) >= 0:
        if data[found + 4 : found + 8] != ESCAPE:
            raise BadReply("an escape sequence stands in the middle of an SML frame")
        parts.append(data[place : found + 4])
        place = found + 8
    parts.append(data[place:])
    return b"".join(parts)
