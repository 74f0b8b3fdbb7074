"""What people ask of sharing: schemes, runs and why they came to what they did, sums, debts. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import msgspec

from ledger.chain.context import Context
from ledger.debts.queries import claim_on
from ledger.debts.queries import debts_of as debts_to
from ledger.sharing.gathering import used_by
from ledger.sharing.hourly import computed_of, outcome_of
from ledger.sharing.hours import together_with
from ledger.sharing.late_schema import LATE_RUNS
from ledger.sharing.members import chunk_of, members_of
from ledger.sharing.metered import inputs_of, old_inputs
from ledger.sharing.outcome import Computed, Outcome, Roster, RunRow, roster_of
from ledger.sharing.points import ZONES_ASKED
from ledger.sharing.progress import differ, first_settled
from ledger.sharing.roots import PointProof, PointProofs, by_chunk
from ledger.sharing.rows_schema import SlotRows
from ledger.sharing.rows_used import rows_of, rows_of_run
from ledger.sharing.rows_values import PointRows, RowsProof, RowsProver, with_rows
from ledger.sharing.schema import (
    FOLDED_DAYS,
    QUEUED_SLOTS,
    SCHEME_SUMS,
    SCHEMES,
    SLOT_RUNS,
    FoldedDay,
    SchemeMember,
    SchemeSum,
    SchemeVersion,
    SettledSlot,
    SlotInput,
)
from ledger.sharing.schemes import SCHEME_NUMBERS
from ledger.sharing.versions import SCHEME_POOL, debt_pool, version_at, version_of
from ledger.sharing.zone_parts import zones_of_shares
from ledger.slots.clock import clock_of
from ledger.slots.schema import ValueSource
from ledger.slots.values import values_of
from ledger.state.merkle import list_root
from ledger.state.overlay import Reader, State
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


class SettledRun(msgspec.Struct, frozen=True):
    """A slot's newest run with its terms; its members, inputs and outcome, computed anew, where values are kept.

    `slots` and `together`: those that were settled together with it (of an hour, or it alone), and what they came to.
    `zones`: by the places of consumers what of their shares came from which grid zone, where somebody asks (SR19).
    `slot_rows`: the rows that came with the slot, or stand in.
    """

    version: SchemeVersion
    slot: int
    entry: SettledSlot
    members: Sequence[SchemeMember] = ()
    inputs: Sequence[SlotInput] = ()
    outcome: Outcome | None = None
    slots: range = range(0)
    together: Sequence[Outcome] = ()
    zones: Mapping[int, Mapping[str, int]] = msgspec.field(default_factory=dict)
    slot_rows: SlotRows | None = None

    @property
    def rows(self) -> Sequence[RunRow]:
        """By the places of the members; none where values are kept no longer."""
        return () if self.outcome is None else self.outcome.rows

    def rows_together(self, place: int) -> tuple[int, int]:
        """What of a member's energy counts and what was shared, in mWh, in all slots that were settled together."""
        rows = [outcome.rows[place] for outcome in self.together]
        return sum(row.energy_mwh for row in rows), sum(row.shared_mwh for row in rows)

    def prover(self) -> RunProver:
        """What proves rows and inputs."""
        points = [member.point for member in self.members]
        return RunProver(points, by_chunk(points, self.inputs), by_chunk(points, self.rows), self.slot_rows)


class RunProver:
    """PointProofs of a run's inputs and rows by the points' places; each tree is worked out once."""

    def __init__(
        self,
        points: Sequence[int],
        inputs: Sequence[Sequence[bytes]],
        rows: Sequence[Sequence[bytes]],
        slot_rows: SlotRows | None = None,
    ) -> None:
        self._slot_rows = None if slot_rows is None else RowsProver(slot_rows, [list_root(chunk) for chunk in inputs])
        self._inputs = PointProofs(inputs, () if slot_rows is None else (slot_rows.root,))
        self._rows = PointProofs(rows)
        self._places = [
            (number, place)
            for number, (_chunk, group) in enumerate(groupby(points, key=chunk_of))
            for place, _point in enumerate(group)
        ]

    def of_input(self, place: int) -> PointProof:
        """That an input stands under the run's root."""
        return self._inputs.of(*self._places[place])

    def of_row(self, place: int) -> PointProof:
        """The same of a row."""
        return self._rows.of(*self._places[place])

    def of_point_rows(self, point: int) -> tuple[PointRows, RowsProof] | None:
        """All rows of the slot that name a point, with their proof; None: none does."""
        return None if self._slot_rows is None else self._slot_rows.of_point(point)


class Difference(msgspec.Struct, frozen=True):
    """A slot in which our value and the operator's differ by more than the scheme's bound."""

    point: int
    account: bytes
    slot: int
    own_mwh: int
    operator_mwh: int


def scheme_numbers(context: Context) -> range:
    """The numbers of all schemes, closed ones too."""
    return range(1, context.count(SCHEME_NUMBERS) + 1)


def versions(reader: Reader, scheme: int) -> tuple[SchemeVersion, ...]:
    """The terms of a scheme that are remembered, the newest first; a limit keeps them few."""
    found = reader.scan(SCHEMES.number, big_endian(scheme), big_endian(scheme + 1))
    return tuple(SCHEMES.codec.decode_trusted(value) for _key, value in found)


def cursor_after(point: int) -> bytes:
    """Where a list of points goes on after one."""
    return big_endian(point)


