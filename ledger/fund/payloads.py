"""What voters decide of the fund, and how a sponsor agrees (rules FU2 to FU12). Amounts in base units."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.bank.assets import AssetNumber
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, Amount, PositiveAmount
from ledger.fund.terms import BudgetPeriod, CommissionParts, FeeSplit, NewcomerTerms, Purpose, Reference


class FundTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    SPONSOR_ADMISSION = 744


class SponsorAdmission(Value, frozen=True):
    """Agree to pay the admission fee of `candidate`, up to `most` of `asset`, if a vote admits it with the sender as
    its sponsor; `most` 0 takes that back.
    """

    candidate: Address
    asset: AssetNumber
    most: Amount


class SpendFund(Value, frozen=True, tag=744):
    """Pay `amount` of `asset` out of the fund to a member, within the budget of `purpose`; a `reference` pays once."""

    recipient: Address
    asset: AssetNumber
    amount: PositiveAmount
    purpose: Purpose
    reference: Reference


class SetFundBudget(Value, frozen=True, tag=745):
    """Bound what is spent for `purpose` in each `period` to `amount` of `asset`; period none takes the bound away."""

    purpose: Purpose
    asset: AssetNumber
    amount: Amount
    period: Annotated[int, msgspec.Meta(ge=0, le=4), BudgetPeriod]


class SetFeeSplit(Value, frozen=True, tag=746):
    """Divide the fees of blocks among their proposer, the validators who committed, and the fund."""

    split: FeeSplit


class SetMarketCommission(Value, frozen=True, tag=747):
    """Take so many parts per 10^6 of each payment in the market out of the seller's proceeds, for the fund."""

    parts: CommissionParts


class SetNewcomerTerms(Value, frozen=True, tag=748):
    """What an admission costs, and what the fund pays to a newcomer and to who brought it."""

    terms: NewcomerTerms


class AdmitSponsored(Value, frozen=True, tag=749):
    """Admit an account as a member. `sponsor` pays its admission fee (its own address: itself), `referrer` brought it
    (its own address: nobody).
    """

    address: Address
    sponsor: Address
    referrer: Address


class MintByVote(Value, frozen=True, tag=750):
    """Issue `amount` of a currency to a member; only where there is no banker. `reference` is taken once."""

    recipient: Address
    asset: AssetNumber
    amount: PositiveAmount
    reference: Reference


class BurnByVote(Value, frozen=True, tag=751):
    """Destroy what was paid out: `amount` of a currency that `holder` locked for withdrawal, or of the fund's own."""

    holder: Address
    asset: AssetNumber
    amount: PositiveAmount
    reference: Reference


class ReturnByVote(Value, frozen=True, tag=752):
    """Give `amount` of a currency that `holder` locked for withdrawal back to it; only where there is no banker."""

    holder: Address
    asset: AssetNumber
    amount: PositiveAmount


class RemoveBanker(Value, frozen=True, tag=753):
    """The community has no banker any more: voters mint and burn."""

    address: Address
