"""The genesis of a chain: what can never be voted on, and the first state (rules G1-G4); its hash names the chain."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from typing import Annotated, Final

import msgspec

from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Bytes20, Bytes32, Codec, Name, Uint, Value, encode
from ledger.encoding.times import DurationMs, Millis
from ledger.errors import GenesisError
from ledger.keys.crypto import tagged_hash
from ledger.limits import (
    MAX_GENESIS_BYTES,
    MAX_HEARTBEAT_MS,
    MAX_TREE_BITS,
    MAX_VALIDATORS,
    MIN_BLOCK_WEIGHT,
    MIN_TREE_BITS,
)

ChainName = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{0,30}\\Z")]


class ConsensusMode(IntEnum):
    """PBFT is safe with fewer than a third of the power faulty in any way; PoA against crashes only."""

    PBFT = 1
    POA = 2


class GenesisValidator(Value, frozen=True):
    """A validator of the first set."""

    key: Bytes32
    account: Bytes20
    name: Name


class Genesis(Value, frozen=True, dict=True, gc=True):
    """Everything the first state follows from. Durations in ms; `parameters` deviate from the defaults.

    `version` is the protocol version from the first block on. `heartbeat_ms`: a block is due so long after the last one
    though nothing waits. `sections` are the modules' parts, by name (`ledger.chain.section`).
    """

    version: Uint
    name: ChainName
    time_ms: Millis
    mode: Annotated[int, msgspec.Meta(ge=1, le=2)]
    min_interval_ms: DurationMs
    heartbeat_ms: DurationMs
    drift_ms: DurationMs
    max_validators: Annotated[int, msgspec.Meta(ge=1, le=MAX_VALIDATORS)]
    simulated_clock: bool
    block_weight: Annotated[int, msgspec.Meta(ge=MIN_BLOCK_WEIGHT, le=10**9)]
    tree_bits: Annotated[int, msgspec.Meta(ge=MIN_TREE_BITS, le=MAX_TREE_BITS)]
    validators: Annotated[tuple[GenesisValidator, ...], msgspec.Meta(min_length=1, max_length=MAX_VALIDATORS)]
    parameters: tuple[tuple[Name, Uint], ...]
    sections: tuple[tuple[Name, bytes], ...]

    @cached_property
    def hash(self) -> bytes:
        """The chain's identity, which every signature covers (G1); computed once, for it costs milliseconds."""
        return tagged_hash(b"nodechain/genesis", encode(self))

    @cached_property
    def chain_id(self) -> str:
        """For people: the chosen name and the first 8 hex digits of the hash, so a reset chain has another one."""
        return self.identity.id

    @cached_property
    def identity(self) -> ChainIdentity:
        """Chain id and hash together."""
        return ChainIdentity.of(self.name, self.hash)

    def joined(self, voted: tuple[tuple[str, bytes], ...]) -> Genesis:
        """With the sections of modules that votes switched on since; identity and hash stay. Kept for the next call."""
        if not voted:
            return self
        made: Genesis | None = self.__dict__.get("_joined")
        sections = tuple(sorted((*self.sections, *voted)))
        if made is None or made.sections != sections:
            made = msgspec.structs.replace(self, sections=sections)
            made.__dict__.update(hash=self.hash, chain_id=self.chain_id, identity=self.identity)
            self.__dict__["_joined"] = made
        return made


GENESIS: Final[Codec[Genesis]] = Codec(Genesis, MAX_GENESIS_BYTES)


def check_genesis(genesis: Genesis) -> None:
    """Raise `GenesisError` where a genesis contradicts itself (G2)."""
    if genesis.version < 1:
        raise GenesisError(f"genesis version {genesis.version} is unknown; the first version is 1")
    if genesis.heartbeat_ms < genesis.min_interval_ms:
        raise GenesisError("heartbeat is shorter than min_interval")
    if genesis.heartbeat_ms > MAX_HEARTBEAT_MS:
        raise GenesisError("heartbeat is longer than a quarter of the time for which light clients trust a set (84 h)")
    if len(genesis.validators) > genesis.max_validators:
        raise GenesisError(f"{len(genesis.validators)} validators, but max_validators is {genesis.max_validators}")
    _distinct("validator key", [validator.key for validator in genesis.validators])
    _distinct("parameter", [name.encode() for name, _value in genesis.parameters])


def _distinct(what: str, values: list[bytes]) -> None:
    if len(set(values)) != len(values):
        raise GenesisError(f"a {what} is listed twice")
