"""What voters decide of the fund (rules FU2 to FU12)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.fund.budgets import check_budget, set_budget
from ledger.fund.issuing import (
    burn_by_vote,
    check_banker_removal,
    check_burn,
    check_mint,
    check_return,
    mint_by_vote,
    remove_banker,
    return_by_vote,
)
from ledger.fund.newcomers import admit_sponsored, check_sponsored
from ledger.fund.payloads import (
    AdmitSponsored,
    BurnByVote,
    MintByVote,
    RemoveBanker,
    ReturnByVote,
    SetFeeSplit,
    SetFundBudget,
    SetMarketCommission,
    SetNewcomerTerms,
    SpendFund,
)
from ledger.fund.spending import check_spending, spend
from ledger.fund.terms_by_vote import (
    check_commission,
    check_fee_split,
    check_newcomer_terms,
    set_commission,
    set_fee_split,
    set_newcomer_terms,
)

FUND_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(SpendFund, check_spending, spend),
    Decision(SetFundBudget, check_budget, set_budget),
    Decision(SetFeeSplit, check_fee_split, set_fee_split),
    Decision(SetMarketCommission, check_commission, set_commission),
    Decision(SetNewcomerTerms, check_newcomer_terms, set_newcomer_terms),
    Decision(AdmitSponsored, check_sponsored, admit_sponsored),
    Decision(MintByVote, check_mint, mint_by_vote),
    Decision(BurnByVote, check_burn, burn_by_vote),
    Decision(ReturnByVote, check_return, return_by_vote),
    Decision(RemoveBanker, check_banker_removal, remove_banker),
)
