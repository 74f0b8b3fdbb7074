"""What the market's events move; the tokens of orders are locks, which the bank's tables say."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, transfer
from market.escrow import ORDER_LOCK
from market.events import CommissionPaid, OrderCancelled, OrderExpired, OrderPlaced, OrderReplaced, Traded

_ORDER: Final = ORDER_LOCK.name

Lines = tuple[Posting, ...]


def _lock(owner: bytes, asset: int, amount: int) -> Lines:
    return transfer(TokenMeasure(asset), (owner, AVAILABLE), (owner, _ORDER), amount)


def _placed(event: OrderPlaced, _fee_asset: int) -> Lines:
    return _lock(event.owner, event.asset, event.locked)


def _ended(event: OrderCancelled | OrderExpired, _fee_asset: int) -> Lines:
    return _lock(event.owner, event.asset, -event.unlocked)


def _replaced(event: OrderReplaced, _fee_asset: int) -> Lines:
    return _lock(event.owner, event.asset, event.locked - event.unlocked)


def _traded(event: Traded, _fee_asset: int) -> Lines:
    base, quote = TokenMeasure(event.base), TokenMeasure(event.quote)
    return (
        *transfer(base, (event.seller, _ORDER), (event.buyer, AVAILABLE), event.quantity),
        *transfer(quote, (event.buyer, _ORDER), (event.seller, AVAILABLE), event.payment),
        *transfer(quote, (event.buyer, _ORDER), (event.buyer, AVAILABLE), event.released),
    )


def _commission(event: CommissionPaid, _fee_asset: int) -> Lines:
    return transfer(TokenMeasure(event.asset), (event.seller, AVAILABLE), (event.recipient, AVAILABLE), event.amount)


MARKET_POSTINGS: Final[Postings] = MappingProxyType(
    {
        OrderPlaced: _placed,
        Traded: _traded,
        OrderCancelled: _ended,
        OrderExpired: _ended,
        OrderReplaced: _replaced,
        CommissionPaid: _commission,
    }
)
