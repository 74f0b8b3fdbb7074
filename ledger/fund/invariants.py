"""What must hold of the fund in every state (rule FU13)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.bank.balances import ASSET_KEYS
from ledger.chain.invariants import check_account_counters, entries
from ledger.chain.schema import COUNTERS
from ledger.debts.pools import DebtPool
from ledger.debts.schema import CLAIMS
from ledger.errors import require
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.books import sum_key
from ledger.fund.budgets import budget_key
from ledger.fund.schema import (
    ADMISSION_POOL,
    BUDGET_COUNT,
    FUND_BUDGETS,
    FUND_REFERENCES,
    FUND_SPENDS,
    FUND_SUMS,
    FUND_TERMS,
    OPEN_SPONSORSHIPS,
    SPEND_NUMBERS,
    SPONSORSHIPS,
)
from ledger.fund.spending import reference_key
from ledger.fund.terms import MILLION, FundFlow
from ledger.keys.address import ADDRESS_BYTES
from ledger.state.overlay import Reader
from ledger.state.table import big_endian


def check_payments(state: Reader) -> None:
    """Every payment has a number, a reference of its own, and is in the sums; budgets count those of their period."""
    counters = {key: value.value for key, value in entries(state, COUNTERS)}
    spends = [spend for _key, spend in entries(state, FUND_SPENDS)]
    require(
        [spend.number for spend in spends] == list(range(1, counters.get(SPEND_NUMBERS, 0) + 1)),
        "the fund's payments are not numbered in turn",
    )
    links = {key: link.target for key, link in entries(state, FUND_REFERENCES)}
    for spend in spends:
        found = links.pop(reference_key(spend.reference), None)
        require(found == big_endian(spend.number), "a payment's reference is not its own")
    require(set(links.values()) <= {big_endian(0)}, "a reference is of no payment")
    sums: Tally[bytes] = Tally()
    for spend in spends:
        sums[sum_key(spend.asset, FundFlow.SPENT)] += spend.amount
    noted = {key: entry.amount for key, entry in entries(state, FUND_SUMS)}
    require(all(amount > 0 for amount in noted.values()), "a sum of nothing has an entry")
    require({key for key in noted if key[1] == FundFlow.SPENT} == set(sums), "a sum of payments is of none")
    require(all(noted[key] == amount for key, amount in sums.items()), "the sum of payments is another")
    budgets = list(entries(state, FUND_BUDGETS))
    require(counters.get(BUDGET_COUNT, 0) == len(budgets), "budgets are miscounted")
    for key, budget in budgets:
        require(key == budget_key(budget.asset, budget.purpose), "a budget stands elsewhere")
        mine = sum(
            spend.amount
            for spend in spends
            if (spend.purpose, spend.asset) == (budget.purpose, budget.asset) and spend.number >= budget.first
        )
        require(budget.spent == mine, f"the budget {budget.purpose} counts other payments")


def check_terms(state: Reader) -> None:
    """The parts of fees are the whole; sponsors are counted."""
    for _key, entry in entries(state, FUND_TERMS):
        for terms in (entry.before, entry.terms):
            split = terms.fee_split
            require(split.proposer + split.committee + split.fund == MILLION, "the parts of fees are not the whole")
    sponsors: Tally[bytes] = Tally(key[:ADDRESS_BYTES] for key, _entry in entries(state, SPONSORSHIPS))
    check_account_counters(state, OPEN_SPONSORSHIPS, sponsors)


def check_admission_claims(state: Reader) -> None:
    """Fees of admissions are owed to the fund alone."""
    for key, _claim in entries(state, CLAIMS):
        pool = DebtPool.of(key)
        if pool.kind == ADMISSION_POOL:
            require(key == pool.key + FUND_ACCOUNT, "somebody else is owed for an admission")
            require(pool.number < len(ASSET_KEYS), "a fee is owed in no asset")


FUND_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_payments, check_terms, check_admission_claims)
