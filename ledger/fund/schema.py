"""Tables of the fund. Money in base units of the asset beside it, or in the key."""

from __future__ import annotations

from typing import Annotated, Any, Final

from ledger.chain.schema import AccountCounter, Link
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, Amount, AssetId, Height, Number, Plain, TimeMs
from ledger.fund.terms import BudgetPeriod, FundTerms
from ledger.state.table import Table


class FundTermsEntry(Value, frozen=True):
    """`terms` hold from the height `since` on, `before` until then."""

    before: FundTerms
    terms: FundTerms
    since: Height


class FundSpend(Value, frozen=True):
    """A payment out of the fund, by vote number `vote`, at a time; `period` is the number of its budget's, or 0."""

    number: Number
    vote: Number
    recipient: Address
    asset: AssetId
    amount: Amount
    purpose: str
    reference: str
    time_ms: TimeMs


class FundBudget(Value, frozen=True):
    """A budget: `spent` of `amount` in the period number `current`, by spends from number `first` on."""

    purpose: str
    asset: AssetId
    amount: Amount
    period: Annotated[int, BudgetPeriod]
    current: Plain
    spent: Amount
    first: Number


class Sponsorship(Value, frozen=True):
    """What a sponsor has agreed to pay at most for somebody's admission."""

    asset: AssetId
    most: Amount


class FundSum(Value, frozen=True):
    """What came in or went out by one kind, since the fund is there."""

    amount: Amount


FUND_TERMS: Final = Table(248, "fund_terms", "", FundTermsEntry)
FUND_SPENDS: Final = Table(249, "fund_spends", "number", FundSpend)
FUND_REFERENCES: Final = Table(250, "fund_references", "hash", Link)
"""By the hash of the reference: the payment that took it."""
FUND_BUDGETS: Final = Table(251, "fund_budgets", "asset purpose", FundBudget)
FUND_SUMS: Final = Table(252, "fund_sums", "asset kind", FundSum)
SPONSORSHIPS: Final = Table(253, "sponsorships", "address candidate", Sponsorship, group=20)

FUND_TABLES: Final[tuple[Table[Any], ...]] = (
    FUND_TERMS, FUND_SPENDS, FUND_REFERENCES, FUND_BUDGETS, FUND_SUMS, SPONSORSHIPS,
)  # fmt: skip

OPEN_SPONSORSHIPS: Final = AccountCounter(248, "sponsorships")
"""Whose fees an account has agreed to pay."""

SPEND_NUMBERS: Final = b"fund_spend"
BUDGET_COUNT: Final = b"fund_budgets"

ADMISSION_POOL: Final = 248
"""The kind of the pool of admission fees that are owed; its number is the asset's."""
