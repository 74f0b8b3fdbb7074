"""Which reports count, and which value they give (rules FE4, FE5): pure arithmetic over integers.

The value is the median of the reports that count; of an even number the lower one of the two in the middle, so that
it is always a value that somebody reported. Among n reports with f liars the value lies between two honest ones, or
is one, whenever n is at least 2f + 1: fewer than f + 1 reports lie below the lower middle one only if n < 2f + 1, and
the same above it. A quorum of 2f + 1 makes sure of that; fewer liars than the quorum never make a value alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from ledger.feeds.payloads import FeedTerms
from ledger.feeds.schema import FeedReport


class Evaluation(msgspec.Struct, frozen=True):
    """`value` is None where too few reports count; `due_ms`: when the first of those that do gets too old, or 0."""

    value: int | None
    reports: int
    due_ms: int


def lower_median(values: Sequence[int]) -> int:
    """The middle one; of an even number the lower of the two."""
    return sorted(values)[(len(values) - 1) // 2]


def evaluate(terms: FeedTerms, reports: Iterable[FeedReport], at_ms: int) -> Evaluation:
    """What the latest reports come to at an instant that is not before them."""
    age_ms = terms.oldest_age_ms
    counted = [report for report in reports if at_ms <= report.time_ms + age_ms]
    due_ms = min((report.time_ms + age_ms + 1 for report in counted), default=0)
    enough = len(counted) >= terms.quorum
    value = lower_median([report.value for report in counted]) if enough else None
    return Evaluation(value, len(counted), due_ms)


def tolerated_liars(quorum: int) -> int:
    """How many liars cannot move the value away from what honest reporters say, whoever else is silent."""
    return (quorum - 1) // 2
