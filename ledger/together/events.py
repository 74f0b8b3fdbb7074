"""What happened to points, the board and prizes."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Address, Amount, AssetId, Count, Number, Plain
from ledger.together.terms import PointKind


class TogetherTermsSet(Event, frozen=True, tag=840):
    """Other rules of points hold from the season `since` on; `prizes`: for so many places."""

    since: Number
    prizes: Count


class BoardJoined(Event, frozen=True, tag=841):
    """`account` takes part under a nickname."""

    account: Address
    nickname: str


class BoardLeft(Event, frozen=True, tag=842):
    """`account` takes part no longer; what it had earned is forgotten."""

    account: Address


class PointsEarned(Event, frozen=True, tag=843):
    """`account` has `points` for a kind in a season now; after a correction they may be fewer."""

    account: Address
    season: Number
    kind: Annotated[int, PointKind]
    points: Plain


class SeasonClosed(Event, frozen=True, tag=844):
    """A season is closed: `participants` had points, `places` of them got, or should have got, a prize."""

    season: Number
    participants: Count
    places: Count


class PrizePaid(Event, frozen=True, tag=845):
    """The `fund` paid `recipient` for its place in a season."""

    fund: Address
    recipient: Address
    season: Number
    place: Number
    points: Plain
    asset: AssetId
    amount: Amount


class PrizeUnpaid(Event, frozen=True, tag=846):
    """The `fund` had too little, so `recipient` does not get this for its place in a season."""

    fund: Address
    recipient: Address
    season: Number
    place: Number
    points: Plain
    asset: AssetId
    amount: Amount


TOGETHER_EVENTS: Final[tuple[type[Event], ...]] = (
    TogetherTermsSet, BoardJoined, BoardLeft, PointsEarned, SeasonClosed, PrizePaid, PrizeUnpaid,
)  # fmt: skip
