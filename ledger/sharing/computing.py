"""Slots of a run computed: all chunks' energies allocated and priced, and the rows put down by chunk (SC6, SR21)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.sharing.allocation_rules import rows_each_slot
from ledger.sharing.hourly import computed_together
from ledger.sharing.hours import Together
from ledger.sharing.members import members_by_chunk
from ledger.sharing.outcome import Computed, roster_of
from ledger.sharing.packing import pack, unpack
from ledger.sharing.pairing import pairs_of, slot_rows_at_most
from ledger.sharing.rows_used import rows_of, rows_of_run
from ledger.sharing.rows_values import with_rows
from ledger.sharing.schema import RUN_PARTS, RunPart, RunSums, SchemeVersion
from ledger.sharing.scheme_terms import SchemeTerms
from ledger.sharing.weights import (
    COMPUTED_POINTS_A_UNIT,
    COMPUTED_SLOT,
    LAID_POINTS_A_UNIT,
    PAIRS_A_UNIT,
    ROWS_READ_A_UNIT,
)
from ledger.sharing.zone_parts import SlotParts, put_zones
from ledger.state.table import big_endian


def compute_slots(
    context: Context, version: SchemeVersion, together: Together, run: int, *, again: bool
) -> list[RunSums]:
    """Put down what slots that are settled together come to by a run, or (`again`) what they came to by that run, which
    is the one before; the sums of each.
    """
    slots = together.slots
    slot_rows = rows_of(rows_of_run(context.state, version, slots.start, run))
    weight = weight_of_slots(version.terms, version.producers, version.consumers, len(slots), len(slot_rows))
    context.charge(weight)
    by_chunk = members_by_chunk(context.state, version)
    roster = roster_of(version.terms, [member for members in by_chunk for member in members])
    roster = with_rows(roster, slot_rows) if slot_rows else roster
    scheme = big_endian(version.scheme)
    keys = [[scheme + big_endian(slot) + big_endian(chunk.chunk) for chunk in version.chunks] for slot in slots]
    parts = [[context.get(RUN_PARTS, key) for key in of_slot] for of_slot in keys]
    counts = [len(members) for members in by_chunk]
    energies = [_joined([each.old_energies if again else each.energies for each in some], counts) for some in parts]
    absent = [_absent(some, counts) for some in parts]
    found = computed_together(version.terms, roster, together.number, energies, absent)
    chunks = [chunk.chunk for chunk in version.chunks]
    for slot, of_slot, some, one in zip(slots, keys, parts, found, strict=True):
        for key, part, rows in zip(of_slot, some, _rows(one, counts), strict=True):
            context.state.put(RUN_PARTS, key, replace(part, old_rows=rows) if again else replace(part, rows=rows))
        put_zones(context, SlotParts(version.scheme, slot, chunks, some, counts), roster, one, again=again)
    return [one.sums for one in found]


def weight_of_slots(
    terms: SchemeTerms, producers: int, consumers: int, slots: int, slot_rows: int | None = None
) -> int:
    """What it weighs to compute a slot, or so many slots together; `slot_rows`: None, as many as may come."""
    points = (producers + consumers) // COMPUTED_POINTS_A_UNIT
    pairs = pairs_of(terms.rule, producers, consumers, slot_rows) // PAIRS_A_UNIT
    laid = slots * (1 + (producers + consumers) // LAID_POINTS_A_UNIT + pairs) if slots > 1 else 0
    if rows_each_slot(terms.rule) is not None:
        pairs += slot_rows_at_most(producers * consumers, slot_rows) // ROWS_READ_A_UNIT
    return COMPUTED_SLOT + points + laid + pairs


def _joined(packed: Sequence[bytes], counts: Sequence[int]) -> list[int]:
    return [value for part, count in zip(packed, counts, strict=True) for value in unpack(part, count)]


def _absent(parts: Sequence[RunPart], counts: Sequence[int]) -> frozenset[int]:
    """The places of points that are closed in the slot."""
    starts = accumulate(counts, initial=0)
    return frozenset(start + place for part, start in zip(parts, starts, strict=False) for place in part.absent)


def _rows(found: Computed, counts: Sequence[int]) -> list[bytes]:
    """By chunk what is shared, the amounts and the fees, one after the other."""
    rows, start = [], 0
    for count in counts:
        here = slice(start, start + count)
        rows.append(pack([*found.shared[here], *found.amounts[here], *found.fees[here]]))
        start += count
    return rows
