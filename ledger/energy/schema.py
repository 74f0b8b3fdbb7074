"""Tables of storage units, the imbalance, sessions and households."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.chain.schema import Counter, DueKind, Link, SweepKind
from ledger.encoding.codec import Value
from ledger.encoding.quantities import (
    ENERGY_AMOUNT,
    ENERGY_RATE,
    WATT_HOURS,
    Address,
    EnergyAmount,
    Height,
    Number,
    Rate,
    SignedWattHours,
    TimeMs,
    WattHours,
    Watts,
)
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


class SessionEnd(IntEnum):
    """Why a session ended."""

    USED_UP = 1
    CLOSED = 2
    EXPIRED = 3
    EXCEEDED = 4
    SHORTFALL = 5
    UNIT_REMOVED = 6
    EXPELLED = 7
    RELEASED = 8


class Imbalance(Value, frozen=True):
    """`network_wh`: energy in all units; `rate`: R, base units of ENT per kWh, set when the gap last grew.

    `presumed_wh`: what is missing and silent meters may have drawn, the sum over `PRESUMED` (I9).
    """

    network_wh: WattHours
    rate: Rate
    presumed_wh: WattHours


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

    owner: Address
    status: Annotated[int, UnitStatus]
    capacity_wh: WattHours
    max_power_w: Watts
    available_wh: WattHours
    locked_wh: WattHours
    sequence: Number
    credit_from_ms: TimeMs
    shortfall_wh: WattHours
    shortfall_from_ms: TimeMs
    gain_day: Number
    gain_wh: WattHours
    quarantined_wh: WattHours
    number: Number
    terms: StorageTerms
    inflow_wh: WattHours
    expected_wh: WattHours
    standing_from_ms: TimeMs
    standing_booked_wh: WattHours
    standing_owed_wh: WattHours
    level_ms: TimeMs
    level_gain_wh: WattHours


class Flow(Value, frozen=True):
    """`energy_wh` that went into a unit's books, negative out of them, for the time from `start_ms` to `end_ms`."""

    end_ms: TimeMs
    start_ms: TimeMs
    energy_wh: SignedWattHours


class Flows(Value, frozen=True):
    """A unit's latest flows, by their end; all that are for times from `since_ms` on, or after a level that waits."""

    since_ms: TimeMs
    flows: tuple[Flow, ...]


class Level(Value, frozen=True):
    """What a unit held at a signed time; compared with its books at `due_ms` at the latest. `number`: its expiry's.

    `less_wh` and `more_wh`: by how much the books of that time may have been lower or higher than they are taken to
    be, because of intervals across it.
    """

    time_ms: TimeMs
    level_wh: WattHours
    due_ms: TimeMs
    number: Number
    less_wh: WattHours
    more_wh: WattHours


class WaitingLevels(Value, frozen=True):
    """A unit's levels that wait, one or two, and the binding whose meter was found missing (empty: not looked for)."""

    levels: tuple[Level, ...]
    awaited: bytes


class LevelLoss(Value, frozen=True):
    """A compared level's loss. `booked_wh`: what the books lost and nothing has explained; `net_wh`: what was missing,
    less what is known to have left the unit before, and more by what came in."""

    time_ms: TimeMs
    booked_wh: WattHours
    net_wh: SignedWattHours


class LevelLosses(Value, frozen=True):
    """A unit's latest levels that found a loss, by time; nothing is known of those up to `since_ms`."""

    since_ms: TimeMs
    levels: tuple[LevelLoss, ...]


class CostInForce(Value, frozen=True):
    """Minting costs `cost` base units of ENT per kWh since a time."""

    since_ms: TimeMs
    cost: Rate


class OpenDeficit(Value, frozen=True):
    """The deficit that lasts, since `since_ms`; `until_ms`: when an operation last met it. In base units of ENT:

    `paid`: what imbalance costs have paid of it; `size`: the largest gap that stood from one block to another, with
    what had been paid by then; `late`: what late readings have paid for it above D, at most `size`.
    """

    since_ms: TimeMs
    until_ms: TimeMs
    size: EnergyAmount
    paid: EnergyAmount
    late: EnergyAmount


class Deficits(Value, frozen=True):
    """Deficits that are over and touch the same hours or days, the last of which is `last`: sums of their sizes, and of
    what late readings have paid for them above D."""

    last: Number
    size: EnergyAmount
    late: EnergyAmount


