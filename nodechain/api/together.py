"""Together: rules of points, the board of who takes part, seasons that ended, what an account has itself."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.encoding.quantities import MilliWattHours, TimeMs
from ledger.keys.address import format_address
from ledger.together.queries import (
    SeasonStanding,
    board,
    closed_seasons,
    count_of_participants,
    oldest_open_season,
    participant_of,
    season_that_runs,
    standing_of,
    together_terms,
)
from ledger.together.schema import ClosedSeason
from ledger.together.terms import Prize, TogetherTerms
from nodechain.api.amounts import Amount, tokens
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import MEMBERS, Right, own
from nodechain.api.http.route import AT, POINT, Route
from nodechain.api.reading import CommittedState, Work, ledger
from nodechain.node import Node


class PrizeView(ApiModel):
    """What the fund pays for a place."""

    asset: str
    symbol: str
    amount: Amount


class TogetherTermsView(ApiModel):
    """Points for a kWh `used` from the community and `given` to it, a day `on_time`, a ballot; `most` a kind a season.

    Readings are in time within `on_time_ms`; a season is closed `grace_days` after its month.
    """

    used: int
    given: int
    on_time: int
    ballots: int
    most: int
    on_time_ms: int
    grace_days: int
    prizes: list[PrizeView]


class BoardRowView(ApiModel):
    """A place on the board."""

    place: int
    nickname: str
    points: int


class BoardView(ApiModel):
    """Who has points in a season that is not closed (`2026-11`), the first one first."""

    season: str
    rows: list[BoardRowView]


class SeasonPlaceView(ApiModel):
    """A place of a closed season: the nickname is empty where the account has left since; `amount`: what was paid."""

    place: int
    nickname: str
    points: int
    symbol: str
    amount: Amount


class ClosedSeasonView(ApiModel):
    """A season that ended: how many had points, and its places with a prize."""

    season: str
    closed_ms: TimeMs
    participants: int
    places: list[SeasonPlaceView]


class TogetherView(At):
    """Rules, the boards of open seasons (the one that runs first), those that ended, the newest first.

    `next_terms` hold from the season `since` on; null where the present ones go on.
    """

    season: str
    terms: TogetherTermsView
    next_terms: TogetherTermsView | None
    since: str
    participants: int
    boards: list[BoardView]
    closed: list[ClosedSeasonView]


class StandingView(ApiModel):
    """What an account did in a season, and its points for it; `place` 0: none yet."""

    season: str
    used_mwh: MilliWattHours
    given_mwh: MilliWattHours
    days: int
    ballots: int
    points: dict[str, int]
    total: int
    place: int


class AccountTogether(At):
    """What an account has: empty, with no nickname, where it takes no part."""

    account: str
    nickname: str
    since_ms: TimeMs
    seasons: list[StandingView]


def season_text(season: int) -> str:
    """A season as its month."""
    year, month = divmod(season, 12)
    return f"{year:04d}-{month + 1:02d}"


def _prize(at: CommittedState, prize: Prize) -> PrizeView:
    return PrizeView(
        asset=at.chain.name(prize.asset),
        symbol=at.chain.symbol(prize.asset),
        amount=tokens(at.chain, prize.asset, prize.amount),
    )


def _terms(at: CommittedState, terms: TogetherTerms) -> TogetherTermsView:
    return TogetherTermsView(
        used=terms.used,
        given=terms.given,
        on_time=terms.on_time,
        ballots=terms.ballots,
        most=terms.most,
        on_time_ms=terms.on_time_ms,
        grace_days=terms.grace_days,
        prizes=[_prize(at, prize) for prize in terms.prizes],
    )


def _closed(at: CommittedState, closed: ClosedSeason) -> ClosedSeasonView:
    places = []
    for number, place in enumerate(closed.places, 1):
        found = participant_of(at.view, place.account)
        places.append(
            SeasonPlaceView(
                place=number,
                nickname="" if found is None else found.nickname,
                points=place.points,
                symbol=at.chain.symbol(place.asset),
                amount=tokens(at.chain, place.asset, place.amount),
            )
        )
    return ClosedSeasonView(
        season=season_text(closed.season),
        closed_ms=closed.closed_ms,
        participants=closed.participants,
        places=places,
    )


def _board(at: CommittedState, season: int) -> BoardView:
    rows = [BoardRowView(place=row.place, nickname=row.nickname, points=row.points) for row in board(at.view, season)]
    return BoardView(season=season_text(season), rows=rows)


def _standing(found: SeasonStanding) -> StandingView:
    return StandingView(
        season=season_text(found.season),
        used_mwh=found.count.used_mwh,
        given_mwh=found.count.given_mwh,
        days=found.count.days,
        ballots=found.count.ballots,
        points={kind.name.lower(): points for kind, points in found.points.items()},
        total=sum(found.points.values()),
        place=found.place,
    )


def _open_seasons(at: CommittedState) -> list[int]:
    """The one that runs, then those before it that are not closed."""
    return list(range(season_that_runs(at.view), oldest_open_season(at.view) - 1, -1))


def read_together(at: CommittedState) -> TogetherView:
    """All that is open to members."""
    entry, season = together_terms(at.view), season_that_runs(at.view)
    waits = entry.since > season
    return TogetherView(
        height=at.height,
        season=season_text(season),
        terms=_terms(at, entry.before if waits else entry.terms),
        next_terms=_terms(at, entry.terms) if waits else None,
        since=season_text(entry.since),
        participants=count_of_participants(at.view),
        boards=[_board(at, each) for each in _open_seasons(at)],
        closed=[_closed(at, each) for each in closed_seasons(at.reader)],
    )


def read_account(at: CommittedState, account: bytes) -> AccountTogether:
    """What an account has."""
    found = participant_of(at.view, account)
    seasons = [] if found is None else [_standing(standing_of(at.view, account, each)) for each in _open_seasons(at)]
    return AccountTogether(
        height=at.height,
        account=format_address(account),
        nickname="" if found is None else found.nickname,
        since_ms=0 if found is None else found.since_ms,
        seasons=seasons,
    )


async def get_together(node: Node, request: web.Request) -> Work:
    """Rules and boards."""
    return ledger(node, request, read_together)


async def get_account(node: Node, request: web.Request) -> Work:
    """What an account has."""
    account = requests.path_address(request)
    return ledger(node, request, lambda at: read_account(at, account))


_ACCOUNT: Final = "/v1/together/accounts/{address}"

ROUTES: Final = (
    Route("GET", "/v1/together", "Rules of points, boards, seasons that ended", TogetherView, get_together, query=AT),
    Route("GET", _ACCOUNT, "An account's points in open seasons", AccountTogether, get_account, query=AT, kind=POINT),
)

RIGHTS: Final[dict[str, Right]] = {"/v1/together": MEMBERS, _ACCOUNT: own("address")}
