"""Points on one page: what the module `together` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.points import FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import MEMBER_EXPELLED
from ledger.metering.points import READINGS_BOOKED
from ledger.resolutions.points import BALLOT_CAST
from ledger.sharing.points import SHARE_BOOKED
from ledger.together import limits, weights
from ledger.together.board import do_join_board, do_leave_board, leave_expelled
from ledger.together.codes import TOGETHER_CODES
from ledger.together.decisions import TOGETHER_DECISIONS
from ledger.together.earning import ballot_cast, readings_booked, share_booked
from ledger.together.events import TOGETHER_EVENTS
from ledger.together.genesis import TOGETHER_SECTION
from ledger.together.invariants import TOGETHER_INVARIANTS
from ledger.together.payloads import JoinBoard, LeaveBoard, TogetherTypeNumber
from ledger.together.postings import TOGETHER_POSTINGS
from ledger.together.prizes import begin_together, season_due
from ledger.together.schema import BOARD_NUMBERS, OPEN_SEASON, PARTICIPANT_COUNT, SEASON_DUE, TOGETHER_TABLES

TOGETHER_MODULE: Final = Module(
    name="together",
    places=Places(35),
    section=TOGETHER_SECTION,
    types=(
        TransactionType(TogetherTypeNumber.JOIN_BOARD, "join_board", JoinBoard, do_join_board, MEMBER),
        TransactionType(
            TogetherTypeNumber.LEAVE_BOARD, "leave_board", LeaveBoard, do_leave_board, MEMBER, for_leavers=True
        ),
    ),
    tables=TOGETHER_TABLES,
    events=TOGETHER_EVENTS,
    decisions=TOGETHER_DECISIONS,
    series=(PARTICIPANT_COUNT, BOARD_NUMBERS, OPEN_SEASON),
    due=((SEASON_DUE, season_due),),
    hooks=(
        FIRST_STATE.by(begin_together),
        SHARE_BOOKED.by(share_booked),
        READINGS_BOOKED.by(readings_booked),
        BALLOT_CAST.by(ballot_cast),
        MEMBER_EXPELLED.by(leave_expelled),
    ),
    invariants=TOGETHER_INVARIANTS,
    postings=TOGETHER_POSTINGS,
    limits=limits,
    weights=weights,
    codes=TOGETHER_CODES,
)
