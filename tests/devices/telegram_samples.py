"""Good telegrams of the simulated meters, and every damage of one bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from devices.catalogue import load_meter_profile
from devices.simulators.telegram_meter import TelegramContent, TelegramMeter
from devices.simulators.telegram_sml import sml_frame
from devices.simulators.telegram_text import iec62056_block, iec62056_identification, p1_telegram
from devices.telegram_profile import TelegramProfile

P1, IEC, SML = "dsmr-p1", "iec62056-21", "sml-edl"
PROFILES = (P1, IEC, SML)
IMPORT_WH, EXPORT_WH = 1_234_567, 89_012


def telegram_profile(name: str) -> TelegramProfile:
    profile = load_meter_profile(name)
    assert isinstance(profile, TelegramProfile)
    return profile


def meter(name: str) -> TelegramMeter:
    opening = {"energy_import": IMPORT_WH, "energy_export": EXPORT_WH}
    return TelegramMeter(telegram_profile(name), opening)


ENCODERS: dict[str, Callable[[TelegramContent], bytes]] = {
    P1: p1_telegram,
    IEC: lambda shown: iec62056_identification(shown) + iec62056_block(shown),
    SML: sml_frame,
}


def good(name: str) -> bytes:
    return ENCODERS[name](meter(name).show())


def flips(data: bytes) -> Iterator[bytes]:
    """Every change of one bit."""
    for place in range(len(data)):
        for bit in range(8):
            yield data[:place] + bytes((data[place] ^ 1 << bit,)) + data[place + 1 :]


def in_pieces(data: bytes, take: Callable[[bytearray], bytes | None], step: int) -> list[bytes]:
    """All that is taken when so many bytes come at a time."""
    buffer, found = bytearray(), []
    for place in range(0, len(data), step):
        buffer += data[place : place + step]
        while (taken := take(buffer)) is not None:
            found.append(taken)
    return found
