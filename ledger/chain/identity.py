"""Which chain: the id that people read, and the genesis' hash that every signature covers (rules G1, E4)."""

from __future__ import annotations

from typing import Self

import msgspec

from ledger.errors import MalformedInput
from ledger.keys.crypto import GENESIS_HASH_BYTES


class ChainIdentity(msgspec.Struct, frozen=True):
    """`id` stands in envelopes and headers; `genesis_hash`, 32 bytes, is what tells two chains apart.

    The id ends with the hash's first 8 hex digits: people compare them, and no program trusts them, because two genesis
    files with the same 32 bits are made in a second. Raises `MalformedInput` where the two do not belong together.
    """

    id: str
    genesis_hash: bytes

    def __post_init__(self) -> None:
        if len(self.genesis_hash) != GENESIS_HASH_BYTES:
            raise MalformedInput(f"a genesis hash has {GENESIS_HASH_BYTES} bytes, not {len(self.genesis_hash)}")
        if not self.id.endswith(f"-{self.genesis_hash[:4].hex()}"):
            raise MalformedInput(f"the genesis hash {self.genesis_hash.hex()} is not that of chain {self.id}")

    @classmethod
    def of(cls, name: str, genesis_hash: bytes) -> Self:
        """The identity of a chain of that name."""
        return cls(f"{name}-{genesis_hash[:4].hex()}", genesis_hash)
