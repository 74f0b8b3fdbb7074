"""What goes into the store and what comes out of it, as values: bytes under names."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nodechain.errors import require
from nodechain.store.layout import HASH_BYTES, MAX_HEIGHT, Head


class BlockRecord(msgspec.Struct, frozen=True):
    """One block with everything that changes with it; all bytes are canonical encodings made by the caller."""

    height: int
    block_hash: bytes
    header: bytes
    certificate: bytes
    transactions: tuple[bytes, ...]
    receipts: tuple[bytes, ...]
    transaction_ids: tuple[bytes, ...]
    """The id of each transaction, in their order."""
    account_index: tuple[tuple[bytes, int], ...]
    """(address, receipt index): which receipts concern which account, for statements."""
    state_changes: Mapping[bytes, bytes | None]
    """Full key (table byte, key) -> canonical value, or None to delete."""
    tree_buckets: Mapping[int, bytes | None]
    """Buckets of the state tree that change."""
    state_root: bytes
    next_validators: bytes | None = None
    """The set that decides from the next height on, where it is another one; the genesis names that of height 0."""
    parent_certificate: bytes | None = None
    """The COMMITs for its parent that the block carries: they replace the certificate that was heard first."""

    @property
    def head(self) -> Head:
        """The head that this block makes."""
        return Head(self.height, self.block_hash, self.state_root)

    def require_sound(self) -> None:
        """Raises `BrokenInvariant` if the parts do not fit each other."""
        require(0 <= self.height <= MAX_HEIGHT, f"{self.height} is no height")
        require(len(self.block_hash) == HASH_BYTES, "a block hash has 32 bytes")
        require(len(self.state_root) == HASH_BYTES, "a state root has 32 bytes")
        require(len(self.transaction_ids) == len(self.transactions), "every transaction has one id")
        require(all(self.state_changes), "a state key is empty")
        require(
            all(0 <= index < len(self.receipts) for _, index in self.account_index),
            "an index entry names a receipt that the block does not have",
        )


class StoredBlock(msgspec.Struct, frozen=True):
    """A block as it was stored, without its receipts."""

    height: int
    block_hash: bytes
    header: bytes
    certificate: bytes
    transactions: tuple[bytes, ...]


class History(msgspec.Struct, frozen=True):
    """How much of the past stays readable as state; blocks and receipts are always kept.

    `heights` is the least number of past heights. The caller may ask for more with each commit (48 hours, what
    snapshots need); `archive` keeps all.
    """

    heights: int = 10_000
    archive: bool = False
