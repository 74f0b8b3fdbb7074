"""Sharing_preview: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import MilliWattHours
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class PreviewedPoint(TypedDict):
    """A point's sums over the slots. `energy_mwh` was metered, `shared_mwh` of it shared, for `amount` (a consumer
    pays, a producer receives it) beside the consumer's `fee`; `rest_amount`: what the rest costs or brings by the own
    contract. `balance`: all of it as its owner sees it, below 0 what is paid.
    """

    energy_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    amount: Amount
    fee: Amount
    rest_amount: Amount
    balance: Amount


class PreviewedChange(TypedDict):
    """A point under the terms in force and under the proposed ones; `gain`: what the proposal would have brought."""

    point: Int
    account: str
    direction: str
    before: PreviewedPoint
    after: PreviewedPoint
    gain: Amount


class PreviewedSums(TypedDict):
    """Of the whole scheme: what was shared, what consumers pay for it, and their fees."""

    shared_mwh: MilliWattHours
    paid: Amount
    fees: Amount


class SharingPreview(At):
    """What a proposal would have changed from `first_day` to `last_day`, local days, both included.

    `scheme` 0: a new one. Of the days' slots `slots` had all values, `missing_slots` count nowhere. `retail` and
    `feed_in` a kWh price what is not shared, the same on both sides; `prices_from`: asked, in_force, proposed (the
    scheme's reference prices), or none: then the rest costs nothing. `next_day`: where the next answer goes on, null at
    the end; sums of answers add up.
    """

    vote: Int
    scheme: Int
    first_day: str
    last_day: str
    next_day: str | None
    slots: Int
    missing_slots: Int
    retail: Amount
    feed_in: Amount
    prices_from: str
    before: PreviewedSums
    after: PreviewedSums
    points: list[PreviewedChange]
