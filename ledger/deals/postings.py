"""What the events of deals and swaps move: into a lock, from there to who gets it, and a swap's price."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer
from ledger.deals.events import (
    DealDisputed,
    DealEnded,
    DealOpened,
    SwapEnded,
    SwapOffered,
    SwapPaid,
    SwapPriced,
    SwapTaken,
)
from ledger.deals.schema import DEAL_LOCK, SWAP_LOCK


def _opened(event: DealOpened, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.buyer, AVAILABLE), (event.buyer, DEAL_LOCK.name), event.amount)


def _ended(event: DealEnded, _fee_asset: int) -> tuple[Posting, ...]:
    shares = ((event.seller, event.to_seller), (event.buyer, event.to_buyer), (event.arbiter, event.to_arbiter))
    return tuple(
        posting
        for account, amount in shares
        if amount
        for posting in transfer(
            TokenMeasure(event.asset), (event.buyer, DEAL_LOCK.name), (account, AVAILABLE), amount
        )
    )  # fmt: skip


def _offered(event: SwapOffered, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.owner, AVAILABLE), (event.owner, SWAP_LOCK.name), event.amount)


def _taken(event: SwapTaken, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.owner, SWAP_LOCK.name), (event.taker, AVAILABLE), event.amount)


def _paid(event: SwapPaid, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.taker, AVAILABLE), (event.owner, AVAILABLE), event.amount)


def _swap_ended(event: SwapEnded, _fee_asset: int) -> tuple[Posting, ...]:
    if not event.amount:
        return ()
    return transfer(TokenMeasure(event.asset), (event.owner, SWAP_LOCK.name), (event.owner, AVAILABLE), event.amount)


DEAL_POSTINGS: Final[Postings] = MappingProxyType(
    {
        DealOpened: _opened,
        DealDisputed: nothing,
        DealEnded: _ended,
        SwapOffered: _offered,
        SwapPriced: nothing,
        SwapTaken: _taken,
        SwapPaid: _paid,
        SwapEnded: _swap_ended,
    }
)
