"""The only code that moves tokens (rules A1-A4): available balances, and locks, each for one purpose.

Nothing here names a subject: purposes and counters belong to the modules that bring them.
"""

from __future__ import annotations

from typing import Final

from ledger.bank.limits import MAX_ASSETS
from ledger.bank.schema import BALANCES, SUPPLY, Balance, Supply
from ledger.chain.context import in_range
from ledger.chain.schema import LOCKS, Lock, Purpose
from ledger.errors import Refused, require
from ledger.state.full_key import number_key
from ledger.state.overlay import State

NO_BALANCE = Balance(0)

ASSET_KEYS: Final = tuple(bytes((number,)) for number in range(MAX_ASSETS + 1))
"""An asset's number as it stands in keys, in one byte."""


def balance(state: State, address: bytes, asset: int) -> Balance:
    """What the account may spend of an asset."""
    return state.get(BALANCES, address + ASSET_KEYS[asset]) or NO_BALANCE


def holds_tokens(state: State, address: bytes) -> bool:
    """Whether the account has a balance of any asset, available or locked."""
    return state.first(BALANCES, address) is not None or state.first(LOCKS, address) is not None


def supply(state: State, asset: int) -> int:
    """Base units of an asset in existence."""
    entry = state.get(SUPPLY, ASSET_KEYS[asset])
    return 0 if entry is None else entry.amount


def locked(state: State, address: bytes, asset: int, purpose: Purpose) -> int:
    """Base units of an asset that an account has locked for a purpose."""
    entry = state.get(LOCKS, lock_key(address, asset, purpose))
    return 0 if entry is None else entry.amount


def lock_key(address: bytes, asset: int, purpose: Purpose) -> bytes:
    """The key of a lock in `LOCKS`."""
    return address + ASSET_KEYS[asset] + number_key(purpose.number)


def _set_available(state: State, address: bytes, asset: int, amount: int) -> None:
    key = address + ASSET_KEYS[asset]
    if amount:
        state.put(BALANCES, key, Balance(in_range(amount)))
    else:
        state.delete(BALANCES, key)


def _change_lock(state: State, address: bytes, asset: int, purpose: Purpose, change: int) -> None:
    amount = locked(state, address, asset, purpose) + change
    if amount < 0:
        raise Refused(f"less is locked for {purpose.name}", code="insufficient_lock")
    key = lock_key(address, asset, purpose)
    if amount:
        state.put(LOCKS, key, Lock(in_range(amount)))
    else:
        state.delete(LOCKS, key)


def credit(state: State, address: bytes, asset: int, amount: int) -> None:
    """Add to the available balance; the tokens must come from somewhere (`debit`, `spend_locked`, `mint`)."""
    if amount:
        _set_available(state, address, asset, balance(state, address, asset).available + amount)


def debit(state: State, address: bytes, asset: int, amount: int) -> None:
    """Take from the available balance; refused (insufficient_balance) if it is lower."""
    if amount:
        free = balance(state, address, asset).available - amount
        if free < 0:
            raise Refused("the available balance is too low", code="insufficient_balance")
        _set_available(state, address, asset, free)


def move(state: State, sender: bytes, recipient: bytes, asset: int, amount: int) -> None:
    """From available to available."""
    debit(state, sender, asset, amount)
    credit(state, recipient, asset, amount)


def lock(state: State, address: bytes, asset: int, purpose: Purpose, amount: int) -> None:
    """From available into the lock of a purpose."""
    if amount:
        debit(state, address, asset, amount)
        _change_lock(state, address, asset, purpose, amount)


def unlock(state: State, address: bytes, asset: int, purpose: Purpose, amount: int) -> None:
    """From the lock of a purpose back to available."""
    if amount:
        _change_lock(state, address, asset, purpose, -amount)
        credit(state, address, asset, amount)


def spend_locked(state: State, address: bytes, asset: int, purpose: Purpose, amount: int) -> None:
    """Take from a lock; the tokens must go somewhere (`credit`, `destroy`)."""
    if amount:
        _change_lock(state, address, asset, purpose, -amount)


def mint(state: State, address: bytes, asset: int, amount: int) -> None:
    """Create tokens in an available balance."""
    mint_shares(state, asset, (address, amount))


def mint_shares(state: State, asset: int, *shares: tuple[bytes, int]) -> None:
    """Create tokens in available balances: addresses, and what each is given."""
    created = sum([amount for _address, amount in shares])
    if created:
        state.put(SUPPLY, ASSET_KEYS[asset], Supply(in_range(supply(state, asset) + created)))
    for address, amount in shares:
        credit(state, address, asset, amount)


def burn(state: State, address: bytes, asset: int, amount: int) -> None:
    """Destroy tokens of an available balance."""
    debit(state, address, asset, amount)
    _destroy(state, asset, amount)


def burn_locked(state: State, address: bytes, asset: int, purpose: Purpose, amount: int) -> None:
    """Destroy tokens of a lock."""
    spend_locked(state, address, asset, purpose, amount)
    _destroy(state, asset, amount)


def _destroy(state: State, asset: int, amount: int) -> None:
    left = supply(state, asset) - amount
    require(left >= 0, f"less of asset {asset} exists than is burned")
    state.put(SUPPLY, ASSET_KEYS[asset], Supply(left))
