"""What the codes of bills mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

BILLING_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "not_a_treasurer": "Only a treasurer may do this; voters appoint treasurers.",
            "too_many_treasurers": "There are as many treasurers as there may be.",
            "last_treasurer": "The last treasurer cannot go; vote for another one first.",
            "bill_number": "Another run took the number meanwhile; make the bills anew.",
            "empty_period": "The period ends before it begins.",
            "period_open": "The period is not over in the chain's time.",
            "period_gap": "The period does not begin where the last run's ended.",
            "bill_account": "Bills are paid to the account that the section names.",
            "unknown_bill": "No bill has this number.",
            "entry_noted": "The bank's entry was noted already.",
        }
    ),
)
