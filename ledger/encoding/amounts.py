"""Numbers as people write them, and the integers that the ledger counts in.

Tokens are base units (of ENT with 9 decimals), energy is Wh, rates are parts per 10^9, durations are milliseconds.
Reading is strict: one point, digits 0 to 9, nothing that would have to be rounded; `AmountError` says what to write
instead. Writing is exact and reads back to the same integer. No rule of the ledger is in here.
"""

from __future__ import annotations

import re
from typing import Final

from ledger.errors import AmountError
from ledger.limits import MAX_INTEGER

TOKEN_DECIMALS: Final = 9
"""Of ENT; a genesis says how many its other assets have."""

ONE_TOKEN: Final = 10**TOKEN_DECIMALS
ONE_WHOLE: Final = 10**9
"""Parts per 10^9 that make 100 %."""

_MAX_CHARACTERS: Final = 64
_NUMBER: Final = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_ENERGY: Final = re.compile(r"([0-9.]+) ?([A-Za-z]*)")
_DURATION_STEP: Final = re.compile(r"([0-9.]+) ?([a-z]+) ?")

_ENERGY_DECIMALS: Final = {"": 0, "Wh": 0, "wh": 0, "kWh": 3, "kwh": 3, "MWh": 6}

_DURATION_UNITS: Final = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))
_DURATION_NAMES: Final = {
    **dict(_DURATION_UNITS),
    "day": 86_400_000,
    "days": 86_400_000,
    "min": 60_000,
    "sec": 1_000,
}


def parse_amount(text: str, decimals: int = TOKEN_DECIMALS) -> int:
    """Base units of an amount in whole tokens, as in `7.35`; raises `AmountError`.

    Refused: signs, exponents, spaces, thousands separators, a comma, a point without digits on both sides, more
    decimals than the token has, more than 2^63 - 1 base units.
    """
    value = _scaled(text, 10**decimals)
    if len(text.partition(".")[2]) > decimals:
        raise AmountError(f"{_shown(text)} has more than {decimals} decimals")
    return value


def format_amount(value: int, decimals: int = TOKEN_DECIMALS) -> str:
    """Base units as whole tokens, without trailing zeros; a difference may be negative."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 10**decimals)
    fraction = str(rest).rjust(decimals, "0").rstrip("0") if rest else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def parse_energy(text: str) -> int:
    """Wh of `7 kWh`, `7.857kWh`, `1 MWh`, `7857 Wh` or `7857`; raises `AmountError`."""
    found = _ENERGY.fullmatch(text)
    if found is None or len(text) > _MAX_CHARACTERS:
        raise AmountError(f"{_shown(text)} is no energy; write it as in '7.857 kWh' or '7857 Wh'")
    number, unit = found.groups()
    if unit not in _ENERGY_DECIMALS:
        raise AmountError(f"'{unit}' is no unit of energy here; use Wh, kWh or MWh")
    return _scaled(number, 10 ** _ENERGY_DECIMALS[unit], finest="whole watt-hours")


def format_energy(energy_wh: int) -> str:
    """`857 Wh` below one kWh, `7.857 kWh` from there on; a difference may be negative."""
    if abs(energy_wh) < 1_000:
        return f"{energy_wh} Wh"
    return f"{format_amount(energy_wh, 3)} kWh"


def round_energy(energy_wh: int) -> str:
    """`9.9 kWh`, `1.23 MWh`: three significant digits, for an overview; half is rounded away from zero."""
    size = abs(energy_wh)
    step = 10 ** max(0, len(str(size)) - 3)
    kept = (size + step // 2) // step * step
    name, decimals = ("Wh", 0) if kept < 1_000 else ("kWh", 3) if kept < 1_000_000 else ("MWh", 6)
    return f"{'-' if energy_wh < 0 else ''}{format_amount(kept, decimals)} {name}"


def parse_share(text: str) -> int:
    """Parts per 10^9 of `5%`, `5 %` or `0.05`; more than 100 % is read too, bounds are the rules' business."""
    number = text.removesuffix("%")
    if number == text:
        return parse_amount(text, 9)
    return parse_amount(number.removesuffix(" "), 7)


def format_share(parts: int) -> str:
    """Parts per 10^9 as per cent: 50,000,000 is `5%`."""
    return f"{format_amount(parts, 7)}%"


def parse_duration_ms(text: str) -> int:
    """Milliseconds of `2h`, `30m`, `1 min`, `90s`, `14d`, `250ms`, `1.5h` or `1h 30m`; raises `AmountError`.

    `m` is minutes. Units stand from large to small, each once; a bare number is refused, as it could mean anything.
    """
    total = 0
    previous = MAX_INTEGER
    position = 0
    while position < len(text) or not position:
        found = _DURATION_STEP.match(text, position)
        if found is None or len(text) > _MAX_CHARACTERS or text.endswith(" "):
            raise AmountError(f"{_shown(text)} is no duration; write it as in '2h', '30m', '90s', '14d' or '1h 30m'")
        number, name = found.groups()
        unit = _DURATION_NAMES.get(name)
        if unit is None:
            raise AmountError(f"'{name}' is no unit of time here; use d, h, m (minutes), s or ms")
        if unit >= previous:
            raise AmountError(f"{_shown(text)}: write the units from large to small, each once")
        total += _scaled(number, unit, finest="whole milliseconds")
        previous = unit
        position = found.end()
    if total > MAX_INTEGER:
        raise AmountError(f"{_shown(text)} is longer than the ledger can count")
    return total


def format_duration(duration_ms: int) -> str:
    """A duration from its largest unit down, as in `1h 30m`; nothing is left out."""
    if duration_ms < 0:
        return f"-{format_duration(-duration_ms)}"
    parts = []
    rest = duration_ms
    for name, unit in _DURATION_UNITS:
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count}{name}")
    return " ".join(parts) or "0s"


def _scaled(text: str, scale: int, finest: str = "base units") -> int:
    """The number times `scale`, exactly; raises `AmountError`."""
    found = _NUMBER.fullmatch(text) if len(text) <= _MAX_CHARACTERS else None
    if found is None:
        raise AmountError(f"{_shown(text)} is no number; {_advice(text)}")
    whole, fraction = found.group(1), found.group(2) or ""
    divisor: int = 10 ** len(fraction)
    value, rest = divmod(int(whole + fraction) * scale, divisor)
    if rest:
        raise AmountError(f"{_shown(text)} has too many decimals: the ledger counts {finest}")
    if value > MAX_INTEGER:
        raise AmountError(f"{_shown(text)} is more than the ledger can count")
    return value


def _advice(text: str) -> str:
    """What to write instead; the most frequent mistakes by name."""
    if not text:
        return "it is empty"
    if "," in text:
        return "use a point for decimals and no thousands separators"
    if text[0] in "+-":
        return "leave out the sign"
    if any(character.isspace() for character in text):
        return "leave out the spaces"
    if not text.isascii():
        return "use the digits 0 to 9"
    if "e" in text.lower():
        return "write it out, without an exponent"
    return "write digits with at most one point between them, as in 7.35"


def _shown(text: str) -> str:
    return repr(text) if len(text) <= 32 else repr(text[:32]) + "..."
