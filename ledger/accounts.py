"""The only code that moves tokens (rules A1-A4). A balance is available or locked for one purpose."""

from __future__ import annotations

from ledger.codec import encode
from ledger.context import Context, in_range
from ledger.errors import Refused, require
from ledger.schema import ACCOUNTS, BALANCES, SUPPLY, Account, Asset, Balance, Purpose, Supply
from ledger.state import State

NO_ACCOUNT = Account(0, 0, 0, 0)
NO_BALANCE = Balance(0, 0, 0, 0)
ASSET_KEYS = {asset: encode(int(asset)) for asset in Asset}


def account(state: State, address: bytes) -> Account:
    """The account's record, zeros if it was never used."""
    return state.get(ACCOUNTS, address) or NO_ACCOUNT


def balance(state: State, address: bytes, asset: Asset) -> Balance:
    """The account's balance of an asset."""
    return state.get(BALANCES, address + ASSET_KEYS[asset]) or NO_BALANCE


def holds_tokens(state: State, address: bytes) -> bool:
    """Whether the account has a balance of any asset, available or locked."""
    return state.first(BALANCES, address) is not None


def supply(state: State, asset: Asset) -> int:
    """Base units of an asset in existence."""
    entry = state.get(SUPPLY, ASSET_KEYS[asset])
    return 0 if entry is None else entry.amount


def locked(value: Balance, purpose: Purpose) -> int:
    """The part of a balance that is locked for a purpose."""
    match purpose:
        case Purpose.SESSION:
            return value.session
        case Purpose.ORDER:
            return value.order
        case Purpose.WITHDRAWAL:
            return value.withdrawal


def _set(state: State, address: bytes, asset: Asset, value: Balance) -> None:
    key = address + ASSET_KEYS[asset]
    if value == NO_BALANCE:
        state.delete(BALANCES, key)
    else:
        state.put(BALANCES, key, value)


def _shift(state: State, address: bytes, asset: Asset, purpose: Purpose, available: int, lock: int) -> None:
    """Change available and one lock together; both must stay in range."""
    before = balance(state, address, asset)
    free = before.available + available
    if free < 0:
        raise Refused("the available balance is too low", code="insufficient_balance")
    part = locked(before, purpose) + lock
    if part < 0:
        raise Refused(f"less is locked for {purpose.name.lower()}", code="insufficient_lock")
    in_range(free)
    in_range(part)
    _set(state, address, asset, _with(before, free, purpose, part))


def _with(before: Balance, free: int, purpose: Purpose, part: int) -> Balance:
    match purpose:
        case Purpose.SESSION:
            return Balance(free, part, before.order, before.withdrawal)
        case Purpose.ORDER:
            return Balance(free, before.session, part, before.withdrawal)
        case Purpose.WITHDRAWAL:
            return Balance(free, before.session, before.order, part)


def credit(state: State, address: bytes, asset: Asset, amount: int) -> None:
    """Add to the available balance; the tokens must come from somewhere (`debit`, `spend_locked`, `mint`)."""
    if amount:
        before = balance(state, address, asset)
        free = in_range(before.available + amount)
        _set(state, address, asset, Balance(free, before.session, before.order, before.withdrawal))


def debit(state: State, address: bytes, asset: Asset, amount: int) -> None:
    """Take from the available balance; refused (insufficient_balance) if it is lower."""
    if amount:
        before = balance(state, address, asset)
        free = before.available - amount
        if free < 0:
            raise Refused("the available balance is too low", code="insufficient_balance")
        _set(state, address, asset, Balance(free, before.session, before.order, before.withdrawal))


def move(state: State, sender: bytes, recipient: bytes, asset: Asset, amount: int) -> None:
    """From available to available."""
    debit(state, sender, asset, amount)
    credit(state, recipient, asset, amount)


def lock(state: State, address: bytes, asset: Asset, purpose: Purpose, amount: int) -> None:
    """From available into the lock of a purpose."""
    _shift(state, address, asset, purpose, -amount, amount)


def unlock(state: State, address: bytes, asset: Asset, purpose: Purpose, amount: int) -> None:
    """From the lock of a purpose back to available."""
    if amount:
        _shift(state, address, asset, purpose, amount, -amount)


def spend_locked(state: State, address: bytes, asset: Asset, purpose: Purpose, amount: int) -> None:
    """Take from a lock; the tokens must go somewhere (`credit`, `destroy`)."""
    if amount:
        _shift(state, address, asset, purpose, 0, -amount)


def mint(state: State, address: bytes, asset: Asset, amount: int) -> None:
    """Create tokens in an available balance."""
    if amount:
        state.put(SUPPLY, ASSET_KEYS[asset], Supply(in_range(supply(state, asset) + amount)))
        credit(state, address, asset, amount)


def burn(state: State, address: bytes, asset: Asset, amount: int) -> None:
    """Destroy tokens of an available balance."""
    debit(state, address, asset, amount)
    _destroy(state, asset, amount)


def burn_locked(state: State, address: bytes, asset: Asset, purpose: Purpose, amount: int) -> None:
    """Destroy tokens of a lock."""
    spend_locked(state, address, asset, purpose, amount)
    _destroy(state, asset, amount)


def _destroy(state: State, asset: Asset, amount: int) -> None:
    left = supply(state, asset) - amount
    require(left >= 0, f"less {asset.name} exists than is burned")
    state.put(SUPPLY, ASSET_KEYS[asset], Supply(left))


def use_nonce(state: State, address: bytes, nonce: int) -> None:
    """Remember the sender's last nonce."""
    entry = account(state, address)
    state.put(ACCOUNTS, address, Account(nonce, entry.open_sessions, entry.open_votes, entry.open_orders))


def count_session(context: Context, address: bytes, change: int) -> None:
    """Count the account's open sessions up or down."""
    entry = account(context.state, address)
    changed = Account(entry.nonce, entry.open_sessions + change, entry.open_votes, entry.open_orders)
    context.state.put(ACCOUNTS, address, changed)


def count_vote(context: Context, address: bytes, change: int) -> None:
    """Count the votes that the account has opened up or down."""
    entry = account(context.state, address)
    changed = Account(entry.nonce, entry.open_sessions, entry.open_votes + change, entry.open_orders)
    context.state.put(ACCOUNTS, address, changed)


def count_order(context: Context, address: bytes, change: int) -> None:
    """Count the account's open orders up or down."""
    entry = account(context.state, address)
    changed = Account(entry.nonce, entry.open_sessions, entry.open_votes, entry.open_orders + change)
    context.state.put(ACCOUNTS, address, changed)
