"""Bills on one page: what the module `billing` brings."""

from __future__ import annotations

from typing import Final

from ledger.bank.points import LINE_USED
from ledger.billing import limits
from ledger.billing.codes import BILLING_CODES
from ledger.billing.decisions import BILLING_DECISIONS
from ledger.billing.events import BILLING_EVENTS
from ledger.billing.genesis import BILLING_SECTION
from ledger.billing.invariants import BILLING_INVARIANTS
from ledger.billing.payloads import BillingTypeNumber, CorrectBill, FinaliseBills, PayBill, RecordPayment
from ledger.billing.postings import BILLING_POSTINGS
from ledger.billing.queries import is_entry_noted
from ledger.billing.rules import (
    BILL_NUMBERS,
    RUN_NUMBERS,
    TREASURER_COUNT,
    appoint_first_treasurers,
    do_correct_bill,
    do_finalise_bills,
    do_pay_bill,
    do_record_payment,
    is_treasurer,
)
from ledger.billing.schema import BILLING_TABLES
from ledger.chain.numbers import Places
from ledger.chain.points import FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import ACCOUNT_KNOWN, ROLE_HELD

BILLING: Final = Module(
    name="billing",
    places=Places(17),
    section=BILLING_SECTION,
    types=(
        TransactionType(BillingTypeNumber.FINALISE_BILLS, "finalise_bills", FinaliseBills, do_finalise_bills, MEMBER),
        TransactionType(BillingTypeNumber.CORRECT_BILL, "correct_bill", CorrectBill, do_correct_bill, MEMBER),
        TransactionType(BillingTypeNumber.PAY_BILL, "pay_bill", PayBill, do_pay_bill, MEMBER),
        TransactionType(BillingTypeNumber.RECORD_PAYMENT, "record_payment", RecordPayment, do_record_payment, MEMBER),
    ),
    tables=BILLING_TABLES,
    events=BILLING_EVENTS,
    series=(BILL_NUMBERS, RUN_NUMBERS, TREASURER_COUNT),
    decisions=BILLING_DECISIONS,
    hooks=(
        FIRST_STATE.by(appoint_first_treasurers),
        ROLE_HELD.by(is_treasurer),
        ACCOUNT_KNOWN.by(is_treasurer),
        LINE_USED.by(lambda context, reference: is_entry_noted(context.state, reference)),
    ),
    invariants=BILLING_INVARIANTS,
    postings=BILLING_POSTINGS,
    limits=limits,
    codes=BILLING_CODES,
)
