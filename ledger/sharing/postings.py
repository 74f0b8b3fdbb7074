"""What the events of sharing move: payments to and from a scheme's pool, which is an account without a key."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer
from ledger.sharing.credit_events import CreditBooked, MonthSettled
from ledger.sharing.events import ClaimPaid, DebtPaid, SchemeChanged, ShareBooked, SlotSettled, SourcesDiffer
from ledger.sharing.late_events import FoldedSlotCorrected, LateCorrectionLapsed
from ledger.sharing.rows_events import SlotRowsImported


def _booked(event: ShareBooked | CreditBooked, _fee_asset: int) -> tuple[Posting, ...]:
    account, pool, measure = (event.account, AVAILABLE), (event.pool, AVAILABLE), TokenMeasure(event.asset)
    paid = transfer(measure, account, pool, event.paid) if event.paid else ()
    return (*paid, *(transfer(measure, pool, account, event.received) if event.received else ()))


def _debt_paid(event: DebtPaid, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.account, AVAILABLE), (event.pool, AVAILABLE), event.amount)


def _claim_paid(event: ClaimPaid, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.pool, AVAILABLE), (event.account, AVAILABLE), event.amount)


SHARING_POSTINGS: Final[Postings] = MappingProxyType(
    {
        SchemeChanged: nothing,
        SlotSettled: nothing,
        ShareBooked: _booked,
        SourcesDiffer: nothing,
        DebtPaid: _debt_paid,
        ClaimPaid: _claim_paid,
    }
)

CREDIT_POSTINGS: Final[Postings] = MappingProxyType({MonthSettled: nothing, CreditBooked: _booked})

LATE_POSTINGS: Final[Postings] = MappingProxyType({FoldedSlotCorrected: nothing, LateCorrectionLapsed: nothing})

ROWS_POSTINGS: Final[Postings] = MappingProxyType({SlotRowsImported: nothing})
