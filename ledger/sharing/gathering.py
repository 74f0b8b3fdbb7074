"""The inputs of a run: of each point of a chunk its day's values once, put down by slot (rules SC3, SC4, SC8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.sharing.hours import together_with
from ledger.sharing.members import members_of_chunk
from ledger.sharing.metered import inputs_of, is_open, old_inputs
from ledger.sharing.packing import pack
from ledger.sharing.roots import values_root
from ledger.sharing.schema import (
    RUN_PARTS,
    DayRun,
    OldInput,
    RunPart,
    SchemeMember,
    SchemeVersion,
    SlotInput,
)
from ledger.sharing.weights import GATHERED_CHUNK, GATHERED_POINT, INPUTS_A_UNIT
from ledger.sharing.zone_parts import zones_of_chunk
from ledger.slots.clock import SlotClock
from ledger.slots.schema import SlotState
from ledger.state.table import big_endian

NOT_YET = bytes(32)


def gather_chunk(context: Context, version: SchemeVersion, run: DayRun, place: int) -> DayRun:
    """Put the inputs of a chunk down, with those of the runs before; what they say of each slot is noted in the run."""
    chunk = version.chunks[place]
    members = members_of_chunk(context.state, version.scheme, chunk)
    context.charge(
        GATHERED_CHUNK + GATHERED_POINT * len(members) + len(run.slots) * (1 + len(members) // INPUTS_A_UNIT)
    )
    changed, complete = list(run.changed), list(run.complete)
    now: list[list[SlotInput]] = []
    before: list[list[SlotInput]] = []
    again = any(number > 1 for number in run.runs)
    for member in members:
        found, old = _of_point(context, version, run, member.point)
        now.append(found)
        before.append(old)
        _note(context, run, member, (found, old), changed, complete)
    scheme = big_endian(version.scheme)
    zones = zones_of_chunk(context, members, run.slots)
    for at, (slot, number) in enumerate(zip(run.slots, run.runs, strict=True)):
        inputs = [found[at] for found in now]
        old_energies = pack([old[at].part_mwh for old in before]) if again and number > 1 else b""
        part = RunPart(
            values_root(inputs), sum(1 for one in inputs if one.state in SUBSTITUTES),
            pack([one.part_mwh for one in inputs]), old_energies, b"", b"", NOT_YET,
            tuple(at for at, one in enumerate(inputs) if one.state == SlotState.MISSING),
            *zones[at],
        )  # fmt: skip
        context.state.put(RUN_PARTS, scheme + big_endian(slot) + big_endian(chunk.chunk), part)
    return replace(run, changed=tuple(changed), complete=tuple(complete))


def noted_together(clock: SlotClock, version: SchemeVersion, run: DayRun) -> DayRun:
    """By the hour an input that changed settles all slots of its hour anew, and one that is missing none (SR21)."""
    if not version.terms.rule.hourly:
        return run
    places = {slot: at for at, slot in enumerate(run.slots)}
    hours = [together_with(clock, version.terms.rule, slot).slots for slot in run.slots]
    changed = tuple(any(run.changed[places[slot]] for slot in hour) for hour in hours)
    complete = tuple(all(run.complete[places[slot]] for slot in hour) for hour in hours)
    return replace(run, changed=changed, complete=complete)


SUBSTITUTES = frozenset((SlotState.MISSING, SlotState.SUBSTITUTED))


def _of_point(
    context: Context, version: SchemeVersion, run: DayRun, point: int
) -> tuple[list[SlotInput], list[SlotInput]]:
    """A point's inputs of this run, and of the runs before: as the values are, but for what is remembered."""
    remembered = old_inputs(context.state, version.scheme, run.day, point)
    if not remembered:
        found = inputs_of(context, version, point, run.slots, (None,) * len(run.slots))
        return found, found
    used_now = [remembered.get((slot, number)) for slot, number in zip(run.slots, run.runs, strict=True)]
    found = inputs_of(context, version, point, run.slots, used_now)
    used_before = used_by(remembered, run.slots, [number - 1 for number in run.runs])
    if used_before == used_now:
        return found, found
    return found, inputs_of(context, version, point, run.slots, used_before)


def used_by(
    remembered: Mapping[tuple[int, int], OldInput], slots: Sequence[int], runs: Sequence[int]
) -> list[OldInput | None]:
    """What some runs of slots used in place of what is there: what is remembered of them, or of those after them."""
    return [
        remembered.get((slot, run)) or remembered.get((slot, run + 1)) for slot, run in zip(slots, runs, strict=True)
    ]


def _note(
    context: Context,
    run: DayRun,
    member: SchemeMember,
    inputs: tuple[list[SlotInput], list[SlotInput]],
    changed: list[bool],
    complete: list[bool],
) -> None:
    now, before = inputs
    for at, found in enumerate(now):
        if found.state == SlotState.MISSING and complete[at] and is_open(context, member.point, run.slots[at]):
            complete[at] = False
        if now is not before and not changed[at] and found != before[at]:
            changed[at] = True
