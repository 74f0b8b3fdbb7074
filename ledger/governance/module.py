"""Members, voters and votes on one page: what the module `governance` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.points import FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.governance import limits, weights
from ledger.governance.admission import MEMBER
from ledger.governance.codes import GOVERNANCE_CODES
from ledger.governance.decisions import GOVERNANCE_DECISIONS
from ledger.governance.events import GOVERNANCE_EVENTS
from ledger.governance.genesis import GOVERNANCE_SECTION
from ledger.governance.invariants import GOVERNANCE_INVARIANTS
from ledger.governance.members import is_known, is_voter
from ledger.governance.parameters import GOVERNANCE_PARAMETERS
from ledger.governance.payloads import CastVote, GovernanceTypeNumber
from ledger.governance.points import ACCOUNT_KNOWN, ROLE_HELD
from ledger.governance.postings import GOVERNANCE_POSTINGS
from ledger.governance.schema import GOVERNANCE_TABLES, JUDGING_SWEEP, VOTE_DUE
from ledger.governance.topics import GOVERNANCE_TOPICS
from ledger.governance.voting import (
    JUDGED,
    OPEN_VOTES,
    VOTER_COUNT,
    do_cast_vote,
    grant_first_roles,
    judging_step,
    vote_due,
)

GOVERNANCE: Final = Module(
    name="governance",
    places=Places(3),
    section=GOVERNANCE_SECTION,
    types=(TransactionType(GovernanceTypeNumber.CAST_VOTE, "cast_vote", CastVote, do_cast_vote, MEMBER),),
    tables=GOVERNANCE_TABLES,
    events=GOVERNANCE_EVENTS,
    parameters=GOVERNANCE_PARAMETERS,
    counters=(OPEN_VOTES,),
    series=(VOTER_COUNT, JUDGED, b"vote"),
    due=((VOTE_DUE, vote_due),),
    sweeps=((JUDGING_SWEEP, judging_step),),
    decisions=GOVERNANCE_DECISIONS,
    hooks=(
        FIRST_STATE.by(grant_first_roles),
        ROLE_HELD.by(is_voter),
        ACCOUNT_KNOWN.by(is_known),
    ),
    invariants=GOVERNANCE_INVARIANTS,
    postings=GOVERNANCE_POSTINGS,
    topics=GOVERNANCE_TOPICS,
    limits=limits,
    weights=weights,
    codes=GOVERNANCE_CODES,
)
