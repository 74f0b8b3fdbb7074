"""Which season it is, by whose rules, and what somebody did in it (rules TG2, TG3)."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.chain.schema import ONLY
from ledger.slots.clock import clock_of, first_day_of_month, month_of_day
from ledger.slots.genesis import SLOTS_SECTION
from ledger.together.schema import TOGETHER_TERMS_TABLE, BoardEntry, SeasonCount
from ledger.together.terms import PointKind, TogetherTerms, points_of_kind


def day_now(context: Context) -> int:
    """The block's day, by local time where the chain has slots, else by UTC."""
    if SLOTS_SECTION.is_in(context.genesis):
        clock = clock_of(context)
        return clock.local_day(clock.slot_of(context.time_ms))
    return context.time_ms // DAY_MS


def season_now(context: Context) -> int:
    """The season that the block lies in."""
    return month_of_day(day_now(context))


def terms_of_season(context: Context, season: int) -> TogetherTerms:
    """The rules of a season."""
    entry = context.get(TOGETHER_TERMS_TABLE, ONLY)
    return entry.terms if season >= entry.since else entry.before


def season_end_ms(season: int, terms: TogetherTerms) -> int:
    """When a season is closed: so many days after its month has ended in UTC."""
    return (first_day_of_month(season + 1) + terms.grace_days) * DAY_MS


def count_in(participant: BoardEntry, season: int) -> SeasonCount:
    """What a participant did in a season."""
    found = next((each for each in participant.seasons if each.season == season), None)
    return SeasonCount(season, 0, 0, 0, 0, 0) if found is None else found


def points_by_kind(terms: TogetherTerms, count: SeasonCount) -> dict[PointKind, int]:
    """Points of a season (TG4)."""
    amounts = {
        PointKind.USED: count.used_mwh,
        PointKind.GIVEN: count.given_mwh,
        PointKind.ON_TIME: count.days,
        PointKind.BALLOTS: count.ballots,
    }
    return {kind: points_of_kind(terms, kind, amount) for kind, amount in amounts.items()}
