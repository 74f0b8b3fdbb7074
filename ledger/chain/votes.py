"""What validators sign about a height, the same shape for every kind (rules V7, B4).

A vote is `[height, round, value]` under the domain of its kind. That all four kinds have one shape makes one proof of
equivocation fit them all: two signatures of one key, kind, height and round over different values.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from ledger.encoding.codec import encode
from ledger.keys.crypto import (
    DOMAIN_COMMIT,
    DOMAIN_PREPARE,
    DOMAIN_PROPOSAL,
    DOMAIN_ROUND_CHANGE,
    signing_bytes,
    tagged_hash,
)

NOTHING_PREPARED: Final = bytes(32)
"""The value of a round change of a validator that has prepared nothing at this height."""


class VoteKind(IntEnum):
    """What is said of the value: a block's hash, or for a round change `prepared_value`."""

    PROPOSAL = 1
    PREPARE = 2
    COMMIT = 3
    ROUND_CHANGE = 4


_DOMAINS: Final = {
    VoteKind.PROPOSAL: DOMAIN_PROPOSAL,
    VoteKind.PREPARE: DOMAIN_PREPARE,
    VoteKind.COMMIT: DOMAIN_COMMIT,
    VoteKind.ROUND_CHANGE: DOMAIN_ROUND_CHANGE,
}


def vote_message(kind: VoteKind, genesis_hash: bytes, height: int, round_: int, value: bytes) -> bytes:
    """The bytes that a validator signs; `value` has 32 bytes (V7)."""
    return signing_bytes(_DOMAINS[kind], genesis_hash, encode((height, round_, value)))


def prepared_value(round_: int, block_hash: bytes) -> bytes:
    """What a round change says of the block prepared last, and in which round (V7)."""
    return tagged_hash(b"nodechain/prepared", round_.to_bytes(8, "big"), block_hash)
