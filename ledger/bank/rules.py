"""Transfers, currency in, and who is the banker (rules K1, K2, K5)."""

from __future__ import annotations

from ledger.bank.balances import mint, move
from ledger.bank.checks import require_asset, require_banker, require_currency
from ledger.bank.events import BankerChanged, CurrencyMinted, Transferred
from ledger.bank.genesis import BANK_SECTION
from ledger.bank.lines import take_line
from ledger.bank.payloads import LockWithdrawal, MintCurrency, Transfer
from ledger.bank.points import tell_came_in
from ledger.bank.schema import BALANCES, BANKER, WITHDRAWALS, Banker, BankLine
from ledger.chain.context import Context
from ledger.chain.delegation import Use
from ledger.errors import Refused
from ledger.governance.members import check_no_meter, require_member


def do_transfer(context: Context, payload: Transfer) -> None:
    """Tokens from the sender to a member (K1)."""
    if payload.recipient == context.sender:
        raise Refused("sender and recipient are the same account", code="same_account")
    require_asset(context, payload.asset)
    require_member(context, payload.recipient)
    move(context.state, context.sender, payload.recipient, payload.asset, payload.amount)
    context.emit(Transferred(payload.asset, context.sender, payload.recipient, payload.amount))
    tell_came_in(context, payload.recipient, payload.asset)


def amount_used(_context: Context, payload: Transfer | LockWithdrawal) -> Use:
    """Of an agent's limits a transfer or a withdrawal uses its amount (AG7)."""
    return Use(((payload.asset, payload.amount),))


def do_mint_currency(context: Context, payload: MintCurrency) -> None:
    """Issue currency against money received, once for a line of the bank's statement (K2, BK1)."""
    require_banker(context)
    require_currency(context, payload.asset)
    require_member(context, payload.recipient)
    take_line(context, payload.reference, BankLine(payload.recipient, payload.asset, payload.amount, 0))
    mint(context.state, payload.recipient, payload.asset, payload.amount)
    context.emit(CurrencyMinted(context.sender, payload.recipient, payload.asset, payload.amount, payload.reference))
    tell_came_in(context, payload.recipient, payload.asset)


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
