"""Fund: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.models import At, Int


class FundTermsView(TypedDict):
    """Who gets fees, and the market's commission, in parts per 10^6; what an admission costs and brings, in `asset`."""

    proposer: Int
    committee: Int
    fund: Int
    commission: Int
    asset: str
    symbol: str
    admission_fee: Amount
    referral_reward: Amount
    starter_grant: Amount


class FundBookView(TypedDict):
    """What the fund has of an asset; since it is there, what came in (`fees`, `commission`, `admissions`, and `gifts`:
    all else) and what went out (`spent`, `rewards`, `grants`, `prizes`). `is_owed`: admission fees that are to come.
    """

    asset: str
    symbol: str
    available: Amount
    fees: Amount
    commission: Amount
    admissions: Amount
    gifts: Amount
    spent: Amount
    rewards: Amount
    grants: Amount
    prizes: Amount
    is_owed: Amount


class FundBudgetView(TypedDict):
    """A budget: of `amount` in a `period` (`month`, `quarter`, `year`, `once`) `spent` in the one that runs."""

    purpose: str
    asset: str
    symbol: str
    period: str
    amount: Amount
    spent: Amount


class FundView(At):
    """The fund. `terms`: those of the block that comes. `voters_issue`: voters mint and burn while there is no banker.
    `fee_account`: where the fees of a block lie until its end.
    """

    account: str
    fee_account: str
    voters_issue: bool
    terms: FundTermsView
    books: list[FundBookView]
    budgets: list[FundBudgetView]


class FundSpendView(TypedDict):
    """A payment out of the fund, and the number of the vote that decided it."""

    number: Int
    vote: Int
    recipient: str
    asset: str
    symbol: str
    amount: Amount
    purpose: str
    reference: str
    time_ms: TimeMs


class FundSpends(At):
    """A page of payments by number."""

    spends: list[FundSpendView]
    next: str | None


class SponsorshipView(TypedDict):
    """Whose admission fee an account has agreed to pay, and up to how much."""

    candidate: str
    asset: str
    symbol: str
    most: Amount


class Sponsorships(At):
    """A page of whom an account sponsors."""

    account: str
    sponsorships: list[SponsorshipView]
    next: str | None
