"""What happened to the fund, to fees, and at admissions. Amounts in base units."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Address, Amount, AssetId, FeeAmount, Height, Number, PerMillion
from ledger.fund.terms import BudgetPeriod, FundFlow


class FeesDivided(Event, frozen=True, tag=744):
    """The fees of a block that lay in `account`: `to_proposer` went to its `proposer`, `to_fund` to the `fund`."""

    account: Address
    proposer: Address
    fund: Address
    to_proposer: FeeAmount
    to_fund: FeeAmount


class CommitteeFeePaid(Event, frozen=True, tag=745):
    """`recipient`'s `validator` committed to the block before, and has its part of the fees in `account`."""

    account: Address
    validator: Address
    recipient: Address
    amount: FeeAmount


class FundSpent(Event, frozen=True, tag=746):
    """By `vote` the `fund` paid `amount` to `recipient`: its payment `number`."""

    number: Number
    vote: Number
    fund: Address
    recipient: Address
    asset: AssetId
    amount: Amount
    purpose: str
    reference: str


class FundBudgetSet(Event, frozen=True, tag=747):
    """`amount` is the most that is spent for `purpose` in a period; period none: it has no budget any more."""

    purpose: str
    asset: AssetId
    amount: Amount
    period: Annotated[int, BudgetPeriod]


class FundTermsSet(Event, frozen=True, tag=748):
    """From the block at `since` on: who gets how much of fees, the commission, what admissions cost and bring."""

    since: Height
    proposer: PerMillion
    committee: PerMillion
    fund: PerMillion
    commission: PerMillion
    asset: AssetId
    admission_fee: Amount
    referral_reward: Amount
    starter_grant: Amount


class SponsorshipSet(Event, frozen=True, tag=749):
    """`sponsor` agrees to pay up to `most` for the admission of `candidate`, or no longer (0)."""

    sponsor: Address
    candidate: Address
    asset: AssetId
    most: Amount


class AdmissionFeePaid(Event, frozen=True, tag=750):
    """`payer`, its sponsor or itself, paid of the fee of `member`'s admission to the `fund`."""

    payer: Address
    member: Address
    fund: Address
    asset: AssetId
    amount: Amount


class AdmissionFeeOwed(Event, frozen=True, tag=751):
    """`member` owes the `fund` so much of the fee of its admission, and pays it first from what comes in."""

    member: Address
    fund: Address
    asset: AssetId
    amount: Amount


class AdmissionDebtPaid(Event, frozen=True, tag=752):
    """`member` paid `amount` of the fee that it owed, into the `pool`."""

    member: Address
    pool: Address
    asset: AssetId
    amount: Amount


class AdmissionFeeReceived(Event, frozen=True, tag=753):
    """The `fund` got `amount` of fees that had been owed, out of the `pool`."""

    fund: Address
    pool: Address
    asset: AssetId
    amount: Amount


class NewcomerPaid(Event, frozen=True, tag=754):
    """The `fund` paid `recipient` for the admission of `member`: the referral's reward, or the starter grant."""

    fund: Address
    recipient: Address
    member: Address
    flow: Annotated[int, FundFlow]
    asset: AssetId
    amount: Amount


class NewcomerUnpaid(Event, frozen=True, tag=755):
    """The `fund` had too little, so `recipient` does not get this for the admission of `member`."""

    fund: Address
    recipient: Address
    member: Address
    flow: Annotated[int, FundFlow]
    asset: AssetId
    amount: Amount


class MintedByVote(Event, frozen=True, tag=756):
    """By `vote`, `amount` of a currency was issued to `recipient`."""

    vote: Number
    recipient: Address
    asset: AssetId
    amount: Amount
    reference: str


class BurnedByVote(Event, frozen=True, tag=757):
    """By `vote`, `amount` of a currency was destroyed in `holder`'s withdrawal lock."""

    vote: Number
    holder: Address
    asset: AssetId
    amount: Amount
    reference: str


class FundBurned(Event, frozen=True, tag=758):
    """By `vote`, `amount` of the `fund`'s own currency was destroyed."""

    vote: Number
    fund: Address
    asset: AssetId
    amount: Amount
    reference: str


class ReturnedByVote(Event, frozen=True, tag=759):
    """By `vote`, `holder` has `amount` of what it had locked for withdrawal back."""

    vote: Number
    holder: Address
    asset: AssetId
    amount: Amount


class BankerRemoved(Event, frozen=True, tag=760):
    """`address` is the banker no longer, and nobody is."""

    address: Address


FUND_EVENTS: Final[tuple[type[Event], ...]] = (
    FeesDivided, CommitteeFeePaid, FundSpent, FundBudgetSet, FundTermsSet, SponsorshipSet, AdmissionFeePaid,
    AdmissionFeeOwed, AdmissionDebtPaid, AdmissionFeeReceived, NewcomerPaid, NewcomerUnpaid, MintedByVote,
    BurnedByVote, FundBurned, ReturnedByVote, BankerRemoved,
)  # fmt: skip
