"""DSMR P1 telegrams (companion standard 4 and 5): `/MMM5model`, an empty line, data sets, `!CRC`.

The CRC (CRC-16/ARC, four upper-case digits) is over everything from `/` to `!`. Telegrams of DSMR 2 and 3 have none;
they are refused, because nothing shows whether their digits are the meter's.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from devices.errors import BadReply
from devices.protocols.crc import crc16_arc
from devices.protocols.datasets import ascii_text, identity_of, numbers, parse_sets, text_of
from devices.protocols.telegram import Telegram

MAX_TELEGRAM_BYTES: Final = 8192
EQUIPMENT_IDS: Final = ("0-0:96.1.1", "0-0:42.0.0", "0-0:96.1.0")
"""Where a meter names itself, the first that is there: equipment identifier, logical device name, device number."""
TIME_STAMP: Final = "0-0:1.0.0"

_START: Final = re.compile(rb"/[A-Za-z]{3}[0-9]")
_END: Final = re.compile(rb"\r\n!([0-9A-Za-z]{0,4})\r\n")
_HEAD: Final = re.compile(r"/[A-Za-z]{3}[0-9][^!]{1,64}")
_TIME: Final = re.compile(r"([0-9]{12})([SW])")
_NEVER_SET: Final = re.compile(r"[0-9]{2}(25){5}[SW]")
"""What meters make of DLMS' 255 for 'not specified'."""
_ENCRYPTED: Final = re.compile(rb"\xdb\x08[A-Za-z]{3}.{5}\x82.{2}[\x20\x30]", re.DOTALL)
"""The head of general-glo-ciphering: tag, system title of eight bytes, length, security byte."""
MOST_STARTS: Final = 4


def take_telegram(buffer: bytearray) -> bytes | None:
    """Cut the first telegram that has an end out of what arrived, with all that came before it; None: not yet.

    It begins at the last mark of a beginning, so that a half telegram before it does not spoil it; at an earlier one
    where only that fits the checksum, for a model's name may look like a beginning. Raises `BadReply` for a port that
    sends encrypted telegrams.
    """
    if _ENCRYPTED.search(buffer):
        buffer.clear()
        raise BadReply(
            "this P1 port is encrypted (Luxembourg, Austria): it must be decrypted before it is read, "
            "with the key that the grid operator gives",
            code="encrypted_telegram",
        )
    while end := _END.search(buffer):
        starts = [match.start() for match in _START.finditer(buffer, 0, end.start())]
        candidates = [bytes(buffer[start : end.end()]) for start in reversed(starts[-MOST_STARTS:])]
        taken = next(filter(_is_sealed, candidates), candidates[0] if candidates else None)
        del buffer[: end.end()]
        if taken is not None:
            return taken
    if len(buffer) > MAX_TELEGRAM_BYTES:
        del buffer[:-MAX_TELEGRAM_BYTES]
    return None


def _is_sealed(data: bytes) -> bool:
    end = _END.search(data)
    return end is not None and end[1] == b"%04X" % crc16_arc(data[: end.start() + 3])


def decode(data: bytes) -> Telegram:
    """One telegram; raises `BadReply` unless its form and checksum are right."""
    if len(data) > MAX_TELEGRAM_BYTES:
        raise BadReply(f"a telegram has at most {MAX_TELEGRAM_BYTES} bytes, not {len(data)}")
    end = _END.search(data)
    if end is None or end.end() != len(data) or data.count(b"!") != 1:
        raise BadReply("a P1 telegram ends with a line of ! and four digits")
    if not end[1]:
        raise BadReply(
            "this telegram has no checksum, as in DSMR 2 and 3; such a meter cannot be billed by its P1 port"
        )
    if end[1] != b"%04X" % crc16_arc(data[: end.start() + 3]):
        raise BadReply("the telegram's checksum is wrong")
    head, *lines = ascii_text(data[: end.start()]).split("\r\n")
    if _HEAD.fullmatch(head) is None or any("\r" in line or "\n" in line for line in lines):
        raise BadReply("a P1 telegram begins with / and the meter's model, and has whole lines")
    sets = parse_sets(lines)
    stamp = text_of(sets, TIME_STAMP)
    return Telegram(
        meter_id=_equipment_id(identity_of(sets, EQUIPMENT_IDS)),
        clock_s=parse_time(stamp) if stamp and _NEVER_SET.fullmatch(stamp) is None else None,
        values=numbers(sets),
    )


def parse_time(text: str) -> int:
    """`YYMMDDhhmmssX` as seconds of the zone's standard time since 1970; X: S in summer, W in winter.

    The letter takes the hour of summer time out, so that the seconds never fall when the clocks change.
    Raises `BadReply`.
    """
    match = _TIME.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        # The zone is not known: the same stands for every zone, only differences have a meaning.
        shown = datetime.strptime(match[1], "%y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise BadReply(f"{text!r} is no time of a meter") from None
    return int(shown.timestamp()) - (3600 if match[2] == "S" else 0)


def _equipment_id(text: str) -> str:
    """The id as it is printed on the meter: hexadecimal ASCII by the standard; anything else as it stands."""
    try:
        plain = bytes.fromhex(text).decode("ascii")
    except ValueError:
        return text
    return plain if plain.isprintable() else text
