"""Signing in by a key of this home, when a node asks for it: `--as ACCOUNT`, else the account that sends."""

from __future__ import annotations

from ledger.keys.address import MultisigKey
from ledger.keys.keyfile import KeyKind
from nodechain.client.login import LoginKey
from nodechain.commands.terminal.passwords import Passwords
from nodechain.errors import LoginNeeded, WrongSecret
from nodechain.home.address_book import AddressBook
from nodechain.home.keystore import Keystore


def login_key(keystore: Keystore, book: AddressBook, name: str, passwords: Passwords) -> LoginKey:
    """The key of an account, or one of a multi-signature account's. Raises `LoginNeeded`, `WrongSecret`."""
    chosen = name or only_account(keystore)
    shared = None if chosen in keystore.names() else book.multisig(chosen)
    if shared is not None:
        return _one_of(keystore, shared, passwords)
    if chosen not in keystore.names():
        raise LoginNeeded(f"there is no key {chosen} in this home", advice="See `nodechain keys list`.")
    return LoginKey(keystore.get(chosen).public_key, 0, passwords.open(keystore, chosen).sign)


def only_account(keystore: Keystore) -> str:
    """The account of a home that has one; raises `LoginNeeded` where it has none or several."""
    accounts = [key.name for key in keystore.entries() if key.kind == KeyKind.ACCOUNT]
    if len(accounts) == 1:
        return accounts[0]
    known = (
        f"one of {', '.join(sorted(accounts))}" if accounts else "one whose key is in this home (nodechain keys new)"
    )
    raise LoginNeeded("this node shows that to who has signed in", advice=f"Name an account with --as: {known}.")


def _one_of(keystore: Keystore, shared: MultisigKey, passwords: Passwords) -> LoginKey:
    here = {entry.public_key: entry.name for entry in keystore.entries()}
    for index, key in enumerate(shared.keys):
        if key in here:
            return LoginKey(shared, index, passwords.open(keystore, here[key]).sign)
    raise WrongSecret("none of that account's keys is in this home", advice="See `nodechain keys list`.")