class PresumedDraw(Value, frozen=True):
    """What a consumer is presumed to have drawn from a unit of what was missing there until `time_ms` (I9)."""

    time_ms: TimeMs
    energy_wh: WattHours


class Session(Value, frozen=True):
    """A consumption session of one consumer at one unit.

    `locked`: base units of ENT still locked; `energy_wh`: energy that may still be drawn, of which the unit's books
    have lost `lost_wh` already. `rate` and `gap` are fixed at opening. `returns_ms`: when the lock goes back at the
    latest. `reservation`: base units of ENT locked for holding the energy ready. `ended_ms`: 0 while it is open;
    then it waits for its last reading, and `reason` (`SessionEnd`) says why it ended. `has_priority`: its consumer had
    when it was opened.
    """

    number: Number
    locked: EnergyAmount
    energy_wh: WattHours
    rate: Rate
    gap: Annotated[int, Gap]
    opened_ms: TimeMs
    deadline_ms: TimeMs
    returns_ms: TimeMs
    overdraft: EnergyAmount
    reservation: EnergyAmount
    lost_wh: WattHours
    ended_ms: TimeMs
    reason: Annotated[int, SessionEnd]
    has_priority: bool


class PriorityAccount(Value, frozen=True):
    """An account whose sessions end last where energy is short, since a height."""

    since: Height


class Household(Value, frozen=True):
    """An account's metered energy in Wh since genesis.

    produced: into units; exported: beyond a unit's capacity; consumed: drawn from sessions; imported: from the grid.
    """

    produced_wh: WattHours
    exported_wh: WattHours
    consumed_wh: WattHours
    imported_wh: WattHours


IMBALANCE: Final = Table(48, "imbalance", "", Imbalance)
UNITS: Final = Table(49, "units", "address", Unit, group=0)
OWNERS: Final = Table(50, "owners", "address", Counter)
SESSIONS: Final = Table(51, "sessions", "consumer unit", Session, group=20)
UNIT_SESSIONS: Final = Table(52, "unit_sessions", "unit newest", Link, group=20)
HOUSEHOLDS: Final = Table(53, "households", "address", Household)
UNIT_LOSSES: Final = Table(54, "unit_losses", "unit day", Counter, group=20, counts=WATT_HOURS)
UNIT_FLOWS: Final = Table(55, "unit_flows", "unit", Flows)
WAITING_LEVELS: Final = Table(56, "waiting_levels", "unit", WaitingLevels)
COST_MAXIMA: Final = Table(57, "cost_maxima", "span number", Counter, group=1, counts=ENERGY_RATE)
COST_IN_FORCE: Final = Table(58, "cost_in_force", "", CostInForce)
UNIT_MINTED: Final = Table(59, "unit_minted", "unit day", Counter, group=20, counts=ENERGY_AMOUNT)
WAITING_SESSIONS: Final = Table(60, "waiting_sessions", "consumer unit number", Session, group=40)
UNCOVERED: Final = Table(61, "uncovered", "unit", Counter, counts=WATT_HOURS)
LEVEL_LOSSES: Final = Table(62, "level_losses", "unit", LevelLosses)
OPEN_DEFICIT: Final = Table(63, "open_deficit", "", OpenDeficit)
DEFICITS: Final = Table(64, "deficits", "span newest", Deficits, group=1)
PRESUMED: Final = Table(65, "presumed", "unit consumer", PresumedDraw, group=20)
PRIORITY_ACCOUNTS: Final = Table(66, "priority_accounts", "address", PriorityAccount, group=0)

ENERGY_TABLES: Final[tuple[Table[Any], ...]] = (
    IMBALANCE, UNITS, OWNERS, SESSIONS, UNIT_SESSIONS, HOUSEHOLDS, UNIT_LOSSES, UNIT_FLOWS, WAITING_LEVELS,
    COST_MAXIMA, COST_IN_FORCE, UNIT_MINTED, WAITING_SESSIONS, UNCOVERED, LEVEL_LOSSES, OPEN_DEFICIT,
    DEFICITS, PRESUMED, PRIORITY_ACCOUNTS,
)  # fmt: skip

SESSION_DUE: Final = DueKind(48, "session")
STANDING_LOSS_DUE: Final = DueKind(49, "standing_loss")
LEVEL_DUE: Final = DueKind(50, "level")
SHORTFALL_SWEEP: Final = SweepKind(48, "shortfall")
REMOVAL_SWEEP: Final = SweepKind(49, "removal")
