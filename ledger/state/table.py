"""The key tables of the state: the only place that knows which bytes stand where (rules S1-S3).

A state entry is `table number (2 bytes) + key -> canonical bytes of a Value`. A table with a `group` is ordered: rules
may walk its keys in rising byte order within one group (the first `group` bytes of the key), at O(log n) a step.
Each subject brings its own tables; their numbers follow from its place (`ledger.chain.numbers`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ledger.encoding.codec import Codec
from ledger.encoding.quantities import FieldUnit
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.state.full_key import number_key

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """One table of the state; `key` names the parts of its key for people and for proofs.

    `counts`: the unit of its entries' counts, where their type, which other tables have too, leaves it open.
    """

    number: int
    name: str
    key: str
    kind: type[T]
    group: int | None = None
    counts: FieldUnit | None = None
    codec: Codec[T] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codec", Codec(self.kind, MAX_TRANSACTION_BYTES))

    def full_key(self, key: bytes) -> bytes:
        """The key of the entry in the state tree: table number, then key."""
        return number_key(self.number) + key


def big_endian(number: int) -> bytes:
    """8 bytes in which byte order is numeric order."""
    return number.to_bytes(8, "big")


def newest_first(number: int) -> bytes:
    """8 bytes in which byte order is falling numeric order."""
    return (2**64 - 1 - number).to_bytes(8, "big")
