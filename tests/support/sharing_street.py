"""A street of many points, whose runs go over several blocks; and what it comes to, computed a second time."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from ledger.chain.blocks import Block, check_block
from ledger.chain.schema import SWEEPS
from ledger.limits import MIN_BLOCK_WEIGHT
from ledger.sharing.events import ShareBooked
from ledger.sharing.hourly import outcomes_of
from ledger.sharing.limits import CHUNK_POINTS
from ledger.sharing.members import members_of
from ledger.sharing.outcome import NOTHING_BOOKED, Booking, bookings
from ledger.sharing.queries import settled_run
from ledger.sharing.roots import by_chunk, root_of
from ledger.sharing.schema import DAY_RUNS, Phase, SlotInput
from ledger.sharing.scheme_terms import Participant
from ledger.sharing.versions import version_of
from ledger.slots.schema import Direction, SlotState, ValueSource
from ledger.state.overlay import MemoryReader
from ledger.state.table import big_endian
from tests.support.sharing_chain import FIRST_SLOT, SLOT_MS, SeedPoint, SeedValues, SharingChain

POINTS: Final = 2 * CHUNK_POINTS + 10
SLOTS: Final = 24
OWNERS: Final = {name: number for number, name in enumerate("BCD")}


def owner_of(point: int) -> str:
    return "BCD"[(point - 1) % 3] if point > 3 else "BCD"[point - 1]


def produces(point: int) -> bool:
    return point == 3 or (point > 3 and point % 4 == 0)


def energy(point: int, slot: int) -> int:
    return ((point * 7_919 + slot * 104_729) % 997) * (9_000 if produces(point) else 3_001)


class Street(SharingChain):
    """Many points of three members in three chunks, in the smallest blocks; a node that joins by a snapshot."""

    def __init__(self, points: int = POINTS, source: ValueSource = ValueSource.OWN, **made: Any) -> None:
        self.source = source
        self.joined: MemoryReader | None = None
        super().__init__(block_weight=MIN_BLOCK_WEIGHT, **made)
        self.points = range(1, points + 1)
        self.energies = {(point, slot): energy(point, slot) for point in self.points for slot in range(SLOTS)}
        seeds = [
            self.tx(owner_of(point), SeedPoint(point, Direction.INJECTION if produces(point) else 1, point))
            for point in self.points[3:]
        ]
        for first in range(0, len(seeds), 100):
            self.block(seeds[first : first + 100])

    def members(self, numbers: range | None = None) -> tuple[Participant, ...]:
        return tuple(Participant(n, () if produces(n) else (1 + n % 5,)) for n in numbers or self.points)

    def bring(self) -> None:
        """All values of the day, of a point in a transaction."""
        self.block(after_ms=(FIRST_SLOT + SLOTS) * SLOT_MS - self.time_ms)
        for first in range(0, len(self.points), 40):
            self.block([self.value(point, 0, SLOTS) for point in self.points[first : first + 40]])

    def value(self, point: int, slot: int, count: int = 1) -> Any:
        energies = tuple(self.energies[point, at] for at in range(slot, slot + count))
        return self.tx(owner_of(point), SeedValues(point, self.source, FIRST_SLOT + slot, energies))

    def phase(self) -> Phase | None:
        run = self.state.get(DAY_RUNS, big_endian(1))
        return None if run is None else Phase(run.phase)

    def until_phase(self, phase: Phase) -> None:
        while self.phase() != phase:
            assert self.state.first(SWEEPS) is not None, f"the run was never at {phase.name}"
            self.block()

    def join(self) -> None:
        """A node takes the state as it is now, and follows from here on."""
        self.joined = MemoryReader(self.reader.entries())

    def _apply(self, block: Block) -> None:
        if self.joined is not None:
            parent = msgspec.structs.replace(self.parent, state=self.joined)
            raws = [entry.raw for entry in block.transactions]
            again = check_block(self.chain, parent, block.header, raws, frozenset())
            assert again.header == block.header
            self.joined.apply(again.executed.changes)
        super()._apply(block)

    def all_events(self) -> list[Any]:
        return [event for block in self.blocks for receipt in block.executed.receipts for event in receipt.events]

    def twin(self, slots: range, *, check: bool = True) -> dict[bytes, Booking]:
        """What accounts come to by the values that were brought, slot by slot."""
        version = version_of(self.state, 1, FIRST_SLOT)
        members = members_of(self.state, version)
        found: dict[bytes, Booking] = {}
        length = 4 if version.terms.rule.hourly else 1
        by_slot = [[_input(self.energies[member.point, slot]) for member in members] for slot in slots]
        outcomes = [
            outcome
            for first in range(0, len(slots), length)
            for outcome in outcomes_of(
                version.terms, members, (FIRST_SLOT + slots[first]) // length, by_slot[first : first + length]
            )
        ]
        for slot, outcome in zip(slots, outcomes, strict=True):
            for account, booked in bookings(version.terms, members, outcome.rows).items():
                found[account] = found.get(account, NOTHING_BOOKED) + booked
            run = settled_run(self.context(), 1, FIRST_SLOT + slot) if check else None
            if run is None:
                continue
            points = [member.point for member in members]
            assert run.entry.rows_root == root_of(by_chunk(points, outcome.rows)) == root_of(by_chunk(points, run.rows))
            assert run.entry.inputs_root == root_of(by_chunk(points, run.inputs))
            assert run.entry.sums == outcome.sums
        return {account: booked for account, booked in found.items() if booked != NOTHING_BOOKED}


def _input(energy_mwh: int) -> SlotInput:
    return SlotInput(SlotState.MEASURED, ValueSource.OWN, energy_mwh, energy_mwh)


def booked(events: list[Any]) -> dict[bytes, Booking]:
    found: dict[bytes, Booking] = {}
    for event in events:
        if isinstance(event, ShareBooked):
            one = Booking(event.bought_mwh, event.sold_mwh, event.cost, event.revenue, event.fee)
            found[event.account] = found.get(event.account, NOTHING_BOOKED) + one
    return {account: booked for account, booked in found.items() if booked != NOTHING_BOOKED}
