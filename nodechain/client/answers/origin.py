"""Origin: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from nodechain.client.answers.models import At, Int


class OriginLotView(TypedDict):
    """Energy of a unit of one source that came in from `first_day` to `last_day` (UTC), oldest first.

    `source`: pv, wind, hydro, biomass, chp, grid, unknown or mixed. `certified`: whether the day's energy is in a
    certificate, so that it is green only there; null where the lot is of several days or producers.
    """

    number: Int
    source: str
    renewable: bool
    first_day: str
    last_day: str
    energy_wh: Int
    certified: bool | None


class UnitOriginAnswer(At):
    """What a unit's books hold by origin. `unknown_wh`: what was there before origins were kept, and gains.
    `reserved_wh`: what sessions have reserved of what is renewable.

    `taken`: which lots a draw takes first, oldest or renewable_first. Whose the energy was is told to who draws it.
    """

    unit: str
    taken: str
    renewable_wh: Int
    other_wh: Int
    unknown_wh: Int
    reserved_wh: Int
    lots: list[OriginLotView]


class DrawnOriginView(TypedDict):
    """What an account drew of a source in a month (UTC)."""

    month: str
    source: str
    renewable: bool
    energy_wh: Int


class AccountOrigin(At):
    """What an account drew from storage units by month and source, oldest first, for the last 37 months at most."""

    account: str
    drawn: list[DrawnOriginView]
