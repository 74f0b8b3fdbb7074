"""What the codes of deals and swaps mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

DEAL_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "bad_deal": "Buyer, seller and arbiter of a deal are three different accounts.",
            "bad_deal_deadline": "A deadline lies after the block's time, and at most 400 days ahead.",
            "arbiter_fee_too_high": "The community lets arbiters have less of a deal's amount.",
            "too_many_deals": "The account has opened as many deals as may be open; wait until one ends.",
            "unknown_deal": "No deal of this number is open.",
            "not_in_deal": "Only the account that the deal names may do this.",
            "deal_over": "The deal's time is over; the buyer gets its tokens back.",
            "deal_disputed": "The deal is disputed already; its arbiter rules.",
            "deal_not_disputed": "Nobody has disputed the deal, so there is nothing to rule on.",
            "ruling_too_high": "The arbiter would give the seller more than the deal holds beside the fee.",
            "bad_swap": "A swap is of two assets, and nobody swaps with itself.",
            "too_many_swaps": "The account offers as many swaps as it may; cancel one first.",
            "unknown_swap": "No swap of this number is open.",
            "not_your_swap": "The swap is somebody else's, or offered to another account.",
            "swap_expired": "The swap has expired; what is left goes back to its owner.",
            "swap_too_small": "Less is left of the swap.",
            "swap_not_exact": "The price of this part is no whole number of base units; take a multiple of the lot.",
        }
    ),
)
