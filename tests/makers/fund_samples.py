"""Samples of what is sent and decided of the fund, for the vectors (`make_vectors`)."""

from __future__ import annotations

from msgspec.structs import replace

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.encoding.codec import Value
from ledger.fund import payloads as f
from ledger.fund.terms import BudgetPeriod, FeeSplit, NewcomerTerms


def fund_samples(candidate: bytes) -> dict[str, tuple[str, Value, int]]:
    """By name: sender, payload, nonce."""
    sponsored = f.SponsorAdmission(candidate, CURRENCY_ASSET, 10**10)
    return {
        "sponsor_admission": ("A", sponsored, 31),
        "sponsor_admission/withdrawn": ("A", replace(sponsored, most=0), 32),
    }


def fund_actions(who: bytes, other: bytes, bank: bytes) -> dict[str, Value]:
    """What voters decide of the fund."""
    return {
        "spend_fund": f.SpendFund(who, CURRENCY_ASSET, 4 * 10**10, "repairs", "invoice 2026-117"),
        "set_fund_budget": f.SetFundBudget("repairs", CURRENCY_ASSET, 6 * 10**10, BudgetPeriod.MONTH),
        "set_fund_budget/none": f.SetFundBudget("a" * 32, ENERGY_ASSET, 0, BudgetPeriod.NONE),
        "set_fee_split": f.SetFeeSplit(FeeSplit(500_000, 200_000, 300_000)),
        "set_market_commission": f.SetMarketCommission(5_000),
        "set_newcomer_terms": f.SetNewcomerTerms(NewcomerTerms(CURRENCY_ASSET, 10**10, 2 * 10**9, 0)),
        "admit_sponsored": f.AdmitSponsored(who, other, who),
        "mint_by_vote": f.MintByVote(who, CURRENCY_ASSET, 10**10, "statement 12, line 3"),
        "burn_by_vote": f.BurnByVote(who, CURRENCY_ASSET, 10**9, "r" * 64),
        "return_by_vote": f.ReturnByVote(who, CURRENCY_ASSET, 1),
        "remove_banker": f.RemoveBanker(bank),
    }
