"""Series: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs, WattHours
from nodechain.client.answers.models import At


class SeriesSlot(TypedDict):
    """What was metered by readings that end in a slot (after its start, up to its end), in Wh; null: nothing says it.

    `drawn_wh` from storage units, `imported_wh` from the grid, `stored_wh` delivered to units, `exported_wh` to the
    grid. `missing`: a meter that the account has in the range has no reading that ends in the slot. `since_ms`: when
    the longest interval of the slot began, where that is before its start. `reported`: some of it has no interval (a
    report by hand, a vote on a jump) and counts at the time of its block.
    """

    start_ms: TimeMs
    end_ms: TimeMs
    drawn_wh: WattHours | None
    imported_wh: WattHours | None
    stored_wh: WattHours | None
    exported_wh: WattHours | None
    missing: bool
    since_ms: TimeMs | None
    reported: bool


class SeriesView(At):
    """The slots of a range up to now, in order; `next`: ask on from that time, where one answer could not read all."""

    address: str
    step: str
    zone: str
    slots: list[SeriesSlot]
    next: TimeMs | None
