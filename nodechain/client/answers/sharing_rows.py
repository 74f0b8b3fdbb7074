"""Sharing_rows: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class RowsOfSlot(TypedDict):
    """Where the rows of a slot come from: `imported`, `substituted`, or `missing`; `rows`: how many there are.

    `file` (the SHA-256 of what they stood in) and `issued_ms` are empty where they were not imported. `too_late`: the
    slot takes no others any more.
    """

    slot: Int
    start_ms: TimeMs
    state: str
    rows: Int
    file: str
    issued_ms: TimeMs
    root: str
    too_late: bool


class RowsBySlot(At):
    """Slots of a scheme that are over, and whose terms ask for rows, of those that were asked for."""

    scheme: Int
    slot_ms: Int
    slots: list[RowsOfSlot]


class RowOfSlot(TypedDict):
    """A share of a producer's energy for a consumer, in parts of 10^9; the accounts are the points' owners."""

    producer: Int
    producer_account: str
    consumer: Int
    consumer_account: str
    share: Int


class SlotRowsView(At):
    """The rows of a slot as they are now, by producer and consumer, a page; a member sees those of its own points."""

    scheme: Int
    slot: RowsOfSlot
    shares: list[RowOfSlot]
    next: str | None
