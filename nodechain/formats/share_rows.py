"""Rows of each slot out of a file: which part of a producer's energy a consumer may take, step by step.

Two shapes are read: plain CSV (`slot,producer,consumer,share`), and the neutral shape of French keys that
`sharing export` writes (`french_keys.py`). Points stand in them by the chain's numbers or by the operator's ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from ledger.chain.parameters import PARTS
from nodechain.formats import french_keys
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import offset_instant, text_of
from nodechain.formats.quantities import NumberStyle, whole_mwh
from nodechain.formats.slot_rows import PointBook
from nodechain.formats.text import cell_at, columns_of, decoded, first_line, rows_of
from nodechain.formats.values import GridFlow

PLAIN: Final = "plain"
FRENCH: Final = "fr-keys"
HEADINGS: Final = {
    "slot": ("slot", "slot_start", "slot start", "start"),
    "producer": ("producer",),
    "consumer": ("consumer",),
    "share": ("share",),
}
_MAX_NUMBER: Final = 10**9
"""Of a point, so that an operator's id of digits is never taken for one."""

Shares = Mapping[tuple[str, str], int]
"""By producer and consumer as the file calls them, in parts of 10^9."""


class SlotStart(msgspec.Struct, frozen=True, order=True):
    """When a slot begins: its number, or an instant in ms since 1970."""

    at: int
    is_time: bool

    def text(self) -> str:
        """As people read it."""
        return text_of(self.at) if self.is_time else str(self.at)

    def slot(self, slot_ms: int) -> int:
        """The slot's number. Raises `BadFile` (interval_not_aligned) for a time at which none begins."""
        if not self.is_time:
            return self.at
        number, into = divmod(self.at, slot_ms)
        if into:
            raise BadFile(
                f"no slot begins at {self.text()}: slots have {slot_ms // 60_000} minutes here",
                code="interval_not_aligned",
            )
        return number


class SharesFile(msgspec.Struct, frozen=True):
    """What a file says, slot by slot, in rising order."""

    format: str
    sha256: str
    lines: int
    slots: Mapping[SlotStart, Shares]


def read_shares(data: bytes) -> SharesFile:
    """The shares of a file in either shape. Raises `BadFile`."""
    if ";".join(cell.strip() for cell in first_line(data).split(";")) == french_keys.HEADING:
        french_keys.warnings_of_neutral(data)
        return _read(data, FRENCH, (2, 1, 3, 4), ";", PARTS // 100)
    heading = first_line(data)
    delimiter = ";" if ";" in heading else ","
    places = columns_of(heading.split(delimiter), HEADINGS, tuple(HEADINGS))
    return _read(data, PLAIN, tuple(places[name] for name in HEADINGS), delimiter, PARTS)


def _read(data: bytes, form: str, places: Sequence[int], delimiter: str, whole: int) -> SharesFile:
    """Raises `BadFile`: bad_time, bad_share, duplicate_rows, share_sums."""
    found: dict[SlotStart, dict[tuple[str, str], int]] = {}
    lines = 0
    for number, row in enumerate(rows_of(decoded(data), delimiter), 1):
        if number == 1 or not any(cell.strip() for cell in row):
            continue
        lines += 1
        start, producer, consumer, share = (cell_at(row, place) for place in places)
        begins = _start(start, number)
        shares = found.setdefault(begins, {})
        if not producer or not consumer:
            raise BadFile(f"line {number} names no pair of points", code="bad_point")
        if (producer, consumer) in shares:
            raise BadFile(
                f"line {number}: {producer} and {consumer} come twice at {begins.text()}", code="duplicate_rows"
            )
        shares[producer, consumer] = _share(share, delimiter, whole, number)
    if not found:
        raise BadFile("the file has no rows", code="no_rows")
    if len({begins.is_time for begins in found}) > 1:
        raise BadFile("some slots stand by their number, others by when they begin", code="bad_time")
    for begins, shares in found.items():
        _check_sums(begins, shares)
    return SharesFile(form, sha256(data).hexdigest(), lines, {begins: found[begins] for begins in sorted(found)})


def _start(text: str, line: int) -> SlotStart:
    if text.isascii() and text.isdigit() and len(text) <= 10:
        return SlotStart(int(text), False)
    at_ms = offset_instant(text)
    if at_ms is None:
        raise BadFile(
            f"line {line}: {text[:40]!r} is no slot: give its number, or when it begins, with its offset",
            code="bad_time",
        )
    return SlotStart(at_ms, True)


def _share(text: str, delimiter: str, whole: int, line: int) -> int:
    """Parts of 10^9. Raises `BadFile` (bad_share), also for what is finer."""
    number = text.removesuffix("%").rstrip()
    scale = PARTS // 100 if text.endswith("%") else whole
    try:
        value = NumberStyle("," if delimiter == ";" and "," in number else ".").parse(number)
        share, rounded = whole_mwh(value, scale)
    except ValueError as error:
        raise BadFile(f"line {line}: {error}", code="bad_share") from None
    if rounded or not 0 <= share <= PARTS:
        raise BadFile(
            f"line {line}: {text[:20]!r} is no share from 0 to 1 with at most nine decimals", code="bad_share"
        )
    return share


def _check_sums(begins: SlotStart, shares: Shares) -> None:
    sums: dict[str, int] = {}
    for (producer, _consumer), share in shares.items():
        sums[producer] = sums.get(producer, 0) + share
        if sums[producer] > PARTS:
            raise BadFile(f"{begins.text()}: the shares of {producer} sum to more than the whole", code="share_sums")


def numbered(found: SharesFile, book: PointBook, slot_ms: int) -> dict[int, dict[tuple[int, int], int]]:
    """The shares by the chain's slots and points, without those of 0.

    Raises `BadFile`: unknown_point (neither a number nor in the book), interval_not_aligned.
    """
    slots: dict[int, dict[tuple[int, int], int]] = {}
    known: dict[tuple[str, GridFlow], int] = {}
    for begins, shares in found.slots.items():
        held = slots.setdefault(begins.slot(slot_ms), {})
        for (producer, consumer), share in shares.items():
            pair = (
                _number(producer, GridFlow.INJECTION, book, known, begins),
                _number(consumer, GridFlow.OFFTAKE, book, known, begins),
            )
            if pair in held:
                raise BadFile(f"{begins.text()}: points {pair[0]} and {pair[1]} come twice", code="duplicate_rows")
            held[pair] = share
    return {
        slot: {pair: share for pair, share in sorted(shares.items()) if share} for slot, shares in sorted(slots.items())
    }


def _number(
    text: str, flow: GridFlow, book: PointBook, known: dict[tuple[str, GridFlow], int], begins: SlotStart
) -> int:
    if (text, flow) not in known:
        booked = book.get((text, flow))
        number = booked.number if booked is not None else 0
        if booked is None and text.isascii() and text.isdigit() and int(text[:20]) < _MAX_NUMBER:
            number = int(text)
        if not number:
            raise BadFile(
                f"{begins.text()}: {text} ({flow.value}) is no number of a point, nor in the list of points",
                code="unknown_point",
                advice="Add it to the list of points (docs/formats.md), or write the chain's number.",
            )
        known[text, flow] = number
    return known[text, flow]
