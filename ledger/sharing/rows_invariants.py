"""What must hold in every state of rows that come with each slot (rules SC18 to SC20)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.errors import require
from ledger.sharing.limits import MAX_RULE_ROWS
from ledger.sharing.rows_schema import OLD_ROWS, SLOT_ROWS, RowsState, SlotRows
from ledger.sharing.rows_used import asks_for_rows
from ledger.sharing.rows_values import first_above_whole, slot_rows, unpack_rows
from ledger.sharing.schema import DAY_RUNS, SCHEMES, SLOT_RUNS, SchemeVersion
from ledger.state.overlay import Reader
from ledger.state.table import big_endian


def check_slot_rows(state: Reader) -> None:
    """Rows are of slots whose terms, as far as these are remembered, ask for them, lead to their root, and share
    nothing twice.
    """
    versions: dict[bytes, list[SchemeVersion]] = {}
    for key, version in entries(state, SCHEMES):
        versions.setdefault(key[:8], []).append(version)
    for key, found in (*entries(state, SLOT_ROWS), *entries(state, OLD_ROWS)):
        slot = int.from_bytes(key[8:16], "big")
        terms = next((each.terms for each in versions[key[:8]] if each.from_slot <= slot), None)
        require(terms is None or asks_for_rows(terms), "rows of a slot whose terms ask for none")
        _check(found)


def _check(found: SlotRows) -> None:
    rows = unpack_rows(found.packed)
    again = slot_rows(RowsState(found.state), rows, found.file, found.issued_ms)
    require(again == found, "rows of a slot are packed, counted or rooted otherwise")
    require(len(rows) <= MAX_RULE_ROWS, "more rows than a slot may have")
    require(first_above_whole(rows) is None, "a producer gives more than its whole")


def check_used_rows(state: Reader) -> None:
    """A run of a slot says where its rows come from, and these are there; old ones are of runs that were, or go on."""
    there = dict(entries(state, SLOT_ROWS))
    old = dict(entries(state, OLD_ROWS))
    runs = {key: entry.run for key, entry in entries(state, SLOT_RUNS)}
    for key, entry in entries(state, SLOT_RUNS):
        used = old.get(key + big_endian(entry.run)) or old.get(key + big_endian(entry.run + 1)) or there.get(key)
        state_of = RowsState.NONE if used is None else RowsState(used.state)
        require(entry.slot_rows == state_of, "a run says otherwise where its rows come from")
    at_work = {
        key + big_endian(slot): number
        for key, run in entries(state, DAY_RUNS)
        for slot, number in zip(run.slots, run.runs, strict=True)
    }
    for key in old:
        number = int.from_bytes(key[16:], "big")
        require(number in (runs.get(key[:16]), at_work.get(key[:16])), "rows are remembered of no run")


ROWS_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_slot_rows, check_used_rows)
