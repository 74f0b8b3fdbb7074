"""Tests of the limits of the fund; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.encoding.codec import Codec, encode
from ledger.errors import InvalidInput
from ledger.fund import limits
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.payloads import SetFundBudget, SetMarketCommission, SpendFund, SponsorAdmission
from ledger.fund.terms import BudgetPeriod
from ledger.governance.payloads import CastVote
from tests.support.fund_chain import FundChain


def _is_read(action: Any) -> bool:
    codec: Codec[Any] = Codec(type(action), 1_000)
    try:
        codec.decode(encode(action))
    except InvalidInput:
        return False
    return True


def max_commission() -> None:
    chain = FundChain()
    assert chain.decide(SetMarketCommission(limits.MAX_COMMISSION)).applied
    assert not _is_read(SetMarketCommission(limits.MAX_COMMISSION + 1))
    with pytest.raises(InvalidInput):
        chain.tx("A", CastVote(SetMarketCommission(limits.MAX_COMMISSION + 1), True))


def max_fund_budgets() -> None:
    chain = FundChain()
    for number in range(limits.MAX_FUND_BUDGETS):
        action = SetFundBudget(f"p{number}", CURRENCY_ASSET, 1, BudgetPeriod.YEAR)
        votes = [chain.tx(name, CastVote(action, True)) for name in "AB"]
        assert all(receipt.applied for receipt in chain.block(votes).executed.receipts[1:])
    more = SetFundBudget("another", CURRENCY_ASSET, 1, BudgetPeriod.YEAR)
    assert chain.try_("A", CastVote(more, True)).code == "too_many_fund_budgets"
    assert chain.decide(SetFundBudget("p0", CURRENCY_ASSET, 0, BudgetPeriod.NONE)).applied
    assert chain.try_("A", CastVote(more, True)).applied


def max_fund_purpose_characters() -> None:
    most = limits.MAX_FUND_PURPOSE_CHARACTERS
    assert _is_read(SpendFund(FUND_ACCOUNT, CURRENCY_ASSET, 1, "p" * most, "1"))
    assert not _is_read(SpendFund(FUND_ACCOUNT, CURRENCY_ASSET, 1, "p" * (most + 1), "1"))


def max_fund_reference_characters() -> None:
    chain, most = FundChain(), limits.MAX_FUND_REFERENCE_CHARACTERS
    assert chain.try_("D", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, ENT)).applied
    assert chain.decide(chain.spend(1, "r" * most)).applied
    assert not _is_read(chain.spend(1, "r" * (most + 1)))
    assert not _is_read(chain.spend(1, " r"))


def max_sponsorships() -> None:
    chain = FundChain()
    for number in range(limits.MAX_SPONSORSHIPS):
        assert chain.try_("D", SponsorAdmission(address(f"candidate {number}"), CURRENCY_ASSET, 1)).applied
    more = SponsorAdmission(address("another"), CURRENCY_ASSET, 1)
    assert chain.try_("D", more).code == "too_many_sponsorships"
    assert chain.try_("D", SponsorAdmission(address("candidate 0"), CURRENCY_ASSET, 0)).applied
    assert chain.try_("D", more).applied


FUND_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_COMMISSION": (max_commission,),
    "MAX_FUND_BUDGETS": (max_fund_budgets,),
    "MAX_FUND_PURPOSE_CHARACTERS": (max_fund_purpose_characters,),
    "MAX_FUND_REFERENCE_CHARACTERS": (max_fund_reference_characters,),
    "MAX_SPONSORSHIPS": (max_sponsorships,),
}
