"""The end of a season: who is first, and what the fund pays (rules TG5, TG6); rules of points by vote (TG2)."""

from __future__ import annotations

from ledger.bank.points import tell_came_in
from ledger.chain.context import Context
from ledger.chain.expiries import schedule
from ledger.chain.schema import ONLY
from ledger.errors import Refused
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.books import can_pay, pay_out
from ledger.fund.terms import FundFlow
from ledger.state.overlay import State
from ledger.state.table import big_endian, newest_first
from ledger.together.events import PrizePaid, PrizeUnpaid, SeasonClosed, TogetherTermsSet
from ledger.together.genesis import TOGETHER_SECTION, fault_of_terms
from ledger.together.limits import KEPT_SEASONS
from ledger.together.payloads import SetTogetherTerms
from ledger.together.schema import (
    CLOSED_SEASONS,
    OPEN_SEASON,
    PARTICIPANTS,
    SEASON_DUE,
    TOGETHER_TERMS_TABLE,
    ClosedSeason,
    SeasonPlace,
    TogetherTermsEntry,
)
from ledger.together.seasons import count_in, points_by_kind, season_end_ms, season_now, terms_of_season
from ledger.together.terms import Prize, TogetherTerms
from ledger.together.weights import PRIZE_PAID, RANKED_A_UNIT, SEASON_CLOSE, TOGETHER_TERMS

Ranked = tuple[int, int, int, bytes]
"""Points, mWh used, the number of joining, account."""


def begin_together(context: Context) -> None:
    """The section's rules hold for the season that runs and those that follow."""
    terms, season = TOGETHER_SECTION.of(context.genesis).terms, season_now(context)
    context.state.put(TOGETHER_TERMS_TABLE, ONLY, TogetherTermsEntry(terms, terms, season))
    context.change_count(OPEN_SEASON, season)
    _wait_for_end(context, season)


def _wait_for_end(context: Context, season: int) -> None:
    due_ms = season_end_ms(season, terms_of_season(context, season))
    schedule(context, due_ms, SEASON_DUE, season, big_endian(season))


def ranking(state: State, terms: TogetherTerms, season: int) -> list[Ranked]:
    """Who has points in a season, the first one first: by points, then by energy used from the community, then by who
    joined earlier (TG5).
    """
    ranked = []
    for account in state.keys(PARTICIPANTS):
        participant = state.get(PARTICIPANTS, account)
        if participant is not None:
            count = count_in(participant, season)
            points = sum(points_by_kind(terms, count).values())
            ranked.append((points, count.used_mwh, participant.joined, account))
    return sorted((each for each in ranked if each[0]), key=lambda each: (-each[0], -each[1], each[2]))


def season_due(context: Context, key: bytes) -> None:
    """A season is over, with its days of grace: its places, its prizes, and the next one (TG5)."""
    season = int.from_bytes(key, "big")
    terms = terms_of_season(context, season)
    ranked = ranking(context.state, terms, season)
    context.charge(SEASON_CLOSE + len(ranked) // RANKED_A_UNIT)
    places = tuple(
        _place(context, season, number, each, prize)
        for number, (each, prize) in enumerate(zip(ranked, terms.prizes, strict=False), 1)
    )
    closed = ClosedSeason(season, context.time_ms, len(ranked), places)
    context.state.put(CLOSED_SEASONS, newest_first(season), closed)
    context.state.delete(CLOSED_SEASONS, newest_first(season - KEPT_SEASONS))
    context.emit(SeasonClosed(season, len(ranked), len(places)))
    context.change_count(OPEN_SEASON, 1)
    _wait_for_end(context, season + 1)


def _place(context: Context, season: int, number: int, ranked: Ranked, prize: Prize) -> SeasonPlace:
    """What the fund has not is not paid, now or later (TG6)."""
    points, _used, _joined, account = ranked
    context.charge(PRIZE_PAID)
    told = (FUND_ACCOUNT, account, season, number, points, prize.asset, prize.amount)
    if not can_pay(context, prize.asset, prize.amount):
        context.emit(PrizeUnpaid(*told))
        return SeasonPlace(account, points, prize.asset, 0)
    pay_out(context, FundFlow.PRIZE, account, prize.asset, prize.amount)
    context.emit(PrizePaid(*told))
    tell_came_in(context, account, prize.asset)
    return SeasonPlace(account, points, prize.asset, prize.amount)


def check_terms(context: Context, action: SetTogetherTerms) -> None:
    """Refuse rules that cannot be, that hold already, or that come while rules of a season that is over still count."""
    context.charge(TOGETHER_TERMS)
    fault = fault_of_terms(context.genesis, action.terms)
    if fault:
        raise Refused(fault, code="bad_together_terms")
    entry = context.get(TOGETHER_TERMS_TABLE, ONLY)
    if action.terms == entry.terms:
        raise Refused("these rules hold already", code="unchanged")
    if context.count(OPEN_SEASON) < entry.since <= season_now(context):
        raise Refused("the season before the present rules is not closed yet", code="season_open")


def set_terms(context: Context, action: SetTogetherTerms) -> None:
    """Carry out a vote: from the next season on; rules that were to begin then are replaced (TG2)."""
    check_terms(context, action)
    since = season_now(context) + 1
    entry = context.get(TOGETHER_TERMS_TABLE, ONLY)
    before = entry.before if entry.since == since else entry.terms
    context.state.put(TOGETHER_TERMS_TABLE, ONLY, TogetherTermsEntry(before, action.terms, since))
    context.emit(TogetherTermsSet(since, len(action.terms.prizes)))
