"""Sharing_unsettled: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class WaitedPoint(TypedDict):
    """A point whose value is missing."""

    point: Int
    account: str


class UnsettledSpan(TypedDict):
    """`slots` slots of a scheme one after the other that wait for the same points; without points they are settled in
    the next blocks. `rows_missing`: they lack the rows that come with each slot. `missing`: how many points these are;
    `cut_off_ms`: from then on substitutes stand in for the last
    of them.
    """

    scheme: Int
    first_slot: Int
    slots: Int
    start_ms: TimeMs
    end_ms: TimeMs
    cut_off_ms: TimeMs
    rows_missing: bool
    missing: Int
    points: list[WaitedPoint]


class Unsettled(At):
    """Slots that are over and have no run, by scheme; `more`: there are more spans than these."""

    spans: list[UnsettledSpan]
    more: bool
