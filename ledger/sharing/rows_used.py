"""Which rows a run uses: those that are there, what runs before used, what stands in (rules SC18 to SC20).

Rows are an input like a value: what a run used of them stays remembered when others take their place, until the next
run has posted its difference.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.chain.parameters import DAY_MS
from ledger.errors import require_present
from ledger.sharing.allocation_rules import rows_each_slot
from ledger.sharing.rows_schema import OLD_ROWS, SLOT_ROWS, RowsState, SlotRows
from ledger.sharing.rows_values import Rows, slot_rows, unpack_rows
from ledger.sharing.schema import DAY_RUNS, QUEUED_SLOTS, SLOT_RUNS, DayRun, SchemeVersion
from ledger.sharing.scheme_terms import SchemeTerms
from ledger.sharing.weights import FORGOTTEN_ROWS, ROWS_LOOKED_AT, ROWS_OF_SLOT, ROWS_PAIRS_A_UNIT
from ledger.slots.clock import SlotClock
from ledger.slots.retention import is_kept
from ledger.state.overlay import State
from ledger.state.table import big_endian


def asks_for_rows(terms: SchemeTerms) -> bool:
    """Whether rows come with each slot."""
    return rows_each_slot(terms.rule) is not None


def rows_are_there(state: State, version: SchemeVersion, slot: int) -> bool:
    """Whether a slot has its rows, or needs none."""
    return not asks_for_rows(version.terms) or state.get(SLOT_ROWS, _key(version.scheme, slot)) is not None


def rows_now(state: State, scheme: int, slot: int) -> SlotRows | None:
    """The rows that a slot has now."""
    return state.get(SLOT_ROWS, _key(scheme, slot))


def stand_ins(terms: SchemeTerms) -> Rows:
    """The rows that stand in where none came by the cut-off."""
    method = rows_each_slot(terms.rule)
    return [] if method is None else [(row.producer, row.consumer, row.share) for row in method.rows]


def rows_of_run(state: State, version: SchemeVersion, slot: int, run: int) -> SlotRows | None:
    """What a run of a slot used: what is remembered of it, or of the run after it, else what is there; None: the rule
    asks for none, or none is there yet.
    """
    if not asks_for_rows(version.terms):
        return None
    key = _key(version.scheme, slot)
    for number in (run, run + 1):
        found = state.get(OLD_ROWS, key + big_endian(number))
        if found is not None:
            return found
    return state.get(SLOT_ROWS, key)


def remember_rows(state: State, scheme: int, slot: int, run: int) -> None:
    """Others are about to take the place of rows that run `run` has used, or is at work with."""
    key = _key(scheme, slot)
    held = require_present(state.get(SLOT_ROWS, key), "a run has used rows")
    if state.get(OLD_ROWS, key + big_endian(run)) is None:
        state.put(OLD_ROWS, key + big_endian(run), held)


def forget_old_rows(state: State, version: SchemeVersion, slot: int, run: int, *, live: bool) -> None:
    """What only runs before this one used is remembered no longer; where it settled nothing all is as it was."""
    if not asks_for_rows(version.terms):
        return
    key = _key(version.scheme, slot)
    here, before = key + big_endian(run), key + big_endian(run - 1)
    if live:
        _delete(state, before)
        return
    held = state.get(OLD_ROWS, here)
    if held is not None:
        state.delete(OLD_ROWS, here)
        if run > 1 and state.get(OLD_ROWS, before) is None:
            state.put(OLD_ROWS, before, held)


def _delete(state: State, key: bytes) -> None:
    if state.get(OLD_ROWS, key) is not None:
        state.delete(OLD_ROWS, key)


def substitute_rows(context: Context, version: SchemeVersion, slots: Sequence[int]) -> None:
    """Past the cut-off the rows of the terms stand in where none came (SC19)."""
    if not asks_for_rows(version.terms):
        return
    rows = stand_ins(version.terms)
    stand_in = slot_rows(RowsState.SUBSTITUTED, rows)
    context.charge(len(rows) // ROWS_PAIRS_A_UNIT)
    for slot in slots:
        context.charge(ROWS_OF_SLOT)
        key = _key(version.scheme, slot)
        if context.state.get(SLOT_ROWS, key) is None:
            context.state.put(SLOT_ROWS, key, stand_in)


def note_rows(context: Context, version: SchemeVersion, run: DayRun) -> DayRun:
    """Note in a run that is gathered which slots lack rows, and in which they are others than in the run before."""
    if not asks_for_rows(version.terms):
        return run
    changed, complete = list(run.changed), list(run.complete)
    for at, (slot, number) in enumerate(zip(run.slots, run.runs, strict=True)):
        context.charge(ROWS_LOOKED_AT)
        now = rows_of_run(context.state, version, slot, number)
        if now is None:
            complete[at] = False
        elif number > 1:
            before = require_present(rows_of_run(context.state, version, slot, number - 1), "a run has used rows")
            changed[at] = changed[at] or before.root != now.root
    return replace(run, changed=tuple(changed), complete=tuple(complete))


def rows_of(found: SlotRows | None) -> Rows:
    """The rows themselves."""
    return [] if found is None else unpack_rows(found.packed)


def forget_rows(context: Context, clock: SlotClock, scheme: bytes) -> None:
    """Forget the rows of the oldest day that has some, once no value of it can change any more (SC20)."""
    state = context.state
    oldest = state.first(SLOT_ROWS, scheme)
    if oldest is None:
        return
    day = clock.local_day(int.from_bytes(oldest[8:], "big"))
    last = clock.first_slot_of_day(day + 1) - 1
    run = state.get(DAY_RUNS, scheme)
    if is_kept(context.time_ms, clock.start_ms(last) // DAY_MS) or (run is not None and run.day == day):
        return
    firsts = (state.first(table, scheme) for table in (QUEUED_SLOTS, SLOT_RUNS))
    if any(first is not None and int.from_bytes(first[8:], "big") <= last for first in firsts):
        return
    for slot in range(clock.first_slot_of_day(day), last + 1):
        key = scheme + big_endian(slot)
        if state.get(SLOT_ROWS, key) is not None:
            context.charge(FORGOTTEN_ROWS)
            state.delete(SLOT_ROWS, key)
    for key in state.keys(OLD_ROWS, scheme):
        if int.from_bytes(key[8:16], "big") > last:
            break
        state.delete(OLD_ROWS, key)


def _key(scheme: int, slot: int) -> bytes:
    return big_endian(scheme) + big_endian(slot)
