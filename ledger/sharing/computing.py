"""A slot of a run computed: all chunks' energies allocated and priced, and the rows put down by chunk (rule SC6)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.sharing.members import members_by_chunk
from ledger.sharing.outcome import Computed, computed, roster_of
from ledger.sharing.packing import pack, unpack
from ledger.sharing.pairing import pairs_of
from ledger.sharing.schema import RUN_PARTS, RunPart, RunSums, SchemeVersion
from ledger.sharing.scheme_terms import SchemeTerms
from ledger.sharing.weights import COMPUTED_POINTS_A_UNIT, COMPUTED_SLOT, PAIRS_A_UNIT
from ledger.sharing.zone_parts import SlotParts, put_zones
from ledger.state.table import big_endian


def compute_slot(context: Context, version: SchemeVersion, slot: int, *, again: bool) -> RunSums:
    """Put down what a slot comes to, or (`again`) what it came to by the run before; its sums."""
    context.charge(weight_of_slot(version.terms, version.producers, version.consumers))
    by_chunk = members_by_chunk(context.state, version)
    roster = roster_of(version.terms, [member for members in by_chunk for member in members])
    keys = [big_endian(version.scheme) + big_endian(slot) + big_endian(chunk.chunk) for chunk in version.chunks]
    parts = [context.get(RUN_PARTS, key) for key in keys]
    counts = [len(members) for members in by_chunk]
    energies = _joined([part.old_energies if again else part.energies for part in parts], counts)
    found = computed(version.terms, roster, slot, energies, _absent(parts, counts))
    for key, part, rows in zip(keys, parts, _rows(found, counts), strict=True):
        context.state.put(RUN_PARTS, key, replace(part, old_rows=rows) if again else replace(part, rows=rows))
    place = SlotParts(version.scheme, slot, [chunk.chunk for chunk in version.chunks], parts, counts)
    put_zones(context, place, roster, found, again=again)
    return found.sums


def weight_of_slot(terms: SchemeTerms, producers: int, consumers: int) -> int:
    """What it weighs to compute a slot."""
    points = (producers + consumers) // COMPUTED_POINTS_A_UNIT
    return COMPUTED_SLOT + points + pairs_of(terms.rule, producers, consumers) // PAIRS_A_UNIT


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
