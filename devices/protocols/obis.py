"""OBIS codes as text: `A-B:C.D.E`, `A-B:C.D.E*F`, and the short form `C.D.E` of IEC 62056-21."""

from __future__ import annotations

from typing import Final

from devices.errors import BadReply

NO_PERIOD: Final = 255
"""F of a value that belongs to no billing period."""
ELECTRICITY: Final = "1"
MAX_TARIFF: Final = 63
"""E of a tariff's register lies in [1, 63] (IEC 62056-61)."""


def obis_text(code: bytes) -> str:
    """Six bytes as text, without F where it is 255; raises `BadReply` for another length."""
    if len(code) != 6:
        raise BadReply(f"an OBIS code has six bytes, not {len(code)}")
    a, b, c, d, e, f = code
    return f"{a}-{b}:{c}.{d}.{e}" + ("" if f == NO_PERIOD else f"*{f}")


def names(wanted: str, shown: str) -> bool:
    """Whether a telegram's code is the one wanted.

    F may be written out as 255. A full code is only itself. A short one (`1.8.0`) is also the same value of any channel
    of an electricity meter; never one of an earlier billing period (`1.8.0*01`) or another medium.
    """
    shown = shown.removesuffix(f"*{NO_PERIOD}")
    if wanted == shown:
        return True
    if ":" in wanted:
        return False
    place, colon, short = shown.rpartition(":")
    return short == wanted and (not colon or place.partition("-")[0] == ELECTRICITY)


def is_tariff_of(total: str, shown: str) -> bool:
    """Whether a telegram's code is a tariff's share of the value `total`, which ends in `.0`."""
    stem = total.removesuffix("0")
    return any(names(f"{stem}{tariff}", shown) for tariff in range(1, MAX_TARIFF + 1))
