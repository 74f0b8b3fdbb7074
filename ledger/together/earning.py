"""What earns points: noted when other modules say what was shared, measured and asked (rule TG3)."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.chain.context import Context, saturated
from ledger.metering.schema import Meter
from ledger.slots.clock import month_of_day
from ledger.together.events import PointsEarned
from ledger.together.schema import OPEN_SEASON, PARTICIPANTS, BoardEntry, SeasonCount
from ledger.together.seasons import count_in, day_now, points_by_kind, season_now, terms_of_season
from ledger.together.weights import POINTS_CHANGE


def share_booked(context: Context, account: bytes, day: int, bought_mwh: int, sold_mwh: int) -> None:
    """So much more, or less, of a local day was used from the community, and given to it."""
    participant = context.state.get(PARTICIPANTS, account)
    season = month_of_day(day)
    if participant is None or not _is_open(context, season):
        return
    before = count_in(participant, season)
    used, given = before.used_mwh + bought_mwh, before.given_mwh + sold_mwh
    _note(context, account, participant, replace(before, used_mwh=_kept(used), given_mwh=_kept(given)))


def _kept(value_mwh: int) -> int:
    """A figure that refuses nothing; nobody's points come near to its ends."""
    return saturated(value_mwh) if value_mwh >= 0 else -saturated(-value_mwh)


def readings_booked(context: Context, meter: Meter) -> None:
    """A day counts once, whichever of an account's meters told its readings in time."""
    participant = context.state.get(PARTICIPANTS, meter.account) if meter.account else None
    if participant is None:
        return
    season, day = season_now(context), day_now(context)
    before = count_in(participant, season)
    late_ms = context.time_ms - meter.time_ms
    if day > before.last_day and late_ms <= terms_of_season(context, season).on_time_ms:
        _note(context, meter.account, participant, replace(before, days=before.days + 1, last_day=day))


def ballot_cast(context: Context, member: bytes) -> None:
    """The first ballot of a member in a question."""
    participant = context.state.get(PARTICIPANTS, member)
    if participant is not None:
        before = count_in(participant, season_now(context))
        _note(context, member, participant, replace(before, ballots=before.ballots + 1))


def _is_open(context: Context, season: int) -> bool:
    """Whether a season has begun and is not closed."""
    return context.count(OPEN_SEASON) <= season <= season_now(context)


def _note(context: Context, account: bytes, participant: BoardEntry, after: SeasonCount) -> None:
    """What a participant did; whoever gets other points by it hears so."""
    context.charge(POINTS_CHANGE)
    season = after.season
    terms, before = terms_of_season(context, season), count_in(participant, season)
    oldest = context.count(OPEN_SEASON)
    others = tuple(each for each in participant.seasons if each.season != season and each.season >= oldest)
    seasons = tuple(sorted((*others, after), key=lambda each: each.season))
    context.state.put(PARTICIPANTS, account, replace(participant, seasons=seasons))
    had = points_by_kind(terms, before)
    for kind, points in points_by_kind(terms, after).items():
        if points != had[kind]:
            context.emit(PointsEarned(account, season, kind, points))
