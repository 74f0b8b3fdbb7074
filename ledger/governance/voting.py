"""Voting (rules O1-O8): an action passes when twice its yes exceed the voters; the passing vote carries it out."""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context, in_range
from ledger.chain.counters import change_count, counted
from ledger.chain.decision import Decision
from ledger.chain.expiries import cancel_expiry, schedule
from ledger.chain.schema import COUNTERS, AccountCounter, Counter, Link
from ledger.chain.sweeps import begin_sweep
from ledger.encoding.codec import Value, encode
from ledger.errors import Refused
from ledger.governance.events import VoteCast, VoteClosed, VoteOpened, VoterChanged
from ledger.governance.genesis import GOVERNANCE_SECTION
from ledger.governance.limits import MAX_ALL_OPEN_VOTES, MAX_OPEN_VOTES, MAX_VOTERS
from ledger.governance.members import admit, check_no_meter, is_voter
from ledger.governance.parameters import VOTE_LIFETIME
from ledger.governance.payloads import CastVote
from ledger.governance.schema import JUDGING_SWEEP, VOTE_ACTIONS, VOTE_DUE, VOTERS, VOTES, Vote, VoteOutcome, Voter
from ledger.governance.weights import JUDGEMENT, VOTE_END, VOTE_OPENING
from ledger.keys.crypto import tagged_hash
from ledger.state.table import big_endian

VOTER_COUNT: Final = b"voters"


JUDGED: Final = b"judged"
"""While the open votes are judged again: the number of the last one that was."""

OPEN_VOTES: Final = AccountCounter(24, "open_votes")
"""Votes that an account has opened and that still run."""


def action_hash(action: bytes) -> bytes:
    """What names the open vote on an action."""
    return tagged_hash(b"nodechain/action", action)


def do_cast_vote(context: Context, payload: CastVote) -> None:
    """Say yes or withdraw; saying the same again changes nothing (O1)."""
    voter = context.sender
    if not is_voter(context, voter):
        raise Refused("only voters vote", code="not_a_voter")
    data = encode(payload.action)
    number = _open_vote_on(context, data)
    if number is None:
        if not payload.approve:
            raise Refused("no vote on this action is open", code="no_vote")
        number = _open(context, voter, payload.action, data)
    vote = context.get(VOTES, number)
    said = voter in vote.yes
    if said == payload.approve:
        return
    yes = tuple(sorted({*vote.yes, voter})) if payload.approve else tuple(v for v in vote.yes if v != voter)
    context.state.put(VOTES, number, Vote(vote.number, vote.action, vote.opened_by, vote.expires_ms, yes))
    context.emit(VoteCast(vote.number, voter, payload.approve))
    _judge_all(context, number)


def vote_on(context: Context, action: Value) -> int:
    """The number of the vote that is just carried out, for an action that names it."""
    link = context.state.get(VOTE_ACTIONS, action_hash(encode(action)))
    return 0 if link is None else int.from_bytes(link.target, "big")


def _open_vote_on(context: Context, action: bytes) -> bytes | None:
    """The key of the open vote on an action; one that is overdue is closed on the way (O6, D1)."""
    link = context.state.get(VOTE_ACTIONS, action_hash(action))
    if link is None:
        return None
    if context.get(VOTES, link.target).expires_ms <= context.time_ms:
        _close(context, link.target, VoteOutcome.EXPIRED)
        return None
    return link.target


