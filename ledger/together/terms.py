"""The rules of points, and what they come to: pure arithmetic (rules TG3, TG4)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.bank.assets import AssetNumber
from ledger.encoding.codec import Value
from ledger.encoding.quantities import FieldUnit, PositiveAmount, Quantity
from ledger.encoding.times import DurationMs
from ledger.together.limits import MAX_GRACE_DAYS, MAX_POINT_RATE, MAX_POINTS_A_KIND, MAX_PRIZES, MIN_GRACE_DAYS

MWH_A_KWH: Final = 10**6
PointRate = Annotated[int, msgspec.Meta(ge=0, le=MAX_POINT_RATE), FieldUnit(Quantity.PLAIN)]


class PointKind(IntEnum):
    """What earns points."""

    USED = 1
    """Energy of the community, used in the slot in which it was made."""

    GIVEN = 2
    """Own energy that others of the community used in the slot in which it was made."""

    ON_TIME = 3
    """A day on which a meter of one's own told its readings in time."""

    BALLOTS = 4
    """A ballot in a question to the members."""


class Prize(Value, frozen=True):
    """What the fund pays for a place."""

    asset: AssetNumber
    amount: PositiveAmount


class TogetherTerms(Value, frozen=True):
    """Points for a kWh used and given, for a day on time, for a ballot; `most`: that one kind brings in a season.

    Readings are in time that are on the chain within `on_time_ms`. A season is closed `grace_days` after its month's
    end; then the fund pays the prizes, the first one to the first place.
    """

    used: PointRate
    given: PointRate
    on_time: PointRate
    ballots: PointRate
    most: Annotated[int, msgspec.Meta(ge=1, le=MAX_POINTS_A_KIND), FieldUnit(Quantity.PLAIN)]
    on_time_ms: DurationMs
    grace_days: Annotated[int, msgspec.Meta(ge=MIN_GRACE_DAYS, le=MAX_GRACE_DAYS), FieldUnit(Quantity.COUNT)]
    prizes: Annotated[tuple[Prize, ...], msgspec.Meta(max_length=MAX_PRIZES)]


def points_of_kind(terms: TogetherTerms, kind: PointKind, amount: int) -> int:
    """Points for an amount: mWh, days or ballots, whichever the kind counts; below 0 there are none."""
    rate, whole = {
        PointKind.USED: (terms.used, MWH_A_KWH),
        PointKind.GIVEN: (terms.given, MWH_A_KWH),
        PointKind.ON_TIME: (terms.on_time, 1),
        PointKind.BALLOTS: (terms.ballots, 1),
    }[kind]
    return min(max(amount, 0) * rate // whole, terms.most)
