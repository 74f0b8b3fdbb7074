"""The validator set as the state holds it, and its hash (rules V1-V3)."""

from __future__ import annotations

from typing import Final

import msgspec

from ledger.chain.schema import PROPOSERS, VALIDATORS
from ledger.encoding.codec import encode
from ledger.errors import require, require_present
from ledger.keys.crypto import tagged_hash
from ledger.state.overlay import State

POWER: Final = 1
"""Of each validator that joins (V2)."""


class ValidatorInfo(msgspec.Struct, frozen=True):
    """One validator: `address` follows from `key` (32 bytes, Ed25519); fees of its blocks go to `account`."""

    address: bytes
    key: bytes
    power: int
    account: bytes
    name: str


class ValidatorSet(msgspec.Struct, frozen=True):
    """The validators of one height, sorted by address; a certificate's indexes refer to this order.

    `muted`: addresses of those that propose after all others (V11). Neither the hash nor light clients know them.
    """

    members: tuple[ValidatorInfo, ...]
    muted: frozenset[bytes] = frozenset()

    @property
    def total_power(self) -> int:
        """T of the quorum rules."""
        return sum(member.power for member in self.members)

    @property
    def hash(self) -> bytes:
        """What headers name: address, key and power of each (V2)."""
        return tagged_hash(
            b"nodechain/validators", encode([(member.address, member.key, member.power) for member in self.members])
        )

    def index_of(self, address: bytes) -> int | None:
        """The place of a validator, or None."""
        for index, member in enumerate(self.members):
            if member.address == address:
                return index
        return None

    def by_address(self, address: bytes) -> ValidatorInfo | None:
        """The validator of an address, or None."""
        index = self.index_of(address)
        return None if index is None else self.members[index]


def validator_address(key: bytes) -> bytes:
    """A validator's address: of its consensus key, in a domain of its own (V1)."""
    return tagged_hash(b"nodechain/validator", key)[:20]


def load_validators(state: State) -> ValidatorSet:
    """The set that the state holds: it decides the next height."""
    members = []
    for address in state.scan(VALIDATORS):
        entry = require_present(state.get(VALIDATORS, address), "a validator is listed without an entry")
        members.append(ValidatorInfo(address, entry.key, entry.power, entry.account, entry.name))
    require(bool(members), "the validator set is empty")
    addresses = {member.address for member in members}
    muted = [address for address in state.scan(PROPOSERS) if address in addresses and _is_muted(state, address)]
    return ValidatorSet(tuple(members), frozenset(muted))


def _is_muted(state: State, address: bytes) -> bool:
    entry = state.get(PROPOSERS, address)
    return entry is not None and entry.muted_until_ms > 0
