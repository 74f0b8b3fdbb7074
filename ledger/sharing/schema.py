"""Tables of sharing. Energy in mWh, money in base units of the currency that the section names."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.chain.schema import DueKind, SweepKind
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import (
    Address,
    Amount,
    AssetId,
    Count,
    FieldUnit,
    MilliWattHours,
    Number,
    Of,
    Plain,
    Quantity,
    TimeMs,
)  # fmt: skip
from ledger.sharing.rows_schema import RowsState
from ledger.sharing.scheme_terms import SchemeTerms
from ledger.slots.schema import Direction, SlotState, ValueSource
from ledger.state.table import Table

SignedAmount = Annotated[int, FieldUnit(Quantity.AMOUNT, Of.FIELD)]
SignedPoints = Annotated[int, FieldUnit(Quantity.COUNT)]
SignedMilliWattHours = Annotated[int, FieldUnit(Quantity.ENERGY_MWH)]


class SchemeMember(Value, frozen=True):
    """A point in a scheme, and what it was when that was decided: so past slots keep whom they were settled with."""

    point: Number
    account: Address
    direction: Annotated[int, Direction]
    commissioned_ms: TimeMs
    keys: tuple[Plain, ...]
    factor: Plain


class MemberChunk(Value, frozen=True):
    """The members of a scheme whose points' numbers, divided by `CHUNK_POINTS`, are equal; in rising order."""

    members: tuple[SchemeMember, ...]


class ChunkOfVersion(Value, frozen=True):
    """Which chunk a version has: that which was written for `from_slot`."""

    chunk: Number
    from_slot: Number


class SchemeVersion(Value, frozen=True):
    """Terms of a scheme from a slot on; its members, of which so many produce and consume, stand in the chunks."""

    scheme: Number
    version: Number
    from_slot: Number
    terms: SchemeTerms
    producers: Count
    consumers: Count
    chunks: tuple[ChunkOfVersion, ...]

    @property
    def points(self) -> int:
        """How many take part; none: the scheme is closed."""
        return self.producers + self.consumers


class FactorChange(Value, frozen=True):
    """The share of a point's energy that counts in a scheme from a slot on; 0: it has left."""

    from_slot: Number
    factor: Plain


class Participation(Value, frozen=True):
    """The shares that a point had in a scheme, in rising order of slots."""

    changes: tuple[FactorChange, ...]


class AbsentChange(Value, frozen=True):
    """From a slot on so many more points of a scheme are closed, or fewer: those that leave it."""

    from_slot: Number
    change: SignedPoints


class AbsentDay(Value, frozen=True):
    """Those of a UTC day, in rising order of slots."""

    changes: tuple[AbsentChange, ...]


class SlotProgress(Value, frozen=True):
    """Of each slot of a local day, from `first_slot` on: how many points' values are there, and its newest run.

    A slot without a run has the run 0. `settled`: how often slots of the day were settled together (SC8).
    """

    first_slot: Number
    there: tuple[Count, ...]
    runs: tuple[Count, ...]
    settled: Count


class QueueReason(IntEnum):
    """Why a slot waits to be settled."""

    COMPLETE = 1
    CUT_OFF = 2
    CHANGED = 3
    LATE = 4
    """A correction of its folded day is there whole (SC17)."""


class QueuedSlot(Value, frozen=True):
    """A slot that is settled with the next steps of the sweep."""

    reason: Annotated[int, QueueReason]


class SlotInput(Value, frozen=True):
    """A point's value as a run used it; `part_mwh`: what of it counts in the scheme."""

    state: Annotated[int, SlotState]
    source: Annotated[int, ValueSource]
    energy_mwh: MilliWattHours
    part_mwh: MilliWattHours


class OldInput(Value, frozen=True):
    """The value that run `run` of a slot used of a point, where another one has taken its place since."""

    slot: Number
    run: Number
    state: Annotated[int, SlotState]
    source: Annotated[int, ValueSource]
    energy_mwh: MilliWattHours


class OldInputs(Value, frozen=True):
    """Those of a point and local day that no later run has used yet."""

    inputs: tuple[OldInput, ...]


class RunSums(Value, frozen=True):
    """What a run of a slot came to."""

    injected_mwh: MilliWattHours
    taken_mwh: MilliWattHours
    shared_mwh: MilliWattHours
    paid: Amount
    fees: Amount


class SettledSlot(Value, frozen=True):
    """The newest run of a slot under a version, the roots of what went in and came out (SC8).

    `substituted`: how many values were not there. `slot_rows`: where the rows come from that come with each slot.
    """

    run: Number
    version: Number
    substituted: Count
    slot_rows: Annotated[int, RowsState]
    inputs_root: Bytes32
    rows_root: Bytes32
    sums: RunSums


class FoldedDay(Value, frozen=True):
    """The settled slots of a local day whose inputs are kept no longer: how many, and the root over them (SC11).

    `settled`: how often slots of the day were settled together, later corrections with it (SC8, SC17).
    """

    slots: Count
    root: Bytes32
    settled: Count


class Phase(IntEnum):
    """What a run over slots of a local day is at."""

    SUBSTITUTE = 1
    GATHER = 2
    COMPUTE = 3
    TELL = 4
    BOOK = 5
    PAY = 6
    FINISH = 7


