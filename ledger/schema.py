"""The key tables of the state: the only place that knows which bytes stand where (rules S1-S3).

A state entry is `table number (1 byte) + key -> canonical bytes of a Value`. A table with a `group` is ordered: rules
may walk its keys in rising byte order within one group (the first `group` bytes of the key), at O(log n) a step.
The ledger owns numbers 1 to 63; another package (the market: 64 to 127) brings its own tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, Generic, TypeVar

from ledger.codec import Bytes20, Bytes32, Codec, Uint, Value
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.storage import StorageTerms

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """One table of the state; `key` names the parts of its key for people and for proofs."""

    number: int
    name: str
    key: str
    kind: type[T]
    group: int | None = None
    codec: Codec[T] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codec", Codec(self.kind, MAX_TRANSACTION_BYTES))

    def full_key(self, key: bytes) -> bytes:
        """The key of the entry in the state tree: table number, then key."""
        return bytes((self.number,)) + key


class Asset(IntEnum):
    """The tokens of the ledger; 9 decimals each."""

    ENT = 1
    EEURO = 2


@dataclass(frozen=True, slots=True)
class Purpose:
    """What tokens are locked for; no purpose can spend another's lock. A module brings its own (number: 1 byte)."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class AccountCounter:
    """What is counted for each account, so that a limit can hold it. A module brings its own (number: 1 byte)."""

    number: int
    name: str


class UnitStatus(IntEnum):
    """A storage unit's standing."""

    ACTIVE = 1
    SUSPENDED = 2
    REMOVED = 3


class MeterKind(IntEnum):
    """What a bound meter measures: registers that rise, or (storage) the level of the unit."""

    PRODUCTION = 1
    CONSUMPTION = 2
    STORAGE = 3


class Gap(IntEnum):
    """The sign of the imbalance D = ENT supply - backing."""

    NONE = 0
    DEFICIT = 1
    SURPLUS = 2


class MemberStatus(IntEnum):
    """Members may use the ledger; an expelled one may only transfer and withdraw."""

    ADMITTED = 1
    EXPELLED = 2


class Account(Value, frozen=True):
    """`nonce` is the last one used."""

    nonce: Uint


class Balance(Value, frozen=True):
    """What an account may spend of an asset, in base units; what is locked stands in `LOCKS`."""

    available: Uint


class Lock(Value, frozen=True):
    """Base units of an asset that an account has locked for one purpose."""

    amount: Uint


class Supply(Value, frozen=True):
    """Base units of an asset in existence."""

    amount: Uint


class Imbalance(Value, frozen=True):
    """`network_wh`: energy in all units; `rate`: R, base units of ENT per kWh, set when the gap last grew."""

    network_wh: Uint
    rate: Uint


class Counter(Value, frozen=True):
    """The last number given out, or a count."""

    value: Uint


class Unit(Value, frozen=True):
    """A storage unit. `capacity_wh` (usable) and `max_power_w` (charging) 0: not registered, shown as unlimited.

    `credit_from_ms`: the instant from which unused maximum power still counts (rule U3). `shortfall_wh`: lost energy
    since `shortfall_from_ms` that no gain has undone. `gain_wh`: unexplained gain booked on day `gain_day`.
    `quarantined_wh`: gain that waits for a vote. `number`: of its registration. `inflow_wh`: energy put in, modulo
    the parts of an efficiency. `expected_wh`: losses within its terms since its last gain. `standing_from_ms`: since
    when its running day of standing loss counts (0: it has none), of which `standing_booked_wh` are booked;
    `standing_owed_wh` are of days before, when sessions held all its energy. `level_ms`: the signed time that its
    books were last compared for, `level_gain_wh`: the gain that this booked.
    """

    owner: Bytes20
    status: int
    capacity_wh: Uint
    max_power_w: Uint
    available_wh: Uint
    locked_wh: Uint
    sequence: Uint
    credit_from_ms: Uint
    shortfall_wh: Uint
    shortfall_from_ms: Uint
    gain_day: Uint
    gain_wh: Uint
    quarantined_wh: Uint
    number: Uint
    terms: StorageTerms
    inflow_wh: Uint
    expected_wh: Uint
    standing_from_ms: Uint
    standing_booked_wh: Uint
    standing_owed_wh: Uint
    level_ms: Uint
    level_gain_wh: Uint


class Flow(Value, frozen=True):
    """`energy_wh` that went into a unit's books, negative out of them, for the time from `start_ms` to `end_ms`."""

    end_ms: Uint
    start_ms: Uint
    energy_wh: int


