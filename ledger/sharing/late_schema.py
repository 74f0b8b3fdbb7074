"""Tables of corrections that come when a day is folded (rules SC14 to SC17)."""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import DueKind
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Count, Number, TimeMs
from ledger.sharing.schema import SettledSlot
from ledger.state.table import Table


class LateCorrection(Value, frozen=True):
    """A correction of a folded slot that is being brought: by whom, out of which file, of which run.

    `pieces`: chunks whose old inputs are there; `changes`: values of them that are others now. `number` and `due_ms`:
    of its expiry.
    """

    custodian: Address
    file: Bytes32
    entry: SettledSlot
    pieces: Count
    changes: Count
    number: Number
    due_ms: TimeMs


LATE_CORRECTIONS: Final = Table(184, "late_corrections", "scheme slot", LateCorrection, group=8)
LATE_RUNS: Final = Table(185, "late_runs", "scheme slot", SettledSlot, group=8)
"""The newest run of a slot that was corrected after its day was folded: it goes before what the day's root says."""

LATE_TABLES: Final[tuple[Table[Any], ...]] = (LATE_CORRECTIONS, LATE_RUNS)
LATE_CORRECTION_DUE: Final = DueKind(184, "late_correction")
