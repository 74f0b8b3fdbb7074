"""Tests of the limits of debts and of the grid account; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.chain import ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.balances import mint
from ledger.chain.protocol import context_at
from ledger.debts import limits as debt_limits
from ledger.debts.pools import DebtPool
from ledger.debts.rules import claim, division_step, pay_in

POOL: Final = DebtPool(150, 1)


def max_claims_at_once() -> None:
    for count, more in ((debt_limits.MAX_CLAIMS_AT_ONCE, False), (debt_limits.MAX_CLAIMS_AT_ONCE + 1, True)):
        chain = ChainFixture(make_genesis())
        context = context_at(chain.registry, chain.state, chain.genesis, 10, chain.time_ms)
        for number in range(count):
            claim(context, POOL, address(f"claimant {number}"), CURRENCY_ASSET, 10)
        mint(context.state, address("payer"), CURRENCY_ASSET, count)
        assert pay_in(context, POOL, address("payer"), CURRENCY_ASSET, count) == count
        assert division_step(context, POOL.key) == more


GRID_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_CLAIMS_AT_ONCE": (max_claims_at_once,),
}
