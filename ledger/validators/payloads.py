"""What validators send: signs of life, evidence of equivocation."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.chain.votes import VoteKind
from ledger.encoding.codec import Bytes32, Bytes64, Name, Value, encode
from ledger.encoding.quantities import Address, Height, Number
from ledger.keys.crypto import DOMAIN_POSSESSION, signing_bytes


class ValidatorsTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    VALIDATOR_ALIVE = 120
    EVIDENCE = 121


class AddValidator(Value, frozen=True, tag=120):
    """Add a validator; `possession` is its key's signature over `possession_message`."""

    key: Bytes32
    account: Address
    name: Name
    possession: Bytes64


class RemoveValidator(Value, frozen=True, tag=121):
    """Remove a validator by its address."""

    address: Address


class Evidence(Value, frozen=True):
    """Two votes of one validator's key, kind, height and round over different values; the lower value stands first."""

    key: Bytes32
    kind: Annotated[int, msgspec.Meta(ge=1, le=4), VoteKind]
    height: Height
    round: Number
    first_value: Bytes32
    first_signature: Bytes64
    second_value: Bytes32
    second_signature: Bytes64


def possession_message(genesis_hash: bytes, key: bytes, account: bytes, height: int) -> bytes:
    """What a validator key signs to show that somebody holds it (height 0: proof of possession for a vote)."""
    return signing_bytes(DOMAIN_POSSESSION, genesis_hash, encode((key, account, height)))


class ValidatorAlive(Value, frozen=True):
    """A validator key shows that it is running: its signature over `possession_message` at a recent height."""

    key: Bytes32
    height: Height
    signature: Bytes64
