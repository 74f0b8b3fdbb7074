"""The genesis of a chain: what can never be voted on, and the first state (rules G1-G4); its hash names the chain."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property
from typing import Annotated, Final

import msgspec

from ledger.bank.schema import Asset
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Bytes20, Bytes32, Codec, Name, Uint, Value, encode
from ledger.encoding.times import DurationMs, Millis
from ledger.energy.storage_terms import IDEAL, StorageTerms
from ledger.errors import GenesisError
from ledger.keys.crypto import tagged_hash
from ledger.limits import (
    MAX_GENESIS_BYTES,
    MAX_TREE_BITS,
    MAX_UNITS,
    MAX_VALIDATORS,
    MAX_VOTERS,
    MIN_BLOCK_WEIGHT,
    MIN_TREE_BITS,
)

ChainName = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{0,30}\\Z")]


class ConsensusMode(IntEnum):
    """PBFT is safe with fewer than a third of the power faulty in any way; PoA against crashes only."""

    PBFT = 1
    POA = 2


class Access(IntEnum):
    """Who may use the ledger: those whom the voters admitted, or everybody who pays the fee."""

    MEMBERS = 1
    OPEN = 2


class SurplusRule(IntEnum):
    """What happens when there is more energy than tokens: consumers share it, or the thesis' literal formula."""

    SHARE = 1
    CHARGE = 2


class RateRule(IntEnum):
    """Whether R falls where a gap that was partly paid off grows again: never, or as in the thesis."""

    MONOTONE = 1
    LITERAL = 2


class EnergyChoices(Value, frozen=True):
    """How the imbalance cost works; `gain_parts`: the share of its capacity that a unit may gain unexplained a day."""

    surplus: Annotated[int, msgspec.Meta(ge=1, le=2)]
    rate_rule: Annotated[int, msgspec.Meta(ge=1, le=2)]
    gain_parts: Uint


class GenesisValidator(Value, frozen=True):
    """A validator of the first set."""

    key: Bytes32
    account: Bytes20
    name: Name


class GenesisUnit(Value, frozen=True):
    """A storage unit registered from the start; it holds no energy."""

    address: Bytes20
    owner: Bytes20
    capacity_wh: Uint
    max_power_w: Uint
    terms: StorageTerms = IDEAL


class GenesisBalance(Value, frozen=True):
    """eEuro at the start; ENT is never funded, only minted."""

    address: Bytes20
    amount: Uint


class Genesis(Value, frozen=True, dict=True, gc=True):
    """Everything the first state follows from. Durations in ms; `parameters` deviate from the defaults."""

    version: Uint
    name: ChainName
    time_ms: Millis
    mode: Annotated[int, msgspec.Meta(ge=1, le=2)]
    min_interval_ms: DurationMs
    idle_interval_ms: DurationMs
    drift_ms: DurationMs
    max_validators: Annotated[int, msgspec.Meta(ge=1, le=MAX_VALIDATORS)]
    simulated_clock: bool
    access: Annotated[int, msgspec.Meta(ge=1, le=2)]
    fee_asset: Annotated[int, msgspec.Meta(ge=1, le=2)]
    minimum_fee: Uint
    block_weight: Annotated[int, msgspec.Meta(ge=MIN_BLOCK_WEIGHT, le=10**9)]
    tree_bits: Annotated[int, msgspec.Meta(ge=MIN_TREE_BITS, le=MAX_TREE_BITS)]
    market: Name
    energy: EnergyChoices
    validators: Annotated[tuple[GenesisValidator, ...], msgspec.Meta(min_length=1, max_length=MAX_VALIDATORS)]
    voters: Annotated[tuple[Bytes20, ...], msgspec.Meta(min_length=1, max_length=MAX_VOTERS)]
    banker: Bytes20
    members: tuple[Bytes20, ...]
    units: Annotated[tuple[GenesisUnit, ...], msgspec.Meta(max_length=MAX_UNITS)]
    balances: tuple[GenesisBalance, ...]
    parameters: tuple[tuple[Name, Uint], ...]

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


GENESIS: Final[Codec[Genesis]] = Codec(Genesis, MAX_GENESIS_BYTES)


def check_genesis(genesis: Genesis) -> None:
    """Raise `GenesisError` where a genesis contradicts itself (G2)."""
    if genesis.version != 1:
        raise GenesisError(f"genesis version {genesis.version} is unknown; this program knows version 1")
    if genesis.idle_interval_ms < genesis.min_interval_ms:
        raise GenesisError("idle_interval is shorter than min_interval")
    if genesis.access == Access.OPEN and genesis.minimum_fee == 0:
        raise GenesisError("open access needs a minimum fee above 0, or the chain can be filled for nothing")
    if genesis.minimum_fee and (genesis.fee_asset != Asset.EEURO or not genesis.balances):
        raise GenesisError("nobody could pay the minimum fee: it must be in eEuro, and somebody must hold some")
    if len(genesis.validators) > genesis.max_validators:
        raise GenesisError(f"{len(genesis.validators)} validators, but max_validators is {genesis.max_validators}")
    _distinct("validator key", [validator.key for validator in genesis.validators])
    _distinct("voter", list(genesis.voters))
    _distinct("member", list(genesis.members))
    _distinct("unit", [unit.address for unit in genesis.units])
    _distinct("balance", [balance.address for balance in genesis.balances])
    _distinct("parameter", [name.encode() for name, _value in genesis.parameters])
    if sum(balance.amount for balance in genesis.balances) > 2**63 - 1:
        raise GenesisError("the first balances exceed 2^63 - 1 base units")
    for unit in genesis.units:
        if unit.address == unit.owner:
            raise GenesisError("a storage unit cannot own itself")


def _distinct(what: str, values: list[bytes]) -> None:
    if len(set(values)) != len(values):
        raise GenesisError(f"a {what} is listed twice")
