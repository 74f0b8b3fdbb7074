"""Addresses: from a key to the 20 bytes that the ledger knows, and to the text that people see.

    account address   nrg1...      20 bytes, the first of a tagged hash over the key
    public key        nrgpub1...   the key with its algorithm byte (meters, validators, nodes)

A sender is one key or a multi-signature key; the address of the latter commits to its threshold and all its keys.
Knows nothing of balances or names.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Final

import msgspec

from ledger.encoding import bech32m
from ledger.encoding.codec import Value, encode
from ledger.encoding.quantities import FieldUnit, Quantity
from ledger.errors import AddressError, CryptoKeyError
from ledger.keys.crypto import ED25519_KEY_BYTES, P256_KEY_BYTES, check_public_key, tagged_hash
from ledger.limits import MAX_MULTISIG_KEYS

ADDRESS_BYTES: Final = 20
ADDRESS_PREFIX: Final = "nrg"
KEY_PREFIX: Final = "nrgpub"

DOMAIN_ADDRESS: Final = b"nodechain/address"
DOMAIN_MULTISIG_ADDRESS: Final = b"nodechain/address-multisig"

PublicKey = Annotated[bytes, msgspec.Meta(min_length=ED25519_KEY_BYTES, max_length=P256_KEY_BYTES)]
"""A public key's bytes by size; `check_public_key` says whether they are one."""


class MultisigKey(Value, frozen=True):
    """An account of which `threshold` of `keys` must sign. `check_sender_key` holds what the types cannot say."""

    threshold: Annotated[int, msgspec.Meta(ge=1, le=MAX_MULTISIG_KEYS), FieldUnit(Quantity.COUNT)]
    keys: Annotated[tuple[PublicKey, ...], msgspec.Meta(min_length=1, max_length=MAX_MULTISIG_KEYS)]
    """Rising, distinct, so that one set of keys has one address."""


SenderKey = PublicKey | MultisigKey


def check_sender_key(key: bytes | MultisigKey) -> None:
    """Raises `CryptoKeyError` unless this is a public key, or a multi-signature key of rising, distinct ones."""
    if isinstance(key, bytes):
        check_public_key(key)
        return
    if not 1 <= len(key.keys) <= MAX_MULTISIG_KEYS:
        raise CryptoKeyError(f"a multi-signature account has 1 to {MAX_MULTISIG_KEYS} keys, not {len(key.keys)}")
    if not 1 <= key.threshold <= len(key.keys):
        raise CryptoKeyError(f"{key.threshold} signatures of {len(key.keys)} keys can never be")
    previous = b""
    for single in key.keys:
        check_public_key(single)
        if single <= previous:
            raise CryptoKeyError("the keys of a multi-signature account stand in rising order, each once")
        previous = single


@lru_cache(maxsize=16_384)
def address_of(key: bytes | MultisigKey) -> bytes:
    """The 20 bytes of a sender's address. The key's form is `check_sender_key`'s business, not looked at here."""
    if isinstance(key, bytes):
        return tagged_hash(DOMAIN_ADDRESS, key)[:ADDRESS_BYTES]
    return tagged_hash(DOMAIN_MULTISIG_ADDRESS, encode(key))[:ADDRESS_BYTES]


def format_address(address: bytes) -> str:
    """`nrg1...` of 20 bytes; raises `AddressError` for another size."""
    if len(address) != ADDRESS_BYTES:
        raise AddressError(f"an address has {ADDRESS_BYTES} bytes, not {len(address)}")
    return bech32m.encode(ADDRESS_PREFIX, bech32m.groups_of(address))


def parse_address(text: str) -> bytes:
    """The 20 bytes of `nrg1...`; raises `AddressError`, which says what is wrong."""
    address = _parse(text, ADDRESS_PREFIX, "an address")
    if len(address) != ADDRESS_BYTES:
        raise AddressError(f"holds {len(address)} bytes, an address has {ADDRESS_BYTES}")
    return address


def format_key(key: bytes) -> str:
    """`nrgpub1...` of a public key; raises `CryptoKeyError` if it is none."""
    check_public_key(key)
    return bech32m.encode(KEY_PREFIX, bech32m.groups_of(key))


def parse_key(text: str) -> bytes:
    """The public key of `nrgpub1...`; raises `AddressError` for the text, `CryptoKeyError` for what it holds."""
    key = _parse(text, KEY_PREFIX, "a public key")
    check_public_key(key)
    return key


def _parse(text: str, prefix: str, what: str) -> bytes:
    found, groups = bech32m.decode(text)
    if found != prefix:
        raise AddressError(f"{what} starts with '{prefix}1', this one with '{found}1'")
    return bech32m.bytes_of(groups)
