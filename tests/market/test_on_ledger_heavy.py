"""Orders whose trades make others do more than one transaction may: refused whole, and no chain stops."""

from __future__ import annotations

import pytest

from harness.chain import address
from ledger.bank.points import CURRENCY_CAME_IN
from ledger.chain.context import Context
from ledger.chain.numbers import Places
from ledger.chain.registry import Module
from tests.market.on_ledger import buy, ent, market_chain, sell


@pytest.mark.parametrize("buying", [True, False], ids=["who rests gets", "who arrives gets"])
def test_an_order_that_makes_too_many_pay_their_debts_is_refused(buying: bool) -> None:
    """What comes in pays debts, and each weighs: sellers may owe more than one transaction may do (W2, DB2)."""

    def pay(context: Context, account: bytes, _asset: int) -> None:
        context.charge(context.genesis.block_weight // 2 if account == address("A") else 0)

    chain = market_chain(modules=(Module("owing", Places(220), hooks=(CURRENCY_CAME_IN.by(pay),)),))
    orders = ("A", sell("1", "1")), ("B", buy("1", "1"))
    resting, arriving = orders if buying else reversed(orders)
    chain.do(*resting)
    before = ent(chain, "A"), ent(chain, "B")
    assert chain.try_(*arriving).code == "too_heavy"
    assert (ent(chain, "A"), ent(chain, "B")) == before
    assert chain.do("C", buy("1", "0.5")).code == ""
