"""What points bring into a run of a month: sums, claims, and whether they may take anything later (rules CR2, CR5)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.sharing.credit import NO_CLAIMS, Claims
from ledger.sharing.credit_following import NO_TOTALS, month_key, open_slots, sum_of
from ledger.sharing.credit_schema import (
    CREDIT_PARTS,
    MONTH_ROWS,
    OPEN_CLAIMS,
    CreditPart,
    CreditRun,
    MonthEntry,
    MonthInput,
)
from ledger.sharing.credit_terms import first_slot_of_month, slots_of_month
from ledger.sharing.members import members_of_chunk
from ledger.sharing.packing import pack, unpack
from ledger.sharing.schema import ChunkOfVersion, SchemeMember, SchemeVersion
from ledger.sharing.versions import version_at
from ledger.sharing.weights import GATHERED_CHUNK, MONTH_LOTS_A_UNIT, MONTH_POINT
from ledger.slots.clock import clock_of
from ledger.slots.schema import POINTS
from ledger.state.table import big_endian

STAYS, STAYS_NOW = 1, 2
NOT_YET = bytes(32)


def gather_chunk(context: Context, version: SchemeVersion, run: CreditRun) -> CreditRun:
    """Put down what a chunk's points have in the month, from here on as the run sees it."""
    chunk, slots = version.chunks[run.place], slots_of_month(clock_of(context), run.month)
    members = members_of_chunk(context.state, version.scheme, chunk)
    context.charge(GATHERED_CHUNK + MONTH_POINT * len(members))
    sums = [sum_of(context, version.scheme, run.month, member.point) for member in members]
    slots_open = [open_slots(context, member.point, slots) for member in members]
    missing = [max(0, wanted - found.there) for found, wanted in zip(sums, slots_open, strict=True)]
    energies = [found.energy_mwh for found in sums]
    stays = staying(context, version, chunk, members, run.month)
    now = stays if run.last == run.month else staying(context, version, chunk, members, run.last)
    part = CreditPart(
        pack(energies), pack([*slots_open, *missing, *(found.substituted for found in sums)]),
        bytes(STAYS * (one.point in stays) + STAYS_NOW * (one.point in now) for one in members),
        b"", b"", b"", b"", NOT_YET, NOT_YET, NO_TOTALS, (),
    )  # fmt: skip
    context.state.put(CREDIT_PARTS, part_key(version, chunk), part)
    changed = run.run == 1 or any(
        entry_at(context, version.scheme, run.month, member.point).row.energy_mwh != energy
        for member, energy in zip(members, energies, strict=True)
    )
    return replace(run, changed=run.changed or changed, complete=run.complete and not any(missing))


def part_key(version: SchemeVersion, chunk: ChunkOfVersion) -> bytes:
    """The key of a chunk's part in the scheme's run."""
    return big_endian(version.scheme) + big_endian(chunk.chunk)


def entry_at(context: Context, scheme: int, month: int, point: int) -> MonthEntry:
    """The newest row of a point in a month that has one."""
    return context.get(MONTH_ROWS, month_key(scheme, month) + big_endian(point))


def staying(
    context: Context, version: SchemeVersion, chunk: ChunkOfVersion, members: Sequence[SchemeMember], month: int
) -> frozenset[int]:
    """Which points of a chunk may take energy after a month: they take part then, and are open (CR5)."""
    first = first_slot_of_month(clock_of(context), month + 1)
    then = version_at(context.state, version.scheme, first)
    if then is None or not then.points:
        return frozenset()
    there = next((each for each in then.chunks if each.chunk == chunk.chunk), None)
    if there is None:
        return frozenset()
    if there != chunk:
        known = {member.point for member in members_of_chunk(context.state, version.scheme, there)}
        members = [member for member in members if member.point in known]
    found = []
    for member in members:
        until = context.get(POINTS, big_endian(member.point)).until_slot
        if not until or until > first:
            found.append(member.point)
    return frozenset(found)


def inputs_of_chunk(
    context: Context, version: SchemeVersion, run: CreditRun, part: CreditPart, members: Sequence[SchemeMember]
) -> list[MonthInput]:
    """The inputs of a chunk, from its part and the claims as they stand; these change by runs of the scheme only."""
    count = len(members)
    energies, counts = unpack(part.energies, count), unpack(part.counts, 3 * count)
    found = []
    for at, member in enumerate(members):
        now = open_claims(context, version.scheme, member.point, member.account)
        before, left, late = now, NO_CLAIMS, 0
        if run.run > 1:
            old = entry_at(context, version.scheme, run.month, member.point)
            before, left, late = old.input.before, old.left, old.late_mwh
        context.charge((len(now.lots) + len(before.lots) + len(left.lots)) // MONTH_LOTS_A_UNIT)
        found.append(
            MonthInput(
                energies[at], counts[at], counts[count + at], counts[2 * count + at], before,
                bool(part.flags[at] & STAYS), now, left, late, run.last, bool(part.flags[at] & STAYS_NOW),
            )
        )  # fmt: skip
    return found


def open_claims(context: Context, scheme: int, point: int, account: bytes) -> Claims:
    """A point's claims as they stand."""
    return context.state.get(OPEN_CLAIMS, big_endian(scheme) + big_endian(point) + account) or NO_CLAIMS
