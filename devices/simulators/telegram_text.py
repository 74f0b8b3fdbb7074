"""How a simulated meter writes telegrams of text: DSMR P1 and IEC 62056-21."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from devices.protocols.crc import block_check, crc16_arc
from devices.protocols.iec62056 import ETX, STX
from devices.simulators.telegram_meter import TelegramContent

P1_HEAD: Final = "/NOD5\\2SIMULATED"
_WIDTH: Final = {"W": ("kW", 2, 3), "V": ("V", 3, 1), "A": ("A", 3, 0), "Hz": ("Hz", 2, 1)}
"""Gauges by unit: the unit shown, digits before the point, and behind it."""


def p1_telegram(shown: TelegramContent, *, checksum: bool = True) -> bytes:
    """One P1 telegram; `checksum` False: as meters of DSMR 2 and 3 end it."""
    lines = [
        P1_HEAD,
        "",
        "1-3:0.2.8(50)",
        f"0-0:1.0.0({_p1_time(shown.clock_s)})",
        f"0-0:96.1.1({shown.meter_id.encode().hex().upper()})",
        *_energies(shown),
        *_gauges(shown),
        "!",
    ]
    telegram = "\r\n".join(lines).encode("ascii")
    return telegram + (b"%04X\r\n" % crc16_arc(telegram) if checksum else b"\r\n")


def iec62056_identification(shown: TelegramContent) -> bytes:
    """The line that answers the question."""
    return f"/{shown.meter_id.partition('/')[0]}\r\n".encode("ascii")


def iec62056_block(shown: TelegramContent) -> bytes:
    """The readout, with its checksum."""
    serial = shown.meter_id.partition("/")[2]
    lines = ["F.F(00000000)", f"0.0.0({serial})", *_energies(shown), *_gauges(shown), "!", ""]
    block = "\r\n".join(lines).encode("ascii") + bytes((ETX,))
    return bytes((STX,)) + block + bytes((block_check(block),))


def _energies(shown: TelegramContent) -> list[str]:
    return [f"{code}({count // 1000:06d}.{count % 1000:03d}*kWh)" for code, count in shown.energies_wh]


def _gauges(shown: TelegramContent) -> list[str]:
    return [f"{code}({_number(unit, milli)})" for code, unit, milli in shown.gauges_milli]


def _number(unit: str, milli: int) -> str:
    name, width, decimals = _WIDTH[unit]
    count = milli // 10 ** ((6 if unit == "W" else 3) - decimals)
    sign, digits = "-" if count < 0 else "", f"{abs(count):0{width + decimals}d}"
    point = len(digits) - decimals
    return f"{sign}{digits[:point]}{'.' if decimals else ''}{digits[point:]}*{name}"


def _p1_time(clock_s: int) -> str:
    return datetime.fromtimestamp(clock_s, UTC).strftime("%y%m%d%H%M%SW")
