"""What the events of bills move: a payment on the chain, and nothing else; a bill itself only tells."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.billing.events import BillCorrected, BillPaid, BillsFinalised, PaymentRecorded, TreasurerChanged
from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer


def _paid(event: BillPaid, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.payer, AVAILABLE), (event.account, AVAILABLE), event.amount)


BILLING_POSTINGS: Final[Postings] = MappingProxyType(
    {
        BillPaid: _paid,
        BillsFinalised: nothing,
        BillCorrected: nothing,
        PaymentRecorded: nothing,
        TreasurerChanged: nothing,
    }
)
