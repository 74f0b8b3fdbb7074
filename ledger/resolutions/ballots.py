"""Who has a ballot, and what is counted (rules RE3, RE5, RE6)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ledger.chain.context import Context
from ledger.errors import Refused
from ledger.governance.members import check_no_meter, is_voter
from ledger.governance.schema import MEMBERS, MemberStatus
from ledger.resolutions.events import BallotCast, BallotVoid
from ledger.resolutions.open_resolutions import open_resolution
from ledger.resolutions.payloads import ABSTENTION, CastBallot, Majority
from ledger.resolutions.points import BALLOT_CAST
from ledger.resolutions.schema import BALLOTS, OPEN_RESOLUTIONS, RESOLUTIONS, Ballot, Resolution, ResolutionOutcome
from ledger.resolutions.weights import BALLOT
from ledger.state.table import big_endian


def has_ballot(context: Context, address: bytes) -> bool:
    """Whether an account is one of those who are asked: admitted, or a voter (RE3).

    Accounts that are members by another role alone (units, validators, a group's account) belong to somebody who has a
    ballot already; on a chain that is open to all, anybody could make itself a thousand accounts.
    """
    entry = context.state.get(MEMBERS, address)
    return is_voter(context, address) or (entry is not None and entry.status == MemberStatus.ADMITTED)


def do_cast_ballot(context: Context, payload: CastBallot) -> None:
    """Vote, vote otherwise, or abstain; saying the same again changes nothing (RE3)."""
    member, key = context.sender, big_endian(payload.resolution)
    check_no_meter(context, member)
    if not has_ballot(context, member):
        raise Refused("only admitted members and voters have a ballot", code="no_ballot")
    found = open_resolution(context, payload.resolution)
    if payload.option > len(found.options):
        raise Refused(f"options are numbered 1 to {len(found.options)}; 0 abstains", code="unknown_option")
    context.charge(BALLOT)
    before = context.state.get(BALLOTS, key + member)
    if before is not None:
        if before.option == payload.option:
            return
        found = counted(found, before.option, -1)
    context.state.put(BALLOTS, key + member, Ballot(payload.option))
    context.state.put(RESOLUTIONS, key, counted(found, payload.option, 1))
    context.emit(BallotCast(payload.resolution, member, payload.option))
    if before is None:
        for follow in context.hooks.at(BALLOT_CAST):
            follow(context, member)


def void_ballots(context: Context, address: bytes) -> None:
    """An expelled member's ballots on what is still open count no more (RE6); what waits to be counted is closed."""
    for key in context.state.scan(OPEN_RESOLUTIONS):
        context.charge(BALLOT)
        ballot = context.state.get(BALLOTS, key + address)
        found = context.get(RESOLUTIONS, key)
        if ballot is None or found.deadline_ms <= context.time_ms:
            continue
        context.state.delete(BALLOTS, key + address)
        context.state.put(RESOLUTIONS, key, counted(found, ballot.option, -1))
        context.emit(BallotVoid(found.number, address))


def counted(found: Resolution, option: int, change: int) -> Resolution:
    """The resolution with so many ballots more for an option."""
    if option == ABSTENTION:
        return msgspec.structs.replace(found, abstentions=found.abstentions + change)
    ballots = (*found.ballots[: option - 1], found.ballots[option - 1] + change, *found.ballots[option:])
    return msgspec.structs.replace(found, ballots=ballots)


def outcome_of(
    ballots: Sequence[int], abstentions: int, quorum: int, majority: Majority
) -> tuple[ResolutionOutcome, int]:
    """How ballots of options decide, and the option, from 1 on, or 0 (RE5)."""
    cast, most = sum(ballots), max(ballots)
    if cast + abstentions < quorum or not cast:
        return ResolutionOutcome.NO_QUORUM, 0
    enough = {
        Majority.MOST: list(ballots).count(most) == 1,
        Majority.HALF: 2 * most > cast,
        Majority.TWO_THIRDS: 3 * most >= 2 * cast,
    }[majority]
    if not enough:
        return ResolutionOutcome.NO_MAJORITY, 0
    return ResolutionOutcome.DECIDED, list(ballots).index(most) + 1
