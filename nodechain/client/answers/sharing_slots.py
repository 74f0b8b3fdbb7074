"""Sharing_slots: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ledger.encoding.quantities import MilliWattHours, TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int
from nodechain.client.answers.scheme_rows import SideShare


class SlotRunView(TypedDict):
    """The newest run of a slot; `final`: its cut-off has passed. `substituted`: how many values were not there;
    `slot_rows`: where those that come with each slot come from, `imported`, `substituted`, or `none` are asked for.
    """

    slot: Int
    start_ms: TimeMs
    run: Int
    version: Int
    substituted: Int
    slot_rows: str
    final: bool
    inputs_root: str
    rows_root: str


class SlotRuns(At):
    """Settled slots of a scheme, oldest first, a page."""

    scheme: Int
    runs: list[SlotRunView]
    next: str | None


class ZonePart(TypedDict):
    """What of a consumer's share came from producers in a grid zone; where its tariff has a grid fee for that, which
    pair it is of, its rate per kWh and what it came to in this slot (GA13).
    """

    zone: str
    energy_mwh: MilliWattHours
    pair: str | None
    rate: Amount | None
    fee: Amount | None


class ShareRow(TypedDict):
    """A point's part of a slot. `energy_mwh` was metered, `counted_mwh` of it counts in the scheme, `shared_mwh` was
    shared, for `amount` (which a consumer pays, a producer receives).

    `hour_counted_mwh` and `hour_shared_mwh` are the sums over the slots that are settled together with this one.
    `row` and `input` are the bytes under the run's roots, `row_proof` and `input_proof` lead there (T6). `sides`: all
    rows that came with the slot and name the point, as `point_rows` proves (SC20), which is empty where none does.
    `zones`: of a consumer, by grid zone; none where no tariff charges shared energy. They stand under no root.
    """

    point: Int
    account: str
    direction: str
    state: str
    source: str
    keys: list[Int]
    energy_mwh: MilliWattHours
    counted_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    amount: Amount
    fee: Amount
    hour_counted_mwh: MilliWattHours
    hour_shared_mwh: MilliWattHours
    row: str
    row_proof: str
    input: str
    input_proof: str
    zones: list[ZonePart]
    sides: list[SideShare]
    point_rows: str
    point_rows_proof: str


class HourView(TypedDict):
    """The slots of an hour that are settled together, and their sums."""

    first_slot: Int
    slots: Int
    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    shared_mwh: MilliWattHours


class SettledSlotView(At):
    """A settled slot with its sums; rows are computed anew from the inputs, none where these are kept no longer.

    `folded`: its day is, and this is what a correction since came to; its inputs stand in archives only.
    Rows come in pages in rising order of the points, after the cursor; `points` take part. `hour`: what the slots that
    are settled together with this one came to, where the rule works by the hour.
    """

    scheme: Int
    run: SlotRunView
    folded: bool
    hour: HourView | None
    terms: dict[str, Any]
    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    paid: Amount
    fees: Amount
    points: Int
    rows: list[ShareRow]
    next: str | None
