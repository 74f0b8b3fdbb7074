"""Making a node's home: directories, the keys that a template names, genesis, sign-state. The genesis comes last."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from consensus.events import NOTHING_SIGNED
from ledger.address import ADDRESS_PREFIX, KEY_PREFIX, parse_address, parse_key
from ledger.blocks import Chain, genesis_block
from ledger.codec import encode
from ledger.crypto import Algorithm
from ledger.errors import InvalidInput
from ledger.genesis import GENESIS, Genesis
from ledger.keyfile import COST_STANDARD, Keyfile, KeyKind, ScryptCost
from nodechain.app import REGISTRY
from nodechain.durable_file import create_file
from nodechain.errors import UsageError
from nodechain.genesis_file import Template, build_genesis
from nodechain.home import Home
from nodechain.journal.sign_state import SignState
from nodechain.keystore import Keystore


@dataclass(frozen=True, slots=True)
class Initialised:
    """A new home: its genesis, and the names of the keys that were created."""

    home: Home
    genesis: Genesis
    created: tuple[str, ...]


def initialise(
    path: Path, template: Template, *, password: str, time_ms: int, cost: ScryptCost = COST_STANDARD
) -> Initialised:
    """Make a home of a new chain at `path`, with every key that the template names, under one password.

    Raises `UsageError` (home_exists, bad_genesis) before anything is written that cannot be written again.
    """
    home = Home(path)
    home.create()
    keystore = Keystore(home.keys, cost=cost)
    created: list[str] = []
    genesis = build_genesis(
        template,
        REGISTRY.parameters,
        time_ms=time_ms,
        address_of=lambda text: _address_of(keystore, text, password, created),
        validator_key_of=lambda text: _validator_key_of(keystore, text, password, created),
    )
    genesis_block(Chain(REGISTRY, genesis))
    SignState.create(home.sign_state, encode(NOTHING_SIGNED)).close()
    create_file(home.genesis, encode(genesis))
    return Initialised(home, genesis, tuple(created))


def join(path: Path, genesis_file: Path) -> Genesis:
    """Make a home of an existing chain from its genesis file (canonical bytes); no keys are made.

    Raises `UsageError` (home_exists, bad_genesis).
    """
    try:
        genesis = GENESIS.decode(genesis_file.read_bytes())
        genesis_block(Chain(REGISTRY, genesis))
    except (OSError, InvalidInput) as error:
        raise UsageError(f"{genesis_file} is no genesis: {error}", code="bad_genesis") from None
    join_genesis(path, genesis)
    return genesis


def join_genesis(path: Path, genesis: Genesis) -> None:
    """Make a home of an existing chain; no keys are made. Raises `UsageError` (home_exists)."""
    home = Home(path)
    home.create()
    SignState.create(home.sign_state, encode(NOTHING_SIGNED)).close()
    create_file(home.genesis, encode(genesis))


def _address_of(keystore: Keystore, text: str, password: str, created: list[str]) -> bytes:
    if text.startswith(ADDRESS_PREFIX + "1"):
        return parse_address(text)
    return _key(keystore, text, KeyKind.ACCOUNT, password, created).address


def _validator_key_of(keystore: Keystore, text: str, password: str, created: list[str]) -> bytes:
    if text.startswith(KEY_PREFIX + "1"):
        key = parse_key(text)
    else:
        key = _key(keystore, text, KeyKind.VALIDATOR, password, created).public_key
    if key[0] != Algorithm.ED25519:
        raise UsageError("a validator's key is Ed25519", code="bad_genesis")
    return key[1:]


def _key(keystore: Keystore, name: str, kind: KeyKind, password: str, created: list[str]) -> Keyfile:
    if name in keystore.names():
        return keystore.get(name)
    created.append(name)
    return keystore.create(name, kind, password)
