"""Tables of corrections that come when a day is folded (rules SC14 to SC17)."""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import DueKind
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Count, Height, Number, TimeMs
from ledger.sharing.schema import SettledSlot
from ledger.state.table import Table


class OldRun(Value, frozen=True):
    """The newest run of a folded slot, which is corrected."""

    slot: Number
    entry: SettledSlot


class LateCorrection(Value, frozen=True):
    """A correction of a folded slot, or of all slots of its hour, that is being brought: by whom, out of which file.

    `entries`: the runs of the slots of which pieces are there, rising; `slots`: how many are settled together.
    `pieces`: chunks whose old inputs are there; `changes`: values of them that are others now. `number` and `due_ms`:
    of its expiry.
    """

    custodian: Address
    file: Bytes32
    entries: tuple[OldRun, ...]
    slots: Count
    pieces: Count
    changes: Count
    number: Number
    due_ms: TimeMs

    def entry(self, slot: int) -> SettledSlot | None:
        """The run of a slot of which pieces are there."""
        return next((each.entry for each in self.entries if each.slot == slot), None)


class WaitingCorrections(Value, frozen=True):
    """In which blocks the first and the newest correction of a local day came that no run has taken yet (SC8)."""

    first: Height
    last: Height


LATE_CORRECTIONS: Final = Table(184, "late_corrections", "scheme slot", LateCorrection, group=8)
"""By the first of the slots that are settled together."""
LATE_RUNS: Final = Table(185, "late_runs", "scheme slot", SettledSlot, group=8)
"""The newest run of a slot that was corrected after its day was folded: it goes before what the day's root says."""

WAITING_CORRECTIONS: Final = Table(186, "waiting_corrections", "scheme day", WaitingCorrections)

LATE_TABLES: Final[tuple[Table[Any], ...]] = (LATE_CORRECTIONS, LATE_RUNS, WAITING_CORRECTIONS)
LATE_CORRECTION_DUE: Final = DueKind(184, "late_correction")
