"""Resolutions opened, withdrawn, closed at their deadline and forgotten later (rules RE1, RE4, RE5, RE7)."""

from __future__ import annotations

import msgspec

from ledger.chain.context import Context, in_range
from ledger.chain.counters import change_count, counted
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.schema import Link
from ledger.chain.sweeps import begin_sweep
from ledger.encoding.shown_text import folded
from ledger.errors import Refused
from ledger.governance.members import is_voter
from ledger.resolutions.ballots import has_ballot, outcome_of
from ledger.resolutions.events import ResolutionClosed, ResolutionOpened, ResolutionWithdrawn
from ledger.resolutions.genesis import RESOLUTIONS_SECTION, Openers
from ledger.resolutions.limits import (
    FORGOTTEN_BALLOTS,
    KEPT_MS,
    MAX_OPEN_PER_OPENER,
    MAX_OPEN_RESOLUTIONS,
    MAX_VOTING_MS,
    MIN_VOTING_MS,
)
from ledger.resolutions.open_resolutions import open_resolution
from ledger.resolutions.payloads import Majority, OpenResolution, WithdrawResolution
from ledger.resolutions.schema import (
    BALLOT_SWEEP,
    BALLOTS,
    DEADLINE_DUE,
    FORGET_DUE,
    OPEN_COUNT,
    OPEN_RESOLUTIONS,
    OPENED_RESOLUTIONS,
    RESOLUTION_NUMBERS,
    RESOLUTIONS,
    Resolution,
    ResolutionOutcome,
)
from ledger.resolutions.weights import BALLOT_FORGOTTEN, RESOLUTION_CHANGE
from ledger.state.table import big_endian


def do_open_resolution(context: Context, payload: OpenResolution) -> None:
    """Ask the members (RE1)."""
    opener = context.sender
    _check_opener(context, opener)
    _check_options(payload.options)
    if not context.time_ms + MIN_VOTING_MS <= payload.deadline_ms <= context.time_ms + MAX_VOTING_MS:
        raise Refused("members have between an hour and 100 days to vote", code="bad_deadline")
    if context.count(OPEN_COUNT) >= MAX_OPEN_RESOLUTIONS:
        raise Refused(f"at most {MAX_OPEN_RESOLUTIONS} resolutions may be open", code="too_many_resolutions")
    if counted(context.state, opener, OPENED_RESOLUTIONS) >= MAX_OPEN_PER_OPENER:
        raise Refused(f"at most {MAX_OPEN_PER_OPENER} resolutions of one account", code="too_many_resolutions")
    context.charge(RESOLUTION_CHANGE)
    number = context.next_number(RESOLUTION_NUMBERS)
    key = big_endian(number)
    context.state.put(
        RESOLUTIONS,
        key,
        Resolution(
            number, opener, payload.title, payload.text_hash, payload.options, payload.majority, payload.quorum,
            context.time_ms, payload.deadline_ms, (0,) * len(payload.options), 0, ResolutionOutcome.OPEN, 0,
        ),
    )  # fmt: skip
    context.state.put(OPEN_RESOLUTIONS, key, Link(b""))
    context.change_count(OPEN_COUNT, 1)
    change_count(context.state, opener, OPENED_RESOLUTIONS, 1)
    schedule(context, payload.deadline_ms, DEADLINE_DUE, number, key)
    context.emit(ResolutionOpened(number, opener, payload.title, payload.text_hash, payload.deadline_ms))


def _check_opener(context: Context, opener: bytes) -> None:
    """Who may ask stands in the genesis; a voter always may (RE1)."""
    members_ask = RESOLUTIONS_SECTION.of(context.genesis).opened_by == Openers.MEMBERS
    if not (is_voter(context, opener) or (members_ask and has_ballot(context, opener))):
        raise Refused("only voters may ask the members here", code="not_an_opener")


def _check_options(options: tuple[str, ...]) -> None:
    shown = [folded(" ".join(option.split())) for option in options]
    if not all(shown) or len(set(shown)) < len(shown):
        raise Refused("two options read the same, or one shows nothing", code="bad_options")


def do_withdraw_resolution(context: Context, payload: WithdrawResolution) -> None:
    """Take it back while nobody else has voted (RE4)."""
    found = open_resolution(context, payload.resolution)
    if found.opened_by != context.sender:
        raise Refused("only who has asked may take it back", code="not_yours")
    key = big_endian(found.number)
    own = context.state.get(BALLOTS, key + found.opened_by)
    if sum(found.ballots) + found.abstentions > (own is not None):
        raise Refused("somebody else has voted already", code="ballots_cast")
    context.charge(RESOLUTION_CHANGE)
    if own is not None:
        context.state.delete(BALLOTS, key + found.opened_by)
    _no_longer_open(context, found)
    cancel_expiry(context, found.deadline_ms, DEADLINE_DUE, found.number)
    context.state.delete(RESOLUTIONS, key)
    context.emit(ResolutionWithdrawn(found.number, found.opened_by))


def deadline_due(context: Context, key: bytes) -> None:
    """Count (RE5); the ballots themselves go, the outcome stays for a while (RE7)."""
    context.charge(RESOLUTION_CHANGE)
    found = context.get(RESOLUTIONS, key)
    outcome, decided = outcome_of(found.ballots, found.abstentions, found.quorum, Majority(found.majority))
    _no_longer_open(context, found)
    context.state.put(RESOLUTIONS, key, msgspec.structs.replace(found, outcome=outcome, decided=decided))
    schedule(context, in_range(found.deadline_ms + KEPT_MS), FORGET_DUE, found.number, key)
    if context.state.first(BALLOTS, key) is not None:
        begin_sweep(context, BALLOT_SWEEP, key)
    context.emit(ResolutionClosed(found.number, outcome, decided, found.ballots, found.abstentions))


def _no_longer_open(context: Context, found: Resolution) -> None:
    context.state.delete(OPEN_RESOLUTIONS, big_endian(found.number))
    context.change_count(OPEN_COUNT, -1)
    change_count(context.state, found.opened_by, OPENED_RESOLUTIONS, -1)


def ballots_step(context: Context, key: bytes) -> bool:
    """Forget who voted for what; whether more is left (RE7)."""
    for _ in range(FORGOTTEN_BALLOTS):
        ballot = context.state.first(BALLOTS, key)
        if ballot is None:
            return False
        context.charge(BALLOT_FORGOTTEN)
        context.state.delete(BALLOTS, ballot)
    return context.state.first(BALLOTS, key) is not None


def forget_due(context: Context, key: bytes) -> None:
    """The outcome has stood long enough (RE7)."""
    context.charge(RESOLUTION_CHANGE)
    context.state.delete(RESOLUTIONS, key)
