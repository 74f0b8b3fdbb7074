"""A pool: what some accounts owe together, and others are owed (rule DB1)."""

from __future__ import annotations

from typing import NamedTuple, Self

from ledger.keys.address import ADDRESS_BYTES
from ledger.keys.crypto import tagged_hash
from ledger.state.full_key import NUMBER_BYTES, number_at, number_key
from ledger.state.table import big_endian

POOL_BYTES = NUMBER_BYTES + 8


class DebtPool(NamedTuple):
    """A pool of a kind, which is a number in keys of the module that brings it; an account pays lower kinds first."""

    kind: int
    number: int

    @property
    def key(self) -> bytes:
        """As it stands in keys."""
        return number_key(self.kind) + big_endian(self.number)

    @property
    def account(self) -> bytes:
        """The account that payments pass through; nobody has a key to it."""
        return tagged_hash(b"nodechain/debt-pool", self.key)[:ADDRESS_BYTES]

    @classmethod
    def of(cls, key: bytes) -> Self:
        """The pool of a key."""
        return cls(number_at(key, 0), int.from_bytes(key[NUMBER_BYTES:POOL_BYTES], "big"))
