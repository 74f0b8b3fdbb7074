"""Schemes, runs and settlement on one page: what the module `sharing` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.debts.points import CLAIM_PAID, DEBT_PAID
from ledger.governance.admission import MEMBER
from ledger.sharing import credit_limits, late_limits, limits, rows_limits, weights
from ledger.sharing.absent import follow_closing
from ledger.sharing.codes import SHARING_CODES
from ledger.sharing.credit_codes import CREDIT_CODES
from ledger.sharing.credit_events import CREDIT_EVENTS
from ledger.sharing.credit_following import follow_months
from ledger.sharing.credit_invariants import CREDIT_INVARIANTS
from ledger.sharing.credit_schema import CREDIT_SWEEP, CREDIT_TABLES
from ledger.sharing.credit_settlement import credit_step
from ledger.sharing.cut_off import cut_off_due
from ledger.sharing.decisions import SHARING_DECISIONS
from ledger.sharing.events import SHARING_EVENTS
from ledger.sharing.genesis import SHARING_SECTION
from ledger.sharing.invariants import SHARING_INVARIANTS
from ledger.sharing.late_codes import LATE_CODES
from ledger.sharing.late_corrections import LATE_NUMBERS, do_correct_folded_slot, late_correction_due
from ledger.sharing.late_events import LATE_EVENTS
from ledger.sharing.late_payloads import CorrectFoldedSlot, LateTypeNumber
from ledger.sharing.late_schema import LATE_CORRECTION_DUE, LATE_TABLES
from ledger.sharing.parameters import SHARING_PARAMETERS
from ledger.sharing.payloads import ChangeScheme, SharingTypeNumber
from ledger.sharing.payments import tell_claim_paid, tell_debt_paid
from ledger.sharing.postings import CREDIT_POSTINGS, LATE_POSTINGS, ROWS_POSTINGS, SHARING_POSTINGS
from ledger.sharing.progress import follow_slots
from ledger.sharing.rows_codes import ROWS_CODES
from ledger.sharing.rows_events import ROWS_EVENTS
from ledger.sharing.rows_import import do_import_slot_rows
from ledger.sharing.rows_invariants import ROWS_INVARIANTS
from ledger.sharing.rows_payloads import ImportSlotRows, RowsTypeNumber
from ledger.sharing.rows_schema import ROWS_TABLES
from ledger.sharing.schema import CUT_OFF_DUE, RUN_TABLES, SETTLEMENT_SWEEP, SHARING_TABLES
from ledger.sharing.schemes import SCHEME_NUMBERS, do_change_scheme
from ledger.sharing.settlement import settlement_step
from ledger.slots.points import POINT_CLOSED, SLOTS_CHANGED

SHARING: Final = Module(
    name="sharing",
    places=Places(14),
    section=SHARING_SECTION,
    types=(TransactionType(SharingTypeNumber.CHANGE_SCHEME, "change_scheme", ChangeScheme, do_change_scheme, MEMBER),),
    tables=SHARING_TABLES,
    events=SHARING_EVENTS,
    parameters=SHARING_PARAMETERS,
    series=(SCHEME_NUMBERS,),
    due=((CUT_OFF_DUE, cut_off_due),),
    sweeps=((SETTLEMENT_SWEEP, settlement_step),),
    decisions=SHARING_DECISIONS,
    hooks=(
        SLOTS_CHANGED.by(follow_slots),
        POINT_CLOSED.by(follow_closing),
        DEBT_PAID.by(tell_debt_paid),
        CLAIM_PAID.by(tell_claim_paid),
    ),
    invariants=SHARING_INVARIANTS,
    postings=SHARING_POSTINGS,
    limits=limits,
    weights=weights,
    codes=SHARING_CODES,
)

SHARING_RUNS: Final = Module(name="sharing_runs", places=Places(19), part_of="sharing", tables=RUN_TABLES)

CREDIT_MODULE: Final = Module(
    name="credit",
    places=Places(26),
    part_of="sharing",
    tables=CREDIT_TABLES,
    events=CREDIT_EVENTS,
    sweeps=((CREDIT_SWEEP, credit_step),),
    hooks=(SLOTS_CHANGED.by(follow_months),),
    invariants=CREDIT_INVARIANTS,
    postings=CREDIT_POSTINGS,
    limits=credit_limits,
    codes=CREDIT_CODES,
)

LATE_CORRECTIONS_MODULE: Final = Module(
    name="late_corrections",
    places=Places(23),
    part_of="sharing",
    types=(
        TransactionType(
            LateTypeNumber.CORRECT_FOLDED_SLOT, "correct_folded_slot", CorrectFoldedSlot, do_correct_folded_slot, MEMBER
        ),
    ),
    tables=LATE_TABLES,
    events=LATE_EVENTS,
    series=(LATE_NUMBERS,),
    due=((LATE_CORRECTION_DUE, late_correction_due),),
    postings=LATE_POSTINGS,
    limits=late_limits,
    codes=LATE_CODES,
)

SLOT_ROWS_MODULE: Final = Module(
    name="slot_rows",
    places=Places(27),
    part_of="sharing",
    types=(
        TransactionType(
            RowsTypeNumber.IMPORT_SLOT_ROWS, "import_slot_rows", ImportSlotRows, do_import_slot_rows, MEMBER
        ),
    ),
    tables=ROWS_TABLES,
    events=ROWS_EVENTS,
    invariants=ROWS_INVARIANTS,
    postings=ROWS_POSTINGS,
    limits=rows_limits,
    codes=ROWS_CODES,
)