def _open(context: Context, voter: bytes, action: Value, data: bytes) -> bytes:
    """Open a vote on what could be carried out now (O2), as long as the voter may (O7)."""
    most = min(MAX_OPEN_VOTES, MAX_ALL_OPEN_VOTES // context.count(VOTER_COUNT))
    if counted(context.state, voter, OPEN_VOTES) >= most:
        raise Refused(f"at most {most} votes of one voter may be open", code="too_many_votes")
    _decision(context, action).check(context, action)
    context.charge(VOTE_OPENING)
    number = context.next_number(b"vote")
    key = big_endian(number)
    expires = in_range(context.time_ms + context.parameter(VOTE_LIFETIME))
    context.state.put(VOTES, key, Vote(number, data, voter, expires, ()))
    context.state.put(VOTE_ACTIONS, action_hash(data), Link(key))
    schedule(context, expires, VOTE_DUE, number, key)
    change_count(context.state, voter, OPEN_VOTES, 1)
    context.emit(VoteOpened(number, voter, data, expires))
    return key


def _close(context: Context, key: bytes, outcome: VoteOutcome, code: str = "") -> None:
    vote = context.get(VOTES, key)
    context.charge(VOTE_END)
    context.state.delete(VOTES, key)
    context.state.delete(VOTE_ACTIONS, action_hash(vote.action))
    cancel_expiry(context, vote.expires_ms, VOTE_DUE, vote.number)
    change_count(context.state, vote.opened_by, OPEN_VOTES, -1)
    context.emit(VoteClosed(vote.number, vote.action, outcome, code))


def _judge_all(context: Context, changed: bytes) -> None:
    """Judge one vote; if that changed the voters, all open ones in order of opening, until nothing moves (O4).

    What does not fit into the transaction is judged in the next blocks (D2): each may end sessions and orders.
    """
    if not _judge(context, changed):
        return
    begun = context.state.get(COUNTERS, JUDGED) is not None
    context.state.put(COUNTERS, JUDGED, Counter(0))
    if begun:
        return
    while context.has_room():
        if not judging_step(context, b""):
            return
    begin_sweep(context, JUDGING_SWEEP, b"")


def judging_step(context: Context, _subject: bytes) -> bool:
    """Judge the vote after the last one that was judged, from the first again if the voters changed; whether there may
    be more."""
    last = context.get(COUNTERS, JUDGED).value
    key = next(context.state.scan(VOTES, after=big_endian(last)), None)
    if key is None:
        context.state.delete(COUNTERS, JUDGED)
        return False
    context.charge(JUDGEMENT)
    context.state.put(COUNTERS, JUDGED, Counter(int.from_bytes(key, "big")))
    if _judge(context, key):
        context.state.put(COUNTERS, JUDGED, Counter(0))
    return True


def _judge(context: Context, key: bytes) -> bool:
    """Carry out a vote that has passed (O3, O5) or close one without a yes (O8); say whether the voters changed."""
    vote = context.get(VOTES, key)
    if vote.expires_ms <= context.time_ms:
        _close(context, key, VoteOutcome.EXPIRED)
        return False
    if not vote.yes:
        _close(context, key, VoteOutcome.WITHDRAWN)
        return False
    if 2 * len(vote.yes) <= context.count(VOTER_COUNT):
        return False
    voters = context.count(VOTER_COUNT)
    action = context.hooks.actions.decode_trusted(vote.action)
    mark = context.mark()
    try:
        _decision(context, action).carry_out(context, action)
    except Refused as refusal:
        context.undo(mark)
        _close(context, key, VoteOutcome.FAILED, refusal.code)
        return False
    _close(context, key, VoteOutcome.PASSED)
    return context.count(VOTER_COUNT) != voters


def vote_due(context: Context, subject: bytes) -> None:
    """A vote has run out of time (O6)."""
    _close(context, subject, VoteOutcome.EXPIRED)


def _decision(context: Context, action: Value) -> Decision:
    decision: Decision = context.hooks.decisions[type(action)]
    return decision


def check_new_voter(context: Context, address: bytes) -> None:
    """Refuse what would change nothing, or go beyond the limit."""
    check_no_meter(context, address)
    if is_voter(context, address):
        raise Refused("the address is a voter already", code="already_voter")
    if context.count(VOTER_COUNT) >= MAX_VOTERS:
        raise Refused(f"at most {MAX_VOTERS} voters", code="too_many_voters")


def add_voter(context: Context, address: bytes) -> None:
    """Give the voter role; genesis does it without a vote."""
    check_new_voter(context, address)
    context.state.put(VOTERS, address, Voter(context.height))
    context.change_count(VOTER_COUNT, 1)
    context.emit(VoterChanged(address, True))


def check_voter_removal(context: Context, address: bytes) -> None:
    """Refuse to remove who is no voter, or the last one."""
    if not is_voter(context, address):
        raise Refused("the address is no voter", code="unknown_voter")
    if context.count(VOTER_COUNT) == 1:
        raise Refused("the last voter cannot be removed", code="last_voter")


def remove_voter(context: Context, address: bytes) -> None:
    """Carry out a vote: take the role and, from every open vote, the voter's yes (O4)."""
    check_voter_removal(context, address)
    context.state.delete(VOTERS, address)
    context.change_count(VOTER_COUNT, -1)
    for key in context.state.scan(VOTES):
        vote = context.get(VOTES, key)
        context.charge(JUDGEMENT)
        if address in vote.yes:
            yes = tuple(voter for voter in vote.yes if voter != address)
            context.state.put(VOTES, key, Vote(vote.number, vote.action, vote.opened_by, vote.expires_ms, yes))
    context.emit(VoterChanged(address, False))


def grant_first_roles(context: Context) -> None:
    """The genesis' voters and members."""
    for voter in GOVERNANCE_SECTION.of(context.genesis).voters:
        add_voter(context, voter)
    for member in GOVERNANCE_SECTION.of(context.genesis).members:
        admit(context, member)
