"""Reserves: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import PerMillion, TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At


class ReserveView(TypedDict):
    """`amount` lay at the bank at `time_ms`, says an attester, by the document with this SHA-256.

    `attester_kind`: banker, auditor, or former, who was one of these when it said so. `existing_then` existed when it
    was taken in, at `taken_ms`. `coverage_ppm`: the amount in parts per 10^6 of what exists now, null where nothing
    does; `difference`: the amount less what exists now. `standing`: covered, or covered_without_marked (what is marked
    may have been paid already, and is burned next), or short.
    """

    attester: str
    attester_kind: str
    amount: Amount
    time_ms: TimeMs
    taken_ms: TimeMs
    document: str
    existing_then: Amount
    coverage_ppm: PerMillion | None
    difference: Amount
    standing: str


class CurrencyReserves(TypedDict):
    """A currency: what exists, what of it holders ask to be paid out, what of that the banker is paying, and who says
    what lies at the bank for it, the newest time first.
    """

    asset: str
    symbol: str
    existing: Amount
    asked: Amount
    marked: Amount
    attestations: list[ReserveView]


class Reserves(At):
    """Each currency of the chain; at the time of the last block."""

    time_ms: TimeMs
    currencies: list[CurrencyReserves]
