"""Making a node's home: directories, keys that a template names, identity, sign-state, and the genesis at last."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from ledger.chain.blocks import Chain, genesis_block
from ledger.chain.genesis import GENESIS, ChainName, Genesis
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from ledger.keys.address import ADDRESS_PREFIX, KEY_PREFIX, parse_address, parse_key
from ledger.keys.crypto import Algorithm
from ledger.keys.keyfile import COST_STANDARD, Keyfile, KeyKind, ScryptCost
from ledger.limits import MAX_GENESIS_BYTES
from nodechain.errors import DataDamaged, UsageError
from nodechain.files.durable_file import create_file
from nodechain.files.user_file import read_user_file
from nodechain.home.community_table import keep_community
from nodechain.home.genesis_file import Template, build_genesis
from nodechain.home.home import Home
from nodechain.home.keystore import Keystore
from nodechain.journal.journal import Journal
from nodechain.modules import REGISTRY
from nodechain.network.identity import load, rotate


class Initialised(msgspec.Struct, frozen=True):
    """A new home: its genesis, and the names of the keys that were created."""

    home: Home
    genesis: Genesis
    created: tuple[str, ...]


def initialise(
    path: Path,
    template: Template,
    *,
    password: str,
    time_ms: int,
    cost: ScryptCost = COST_STANDARD,
    mnemonic: str = "",
) -> Initialised:
    """Make a home of a new chain at `path`, with every key that the template names, under one password.

    With a `mnemonic` all keys come from it, so that it brings them back: of each kind, index 0 is the first key made.

    Raises `UsageError` (home_exists, bad_genesis) before anything is written that cannot be written again.
    """
    check_chain_name(template.name)
    home, existed = Home(path), path.exists()
    home.create()
    keys = _Keys(Keystore(home.keys, cost=cost), password, mnemonic)
    try:
        genesis = _make(home, template, keys, time_ms)
    except BaseException:
        # Keys of a chain that could not be made would stand in the way of the next try.
        for name in keys.created:
            keys.keystore.remove(name)
        if not existed:
            shutil.rmtree(path)
        raise
    return Initialised(home, genesis, tuple(keys.created))


def check_chain_name(name: str) -> None:
    """Raise `UsageError` (bad_genesis) for what no chain may be called."""
    try:
        msgspec.convert(name, ChainName)
    except msgspec.ValidationError:
        raise UsageError(
            f"{name!r} is no name for a chain",
            code="bad_genesis",
            advice="Use up to 31 of a-z, 0-9 and -, beginning with a letter.",
        ) from None


def _make(home: Home, template: Template, keys: _Keys, time_ms: int) -> Genesis:
    genesis = build_genesis(
        template,
        time_ms=time_ms,
        address_of=keys.address_of,
        validator_key_of=keys.validator_key_of,
    )
    genesis_block(Chain(REGISTRY, genesis))
    if template.community is not None:
        keep_community(home.path, template.community)
    _finish(home, genesis)
    return genesis


def join(path: Path, genesis_file: Path) -> Genesis:
    """Make a home of an existing chain from its genesis file (canonical bytes); no keys are made.

    Raises `UsageError` (home_exists, bad_genesis).
    """
    try:
        genesis = GENESIS.decode(read_user_file(genesis_file, MAX_GENESIS_BYTES, "genesis"))
        genesis_block(Chain(REGISTRY, genesis))
    except InvalidInput as error:
        raise UsageError(f"{genesis_file} is no genesis: {error}", code="bad_genesis") from None
    join_genesis(path, genesis)
    return genesis


def join_genesis(path: Path, genesis: Genesis) -> None:
    """Make a home of an existing chain; no keys are made. Raises `UsageError` (home_exists)."""
    home = Home(path)
    home.create()
    _finish(home, genesis)


def _finish(home: Home, genesis: Genesis) -> None:
    """What every node needs before its first start; the genesis last, so that a crash leaves no half-made home."""
    try:
        load(home.node)
    except DataDamaged:
        # None as yet, or half of one that an earlier try left behind: nobody knows it.
        rotate(home.node)
    Journal.create(home.journal_files).close()
    create_file(home.genesis, encode(genesis))


class _Keys:
    """Looks the names of a template up in the key store, and makes those that are missing."""

    def __init__(self, keystore: Keystore, password: str, mnemonic: str) -> None:
        self.keystore = keystore
        self._password = password
        self._mnemonic = mnemonic
        self._next_index = dict.fromkeys(KeyKind, 0)
        self.created: list[str] = []

    def address_of(self, text: str) -> bytes:
        """The address of a name, or of an address."""
        if text.startswith(ADDRESS_PREFIX + "1"):
            return parse_address(text)
        return self._key(text, KeyKind.ACCOUNT).address

    def validator_key_of(self, text: str) -> bytes:
        """The bare 32-byte key of a name, or of a key; raises `UsageError` (bad_genesis)."""
        key = parse_key(text) if text.startswith(KEY_PREFIX + "1") else self._key(text, KeyKind.VALIDATOR).public_key
        if key[0] != Algorithm.ED25519:
            raise UsageError("a validator's key is Ed25519", code="bad_genesis")
        return key[1:]

    def _key(self, name: str, kind: KeyKind) -> Keyfile:
        if name in self.keystore.names():
            return self.keystore.get(name)
        self.created.append(name)
        if not self._mnemonic:
            return self.keystore.create(name, kind, self._password)
        index = self._next_index[kind]
        self._next_index[kind] += 1
        return self.keystore.import_mnemonic(name, kind, self._password, self._mnemonic, index=index)
