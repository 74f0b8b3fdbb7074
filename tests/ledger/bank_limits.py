"""Tests of the limits of tokens beside assets; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.chain import ChainFixture, address, make_genesis
from ledger.bank import limits
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import BurnCurrency, LockWithdrawal, MarkWithdrawal


def _asking() -> ChainFixture:
    chain = ChainFixture(make_genesis(balances=(GenesisBalance(address("A"), CURRENCY_ASSET, 100),)))
    chain.do("A", LockWithdrawal(CURRENCY_ASSET, 100))
    return chain


def max_open_marks() -> None:
    chain, mark = _asking(), MarkWithdrawal(CURRENCY_ASSET, address("A"), 1)
    chain.block([chain.tx("bank", mark) for _ in range(limits.MAX_OPEN_MARKS)])
    assert chain.try_("bank", mark).code == "too_many_marks"
    chain.do("bank", BurnCurrency(CURRENCY_ASSET, address("A"), 1, 1))
    chain.do("bank", mark)


def mark_lifetime() -> None:
    chain, burn = _asking(), BurnCurrency(CURRENCY_ASSET, address("A"), 1, 1)
    chain.do("bank", MarkWithdrawal(CURRENCY_ASSET, address("A"), 2))
    chain.do("bank", burn, after_ms=limits.MARK_LIFETIME_MS - 1)
    assert chain.try_("bank", burn, after_ms=1).code == "mark_lapsed"


BANK_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_OPEN_MARKS": (max_open_marks,),
    "MARK_LIFETIME_MS": (mark_lifetime,),
}
