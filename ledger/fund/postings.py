"""What the events of the fund move."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.bank.withdrawals import WITHDRAWAL_LOCK
from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer
from ledger.fund.events import (
    AdmissionDebtPaid,
    AdmissionFeeOwed,
    AdmissionFeePaid,
    AdmissionFeeReceived,
    BankerRemoved,
    BurnedByVote,
    CommitteeFeePaid,
    FeesDivided,
    FundBudgetSet,
    FundBurned,
    FundSpent,
    FundTermsSet,
    MintedByVote,
    NewcomerPaid,
    NewcomerUnpaid,
    ReturnedByVote,
    SponsorshipSet,
)

_WITHDRAWAL: Final = WITHDRAWAL_LOCK.name

Lines = tuple[Posting, ...]


def _move(asset: int, source: bytes, target: bytes, amount: int) -> Lines:
    return transfer(TokenMeasure(asset), (source, AVAILABLE), (target, AVAILABLE), amount) if amount else ()


def _fees_divided(event: FeesDivided, fee_asset: int) -> Lines:
    return (
        *_move(fee_asset, event.account, event.proposer, event.to_proposer),
        *_move(fee_asset, event.account, event.fund, event.to_fund),
    )


def _committee_fee(event: CommitteeFeePaid, fee_asset: int) -> Lines:
    return _move(fee_asset, event.account, event.recipient, event.amount)


def _spent(event: FundSpent, _fee_asset: int) -> Lines:
    return _move(event.asset, event.fund, event.recipient, event.amount)


def _admission_paid(event: AdmissionFeePaid, _fee_asset: int) -> Lines:
    return _move(event.asset, event.payer, event.fund, event.amount)


def _debt_paid(event: AdmissionDebtPaid, _fee_asset: int) -> Lines:
    return _move(event.asset, event.member, event.pool, event.amount)


def _received(event: AdmissionFeeReceived, _fee_asset: int) -> Lines:
    return _move(event.asset, event.pool, event.fund, event.amount)


def _newcomer_paid(event: NewcomerPaid, _fee_asset: int) -> Lines:
    return _move(event.asset, event.fund, event.recipient, event.amount)


def _minted(event: MintedByVote, _fee_asset: int) -> Lines:
    return (Posting(event.recipient, TokenMeasure(event.asset), AVAILABLE, event.amount),)


def _burned(event: BurnedByVote, _fee_asset: int) -> Lines:
    return (Posting(event.holder, TokenMeasure(event.asset), _WITHDRAWAL, -event.amount),)


def _fund_burned(event: FundBurned, _fee_asset: int) -> Lines:
    return (Posting(event.fund, TokenMeasure(event.asset), AVAILABLE, -event.amount),)


def _returned(event: ReturnedByVote, _fee_asset: int) -> Lines:
    return transfer(TokenMeasure(event.asset), (event.holder, _WITHDRAWAL), (event.holder, AVAILABLE), event.amount)


FUND_POSTINGS: Final[Postings] = MappingProxyType(
    {
        FeesDivided: _fees_divided,
        CommitteeFeePaid: _committee_fee,
        FundSpent: _spent,
        FundBudgetSet: nothing,
        FundTermsSet: nothing,
        SponsorshipSet: nothing,
        AdmissionFeePaid: _admission_paid,
        AdmissionFeeOwed: nothing,
        AdmissionDebtPaid: _debt_paid,
        AdmissionFeeReceived: _received,
        NewcomerPaid: _newcomer_paid,
        NewcomerUnpaid: nothing,
        MintedByVote: _minted,
        BurnedByVote: _burned,
        FundBurned: _fund_burned,
        ReturnedByVote: _returned,
        BankerRemoved: nothing,
    }
)
