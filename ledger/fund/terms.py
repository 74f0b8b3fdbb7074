"""What voters set of the fund, and the words of its books."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.bank.assets import AssetNumber
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Amount, FieldUnit, Quantity
from ledger.fund.limits import MAX_COMMISSION, MAX_FUND_PURPOSE_CHARACTERS, MAX_FUND_REFERENCE_CHARACTERS

MILLION: Final = 10**6

PartsPerMillion = Annotated[int, msgspec.Meta(ge=0, le=MILLION), FieldUnit(Quantity.PARTS_PER_MILLION)]

CommissionParts = Annotated[int, msgspec.Meta(ge=0, le=MAX_COMMISSION), FieldUnit(Quantity.PARTS_PER_MILLION)]

Purpose = Annotated[str, msgspec.Meta(pattern=rf"^[a-z][a-z0-9-]{{0,{MAX_FUND_PURPOSE_CHARACTERS - 1}}}\Z")]
"""What is spent for, in one spelling, so that a budget has no twin."""

Reference = Annotated[str, msgspec.Meta(pattern=rf"^[!-~]([ -~]{{0,{MAX_FUND_REFERENCE_CHARACTERS - 2}}}[!-~])?\Z")]
"""What a payment is for on paper, as the number of an invoice; printable ASCII. The fund takes each once."""


class FeeSplit(Value, frozen=True):
    """Who gets the fees of a block, in parts per 10^6; together they are the whole."""

    proposer: PartsPerMillion
    committee: PartsPerMillion
    fund: PartsPerMillion


class NewcomerTerms(Value, frozen=True):
    """What an admission costs, and what the fund pays for it, in base units of `asset`."""

    asset: AssetNumber
    admission_fee: Amount
    referral_reward: Amount
    starter_grant: Amount


class FundTerms(Value, frozen=True):
    """All of it. `commission`: parts per 10^6 of what is paid in a trade, out of the seller's proceeds."""

    fee_split: FeeSplit
    commission: CommissionParts
    newcomers: NewcomerTerms


class BudgetPeriod(IntEnum):
    """How long a budget lasts, in calendar periods of local time (UTC where the chain has no slots)."""

    NONE = 0
    """No budget: as much as voters decide."""

    MONTH = 1
    QUARTER = 2
    YEAR = 3
    ONCE = 4
    """One period without an end."""


class FundFlow(IntEnum):
    """What came into the fund, and what went out of it, as its books name it; all else came in as gifts."""

    FEES = 1
    COMMISSION = 2
    ADMISSION = 3
    SPENT = 4
    REFERRAL = 5
    GRANT = 6
    PRIZE = 7


INCOME: Final = (FundFlow.FEES, FundFlow.COMMISSION, FundFlow.ADMISSION)
OUTLAY: Final = (FundFlow.SPENT, FundFlow.REFERRAL, FundFlow.GRANT, FundFlow.PRIZE)