class Flows(Value, frozen=True):
    """A unit's latest flows, by their end."""

    flows: tuple[Flow, ...]


class Level(Value, frozen=True):
    """What a unit held at a signed time; compared with its books at `due_ms` at the latest. `number`: its expiry's."""

    time_ms: Uint
    level_wh: Uint
    due_ms: Uint
    number: Uint


class WaitingLevels(Value, frozen=True):
    """A unit's levels that wait, one or two, and the binding whose meter was found missing (empty: not looked for)."""

    levels: tuple[Level, ...]
    awaited: bytes


class CostInForce(Value, frozen=True):
    """Minting costs `cost` base units of ENT per kWh since a time."""

    since_ms: Uint
    cost: Uint


class Session(Value, frozen=True):
    """A consumption session of one consumer at one unit.

    `locked`: base units of ENT still locked; `energy_wh`: energy that may still be drawn, of which the unit's books
    have lost `lost_wh` already. `rate` and `gap` are fixed at opening. `returns_ms`: when the lock goes back at the
    latest. `reservation`: base units of ENT locked for holding the energy ready. `ended_ms`: 0 while it is open;
    then it waits for its last reading, and `reason` (`SessionEnd`) says why it ended.
    """

    number: Uint
    locked: Uint
    energy_wh: Uint
    rate: Uint
    gap: int
    opened_ms: Uint
    deadline_ms: Uint
    returns_ms: Uint
    overdraft: Uint
    reservation: Uint
    lost_wh: Uint
    ended_ms: Uint
    reason: int


class Sweep(Value, frozen=True):
    """Work that goes on over blocks: its kind and what it is about."""

    kind: int
    subject: bytes


class Expiry(Value, frozen=True):
    """What is due at the time in the key."""

    subject: bytes


class Link(Value, frozen=True):
    """An entry of an index: the key of what it points to."""

    target: bytes


class Voter(Value, frozen=True):
    """A voter since a height."""

    since: Uint


class Member(Value, frozen=True):
    """An admitted or expelled member."""

    status: int
    since: Uint


class Vote(Value, frozen=True):
    """An open vote. `action` is its canonical bytes; `yes` the voters for it, sorted."""

    number: Uint
    action: bytes
    opened_by: Bytes20
    expires_ms: Uint
    yes: tuple[Bytes20, ...]


class Validator(Value, frozen=True):
    """A member of the validator set since a height; fees of its blocks go to `account`."""

    key: Bytes32
    power: Uint
    account: Bytes20
    name: str
    since: Uint


class FormerValidator(Value, frozen=True):
    """A term that is over: from `since` up to the height in the key."""

    since: Uint


class Offence(Value, frozen=True):
    """An equivocation, punished at a height."""

    punished: Uint


class Liveness(Value, frozen=True):
    """The height at which a validator key last showed that it is running."""

    height: Uint


class Banker(Value, frozen=True):
    """The account that moves currency in and out."""

    address: Bytes20


class Parameter(Value, frozen=True):
    """A voted parameter's value; its unit is in `ledger.params`."""

    value: Uint


class Meter(Value, frozen=True):
    """What is known of a meter key, also after it was unbound (rule M1).

    Terms of its binding: `unit` and `account` are empty while it is unbound, `place` (unit, account, kind, OBIS code)
    stays until voters release the key; Wh are raw x `factor` x 10^`scale`; `serial` is the hash of the meter's own.
    State: `register` is the raw register up to which energy has counted, at `time_ms`. `quarantined_register`, 0 if
    none: what the meter shows above a jump that waits for a vote, last at `quarantined_ms`; the jump itself lies
    between `quarantined_from_ms` and the reading that brought it (M6). `sent_ms`: block time of its last transaction.
    """

    unit: bytes
    account: bytes
    kind: int
    place: bytes
    max_power_w: Uint
    rollover: Uint
    scale: int
    factor: Uint
    obis: bytes
    profile: bytes
    serial: bytes
    sequence: Uint
    register: Uint
    time_ms: Uint
    boot: Uint
    quarantined_register: Uint
    quarantined_from_ms: Uint
    quarantined_ms: Uint
    sent_ms: Uint


class ManualReport(Value, frozen=True):
    """When a unit last reported by hand what a meter could measure; `number` is that of its expiry."""

    time_ms: Uint
    number: Uint


class Household(Value, frozen=True):
    """An account's metered energy in Wh since genesis.

    produced: into units; exported: beyond a unit's capacity; consumed: drawn from sessions; imported: from the grid.
    """

    produced_wh: Uint
    exported_wh: Uint
    consumed_wh: Uint
    imported_wh: Uint


