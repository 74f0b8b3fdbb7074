"""Tables of storage units, the imbalance, sessions and households."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from ledger.chain.schema import Counter, Link
from ledger.encoding.codec import Bytes20, Uint, Value
from ledger.energy.storage_terms import StorageTerms
from ledger.state.table import Table


class UnitStatus(IntEnum):
    """A storage unit's standing."""

    ACTIVE = 1
    SUSPENDED = 2
    REMOVED = 3


class Gap(IntEnum):
    """The sign of the imbalance D = ENT supply - backing."""

    NONE = 0
    DEFICIT = 1
    SURPLUS = 2


class Imbalance(Value, frozen=True):
    """`network_wh`: energy in all units; `rate`: R, base units of ENT per kWh, set when the gap last grew."""

    network_wh: Uint
    rate: Uint


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


class Household(Value, frozen=True):
    """An account's metered energy in Wh since genesis.

    produced: into units; exported: beyond a unit's capacity; consumed: drawn from sessions; imported: from the grid.
    """

    produced_wh: Uint
    exported_wh: Uint
    consumed_wh: Uint
    imported_wh: Uint


IMBALANCE: Final = Table(4, "imbalance", "", Imbalance)
UNITS: Final = Table(7, "units", "address", Unit, group=0)
OWNERS: Final = Table(8, "owners", "address", Counter)
SESSIONS: Final = Table(9, "sessions", "consumer unit", Session, group=20)
UNIT_SESSIONS: Final = Table(10, "unit_sessions", "unit newest", Link, group=20)
HOUSEHOLDS: Final = Table(21, "households", "address", Household)
UNIT_LOSSES: Final = Table(40, "unit_losses", "unit day", Counter, group=20)
UNIT_FLOWS: Final = Table(41, "unit_flows", "unit", Flows)
WAITING_LEVELS: Final = Table(42, "waiting_levels", "unit", WaitingLevels)
COST_MAXIMA: Final = Table(43, "cost_maxima", "span number", Counter, group=1)
COST_IN_FORCE: Final = Table(44, "cost_in_force", "", CostInForce)
UNIT_MINTED: Final = Table(45, "unit_minted", "unit day", Counter, group=20)
WAITING_SESSIONS: Final = Table(28, "waiting_sessions", "consumer unit number", Session, group=40)
UNCOVERED: Final = Table(29, "uncovered", "unit", Counter)

ENERGY_TABLES: Final[tuple[Table[Any], ...]] = (
    IMBALANCE, UNITS, OWNERS, SESSIONS, UNIT_SESSIONS, HOUSEHOLDS, UNIT_LOSSES, UNIT_FLOWS, WAITING_LEVELS,
    COST_MAXIMA, COST_IN_FORCE, UNIT_MINTED, WAITING_SESSIONS, UNCOVERED,
)  # fmt: skip
