"""What the bank's events move, and what its tables say that everybody holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ledger.bank.events import (
    BankerChanged,
    CurrencyBurned,
    CurrencyMinted,
    FeePaid,
    MarkLapsed,
    ReservesAttested,
    Transferred,
    WithdrawalLocked,
    WithdrawalMarked,
    WithdrawalReturned,
    WithdrawalSettled,
    WithdrawalTakenBack,
    WithdrawalUnlocked,
)
from ledger.bank.schema import BALANCES
from ledger.bank.withdrawals import WITHDRAWAL_LOCK
from ledger.chain.invariants import entries
from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer
from ledger.chain.schema import LOCKS, Purpose
from ledger.state.full_key import number_at
from ledger.state.overlay import Reader

_WITHDRAWAL: Final = WITHDRAWAL_LOCK.name


def _fee_paid(event: FeePaid, fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(fee_asset), (event.payer, AVAILABLE), (event.account, AVAILABLE), event.amount)


def _transferred(event: Transferred, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.sender, AVAILABLE), (event.recipient, AVAILABLE), event.amount)


def _minted(event: CurrencyMinted, _fee_asset: int) -> tuple[Posting, ...]:
    return (Posting(event.recipient, TokenMeasure(event.asset), AVAILABLE, event.amount),)


def _burned(event: CurrencyBurned | WithdrawalSettled, _fee_asset: int) -> tuple[Posting, ...]:
    return (Posting(event.holder, TokenMeasure(event.asset), _WITHDRAWAL, -event.amount),)


def _locked(event: WithdrawalLocked, _fee_asset: int) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.holder, AVAILABLE), (event.holder, _WITHDRAWAL), event.amount)


def _unlocked(
    event: WithdrawalUnlocked | WithdrawalTakenBack | WithdrawalReturned, _fee_asset: int
) -> tuple[Posting, ...]:
    return transfer(TokenMeasure(event.asset), (event.holder, _WITHDRAWAL), (event.holder, AVAILABLE), event.amount)


BANK_POSTINGS: Final[Postings] = MappingProxyType(
    {
        FeePaid: _fee_paid,
        Transferred: _transferred,
        CurrencyMinted: _minted,
        CurrencyBurned: _burned,
        WithdrawalLocked: _locked,
        WithdrawalUnlocked: _unlocked,
        BankerChanged: nothing,
        WithdrawalMarked: nothing,
        WithdrawalTakenBack: _unlocked,
        MarkLapsed: nothing,
        WithdrawalSettled: _burned,
        WithdrawalReturned: _unlocked,
        ReservesAttested: nothing,
    }
)


def bank_holdings(state: Reader, purposes: Mapping[int, Purpose]) -> Iterator[Posting]:
    """All balances and locks."""
    for key, balance in entries(state, BALANCES):
        yield Posting(key[:20], TokenMeasure(key[20]), AVAILABLE, balance.available)
    for key, lock in entries(state, LOCKS):
        yield Posting(key[:20], TokenMeasure(key[20]), purposes[number_at(key, 21)].name, lock.amount)
