"""A plain table of points and slots, from which anybody computes a scheme's shares again: one line a point.

`point,direction,key,...` and then a column a slot, headed by the slot's number. Energies are kWh with at most six
decimals, so that each is whole mWh; nothing is rounded and nothing may be missing.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import Final

import msgspec

from ledger.chain.parameters import PARTS
from ledger.limits import MAX_INTEGER
from nodechain.formats.errors import BadFile
from nodechain.formats.quantities import ENERGY_MWH, EXACT, NumberStyle
from nodechain.formats.text import cell_at, decoded, rows_of
from nodechain.formats.values import GridFlow

COLUMNS: Final = ("point", "direction", "owner", "commissioned", "price")
_KEY: Final = re.compile(r"key([2-8]?)").fullmatch
_NUMBER: Final = NumberStyle()


class TablePoint(msgspec.Struct, frozen=True):
    """A line: energies in mWh by slot, keys in parts of 10^9 by level; the price in base units per kWh, -1 for none."""

    number: int
    injects: bool
    keys: tuple[int, ...]
    owner: str
    commissioned: int
    price: int
    energies: tuple[int, ...]


class SlotTable(msgspec.Struct, frozen=True):
    """Points in rising number, slots in rising number."""

    slots: tuple[int, ...]
    points: tuple[TablePoint, ...]


def read_slot_table(data: bytes) -> SlotTable:
    """The table; separated by commas or semicolons. Raises `BadFile` and says the line."""
    text = decoded(data)
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = [row for row in rows_of(text, delimiter) if any(cell.strip() for cell in row)]
    heads = [cell.strip().lower() for cell in rows[0]] if rows else []
    if len(set(heads)) != len(heads):
        raise BadFile("two columns have the same heading", code="bad_heading")
    slots = {_whole(head, "slot", 1): place for place, head in enumerate(heads) if head.isascii() and head.isdigit()}
    keys = [place for _level, place in sorted((head, place) for place, head in enumerate(heads) if _KEY(head))]
    named = {head: place for place, head in enumerate(heads) if head in COLUMNS}
    unknown = [head for place, head in enumerate(heads) if place not in {*slots.values(), *keys, *named.values()}]
    if unknown:
        raise BadFile(f"{unknown[0][:40]!r} is no column of a slot table, nor the number of a slot", code="bad_heading")
    for head in COLUMNS[:2]:
        if head not in named:
            raise BadFile(f"the file has no column {head!r}", code="missing_column")
    if not slots or not keys:
        raise BadFile("the file has no column 'key', or none with the number of a slot", code="missing_column")
    numbers = tuple(sorted(slots))
    places = [slots[number] for number in numbers]
    points = [_point(row, line, named, keys, places) for line, row in enumerate(rows[1:], 2)]
    if not points:
        raise BadFile("the file has no line of a point", code="wrong_format")
    found = sorted(points, key=lambda point: point.number)
    for here, there in pairwise(found):
        if here.number == there.number:
            raise BadFile(f"point {here.number} has two lines", code="duplicate_point")
    return SlotTable(numbers, tuple(found))


def read_pair_shares(data: bytes) -> tuple[tuple[int, int, int], ...]:
    """Lines `producer,consumer,share`, points' numbers and a share of at most 1, as parts of 10^9, in rising order.

    Raises `BadFile`.
    """
    text = decoded(data)
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = [row for row in rows_of(text, delimiter) if any(cell.strip() for cell in row)]
    if not rows or [cell.strip().lower() for cell in rows[0]] != ["producer", "consumer", "share"]:
        raise BadFile("the file does not begin with producer,consumer,share", code="wrong_format")
    found = []
    for line, row in enumerate(rows[1:], 2):
        if len(row) != 3:
            raise BadFile(f"line {line} has {len(row)} cells, not 3", code="wrong_format")
        share = _scaled(row[2], PARTS, "share", line)
        if share > PARTS:
            raise BadFile(f"line {line}: a share is at most 1", code="bad_share")
        found.append((_whole(row[0], "point", line), _whole(row[1], "point", line), share))
    if len({pair[:2] for pair in found}) != len(found):
        raise BadFile("a pair of producer and consumer has two lines", code="bad_share")
    return tuple(sorted(found))


def _point(row: list[str], line: int, named: dict[str, int], keys: list[int], slots: list[int]) -> TablePoint:
    last = max(*named.values(), *keys, *slots)
    if len(row) > last + 1 and any(cell.strip() for cell in row[last + 1 :]):
        raise BadFile(f"line {line} has more cells than the heading", code="wrong_format")
    cells = {head: cell_at(row, named.get(head)) for head in COLUMNS}
    if cells["direction"].lower() not in tuple(GridFlow):
        raise BadFile(
            f"line {line}: {cells['direction'][:20]!r} is neither offtake nor injection", code="bad_direction"
        )
    injects = cells["direction"].lower() == GridFlow.INJECTION
    weights = [cell_at(row, place) for place in keys]
    if injects and any(weights):
        raise BadFile(f"line {line}: keys are of offtakes; an injection has none", code="bad_weights")
    if not injects and not all(weights):
        raise BadFile(f"line {line}: the offtake has no key; write 0 where it takes no part", code="bad_weights")
    return TablePoint(
        _whole(cells["point"], "point", line),
        injects,
        tuple(_scaled(weight, PARTS, "key", line) for weight in weights if weight),
        cells["owner"],
        _whole(cells["commissioned"], "time", line) if cells["commissioned"] else 0,
        _whole(cells["price"], "price", line) if cells["price"] else -1,
        tuple(_scaled(cell_at(row, place), ENERGY_MWH["kwh"], "energy", line) for place in slots),
    )


def _whole(text: str, what: str, line: int) -> int:
    found = text.strip()
    if not (found.isascii() and found.isdigit() and len(found) <= len(str(MAX_INTEGER)) and int(found) <= MAX_INTEGER):
        raise BadFile(f"line {line}: {found[:24]!r} is no {what}: a whole number up to 2^63-1", code="bad_number")
    return int(found)


def _scaled(text: str, unit: int, what: str, line: int) -> int:
    """A decimal as whole units; one that is missing, below 0, too large or has too many decimals is refused."""
    try:
        found = EXACT.multiply(_NUMBER.parse(text), Decimal(unit))
    except ValueError as error:
        raise BadFile(f"line {line}: {what}: {error}", code="bad_number") from None
    if found != found.to_integral_value() or not 0 <= found <= MAX_INTEGER:
        raise BadFile(
            f"line {line}: the {what} {text.strip()[:24]!r} is below 0, too large, or has more than "
            f"{len(str(unit)) - 1} decimals",
            code="bad_number",
        )
    return int(found)
