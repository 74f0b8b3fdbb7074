"""Rows of slots cut into transactions, and sent: whole slots each, so many as fit.

A slot whose rows are there out of the same rows is not sent again, so what was interrupted goes on where it stopped;
and what is sent twice changes nothing, since the chain compares too (SC18).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import msgspec

from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.sharing.limits import MAX_RULE_ROWS
from ledger.sharing.rows_import import most_weight
from ledger.sharing.rows_limits import MAX_SPAN_SLOTS
from ledger.sharing.rows_payloads import ImportSlotRows, PairSeries
from ledger.sharing.rows_schema import RowsState
from ledger.sharing.rows_values import rows_root
from ledger.slots.schema import POINTS, Direction
from ledger.state.table import Table, big_endian
from nodechain.commands.sending.decided import require_waiting, submit_decided
from nodechain.commands.sending.send import How
from nodechain.commands.terminal.batches import goes_on
from nodechain.commands.terminal.options import Invocation
from nodechain.commands.terminal.progress import Progress
from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.limits import PART_BYTES

SPAN_WEIGHT: Final = MIN_BLOCK_WEIGHT // 2
AGAIN: Final = "Run the same command again: it goes on."
_SERIES_BYTES: Final = 14
_STEP_BYTES: Final = 5

Shares = Mapping[tuple[int, int], int]
"""Of a slot, by producer and consumer, in parts of 10^9."""
Proven = Callable[[Table[Any], Sequence[bytes]], list[Any]]


class RowsSent(msgspec.Struct, frozen=True):
    """What became of a file's slots: those that were sent, in how many transactions, and those that were there."""

    slots: int
    transactions: int
    before: int


def rows_of_shares(shares: Shares) -> list[tuple[int, int, int]]:
    """The rows of a slot as the ledger has them."""
    return [(producer, consumer, share) for (producer, consumer), share in sorted(shares.items())]


def root_text(shares: Shares) -> str:
    """The root that the chain would have of a slot's rows, in hex."""
    return rows_root(RowsState.IMPORTED, rows_of_shares(shares)).hex()


def check_points(proven: Proven, slots: Mapping[int, Shares]) -> None:
    """That each row names an open producer and an open consumer of the chain.

    Raises `BadFile` (unknown_point, point_not_in_scheme, point_not_open), which names slot and point.
    """
    named = sorted({point for shares in slots.values() for pair in shares for point in pair})
    points = dict(zip(named, proven(POINTS, [big_endian(number) for number in named]), strict=True))
    for slot, shares in slots.items():
        for pair in shares:
            for number, direction in zip(pair, (Direction.INJECTION, Direction.OFFTAKE), strict=True):
                point = points[number]
                if point is None:
                    raise BadFile(f"slot {slot}: no point has the number {number}", code="unknown_point")
                if point.direction != direction:
                    word = "producer" if direction == Direction.INJECTION else "consumer"
                    raise BadFile(f"slot {slot}: point {number} is no {word}", code="point_not_in_scheme")
                if not point.has(slot):
                    raise BadFile(f"slot {slot}: point {number} is closed, or begins later", code="point_not_open")


def check_members(slots: Mapping[int, Shares], members: Callable[[int], frozenset[int]]) -> None:
    """That each row's points take part in the scheme there. Raises `BadFile` (point_not_in_scheme)."""
    for slot, shares in slots.items():
        there = members(slot)
        for point in sorted({point for pair in shares for point in pair} - there):
            raise BadFile(f"slot {slot}: point {point} takes no part in the scheme", code="point_not_in_scheme")


def spans_of(slots: Mapping[int, Shares]) -> list[list[int]]:
    """The slots, those next to each other together as far as a transaction and a block hold them."""
    spans: list[list[int]] = []
    pairs: set[tuple[int, int]] = set()
    for slot in sorted(slots):
        if len(slots[slot]) > MAX_RULE_ROWS:
            raise too_large("rows of one slot", MAX_RULE_ROWS)
        grown = pairs | slots[slot].keys()
        if spans and slot == spans[-1][-1] + 1 and _fits(len(grown), len(spans[-1]) + 1):
            spans[-1].append(slot)
            pairs = grown
        else:
            spans.append([slot])
            pairs = set(slots[slot])
    return spans


def _fits(pairs: int, slots: int) -> bool:
    return (
        slots <= MAX_SPAN_SLOTS
        and pairs <= MAX_RULE_ROWS
        and pairs * (_SERIES_BYTES + _STEP_BYTES * slots) <= PART_BYTES
        and most_weight(slots, pairs) <= SPAN_WEIGHT
    )


def payload_of(
    scheme: int, span: Sequence[int], slots: Mapping[int, Shares], file: bytes, issued_ms: int
) -> ImportSlotRows:
    """The transaction of a span."""
    pairs = sorted({pair for slot in span for pair in slots[slot]})
    series = []
    for producer, consumer in pairs:
        found = [slots[slot].get((producer, consumer), 0) for slot in span]
        steps = tuple(late - early for early, late in pairwise(found))
        series.append(PairSeries(producer, consumer, found[0], steps))
    return ImportSlotRows(scheme, span[0], len(span), file, issued_ms, tuple(series))


def send_rows(invocation: Invocation, how: How, payloads: Sequence[ImportSlotRows], before: int) -> RowsSent:
    """Send the transactions, each after the one before was decided. Raises what refuses one; it says how far it is."""
    require_waiting(how, "an import of rows")
    with goes_on(AGAIN), Progress("transaction of rows", len(payloads)) as progress:
        for count, payload in enumerate(payloads):
            progress.at(count)
            last = payload.first_slot + payload.slots - 1
            what = f"slots {payload.first_slot} to {last} ({count + 1} of {len(payloads)})"
            submit_decided(invocation, how, payload, what, AGAIN)
    return RowsSent(sum(payload.slots for payload in payloads), len(payloads), before)