ACCOUNTS: Final = Table(1, "accounts", "address", Account)
BALANCES: Final = Table(2, "balances", "address asset", Balance, group=20)
SUPPLY: Final = Table(3, "supply", "asset", Supply)
IMBALANCE: Final = Table(4, "imbalance", "", Imbalance)
COUNTERS: Final = Table(5, "counters", "name", Counter)
PARAMETERS: Final = Table(6, "parameters", "name", Parameter, group=0)
UNITS: Final = Table(7, "units", "address", Unit, group=0)
OWNERS: Final = Table(8, "owners", "address", Counter)
SESSIONS: Final = Table(9, "sessions", "consumer unit", Session, group=20)
UNIT_SESSIONS: Final = Table(10, "unit_sessions", "unit newest", Link, group=20)
EXPIRIES: Final = Table(11, "expiries", "time kind number", Expiry, group=0)
VOTERS: Final = Table(12, "voters", "address", Voter, group=0)
MEMBERS: Final = Table(13, "members", "address", Member, group=0)
VOTES: Final = Table(14, "votes", "number", Vote, group=0)
VOTE_ACTIONS: Final = Table(15, "vote_actions", "action_hash", Link)
VALIDATORS: Final = Table(16, "validators", "address", Validator, group=0)
LIVENESS: Final = Table(17, "liveness", "validator_key", Liveness)
BANKER: Final = Table(18, "banker", "", Banker)
METERS: Final = Table(19, "meters", "meter_key", Meter)
BINDINGS: Final = Table(20, "bindings", "unit account kind", Link, group=20)
HOUSEHOLDS: Final = Table(21, "households", "address", Household)
WITHDRAWALS: Final = Table(22, "withdrawals", "address", Counter)
METER_ADDRESSES: Final = Table(23, "meter_addresses", "address", Link)
FORMER_VALIDATORS: Final = Table(24, "former_validators", "until address", FormerValidator, group=0)
OFFENCES: Final = Table(25, "offences", "height offence", Offence, group=0)
LOCKS: Final = Table(26, "locks", "address asset purpose", Lock, group=20)
ACCOUNT_COUNTERS: Final = Table(27, "account_counters", "address kind", Counter)
CANDIDATES: Final = Table(50, "candidates", "address", Link)
UNIT_LOSSES: Final = Table(40, "unit_losses", "unit day", Counter, group=20)
UNIT_FLOWS: Final = Table(41, "unit_flows", "unit", Flows)
WAITING_LEVELS: Final = Table(42, "waiting_levels", "unit", WaitingLevels)
COST_MAXIMA: Final = Table(43, "cost_maxima", "span number", Counter, group=1)
COST_IN_FORCE: Final = Table(44, "cost_in_force", "", CostInForce)
UNIT_MINTED: Final = Table(45, "unit_minted", "unit day", Counter, group=20)
MANUAL_REPORTS: Final = Table(35, "manual_reports", "unit account kind", ManualReport)
WAITING_SESSIONS: Final = Table(28, "waiting_sessions", "consumer unit number", Session, group=40)
UNCOVERED: Final = Table(29, "uncovered", "unit", Counter)
SWEEPS: Final = Table(30, "sweeps", "number", Sweep, group=0)

LEDGER_TABLES: Final[tuple[Table[Any], ...]] = (
    ACCOUNTS, BALANCES, SUPPLY, IMBALANCE, COUNTERS, PARAMETERS, UNITS, OWNERS, SESSIONS, UNIT_SESSIONS, EXPIRIES,
    VOTERS, MEMBERS, VOTES, VOTE_ACTIONS, VALIDATORS, LIVENESS, BANKER, METERS, BINDINGS, HOUSEHOLDS, WITHDRAWALS,
    METER_ADDRESSES, FORMER_VALIDATORS, OFFENCES, LOCKS, ACCOUNT_COUNTERS, UNIT_LOSSES, UNIT_FLOWS, WAITING_LEVELS,
    COST_MAXIMA, COST_IN_FORCE, UNIT_MINTED, CANDIDATES, MANUAL_REPORTS, WAITING_SESSIONS, UNCOVERED, SWEEPS,
)  # fmt: skip


def big_endian(number: int) -> bytes:
    """8 bytes in which byte order is numeric order."""
    return number.to_bytes(8, "big")


def newest_first(number: int) -> bytes:
    """8 bytes in which byte order is falling numeric order."""
    return (2**64 - 1 - number).to_bytes(8, "big")