class DayRun(Value, frozen=True):
    """A run that goes on: slots of a local day under one version, worked off over blocks (SC8).

    `from_slot`: the version's. `runs`: the number that each of the slots' runs has; `changed`: whether an input is
    another than in the run before; `complete`: whether all are there; `sums`: what each slot that is computed came to.
    `place`: how far the phase is, in chunks, slots, runs of slots, or (TELL) chunks by the places that they have room
    for. `posted_mwh` and `posted`: what was bought less
    what was sold, and what is to be paid less what is to be received, of the accounts that are booked.
    """

    day: Number
    number: Number
    from_slot: Number
    phase: Annotated[int, Phase]
    place: Count
    slots: tuple[Number, ...]
    runs: tuple[Number, ...]
    changed: tuple[bool, ...]
    complete: tuple[bool, ...]
    sums: tuple[RunSums, ...]
    posted_mwh: SignedMilliWattHours
    posted: SignedAmount

    def is_live(self, place: int) -> bool:
        """Whether a slot is settled by this run: all is there, and not as it was."""
        return self.changed[place] and self.complete[place]


class PairedZones(Value, frozen=True):
    """Of consumers of a chunk what comes from producers of a zone in a slot, where the rule pairs them: packed, rising.

    `cells`: place in the chunk x zones of the slot + place of the zone, in 4 bytes each; `parts`: the energies.
    """

    cells: bytes
    parts: bytes


class RunPart(Value, frozen=True):
    """A chunk's part in a slot of a run that goes on: figures by place, packed (`packing.py`), 0 bytes where not yet.

    `old_energies`, `old_rows`: by the run before. `substituted`: how many of the inputs were not there.
    `absent`: the places of points that are closed in the slot (SC4). `producer_zones`: the zones in which the chunk's
    producers lay, rising, where somebody asks for them; `zone_places`: of each producer which, a byte each (0 bytes:
    all in the first).
    """

    inputs_root: Bytes32
    substituted: Count
    energies: bytes
    old_energies: bytes
    rows: bytes
    old_rows: bytes
    rows_root: Bytes32
    absent: tuple[Count, ...]
    producer_zones: tuple[str, ...]
    zone_places: bytes


class RunZones(Value, frozen=True):
    """The zones of the producers in a slot of a run that goes on, rising, and what those of each delivered (SR19).

    `old_weights`: by the run before. Where nobody delivered anything, how many producers a zone has. `paired`: of
    one of the runs pairs stand beside it.
    """

    zones: tuple[str, ...]
    weights: tuple[Plain, ...]
    old_weights: tuple[Plain, ...]
    paired: bool


class AccountDue(Value, frozen=True):
    """What a run changed for an account that has to pay, and has not been asked to yet."""

    asset: AssetId
    account: Address
    bought_mwh: SignedMilliWattHours
    sold_mwh: SignedMilliWattHours
    cost: SignedAmount
    revenue: SignedAmount
    fee: SignedAmount


class RunDues(Value, frozen=True):
    """Those of a chunk, in rising order of the accounts: who is owed comes first (SC9)."""

    dues: tuple[AccountDue, ...]


class SchemeSum(Value, frozen=True):
    """What an account bought and sold in a local month of a scheme, newest runs only."""

    asset: AssetId
    bought_mwh: MilliWattHours
    sold_mwh: MilliWattHours
    cost: Amount
    revenue: Amount
    fee: Amount


SCHEMES: Final = Table(112, "schemes", "scheme newest_first", SchemeVersion, group=8)
"""Versions by scheme and the slot that they begin with, the newest first: that of a slot is the first at or after."""
PARTICIPATIONS: Final = Table(113, "participations", "point scheme", Participation, group=8)
MEMBERS: Final = Table(152, "scheme_members", "scheme chunk from_slot", MemberChunk)
OLD_INPUTS: Final = Table(153, "old_inputs", "scheme day point", OldInputs)
DAY_RUNS: Final = Table(154, "day_runs", "scheme", DayRun)
RUN_PARTS: Final = Table(155, "run_parts", "scheme slot chunk", RunPart)
FOLDED_DAYS: Final = Table(156, "folded_days", "scheme day", FoldedDay, group=8)
RUN_DUES: Final = Table(157, "run_dues", "scheme chunk", RunDues)
RUN_ZONES: Final = Table(158, "run_zones", "scheme slot", RunZones)
ABSENT_POINTS: Final = Table(159, "absent_points", "scheme day", AbsentDay, group=8)
"""Day 0 has what began before anything that a run may still settle."""
SLOT_PROGRESS: Final = Table(114, "slot_progress", "scheme day", SlotProgress)
QUEUED_SLOTS: Final = Table(115, "queued_slots", "scheme slot", QueuedSlot, group=8)
PAIRED_ZONES: Final = Table(118, "paired_zones", "scheme slot chunk run", PairedZones)
"""`run`: 1 for the one that goes on, 0 for the one before; an entry of its own each, so that it stays below 64 KiB."""
SLOT_RUNS: Final = Table(116, "slot_runs", "scheme slot", SettledSlot, group=8)
SCHEME_SUMS: Final = Table(117, "scheme_sums", "scheme month account", SchemeSum)

SHARING_TABLES: Final[tuple[Table[Any], ...]] = (
    SCHEMES, PARTICIPATIONS, SLOT_PROGRESS, QUEUED_SLOTS, SLOT_RUNS, SCHEME_SUMS, PAIRED_ZONES,
)  # fmt: skip

RUN_TABLES: Final[tuple[Table[Any], ...]] = (
    MEMBERS, OLD_INPUTS, DAY_RUNS, RUN_PARTS, FOLDED_DAYS, RUN_DUES, RUN_ZONES, ABSENT_POINTS,
)  # fmt: skip

CUT_OFF_DUE: Final = DueKind(112, "cut_off")
SETTLEMENT_SWEEP: Final = SweepKind(112, "settlement")
