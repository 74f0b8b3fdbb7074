"""Tables of rows that come with each slot (rules SC18 to SC20)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Count, TimeMs
from ledger.state.table import Table


class RowsState(IntEnum):
    """Where the rows of a slot come from."""

    NONE = 0
    """The rule asks for none."""

    IMPORTED = 1
    """A custodian brought them."""

    SUBSTITUTED = 2
    """None came by the cut-off: those of the terms stand in."""


class SlotRows(Value, frozen=True):
    """The rows of a slot: packed (`rows_values.py`), with their root.

    `file`: the SHA-256 of what they stood in, issued at `issued_ms`; both are 0 where they are substituted. The root
    says nothing of the file: the same rows out of a later one are the same.
    """

    state: Annotated[int, RowsState]
    file: Bytes32
    issued_ms: TimeMs
    count: Count
    packed: bytes
    root: Bytes32


SLOT_ROWS: Final = Table(216, "slot_rows", "scheme slot", SlotRows, group=8)
OLD_ROWS: Final = Table(217, "old_rows", "scheme slot run", SlotRows, group=8)
"""What run `run` of a slot used, where other rows have taken their place since, and no later run has used these yet."""

ROWS_TABLES: Final[tuple[Table[Any], ...]] = (SLOT_ROWS, OLD_ROWS)
