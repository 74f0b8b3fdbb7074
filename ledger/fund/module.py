"""The fund on one page: what the module `fund` brings."""

from __future__ import annotations

from typing import Final

from ledger.bank.points import COMMISSION, COMMISSION_PAID, FEE_RECEIVER
from ledger.chain.numbers import Places
from ledger.chain.points import END_BLOCK, FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.debts.points import CLAIM_PAID, DEBT_PAID
from ledger.fund import limits, weights
from ledger.fund.account import is_account_of_fund, is_fund
from ledger.fund.codes import FUND_CODES
from ledger.fund.commission import commission, commission_paid
from ledger.fund.decisions import FUND_DECISIONS
from ledger.fund.events import FUND_EVENTS
from ledger.fund.fees import divide_fees, fee_receiver
from ledger.fund.genesis import FUND_SECTION
from ledger.fund.invariants import FUND_INVARIANTS
from ledger.fund.newcomers import do_sponsor_admission, end_sponsorships, tell_claim_paid, tell_debt_paid, welcome
from ledger.fund.payloads import FundTypeNumber, SponsorAdmission
from ledger.fund.postings import FUND_POSTINGS
from ledger.fund.schema import BUDGET_COUNT, FUND_TABLES, OPEN_SPONSORSHIPS, SPEND_NUMBERS
from ledger.fund.terms_by_vote import begin_fund
from ledger.governance.admission import MEMBER
from ledger.governance.points import ACCOUNT_KNOWN, MEMBER_ADMITTED, MEMBER_EXPELLED, ROLE_HELD

FUND_MODULE: Final = Module(
    name="fund",
    places=Places(31),
    section=FUND_SECTION,
    types=(
        TransactionType(
            FundTypeNumber.SPONSOR_ADMISSION, "sponsor_admission", SponsorAdmission, do_sponsor_admission, MEMBER
        ),
    ),
    tables=FUND_TABLES,
    events=FUND_EVENTS,
    decisions=FUND_DECISIONS,
    counters=(OPEN_SPONSORSHIPS,),
    series=(SPEND_NUMBERS, BUDGET_COUNT),
    hooks=(
        FIRST_STATE.by(begin_fund),
        ROLE_HELD.by(is_fund),
        ACCOUNT_KNOWN.by(is_account_of_fund),
        FEE_RECEIVER.by(fee_receiver),
        END_BLOCK.by(divide_fees),
        COMMISSION.by(commission),
        COMMISSION_PAID.by(commission_paid),
        MEMBER_ADMITTED.by(welcome),
        MEMBER_EXPELLED.by(end_sponsorships),
        DEBT_PAID.by(tell_debt_paid),
        CLAIM_PAID.by(tell_claim_paid),
    ),
    invariants=FUND_INVARIANTS,
    postings=FUND_POSTINGS,
    limits=limits,
    weights=weights,
    codes=FUND_CODES,
)
