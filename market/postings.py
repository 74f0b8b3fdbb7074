"""What the market's events move; the tokens of orders are locks, which the bank's tables say."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.bank.schema import Asset
from ledger.chain.postings import AVAILABLE, Posting, Postings, Tokens, transfer
from market.escrow import ORDER_LOCK, asset_of
from market.events import OrderCancelled, OrderExpired, OrderPlaced, OrderReplaced, Traded
from market.types import Side

_ORDER: Final = ORDER_LOCK.name
_ENT, _EEURO = Tokens(Asset.ENT), Tokens(Asset.EEURO)

Lines = tuple[Posting, ...]


def _lock(owner: bytes, side: int, amount: int) -> Lines:
    return transfer(Tokens(asset_of(Side(side))), (owner, AVAILABLE), (owner, _ORDER), amount)


def _placed(event: OrderPlaced, _fee_asset: int) -> Lines:
    return _lock(event.owner, event.side, event.locked)


def _ended(event: OrderCancelled | OrderExpired, _fee_asset: int) -> Lines:
    return _lock(event.owner, event.side, -event.unlocked)


def _replaced(event: OrderReplaced, _fee_asset: int) -> Lines:
    return _lock(event.owner, event.side, event.locked - event.unlocked)


def _traded(event: Traded, _fee_asset: int) -> Lines:
    return (
        *transfer(_ENT, (event.seller, _ORDER), (event.buyer, AVAILABLE), event.quantity),
        *transfer(_EEURO, (event.buyer, _ORDER), (event.seller, AVAILABLE), event.payment),
        *transfer(_EEURO, (event.buyer, _ORDER), (event.buyer, AVAILABLE), event.released),
    )


MARKET_POSTINGS: Final[Postings] = MappingProxyType(
    {
        OrderPlaced: _placed,
        Traded: _traded,
        OrderCancelled: _ended,
        OrderExpired: _ended,
        OrderReplaced: _replaced,
    }
)
