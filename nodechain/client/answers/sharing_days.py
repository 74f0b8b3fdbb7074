"""Sharing_days: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import MilliWattHours, TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class FoldedDayView(TypedDict):
    """A local day whose settled slots stand under one root, as `YYYY-MM-DD`."""

    day: str
    slots: Int
    root: str


class FoldedDays(At):
    """Days of a scheme that no value can change any more, oldest first, a page."""

    scheme: Int
    days: list[FoldedDayView]
    next: str | None


class SharingTermsView(At):
    """The currency that schemes settle in, and the accounts that change them without a vote."""

    asset: str
    symbol: str
    decimals: Int
    managers: list[str]


class PointShare(TypedDict):
    """A point's part of a slot. `energy_mwh` was metered, `counted_mwh` of it counts in the scheme, `shared_mwh` was
    shared, for `amount` (which a consumer pays beside `fee`, a producer receives).
    """

    point: Int
    direction: str
    state: str
    source: str
    energy_mwh: MilliWattHours
    counted_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    amount: Amount
    fee: Amount


class AccountSlot(TypedDict):
    """The newest run of a slot, with the account's points; `final`: its cut-off has passed."""

    scheme: Int
    slot: Int
    start_ms: TimeMs
    run: Int
    version: Int
    final: bool
    points: list[PointShare]


class AccountSlots(At):
    """An account's part of the slots that were asked for, by scheme and slot; what is not settled is not there."""

    account: str
    slot_ms: Int
    slots: list[AccountSlot]


class SlotSums(TypedDict):
    """The sums of a slot's newest run; `substituted`: how many values were not there."""

    slot: Int
    start_ms: TimeMs
    run: Int
    final: bool
    substituted: Int
    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    paid: Amount
    fees: Amount


class SchemeSums(At):
    """A scheme's sums of the slots that were asked for; what is not settled, or kept no longer, is not there."""

    scheme: Int
    slot_ms: Int
    slots: list[SlotSums]