def runs(
    reader: Reader, scheme: int, first_slot: int, end_slot: int, cursor: bytes | None, limit: int
) -> Page[SettledSlot]:
    """A page of a scheme's settled slots from one on, before another; the key's last 8 bytes are the slot."""
    prefix = big_endian(scheme)
    start = cursor if cursor is not None else prefix + big_endian(first_slot - 1) if first_slot else None
    page = page_of(reader, SLOT_RUNS, prefix, start, limit)
    kept = tuple((key, entry) for key, entry in page.entries if int.from_bytes(key[8:], "big") < end_slot)
    return Page(kept, page.cursor if len(kept) == len(page.entries) else None)


def settled_slot(state: State, scheme: int, slot: int) -> SettledSlot | None:
    """What the newest run of a slot came to; None: it has none, or its day is folded."""
    return state.get(SLOT_RUNS, big_endian(scheme) + big_endian(slot))


def newest_run(state: State, scheme: int, slot: int) -> SettledSlot | None:
    """The same, and of a folded day what a correction since came to (SC17)."""
    return settled_slot(state, scheme, slot) or state.get(LATE_RUNS, big_endian(scheme) + big_endian(slot))


def is_folded(state: State, scheme: int, day: int) -> bool:
    """Whether the chain has of a local day one root, so that inputs stand in archives only."""
    return state.get(FOLDED_DAYS, big_endian(scheme) + big_endian(day)) is not None


def settled_run(context: Context, scheme: int, slot: int) -> SettledRun | None:
    """The newest run of a slot, computed anew from its inputs where their values are kept.

    None where it has none, or its day is folded and it was not corrected since.
    """
    state, clock = context.state, clock_of(context)
    entry = newest_run(state, scheme, slot)
    if entry is None:
        return None
    version = version_of(state, scheme, slot)
    together = together_with(clock, version.terms.rule, slot)
    if together.slots.start < first_settled(context, clock) or is_folded(state, scheme, clock.local_day(slot)):
        return SettledRun(version, slot, entry)
    members, day, slots = members_of(state, version), clock.local_day(slot), tuple(together.slots)
    by_point = []
    for member in members:
        remembered = old_inputs(state, scheme, day, member.point)
        used = used_by(remembered, slots, (entry.run,) * len(slots))
        by_point.append(inputs_of(context, version, member.point, slots, used))
    inputs = [[found[at] for found in by_point] for at in range(len(slots))]
    came = rows_of_run(state, version, slot, entry.run)
    roster, at = with_rows(roster_of(version.terms, members), rows_of(came)), slot - slots[0]
    found = computed_of(version.terms, roster, together.number, inputs)
    outcomes = [outcome_of(roster, of_slot, one) for of_slot, one in zip(inputs, found, strict=True)]
    zones = _zones(context, roster, found[at], slot)
    return SettledRun(version, slot, entry, members, inputs[at], outcomes[at], together.slots, outcomes, zones, came)


def _zones(context: Context, roster: Roster, found: Computed, slot: int) -> Mapping[int, Mapping[str, int]]:
    """As a run tells it to who charges shared energy; nothing where nobody does (SC13)."""
    producers = tuple(roster.members[place].point for place in roster.producing)
    answers = (ask(context, producers, (slot,)) for ask in context.hooks.at(ZONES_ASKED) if producers)
    by_point = next((answer for answer in answers if answer is not None), None)
    return {} if by_point is None else zones_of_shares(roster, found, [zone for (zone,) in by_point], slot)


def folded_days(reader: Reader, scheme: int, cursor: bytes | None, limit: int) -> Page[FoldedDay]:
    """A page of a scheme's folded days; the key's last 8 bytes are the local day."""
    return page_of(reader, FOLDED_DAYS, big_endian(scheme), cursor, limit)


def sums_of(context: Context, account: bytes, first_month: int, end_month: int) -> Iterator[tuple[int, int, SchemeSum]]:
    """An account's sums by scheme and local month; months are counted as `12 * year + month - 1`."""
    for scheme in scheme_numbers(context):
        for month in range(first_month, end_month):
            found = context.state.get(SCHEME_SUMS, big_endian(scheme) + big_endian(month) + account)
            if found is not None:
                yield scheme, month, found


def debts_of(state: State, account: bytes) -> dict[int, int]:
    """What an account owes by scheme, in base units."""
    return debts_to(state, account, SCHEME_POOL)


def claims_of(context: Context, account: bytes) -> dict[int, int]:
    """What an account is owed by scheme, in base units."""
    found = {scheme: claim_on(context.state, account, debt_pool(scheme)) for scheme in scheme_numbers(context)}
    return {scheme: amount for scheme, amount in found.items() if amount}


def differences(context: Context, scheme: int, first_slot: int, count: int) -> Iterator[Difference]:
    """Where the two sources of a scheme's points differ by more than its bound, as far as values are kept."""
    slots = range(first_slot, first_slot + count)
    found = {slot: version_at(context.state, scheme, slot) for slot in slots}
    for version, group in groupby(slots, key=found.__getitem__):
        same = tuple(group)
        for member in members_of(context.state, version) if version else ():
            own = values_of(context, member.point, ValueSource.OWN, same[0], len(same))
            operator = values_of(context, member.point, ValueSource.OPERATOR, same[0], len(same))
            for slot, ours, theirs in zip(same, own, operator, strict=True):
                if version and differ(version, ours, theirs):
                    yield Difference(member.point, member.account, slot, ours.energy_mwh, theirs.energy_mwh)


def count_of_queued_slots(reader: Reader) -> int:
    """How many slots are settled in the next blocks."""
    return sum(1 for _entry in reader.scan(QUEUED_SLOTS.number, b"", None))
