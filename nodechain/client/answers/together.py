"""Together: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import MilliWattHours, TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class PrizeView(TypedDict):
    """What the fund pays for a place."""

    asset: str
    symbol: str
    amount: Amount


class TogetherTermsView(TypedDict):
    """Points for a kWh `used` from the community and `given` to it, a day `on_time`, a ballot; `most` a kind a season.

    Readings are in time within `on_time_ms`; a season is closed `grace_days` after its month.
    """

    used: Int
    given: Int
    on_time: Int
    ballots: Int
    most: Int
    on_time_ms: Int
    grace_days: Int
    prizes: list[PrizeView]


class BoardRowView(TypedDict):
    """A place on the board."""

    place: Int
    nickname: str
    points: Int


class BoardView(TypedDict):
    """Who has points in a season that is not closed (`2026-11`), the first one first."""

    season: str
    rows: list[BoardRowView]


class SeasonPlaceView(TypedDict):
    """A place of a closed season: the nickname is empty where the account has left since; `amount`: what was paid."""

    place: Int
    nickname: str
    points: Int
    symbol: str
    amount: Amount


class ClosedSeasonView(TypedDict):
    """A season that ended: how many had points, and its places with a prize."""

    season: str
    closed_ms: TimeMs
    participants: Int
    places: list[SeasonPlaceView]


class TogetherView(At):
    """Rules, the boards of open seasons (the one that runs first), those that ended, the newest first.

    `next_terms` hold from the season `since` on; null where the present ones go on.
    """

    season: str
    terms: TogetherTermsView
    next_terms: TogetherTermsView | None
    since: str
    participants: Int
    boards: list[BoardView]
    closed: list[ClosedSeasonView]


class StandingView(TypedDict):
    """What an account did in a season, and its points for it; `place` 0: none yet."""

    season: str
    used_mwh: MilliWattHours
    given_mwh: MilliWattHours
    days: Int
    ballots: Int
    points: dict[str, Int]
    total: Int
    place: Int


class AccountTogether(At):
    """What an account has: empty, with no nickname, where it takes no part."""

    account: str
    nickname: str
    since_ms: TimeMs
    seasons: list[StandingView]
