"""Transfers, and currency in and out (rules K1-K5)."""

from __future__ import annotations

from typing import Final

from ledger.bank.assets import AssetTerms, SupplyRule
from ledger.bank.balances import ASSET_KEYS, burn_locked, lock, locked, mint, move, unlock
from ledger.bank.events import (
    BankerChanged,
    CurrencyBurned,
    CurrencyMinted,
    Transferred,
    WithdrawalLocked,
    WithdrawalUnlocked,
)
from ledger.bank.genesis import BANK_SECTION, assets_of
from ledger.bank.payloads import BurnCurrency, LockWithdrawal, MintCurrency, Transfer, UnlockCurrency
from ledger.bank.points import check_binding, tell_came_in
from ledger.bank.schema import BALANCES, BANKER, WITHDRAWALS, Banker
from ledger.chain.context import Context
from ledger.chain.delegation import Use
from ledger.chain.schema import Counter, Purpose
from ledger.errors import Refused
from ledger.governance.members import check_no_meter, require_member

WITHDRAWAL_LOCK: Final = Purpose(16, "withdrawal")
"""Currency that the holder wants to be paid out."""


def do_transfer(context: Context, payload: Transfer) -> None:
    """Tokens from the sender to a member (K1)."""
    if payload.recipient == context.sender:
        raise Refused("sender and recipient are the same account", code="same_account")
    _require_asset(context, payload.asset)
    require_member(context, payload.recipient)
    move(context.state, context.sender, payload.recipient, payload.asset, payload.amount)
    context.emit(Transferred(payload.asset, context.sender, payload.recipient, payload.amount))
    tell_came_in(context, payload.recipient, payload.asset)


def do_lock_withdrawal(context: Context, payload: LockWithdrawal) -> None:
    """Lock currency to be paid out (K3)."""
    check_binding(context, context.sender)
    _require_currency(context, payload.asset)
    lock(context.state, context.sender, payload.asset, WITHDRAWAL_LOCK, payload.amount)
    note_withdrawal(context, context.sender, payload.asset, payload.amount)
    context.emit(WithdrawalLocked(context.sender, payload.asset, payload.amount))


def amount_used(_context: Context, payload: Transfer | LockWithdrawal) -> Use:
    """Of an agent's limits a transfer or a withdrawal uses its amount (AG7)."""
    return Use(((payload.asset, payload.amount),))


def do_mint_currency(context: Context, payload: MintCurrency) -> None:
    """Issue currency against money received (K2)."""
    _require_banker(context)
    _require_currency(context, payload.asset)
    require_member(context, payload.recipient)
    mint(context.state, payload.recipient, payload.asset, payload.amount)
    context.emit(CurrencyMinted(context.sender, payload.recipient, payload.asset, payload.amount))
    tell_came_in(context, payload.recipient, payload.asset)


def do_burn_currency(context: Context, payload: BurnCurrency) -> None:
    """Destroy what was paid out, from the holder's withdrawal lock alone (K4)."""
    _require_banker(context)
    _require_lock(context, payload.holder, payload.asset, payload.amount)
    burn_locked(context.state, payload.holder, payload.asset, WITHDRAWAL_LOCK, payload.amount)
    note_withdrawal(context, payload.holder, payload.asset, -payload.amount)
    context.emit(CurrencyBurned(context.sender, payload.holder, payload.asset, payload.amount))


def do_unlock_currency(context: Context, payload: UnlockCurrency) -> None:
    """Give a withdrawal lock back (K4)."""
    _require_banker(context)
    _require_lock(context, payload.holder, payload.asset, payload.amount)
    unlock(context.state, payload.holder, payload.asset, WITHDRAWAL_LOCK, payload.amount)
    note_withdrawal(context, payload.holder, payload.asset, -payload.amount)
    context.emit(WithdrawalUnlocked(context.sender, payload.holder, payload.asset, payload.amount))
    tell_came_in(context, payload.holder, payload.asset)


def note_withdrawal(context: Context, holder: bytes, asset: int, change: int) -> None:
    """Keep what a holder asks to be paid out; an entry that comes to nothing goes."""
    key = holder + ASSET_KEYS[asset]
    before = context.state.get(WITHDRAWALS, key)
    asked = change if before is None else before.value + change
    if asked:
        context.state.put(WITHDRAWALS, key, Counter(asked))
    else:
        context.state.delete(WITHDRAWALS, key)


def _require_asset(context: Context, asset: int) -> AssetTerms:
    """The terms of an asset that the genesis names (K6)."""
    assets = assets_of(context.genesis)
    if asset > len(assets):
        raise Refused(f"there is no asset {asset}; there are {len(assets)}", code="unknown_asset")
    return assets[asset - 1]


def _require_currency(context: Context, asset: int) -> None:
    """Only what the banker issues goes in and out through it (K6)."""
    terms = _require_asset(context, asset)
    if terms.supply != SupplyRule.BANKER:
        raise Refused(f"{terms.symbol} is made by meters, not issued by the banker", code="not_a_currency")


def _require_banker(context: Context) -> None:
    """The present banker alone, whoever was in office when a lock was made (K5)."""
    banker = context.state.get(BANKER, b"")
    if banker is None or banker.address != context.sender:
        raise Refused("only the present banker may do this", code="not_the_banker")


def _require_lock(context: Context, holder: bytes, asset: int, amount: int) -> None:
    if locked(context.state, holder, asset, WITHDRAWAL_LOCK) < amount:
        raise Refused("less is locked for withdrawal", code="insufficient_lock")


def check_banker(context: Context, address: bytes) -> None:
    """Refuse a vote that would change nothing, or make a device's key the banker."""
    check_no_meter(context, address)
    banker = context.state.get(BANKER, b"")
    if banker is not None and banker.address == address:
        raise Refused("the address is the banker already", code="already_banker")


def set_banker(context: Context, address: bytes) -> None:
    """Carry out a vote to change the banker (K5)."""
    check_banker(context, address)
    context.state.put(BANKER, b"", Banker(address))
    context.emit(BankerChanged(address))


def is_banker(context: Context, address: bytes) -> bool:
    """Whether the address moves currency in and out (N2)."""
    banker = context.state.get(BANKER, b"")
    return banker is not None and banker.address == address


def is_known(context: Context, address: bytes) -> bool:
    """Whether the address has a balance, or has asked for a withdrawal (M11)."""
    state = context.state
    return state.first(WITHDRAWALS, address) is not None or state.first(BALANCES, address) is not None


def grant_first_balances(context: Context) -> None:
    """The genesis' banker, and what it issued from the start."""
    genesis = BANK_SECTION.of(context.genesis)
    context.state.put(BANKER, b"", Banker(genesis.banker))
    context.emit(BankerChanged(genesis.banker))
    for entry in genesis.balances:
        mint(context.state, entry.address, entry.asset, entry.amount)
        context.emit(CurrencyMinted(genesis.banker, entry.address, entry.asset, entry.amount))
