"""What people ask of points and the board. Reads only; no rule stands here."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ledger.chain.context import Context
from ledger.chain.schema import ONLY
from ledger.state.overlay import Reader
from ledger.state.paging import page_of
from ledger.together.limits import KEPT_SEASONS
from ledger.together.prizes import ranking
from ledger.together.schema import (
    CLOSED_SEASONS,
    OPEN_SEASON,
    PARTICIPANT_COUNT,
    PARTICIPANTS,
    TOGETHER_TERMS_TABLE,
    BoardEntry,
    ClosedSeason,
    SeasonCount,
    TogetherTermsEntry,
)
from ledger.together.seasons import count_in, points_by_kind, season_now, terms_of_season
from ledger.together.terms import PointKind


class BoardRow(msgspec.Struct, frozen=True):
    """A place on the board; nobody's address."""

    place: int
    nickname: str
    points: int


class SeasonStanding(msgspec.Struct, frozen=True):
    """What somebody did in a season, what it comes to, and its place (0: no points)."""

    season: int
    count: SeasonCount
    points: Mapping[PointKind, int]
    place: int


def together_terms(context: Context) -> TogetherTermsEntry:
    """The rules that hold, and those that will from a season on."""
    return context.get(TOGETHER_TERMS_TABLE, ONLY)


def season_that_runs(context: Context) -> int:
    """The season of the next block."""
    return season_now(context)


def oldest_open_season(context: Context) -> int:
    """The first that is not closed: the one that runs, or the one before."""
    return context.count(OPEN_SEASON)


def count_of_participants(context: Context) -> int:
    """How many are on the board."""
    return context.count(PARTICIPANT_COUNT)


def board(context: Context, season: int) -> list[BoardRow]:
    """All who have points in an open season, the first one first."""
    ranked = ranking(context.state, terms_of_season(context, season), season)
    return [
        BoardRow(place, context.get(PARTICIPANTS, account).nickname, points)
        for place, (points, _used, _joined, account) in enumerate(ranked, 1)
    ]


def participant_of(context: Context, account: bytes) -> BoardEntry | None:
    """Whether, and as whom, an account takes part."""
    return context.state.get(PARTICIPANTS, account)


def standing_of(context: Context, account: bytes, season: int) -> SeasonStanding:
    """Of somebody who takes part."""
    terms = terms_of_season(context, season)
    count = count_in(context.get(PARTICIPANTS, account), season)
    places = [each[3] for each in ranking(context.state, terms, season)]
    place = places.index(account) + 1 if account in places else 0
    return SeasonStanding(season, count, points_by_kind(terms, count), place)


def closed_seasons(reader: Reader) -> tuple[ClosedSeason, ...]:
    """Seasons that ended, the newest first; a limit keeps them few."""
    return tuple(season for _key, season in page_of(reader, CLOSED_SEASONS, b"", None, KEPT_SEASONS).entries)
