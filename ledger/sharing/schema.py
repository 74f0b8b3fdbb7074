"""Tables of sharing. Energy in mWh, money in base units of the currency that the section names."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.chain.schema import DueKind, SweepKind
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Amount, AssetId, Count, MilliWattHours, Number, Plain, TimeMs
from ledger.sharing.scheme_terms import SchemeTerms
from ledger.slots.schema import Direction, SlotState, ValueSource
from ledger.state.table import Table


class PointFacts(Value, frozen=True):
    """What a point was when a version of a scheme was decided: so past slots keep whom they were settled with."""

    account: Address
    direction: Annotated[int, Direction]
    commissioned_ms: TimeMs


class SchemeVersion(Value, frozen=True):
    """Terms of a scheme from a slot on; `facts` by the places of the participants."""

    scheme: Number
    version: Number
    from_slot: Number
    terms: SchemeTerms
    facts: tuple[PointFacts, ...]


class FactorChange(Value, frozen=True):
    """The share of a point's energy that counts in a scheme from a slot on; 0: it has left."""

    from_slot: Number
    factor: Plain


class Participation(Value, frozen=True):
    """The shares that a point had in a scheme, in rising order of slots."""

    changes: tuple[FactorChange, ...]


class SlotProgress(Value, frozen=True):
    """Of each slot of a UTC day whose values are there: a bit for each place of the version, the first lowest."""

    there: tuple[bytes, ...]


class QueueReason(IntEnum):
    """Why a slot waits to be settled."""

    COMPLETE = 1
    CUT_OFF = 2
    CHANGED = 3


class QueuedSlot(Value, frozen=True):
    """A slot that is settled with the next steps of the sweep."""

    reason: Annotated[int, QueueReason]


class SlotInput(Value, frozen=True):
    """A point's value as a run used it; `part_mwh`: what of it counts in the scheme."""

    state: Annotated[int, SlotState]
    source: Annotated[int, ValueSource]
    energy_mwh: MilliWattHours
    part_mwh: MilliWattHours


class SettledSlot(Value, frozen=True):
    """The newest run of a slot under a version, the roots of what went in and came out (SC8).

    `substituted`: how many values were not there. `inputs` by the places of the version's participants, kept for
    `RUN_INPUT_DAYS`, then empty.
    """

    run: Number
    version: Number
    substituted: Count
    inputs_root: Bytes32
    rows_root: Bytes32
    inputs: tuple[SlotInput, ...]


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
SLOT_PROGRESS: Final = Table(114, "slot_progress", "scheme day", SlotProgress)
QUEUED_SLOTS: Final = Table(115, "queued_slots", "scheme slot", QueuedSlot, group=8)
SLOT_RUNS: Final = Table(116, "slot_runs", "scheme slot", SettledSlot, group=8)
SCHEME_SUMS: Final = Table(117, "scheme_sums", "scheme month account", SchemeSum)

SHARING_TABLES: Final[tuple[Table[Any], ...]] = (
    SCHEMES, PARTICIPATIONS, SLOT_PROGRESS, QUEUED_SLOTS, SLOT_RUNS, SCHEME_SUMS,
)  # fmt: skip

CUT_OFF_DUE: Final = DueKind(112, "cut_off")
SETTLEMENT_SWEEP: Final = SweepKind(112, "settlement")
