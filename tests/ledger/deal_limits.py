"""Tests of the limits of deals and swaps; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.deals import limits
from ledger.deals.payloads import DisputeDeal, ReleaseDeal
from tests.support.deal_chain import PROOF, DealChain


def max_open_deals() -> None:
    chain = DealChain()
    for _ in range(limits.MAX_OPEN_DEALS):
        assert chain.open(amount=1, fee=0).applied
    assert chain.open(amount=1, fee=0).code == "too_many_deals"
    assert chain.open("A", amount=1, fee=0).applied
    assert chain.try_("B", ReleaseDeal(1)).applied
    assert chain.open(amount=1, fee=0).applied


def max_open_swaps() -> None:
    chain = DealChain()
    for _ in range(limits.MAX_OPEN_SWAPS):
        assert chain.offer(amount=1, price=1).applied
    assert chain.offer(amount=1, price=1).code == "too_many_swaps"
    assert chain.offer("C", amount=1, price=1).applied


def max_deal_ms() -> None:
    chain = DealChain()
    latest_ms = chain.time_ms + 1000 + limits.MAX_DEAL_MS
    assert chain.open(deadline_ms=latest_ms + 1).code == "bad_deal_deadline"
    assert chain.open(deadline_ms=latest_ms + 1000).applied
    assert chain.offer(expires_ms=chain.time_ms + 1001 + limits.MAX_DEAL_MS).code == "bad_deal_deadline"
    assert chain.offer(expires_ms=chain.time_ms + 1000 + limits.MAX_DEAL_MS).applied


def ruling_ms() -> None:
    chain = DealChain()
    assert chain.open().applied
    assert chain.try_("B", DisputeDeal(1, PROOF)).applied
    chain.block(after_ms=limits.RULING_MS - 1)
    assert chain.deal() is not None
    chain.block(after_ms=1)
    assert chain.deal() is None


DEAL_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_OPEN_DEALS": (max_open_deals,),
    "MAX_OPEN_SWAPS": (max_open_swaps,),
    "MAX_DEAL_MS": (max_deal_ms,),
    "RULING_MS": (ruling_ms,),
}
