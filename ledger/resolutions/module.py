"""Resolutions on one page: what the module `resolutions` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import MEMBER_EXPELLED
from ledger.resolutions import limits, weights
from ledger.resolutions.ballots import do_cast_ballot, void_ballots
from ledger.resolutions.codes import RESOLUTION_CODES
from ledger.resolutions.events import RESOLUTION_EVENTS
from ledger.resolutions.genesis import RESOLUTIONS_SECTION
from ledger.resolutions.invariants import RESOLUTION_INVARIANTS
from ledger.resolutions.payloads import CastBallot, OpenResolution, ResolutionTypeNumber, WithdrawResolution
from ledger.resolutions.postings import RESOLUTION_POSTINGS
from ledger.resolutions.rules import (
    ballots_step,
    deadline_due,
    do_open_resolution,
    do_withdraw_resolution,
    forget_due,
)
from ledger.resolutions.schema import (
    BALLOT_SWEEP,
    DEADLINE_DUE,
    FORGET_DUE,
    OPEN_COUNT,
    OPENED_RESOLUTIONS,
    RESOLUTION_NUMBERS,
    RESOLUTION_TABLES,
)

RESOLUTIONS_MODULE: Final = Module(
    name="resolutions",
    places=Places(21),
    section=RESOLUTIONS_SECTION,
    types=(
        TransactionType(
            ResolutionTypeNumber.OPEN_RESOLUTION, "open_resolution", OpenResolution, do_open_resolution, MEMBER
        ),
        TransactionType(ResolutionTypeNumber.CAST_BALLOT, "cast_ballot", CastBallot, do_cast_ballot, MEMBER),
        TransactionType(
            ResolutionTypeNumber.WITHDRAW_RESOLUTION,
            "withdraw_resolution",
            WithdrawResolution,
            do_withdraw_resolution,
            MEMBER,
        ),
    ),
    tables=RESOLUTION_TABLES,
    events=RESOLUTION_EVENTS,
    counters=(OPENED_RESOLUTIONS,),
    series=(RESOLUTION_NUMBERS, OPEN_COUNT),
    due=((DEADLINE_DUE, deadline_due), (FORGET_DUE, forget_due)),
    sweeps=((BALLOT_SWEEP, ballots_step),),
    hooks=(MEMBER_EXPELLED.by(void_ballots),),
    invariants=RESOLUTION_INVARIANTS,
    postings=RESOLUTION_POSTINGS,
    limits=limits,
    weights=weights,
    codes=RESOLUTION_CODES,
)
