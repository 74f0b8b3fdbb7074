"""Telegrams of meters: damaged anywhere, and damaged behind checksums that are right again.

What a mutation leaves readable goes on to the profile, which makes energies of it.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.catalogue import load_meter_profile
from devices.errors import BadData
from devices.protocols.crc import block_check, crc16_arc
from devices.protocols.iec62056 import parse_identification, take_block, take_identification
from devices.protocols.p1 import take_telegram
from devices.protocols.sml_frame import take_frame, unpack
from devices.simulators.telegram_meter import TelegramMeter
from devices.simulators.telegram_sml import GET_LIST_RESPONSE, list_response, message, pack, sml_frame
from devices.simulators.telegram_text import iec62056_block, iec62056_identification, p1_telegram
from devices.telegram_profile import TelegramProfile
from fuzz.target import Target

HEAD = b"/ABC5METER-X1\r\n"


def device_targets() -> dict[str, Target]:
    """By name, as `fuzz.decoders.targets`."""
    p1, iec, sml = (_meter(name) for name in ("dsmr-p1", "iec62056-21", "sml-edl"))
    telegram, frame = p1_telegram(p1.show()), sml_frame(sml.show())
    block, line = iec62056_block(iec.show()), iec62056_identification(iec.show())
    return {
        "P1": _target(_reads(p1), telegram),
        "P1, summed anew": _target(lambda data: _reads(p1)(_p1_summed(data)), telegram.rpartition(b"!")[0], text=True),
        "P1, on the line": _target(lambda data: _take(take_telegram, _reads(p1), data), telegram),
        "IEC 62056-21": _target(_reads(iec), line + block),
        "IEC 62056-21, summed anew": _target(lambda data: _reads(iec)(_iec_summed(data)), block[1:-2], text=True),
        "IEC 62056-21, identification": _target(
            lambda data: _take(take_identification, parse_identification, data), line
        ),
        "IEC 62056-21, on the line": _target(
            lambda data: _take(take_block, lambda found: _reads(iec)(line + found), data), line + block
        ),
        "SML": _target(_reads(sml), frame),
        "SML, summed anew": _target(lambda data: _reads(sml)(pack(data)), unpack(frame)),
        "SML, messages summed anew": _target(
            lambda data: _reads(sml)(pack(message(0, GET_LIST_RESPONSE, data))), list_response(sml.show())
        ),
        "SML, on the line": _target(lambda data: _take(take_frame, _reads(sml), data), frame),
    }


def _target(decode: Callable[[bytes], object], good: bytes, *, text: bool = False) -> Target:
    return Target(decode, (good,), text, (BadData,))


def _meter(name: str) -> TelegramMeter:
    profile = load_meter_profile(name)
    if not isinstance(profile, TelegramProfile):
        raise TypeError(name)
    return TelegramMeter(profile, {"energy_import": 1_234_567, "energy_export": 89})


def _reads(meter: TelegramMeter) -> Callable[[bytes], object]:
    profile = meter.profile

    def read(data: bytes) -> None:
        telegram = profile.protocol.decode(data)
        for register in profile.registers:
            profile.energy(register, telegram)
        profile.gauge_values(telegram)

    return read


def _take(take: Callable[[bytearray], bytes | None], read: Callable[[bytes], object], data: bytes) -> None:
    waiting = bytearray(data)
    found = take(waiting)
    if found is None:
        raise BadData("not yet")
    read(found)


def _p1_summed(data: bytes) -> bytes:
    return data + b"!%04X\r\n" % crc16_arc(data + b"!")


def _iec_summed(data: bytes) -> bytes:
    return HEAD + b"\x02" + data + b"\x03" + bytes((block_check(data + b"\x03"),))
