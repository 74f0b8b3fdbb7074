"""Tables that belong to no subject: nonces, counters, parameters, locks, what falls due, what is swept, validators."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from ledger.encoding.codec import Bytes32, Name, Value
from ledger.encoding.quantities import (
    Address,
    Amount,
    Count,
    Height,
    Number,
    ParameterValue,
    Plain,
    PlainSigned,
    TimeMs,
)
from ledger.state.table import Table


class Account(Value, frozen=True):
    """`nonce` is the last one used."""

    nonce: Number


ACCOUNTS: Final = Table(7, "accounts", "address", Account)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What tokens are locked for; no purpose can spend another's lock. A module brings its own."""

    number: Number
    name: str


@dataclass(frozen=True, slots=True)
class AccountCounter:
    """What is counted for each account, so that a limit can hold it. A module brings its own."""

    number: Number
    name: str


@dataclass(frozen=True, slots=True)
class DueKind:
    """What falls due. A module brings its own with what is done then."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class SweepKind:
    """Work that is done over blocks. A module brings its own with its step."""

    number: int
    name: str


class OwnWork(IntEnum):
    """What a block does without a transaction that asks for it."""

    DUE = 1
    SWEEP = 2
    STEP = 3
    PROPOSED = 4


class Lock(Value, frozen=True):
    """Base units of an asset that an account has locked for one purpose."""

    amount: Amount


class Counter(Value, frozen=True):
    """The last number given out, or a count."""

    value: Count


class Sweep(Value, frozen=True):
    """Work that goes on over blocks: its kind and what it is about."""

    kind: PlainSigned
    subject: bytes


class Expiry(Value, frozen=True):
    """What is due at the time in the key."""

    subject: bytes


class Link(Value, frozen=True):
    """An entry of an index: the key of what it points to."""

    target: bytes


class Parameter(Value, frozen=True):
    """A voted parameter's value; its unit is in its `ParameterRule`."""

    value: ParameterValue


LOCKS: Final = Table(5, "locks", "address asset purpose", Lock, group=20)
ACCOUNT_COUNTERS: Final = Table(6, "account_counters", "address kind", Counter)
COUNTERS: Final = Table(1, "counters", "name", Counter)
PARAMETERS: Final = Table(2, "parameters", "name", Parameter, group=0)
EXPIRIES: Final = Table(3, "expiries", "time kind number", Expiry, group=0)
SWEEPS: Final = Table(4, "sweeps", "number", Sweep, group=0)


class ProtocolInForce(Value, frozen=True):
    """The protocol version since a height, and the sections of the modules that are on, by name, sorted (O9)."""

    version: Plain
    since: Height
    sections: tuple[Name, ...]


class VotedSection(Value, frozen=True):
    """The section of a module that a vote switched on, as the genesis would have it, and since when."""

    since: Height
    section: bytes


class Upgrade(Value, frozen=True):
    """What is planned for a height: the version from then on, the module to switch on (or empty) with its section, and
    what people are to install (O11)."""

    height: Height
    version: Plain
    module: str
    section: bytes
    release: str


class KnownVersion(Value, frozen=True):
    """The highest version that a validator's program knows, as its headers say since a height (O10)."""

    version: Plain
    since: Height


PROTOCOL: Final = Table(9, "protocol", "", ProtocolInForce)
VOTED_SECTIONS: Final = Table(10, "voted_sections", "name", VotedSection)
PLANNED_UPGRADE: Final = Table(88, "planned_upgrade", "", Upgrade)
KNOWN_VERSIONS: Final = Table(89, "known_versions", "address", KnownVersion, group=0)

ONLY: Final = b""
"""The key of a table with one entry."""


class Validator(Value, frozen=True):
    """A member of the validator set since a height; fees of its blocks go to `account`."""

    key: Bytes32
    power: Plain
    account: Address
    name: str
    since: Height


VALIDATORS: Final = Table(8, "validators", "address", Validator, group=0)


class ProposerRecord(Value, frozen=True):
    """A validator that let its turns pass: how many in a row, and how often it was muted.

    `muted_until_ms`: when it may come back, 0 while it is not muted; `restored_ms`: when it last came back, or 0.
    """

    misses: Plain
    relapses: Plain
    muted_until_ms: TimeMs
    restored_ms: TimeMs


PROPOSERS: Final = Table(11, "proposers", "address", ProposerRecord, group=0)

CHAIN_TABLES: Final[tuple[Table[Any], ...]] = (
    COUNTERS, PARAMETERS, EXPIRIES, SWEEPS, LOCKS, ACCOUNT_COUNTERS, ACCOUNTS, VALIDATORS, PROTOCOL, VOTED_SECTIONS,
    PROPOSERS,
)  # fmt: skip
