"""What the codes of the fund mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

FUND_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "bad_fund_terms": "The parts of fees do not come to the whole, or the chain has no such asset.",
            "over_fund_budget": "The budget of the purpose does not leave so much in this period.",
            "fund_too_low": "The fund does not have so much.",
            "reference_used": "The fund has made a payment, or voters an issue, with this reference already.",
            "too_many_fund_budgets": "As many purposes have a budget as may.",
            "not_a_sponsor": "The account named as sponsor has not agreed to pay the admission fee, or not so much.",
            "bad_admission": "Who is admitted is not its own sponsor or referrer, and these are members.",
            "too_many_sponsorships": "The account has agreed to pay for as many as it may.",
            "voters_do_not_issue": "On this chain only a banker mints and burns.",
            "has_banker": "There is a banker, who mints and burns.",
            "no_banker": "There is no banker.",
        }
    ),
)
