"""Tokens on one page: what the module `bank` brings."""

from __future__ import annotations

from typing import Final

from ledger.bank import limits, weights
from ledger.bank.balances import holds_tokens
from ledger.bank.checks import is_banker
from ledger.bank.codes import BANK_CODES
from ledger.bank.decisions import BANK_DECISIONS
from ledger.bank.events import BANK_EVENTS
from ledger.bank.fees import check_fee, check_offer, take_fee, takes_balance_along
from ledger.bank.genesis import BANK_SECTION
from ledger.bank.invariants import BANK_INVARIANTS
from ledger.bank.payloads import (
    AttestReserves,
    BankTypeNumber,
    BurnCurrency,
    LockWithdrawal,
    MarkWithdrawal,
    MintCurrency,
    TakeBackWithdrawal,
    Transfer,
    UnlockCurrency,
)
from ledger.bank.points import TAKES_ALONG
from ledger.bank.postings import BANK_POSTINGS, bank_holdings
from ledger.bank.reserves import do_attest_reserves
from ledger.bank.rules import amount_used, do_mint_currency, do_transfer, grant_first_balances, is_known
from ledger.bank.schema import BANK_TABLES, MARK_DUE, MARK_NUMBERS
from ledger.bank.withdrawals import (
    WITHDRAWAL_LOCK,
    do_burn_currency,
    do_lock_withdrawal,
    do_mark_withdrawal,
    do_take_back_withdrawal,
    do_unlock_currency,
    mark_due,
)
from ledger.chain.numbers import Places
from ledger.chain.points import FEE_CHECK, FEE_OFFERED, FEE_TAKEN, FIRST_STATE
from ledger.chain.registry import Module, TransactionType
from ledger.governance.admission import MEMBER
from ledger.governance.points import ACCOUNT_KNOWN, HOLDS_TOKENS, ROLE_HELD

BANK: Final = Module(
    name="bank",
    places=Places(2),
    section=BANK_SECTION,
    types=(
        TransactionType(
            BankTypeNumber.TRANSFER,
            "transfer",
            Transfer,
            do_transfer,
            MEMBER,
            for_leavers=True,
            for_expelled=True,
            uses=amount_used,
            carries_memo=True,
        ),
        TransactionType(
            BankTypeNumber.LOCK_WITHDRAWAL,
            "lock_withdrawal",
            LockWithdrawal,
            do_lock_withdrawal,
            MEMBER,
            for_leavers=True,
            for_expelled=True,
            uses=amount_used,
            carries_memo=True,
        ),
        TransactionType(BankTypeNumber.MINT_CURRENCY, "mint_currency", MintCurrency, do_mint_currency, MEMBER),
        TransactionType(BankTypeNumber.BURN_CURRENCY, "burn_currency", BurnCurrency, do_burn_currency, MEMBER),
        TransactionType(BankTypeNumber.UNLOCK_CURRENCY, "unlock_currency", UnlockCurrency, do_unlock_currency, MEMBER),
        TransactionType(BankTypeNumber.MARK_WITHDRAWAL, "mark_withdrawal", MarkWithdrawal, do_mark_withdrawal, MEMBER),
        TransactionType(
            BankTypeNumber.TAKE_BACK_WITHDRAWAL,
            "take_back_withdrawal",
            TakeBackWithdrawal,
            do_take_back_withdrawal,
            MEMBER,
            for_leavers=True,
            for_expelled=True,
        ),
        TransactionType(BankTypeNumber.ATTEST_RESERVES, "attest_reserves", AttestReserves, do_attest_reserves, MEMBER),
    ),
    tables=BANK_TABLES,
    events=BANK_EVENTS,
    purposes=(WITHDRAWAL_LOCK,),
    series=(MARK_NUMBERS,),
    due=((MARK_DUE, mark_due),),
    decisions=BANK_DECISIONS,
    hooks=(
        FEE_OFFERED.by(check_offer),
        FEE_CHECK.by(check_fee),
        FEE_TAKEN.by(take_fee),
        TAKES_ALONG.by(takes_balance_along),
        FIRST_STATE.by(grant_first_balances),
        ROLE_HELD.by(is_banker),
        ACCOUNT_KNOWN.by(is_known),
        HOLDS_TOKENS.by(lambda context, address: holds_tokens(context.state, address)),
    ),
    invariants=BANK_INVARIANTS,
    postings=BANK_POSTINGS,
    holdings=(bank_holdings,),
    limits=limits,
    weights=weights,
    codes=BANK_CODES,
)
