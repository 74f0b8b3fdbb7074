"""Tests of the limits of rows that come with each slot; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from ledger.encoding.codec import Codec, encode
from ledger.errors import MalformedInput
from ledger.limits import MAX_TRANSACTION_BYTES, MIN_BLOCK_WEIGHT
from ledger.sharing.limits import MAX_RULE_ROWS
from ledger.sharing.rows_import import most_weight
from ledger.sharing.rows_limits import MAX_SPAN_SLOTS
from ledger.sharing.rows_payloads import ImportSlotRows, PairSeries

ROWS: Codec[ImportSlotRows] = Codec(ImportSlotRows, MAX_TRANSACTION_BYTES)


def _span(slots: int) -> ImportSlotRows:
    return ImportSlotRows(1, 0, slots, bytes(32), 0, (PairSeries(1, 2, 1, (0,) * (slots - 1)),))


def max_span_slots() -> None:
    assert ROWS.decode(encode(_span(MAX_SPAN_SLOTS))) == _span(MAX_SPAN_SLOTS)
    with pytest.raises(MalformedInput):
        ROWS.decode(encode(_span(MAX_SPAN_SLOTS + 1)))


def max_rows_of_a_slot() -> None:
    """As many as stand in a rule: they fit into a transaction, and their weight into the smallest block."""
    rows = tuple(PairSeries(10_000 + number // 64, 20_000 + number % 64, 10**9 // 64, ()) for number in range(4_097))
    at, above = (ImportSlotRows(1, 0, 1, bytes(32), 0, some) for some in (rows[:MAX_RULE_ROWS], rows))
    assert len(at.pairs) == MAX_RULE_ROWS
    assert ROWS.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        ROWS.decode(encode(above))
    assert most_weight(1, MAX_RULE_ROWS) <= 2 * MIN_BLOCK_WEIGHT // 3


ROWS_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_SPAN_SLOTS": (max_span_slots, max_rows_of_a_slot),
}
