"""Schemes, runs and settlement on one page: what the module `sharing` brings."""

from __future__ import annotations

from typing import Final

from ledger.bank.points import CURRENCY_CAME_IN
from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.sharing import limits, weights
from ledger.sharing.codes import SHARING_CODES
from ledger.sharing.cut_off import cut_off_due
from ledger.sharing.decisions import SHARING_DECISIONS
from ledger.sharing.events import SHARING_EVENTS
from ledger.sharing.genesis import SHARING_SECTION
from ledger.sharing.invariants import SHARING_INVARIANTS
from ledger.sharing.parameters import SHARING_PARAMETERS
from ledger.sharing.payloads import ChangeScheme, SharingTypeNumber
from ledger.sharing.payments import SCHEME_DEBT_COUNT, distribution_step, pay_debts
from ledger.sharing.postings import SHARING_POSTINGS
from ledger.sharing.progress import follow_slots
from ledger.sharing.schema import CUT_OFF_DUE, DISTRIBUTION_SWEEP, SETTLEMENT_SWEEP, SHARING_TABLES
from ledger.sharing.schemes import SCHEME_NUMBERS, do_change_scheme
from ledger.sharing.settlement import settlement_step
from ledger.slots.points import SLOTS_CHANGED

SHARING: Final = Module(
    name="sharing",
    places=Places(14),
    section=SHARING_SECTION,
    types=(TransactionType(SharingTypeNumber.CHANGE_SCHEME, "change_scheme", ChangeScheme, do_change_scheme, MEMBER),),
    tables=SHARING_TABLES,
    events=SHARING_EVENTS,
    parameters=SHARING_PARAMETERS,
    counters=(SCHEME_DEBT_COUNT,),
    series=(SCHEME_NUMBERS,),
    due=((CUT_OFF_DUE, cut_off_due),),
    sweeps=((SETTLEMENT_SWEEP, settlement_step), (DISTRIBUTION_SWEEP, distribution_step)),
    decisions=SHARING_DECISIONS,
    hooks=(SLOTS_CHANGED.by(follow_slots), CURRENCY_CAME_IN.by(pay_debts)),
    invariants=SHARING_INVARIANTS,
    postings=SHARING_POSTINGS,
    limits=limits,
    weights=weights,
    codes=SHARING_CODES,
)
