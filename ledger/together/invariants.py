"""What must hold of points in every state (rule TG7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.expiries import expiry_key
from ledger.chain.invariants import entries, expiries_of
from ledger.chain.schema import COUNTERS
from ledger.errors import require
from ledger.state.overlay import Reader
from ledger.together.board import nickname_key
from ledger.together.limits import KEPT_SEASONS, MAX_PARTICIPANTS
from ledger.together.schema import (
    BOARD_NUMBERS,
    CLOSED_SEASONS,
    NICKNAMES,
    OPEN_SEASON,
    PARTICIPANT_COUNT,
    PARTICIPANTS,
    SEASON_DUE,
    TOGETHER_TERMS_TABLE,
)
from ledger.together.seasons import season_end_ms


def check_board(state: Reader) -> None:
    """Each participant has a nickname of its own and a number of its own, and is counted."""
    counters = {key: value.value for key, value in entries(state, COUNTERS)}
    names = {key: link.target for key, link in entries(state, NICKNAMES)}
    numbers = []
    for account, found in entries(state, PARTICIPANTS):
        require(names.pop(nickname_key(found.nickname), None) == account, "a nickname is somebody else's")
        numbers.append(found.joined)
        seasons = [each.season for each in found.seasons]
        require(seasons == sorted(set(seasons)), "seasons of a participant do not rise")
    require(not names, "a nickname is nobody's")
    require(len(set(numbers)) == len(numbers), "two have joined as the same")
    require(max(numbers, default=0) <= counters.get(BOARD_NUMBERS, 0), "a participant's number is to come")
    require(counters.get(PARTICIPANT_COUNT, 0) == len(numbers) <= MAX_PARTICIPANTS, "participants are miscounted")


def check_seasons(state: Reader) -> None:
    """The oldest open season waits for its end, by its rules; what is closed lies before it, each once."""
    counters = {key: value.value for key, value in entries(state, COUNTERS)}
    closed = [season.season for _key, season in entries(state, CLOSED_SEASONS)]
    due = set(expiries_of(state, SEASON_DUE))
    for _key, entry in entries(state, TOGETHER_TERMS_TABLE):
        season = counters.get(OPEN_SEASON, 0)
        terms = entry.terms if season >= entry.since else entry.before
        require(due == {expiry_key(season_end_ms(season, terms), SEASON_DUE, season)}, "no season waits for its end")
        require(closed == [season - 1 - at for at in range(len(closed))], "closed seasons do not follow each other")
        require(len(closed) <= KEPT_SEASONS, "too many seasons are remembered")
        return
    require(not due and not closed, "seasons are there, and no rules of points")


TOGETHER_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_board, check_seasons)
