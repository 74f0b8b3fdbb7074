"""Budgets: what may be spent for a purpose in a period (rule FU6)."""

from __future__ import annotations

import msgspec

from ledger.bank.balances import ASSET_KEYS
from ledger.bank.genesis import assets_of
from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.errors import Refused
from ledger.fund.events import FundBudgetSet
from ledger.fund.limits import MAX_FUND_BUDGETS
from ledger.fund.payloads import SetFundBudget, SpendFund
from ledger.fund.schema import BUDGET_COUNT, FUND_BUDGETS, SPEND_NUMBERS, FundBudget
from ledger.fund.terms import BudgetPeriod
from ledger.fund.weights import TERMS_CHANGE
from ledger.slots.clock import clock_of, month_of_day
from ledger.slots.genesis import SLOTS_SECTION

_MONTHS = {BudgetPeriod.MONTH: 1, BudgetPeriod.QUARTER: 3, BudgetPeriod.YEAR: 12}


def budget_key(asset: int, purpose: str) -> bytes:
    """The key of a budget in `FUND_BUDGETS`."""
    return ASSET_KEYS[asset] + purpose.encode()


def period_number(context: Context, period: int) -> int:
    """Which period of its kind the block lies in, by local time where the chain has slots, else by UTC (FU6)."""
    months = _MONTHS.get(BudgetPeriod(period))
    if months is None:
        return 0
    if SLOTS_SECTION.is_in(context.genesis):
        clock = clock_of(context)
        return clock.local_month(clock.slot_of(context.time_ms)) // months
    return month_of_day(context.time_ms // DAY_MS) // months


def budget_now(context: Context, budget: FundBudget) -> FundBudget:
    """A budget as it stands in this block: nothing is spent where its period is a new one."""
    current = period_number(context, budget.period)
    if current == budget.current:
        return budget
    return msgspec.structs.replace(budget, current=current, spent=0, first=context.count(SPEND_NUMBERS) + 1)


def budget_after(context: Context, payment: SpendFund) -> FundBudget | None:
    """The purpose's budget with a payment counted, None where it has none; refused (over_fund_budget) where it is more
    than the budget leaves."""
    found = context.state.get(FUND_BUDGETS, budget_key(payment.asset, payment.purpose))
    if found is None:
        return None
    budget = budget_now(context, found)
    spent = budget.spent + payment.amount
    if spent > budget.amount:
        left = max(budget.amount - budget.spent, 0)
        raise Refused(f"{left} base units are left of the budget {budget.purpose}", code="over_fund_budget")
    return msgspec.structs.replace(budget, spent=spent)


def check_budget(context: Context, action: SetFundBudget) -> FundBudget | None:
    """Refuse an unknown asset, one budget too many, or what holds already; the budget that stands."""
    context.charge(TERMS_CHANGE)
    if action.asset > len(assets_of(context.genesis)):
        raise Refused(f"there is no asset {action.asset}", code="unknown_asset")
    before = context.state.get(FUND_BUDGETS, budget_key(action.asset, action.purpose))
    asked = (action.period, 0 if action.period == BudgetPeriod.NONE else action.amount)
    if asked == ((BudgetPeriod.NONE, 0) if before is None else (before.period, before.amount)):
        raise Refused("the purpose has this budget already, or none", code="unchanged")
    if before is None and context.count(BUDGET_COUNT) >= MAX_FUND_BUDGETS:
        raise Refused(f"at most {MAX_FUND_BUDGETS} purposes have a budget", code="too_many_fund_budgets")
    return before


def set_budget(context: Context, action: SetFundBudget) -> None:
    """Carry out a vote: it holds from now on; what was spent in the period that runs stays counted (FU6)."""
    before = check_budget(context, action)
    key = budget_key(action.asset, action.purpose)
    if action.period == BudgetPeriod.NONE:
        context.state.delete(FUND_BUDGETS, key)
        context.change_count(BUDGET_COUNT, -1)
        context.emit(FundBudgetSet(action.purpose, action.asset, 0, action.period))
        return
    if before is None:
        context.change_count(BUDGET_COUNT, 1)
    current, next_spend = period_number(context, action.period), context.count(SPEND_NUMBERS) + 1
    budget = FundBudget(action.purpose, action.asset, action.amount, action.period, current, 0, next_spend)
    if before is not None and before.period == action.period:
        budget = msgspec.structs.replace(budget_now(context, before), amount=action.amount)
    context.state.put(FUND_BUDGETS, key, budget)
    context.emit(FundBudgetSet(action.purpose, action.asset, action.amount, action.period))
