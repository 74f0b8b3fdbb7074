"""Spain: the coefficient files of collective self-consumption (CAU), written and checked; sums are exactly 1.

Fixed: `CUPS;0,dddddd`. Hourly: `CUPS;HHHH;0,dddddd` for every hour of a year of 8760 (8784) hours. ASCII, lines end
with CR LF, no head, no byte order mark. Whether the last line ends too, and in which order hours stand, differs between
programs that write such files: both are settings, to be confirmed with the distributor.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from ledger.sharing.apportion import apportion
from nodechain.formats.cups import checked_cau, checked_cups
from nodechain.formats.errors import BadFile

WHOLE: Final = 1_000_000
"""Millionths in 1: coefficients have six decimals."""
CUPS_CHARACTERS: Final = 22
MAX_COEFFICIENTS: Final = 10_000
_LINE_END: Final = "\r\n"
_NUMBER: Final = re.compile(r"[01],[0-9]{6}")
_NAME: Final = re.compile(r"(ES[0-9]{16}[A-Z]{2}[0-9A-Z]{2}A[0-9]{3})_([0-9]{4})\.txt")
_HOUR: Final = re.compile(r"[0-9]{4}")


def millionths(weights: Mapping[str, int]) -> dict[str, int]:
    """Coefficients in millionths in proportion to weights, by largest remainders, ties by CUPS: the sum is exactly 1.

    Raises `BadFile` where no weight is above 0, or one is below.
    """
    if sum(weights.values()) <= 0 or min(weights.values()) < 0:
        raise BadFile("coefficients need weights of which none is negative and one is above 0", code="bad_weights")
    order = sorted(weights)
    return dict(zip(order, apportion(WHOLE, [weights[cups] for cups in order]), strict=True))


def file_name(cau: str, year: int) -> str:
    """The name that the distributor expects; the year stands nowhere else."""
    return f"{checked_cau(cau)}_{year:04}.txt"


def fixed_file(coefficients: Mapping[str, int], *, final_break: bool = True) -> bytes:
    """The file of one coefficient (millionths) a CUPS. Raises `BadFile` where the sum is not 1, or a CUPS is wrong."""
    _check(coefficients)
    return _bytes([f"{cups};{_text(coefficients[cups])}" for cups in sorted(coefficients)], final_break)


def hourly_file(
    hours: Sequence[Mapping[str, int]], year: int, *, by_hour: bool = False, final_break: bool = True
) -> bytes:
    """The file of coefficients of every hour of a year, each hour's sum 1; all of a CUPS together unless `by_hour`.

    Raises `BadFile`, also where hours of the year are missing or their CUPS differ.
    """
    if len(hours) != hours_of(year):
        raise BadFile(f"{year} has {hours_of(year)} hours, not {len(hours)}", code="bad_coefficients")
    points = sorted(hours[0])
    for coefficients in hours:
        if sorted(coefficients) != points:
            raise BadFile("every hour must name the same CUPS", code="bad_coefficients")
        _check(coefficients)
    places = (
        [(cups, n) for n in range(len(hours)) for cups in points]
        if by_hour
        else [(cups, n) for cups in points for n in range(len(hours))]
    )
    return _bytes([f"{cups};{n + 1:04};{_text(hours[n][cups])}" for cups, n in places], final_break)


def hours_of(year: int) -> int:
    """8760, or 8784 in a leap year: the count knows no clock changes."""
    return 8_784 if isleap(year) else 8_760


def _check(coefficients: Mapping[str, int]) -> None:
    if not 1 <= len(coefficients) <= MAX_COEFFICIENTS:
        raise BadFile(f"a file has 1 to {MAX_COEFFICIENTS} CUPS", code="bad_coefficients")
    for cups, part in coefficients.items():
        if checked_cups(cups) != cups or len(cups) != CUPS_CHARACTERS:
            raise BadFile(f"{cups} has not the {CUPS_CHARACTERS} characters that the file needs", code="bad_point")
        if not 0 <= part <= WHOLE:
            raise BadFile(f"the coefficient of {cups} is not between 0 and 1", code="bad_coefficients")
    if sum(coefficients.values()) != WHOLE:
        raise BadFile(
            f"the coefficients sum to {_text(sum(coefficients.values()))}, not to 1,000000", code="bad_coefficients"
        )


def _text(part: int) -> str:
    return f"{part // WHOLE},{part % WHOLE:06}"


def _bytes(lines: list[str], final_break: bool) -> bytes:
    return (_LINE_END.join(lines) + (_LINE_END if final_break else "")).encode("ascii")


def faults_of(name: str, data: bytes) -> list[str]:
    """Everything that is wrong with a coefficient file, fixed or hourly by its first line; empty: nothing is."""
    faults: list[str] = []
    named = _NAME.fullmatch(name)
    if named is None:
        faults.append(f"the name {name} is not CAU_YEAR.txt")
    if data.startswith(b"\xef\xbb\xbf"):
        faults.append("the file begins with a byte order mark")
        data = data[3:]
    if b"\n" in data.replace(b"\r\n", b""):
        faults.append("lines do not end with CR LF")
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        return [*faults, "the file is not ASCII"]
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    hourly = lines[0].count(";") == 2
    sums: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, 1):
        cells = line.split(";")
        if len(cells) != (3 if hourly else 2):
            faults.append(f"line {number}: {'CUPS;HHHH;0,dddddd' if hourly else 'CUPS;0,dddddd'} is expected")
            continue
        hour = cells[1] if hourly else ""
        faults += [f"line {number}: {fault}" for fault in _line_faults(cells[0], hour, cells[-1], hourly)]
        if (cells[0], hour) in seen:
            faults.append(f"line {number}: {cells[0]} comes twice")
        seen.add((cells[0], hour))
        sums[hour] += _part(cells[-1])
    faults += [
        f"{f'hour {hour}' if hourly else 'the file'} sums to {_text(total)}, not to 1,000000"
        for hour, total in sorted(sums.items())
        if total != WHOLE
    ]
    if hourly and named is not None and len(sums) != hours_of(int(named[2])):
        faults.append(f"the file has {len(sums)} hours, the year {named[2]} has {hours_of(int(named[2]))}")
    return faults


def _line_faults(cups: str, hour: str, number: str, hourly: bool) -> list[str]:
    faults = []
    if len(cups) != CUPS_CHARACTERS:
        faults.append(f"{cups[:40]} has {len(cups)} characters, a CUPS here has {CUPS_CHARACTERS}")
    else:
        try:
            checked_cups(cups)
        except BadFile as error:
            faults.append(error.detail)
    if hourly and not _HOUR.fullmatch(hour):
        faults.append(f"{hour[:20]!r} is no hour of four digits")
    if not _NUMBER.fullmatch(number):
        faults.append(f"{number[:20]!r} is no number with a comma and six decimals")
    return faults


def _part(text: str) -> int:
    """A coefficient in millionths as far as it can be read, so that a wrong sum is seen beside wrong digits."""
    whole, _mark, part = text.replace(".", ",").partition(",")
    if not (whole + part).isascii() or not (whole + part).isdigit() or len(part) > 6 or len(whole) > 3:
        return 0
    return int(whole or 0) * WHOLE + int(part.ljust(6, "0"))
