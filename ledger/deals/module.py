"""Deals and swaps on one page: what the module `deals` brings."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module, TransactionType
from ledger.deals import limits, weights
from ledger.deals.codes import DEAL_CODES
from ledger.deals.events import DEAL_EVENTS
from ledger.deals.genesis import DEALS_SECTION
from ledger.deals.invariants import DEAL_INVARIANTS
from ledger.deals.payloads import (
    CancelDeal,
    CancelSwap,
    DealTypeNumber,
    DisputeDeal,
    OfferSwap,
    OpenDeal,
    ReleaseDeal,
    RuleDeal,
    TakeSwap,
)
from ledger.deals.postings import DEAL_POSTINGS
from ledger.deals.rules import (
    deal_due,
    do_cancel_deal,
    do_dispute_deal,
    do_open_deal,
    do_release_deal,
    do_rule_deal,
)
from ledger.deals.schema import (
    DEAL_DUE,
    DEAL_LOCK,
    DEAL_NUMBERS,
    DEAL_TABLES,
    OPEN_DEALS,
    OPEN_SWAPS,
    SWAP_DUE,
    SWAP_LOCK,
    SWAP_NUMBERS,
)
from ledger.deals.swaps import cancel_swaps_of, do_cancel_swap, do_offer_swap, do_take_swap, swap_due
from ledger.governance.admission import MEMBER
from ledger.governance.points import MEMBER_EXPELLED

_N = DealTypeNumber

DEALS_MODULE: Final = Module(
    name="deals",
    places=Places(22),
    section=DEALS_SECTION,
    types=(
        TransactionType(_N.OPEN_DEAL, "open_deal", OpenDeal, do_open_deal, MEMBER, carries_memo=True),
        TransactionType(
            _N.RELEASE_DEAL, "release_deal", ReleaseDeal, do_release_deal, MEMBER, for_leavers=True, for_expelled=True
        ),
        TransactionType(
            _N.DISPUTE_DEAL, "dispute_deal", DisputeDeal, do_dispute_deal, MEMBER, for_leavers=True, for_expelled=True
        ),
        TransactionType(_N.RULE_DEAL, "rule_deal", RuleDeal, do_rule_deal, MEMBER),
        TransactionType(
            _N.CANCEL_DEAL, "cancel_deal", CancelDeal, do_cancel_deal, MEMBER, for_leavers=True, for_expelled=True
        ),
        TransactionType(_N.OFFER_SWAP, "offer_swap", OfferSwap, do_offer_swap, MEMBER, carries_memo=True),
        TransactionType(_N.TAKE_SWAP, "take_swap", TakeSwap, do_take_swap, MEMBER),
        TransactionType(_N.CANCEL_SWAP, "cancel_swap", CancelSwap, do_cancel_swap, MEMBER, for_leavers=True),
    ),
    tables=DEAL_TABLES,
    events=DEAL_EVENTS,
    purposes=(DEAL_LOCK, SWAP_LOCK),
    counters=(OPEN_DEALS, OPEN_SWAPS),
    series=(DEAL_NUMBERS, SWAP_NUMBERS),
    due=((DEAL_DUE, deal_due), (SWAP_DUE, swap_due)),
    hooks=(MEMBER_EXPELLED.by(cancel_swaps_of),),
    invariants=DEAL_INVARIANTS,
    postings=DEAL_POSTINGS,
    limits=limits,
    weights=weights,
    codes=DEAL_CODES,
)
