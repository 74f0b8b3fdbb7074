"""Nonces of accounts: each transaction has its turn."""

from __future__ import annotations

from ledger.chain.context import Context
from ledger.chain.schema import ACCOUNTS, Account
from ledger.state.overlay import State

NO_ACCOUNT = Account(0)


def account(state: State, address: bytes) -> Account:
    """The account's record, zeros if it was never used."""
    return state.get(ACCOUNTS, address) or NO_ACCOUNT


def use_nonce(state: State, address: bytes, nonce: int) -> None:
    """Remember the sender's last nonce."""
    state.put(ACCOUNTS, address, Account(nonce))


def next_nonce(context: Context, address: bytes) -> int:
    """The nonce that an account's next transaction must carry."""
    return account(context.state, address).nonce + 1
